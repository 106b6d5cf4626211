"""What is put before officials, and who has to approve it unless an office asks for more: chains as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from policy.approval import Chain, Seat, Step, asks_as_much
from policy.clauses import cite
from policy.facts import Level
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Role
from policy.subjects import DRAFT, PRODUCT, PROPOSAL, RENEWAL, REPORT, about_product

_ALL = (Level.NATIONAL, Level.REGIONAL, Level.AREA)
_FIELD = (Level.REGIONAL, Level.AREA)


class Purpose(StrEnum):
    """What an approval is for."""

    NATIONAL_PROPOSAL = "national-proposal"
    FIELD_PROPOSAL = "field-proposal"
    CONFORMITY = "conformity-review"
    CONSISTENCY = "regional-review"
    SOLICITOR = "solicitor-approval"
    SPECIAL = "special-approval"
    PRODUCT = "product-review"
    RENEWAL = "renewal-decision"
    REPORT = "annual-report"

    @property
    def terms(self) -> Terms:
        """What is asked by it."""
        return TERMS[self]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an approval for a purpose is about, when it may be asked, and what it puts on record."""

    #: As a sentence names it: "the approval of the proposal".
    title: str
    #: The subject of the draft, see `policy.subjects`; of a product and of a renewal a number follows it, of a report a
    #: day.
    subject: str
    levels: tuple[Level, ...]
    #: What it puts on record for the gates; None for the decision on a renewal, which has a table of its own.
    writes: RecordKind | None
    #: The step whose gates have to be closed before it may be asked; None asks nothing before.
    after: ProcedureStep | None = None
    #: The gate that it passes.
    gate: str = ""
    #: What it is asked about one by one: "region" or "participant".
    about: str = ""
    #: The reading on which its chain rests where no clause asks for it; an office may then set any.
    reading: str = ""

    def fits(self, subject: str) -> bool:
        """Whether a paper is one that may be put before officials for it."""
        kind = PRODUCT if about_product(subject) else subject.partition(":")[0]
        return kind == self.subject


#: VI.E, VIII.D.3, VIII.F.3.
REPORT_READING = (
    "Our reading: the directive names who prepares the annual report (VI.E) and who sends it on (VIII.D.3, VIII.F.3), "
    "and nobody who approves it. Where an office asks for an approval, its manager gives it: the Area Director, who "
    "sees to it that the report goes to the region, the Regional Administrator, or the director of OOSA. The "
    "alternative, that nobody approves it, holds as long as nobody is asked: no submission waits for it."
)

TERMS: Mapping[Purpose, Terms] = MappingProxyType(
    {
        Purpose.NATIONAL_PROPOSAL: Terms(
            "approval of the proposal by the leadership of DCSP and the OAS",
            PROPOSAL,
            (Level.NATIONAL,),
            RecordKind.PROPOSAL_APPROVAL,
            ProcedureStep.APPROVE,
            gate="proposal-approval",
        ),
        Purpose.FIELD_PROPOSAL: Terms(
            "evaluation and approval of the proposal in the field",
            PROPOSAL,
            _FIELD,
            RecordKind.PROPOSAL_APPROVAL,
            ProcedureStep.APPROVE,
            gate="field-approval",
        ),
        Purpose.CONFORMITY: Terms(
            "DCSP's review of the draft for conformity",
            DRAFT,
            (Level.REGIONAL,),
            RecordKind.CONFORMITY_REVIEW,
            ProcedureStep.DRAFT,
            gate="conformity-review",
        ),
        Purpose.CONSISTENCY: Terms(
            "review of the draft for programmatic consistency",
            DRAFT,
            (Level.AREA,),
            RecordKind.REGIONAL_REVIEW,
            ProcedureStep.DRAFT,
            gate="regional-review",
            about="region",
        ),
        Purpose.SOLICITOR: Terms(
            "approval to sign by the Solicitor of Labor",
            DRAFT,
            _ALL,
            RecordKind.SOLICITOR_APPROVAL,
            ProcedureStep.SOLICITOR_REVIEW,
            gate="solicitor-approval",
        ),
        Purpose.SPECIAL: Terms(
            "additional approval of a participant",
            DRAFT,
            _ALL,
            RecordKind.SPECIAL_APPROVAL,
            ProcedureStep.DRAFT,
            gate="special-approval",
            about="participant",
        ),
        Purpose.PRODUCT: Terms(
            "review of the product under the Guidelines",
            PRODUCT,
            _ALL,
            RecordKind.PRODUCT_REVIEWED,
            gate="product-reviewed",
        ),
        Purpose.RENEWAL: Terms("decision at the end of the term", RENEWAL, _ALL, None, gate="renewal-decided"),
        Purpose.REPORT: Terms("approval of the annual report", REPORT, _ALL, None, reading=REPORT_READING),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """The offices by which the seats of a chain are found, each by its code."""

    level: Level
    #: Of the alliance, the lead office first.
    offices: tuple[str, ...]
    #: The Regional Office above each of them, in the same order; the office itself where none is.
    regions: tuple[str, ...]
    #: The root of the program.
    national: str
    #: The outside body of the Solicitor; empty where none is on record.
    solicitor: str = ""

    @property
    def each_region(self) -> tuple[str, ...]:
        """The Regional Offices, each once."""
        return tuple(dict.fromkeys(self.regions))


def default_chain(
    purpose: Purpose, at: Place, *, about: str = "", experts: tuple[Seat, ...] = (), needs: int = 0
) -> Chain:
    """Give the chain that the directive asks for; of a product's experts `needs` have to approve, 0: all.

    Raises:
        ValueError: A product is reviewed by nobody, or by fewer than are needed.
    """
    if purpose is Purpose.PRODUCT:
        return Chain((_step("experts", "Experts under the Guidelines", _d("VIII.B.5"), *experts, needs=needs),))
    if purpose is Purpose.CONSISTENCY:
        seats = Seat(Role.REGIONAL_COORDINATOR, about), Seat(Role.REGIONAL_ADMINISTRATOR, about)
        title = "Regional Office, for programmatic consistency"
        return Chain((_step("region", title, _d("VIII.D.1"), *seats, needs=1),))
    return Chain(_DEFAULTS[purpose](at))


def _d(number: str) -> str:
    return cite(f"CSP 04-01-002 {number}").name


# IX.A.3: "present the proposal to the leadership of DCSP and to the OAS for approval before pursuing it further"
def _of_nation(at: Place) -> tuple[Step, ...]:
    secretary = Seat(Role.ASSISTANT_SECRETARY, at.national)
    return (
        _step("dcsp", "Leadership of DCSP", _d("IX.A.3"), Seat(Role.OOSA_DIRECTOR, at.national)),
        _step("oas", "Office of the Assistant Secretary", _d("IX.A.3"), secretary),
    )


# Section X says: "with review and authority for approval by the Area Office Directors and Regional Directors"
def _of_field(at: Place) -> tuple[Step, ...]:
    if at.level is Level.REGIONAL:
        seats = tuple(Seat(Role.REGIONAL_ADMINISTRATOR, code) for code in at.offices)
        return (_step("regions", "Regional Administrator", _d("X"), *seats),)
    seats = tuple(Seat(Role.AREA_DIRECTOR, code) for code in at.offices)
    if len(seats) > 1:
        # Each for their own office; the Regional Administrator acts where a director's position is empty.
        return (_step("offices", "Area Director of each office", _d("X"), *seats),)
    seats += (Seat(Role.REGIONAL_ADMINISTRATOR, at.regions[0]),)
    return (_step("office", "Area Director or Regional Administrator", _d("X"), *seats, needs=1),)


# VIII.A.5: "Reviewing Regional (Region-wide) Alliances to ensure they follow the guidelines in this directive"
def _of_conformity(at: Place) -> tuple[Step, ...]:
    seats = Seat(Role.DCSP_STAFF, at.national), Seat(Role.OOSA_DIRECTOR, at.national)
    return (_step("dcsp", "DCSP, for conformity with the directive", _d("VIII.A.5"), *seats, needs=1),)


# VIII.C.5 binds an area alliance only where an administrator asks for it (A07).
def _of_solicitor(at: Place) -> tuple[Step, ...]:
    clause = _d("VIII.A.4") if at.level is Level.NATIONAL else _d("VIII.C.5")
    return (_step("solicitor", "Solicitor of Labor", clause, solicitor(at)),)


# What CSP 04-01-003 asks here is not known: an office sets its own chain (FAQ F-5, reading A19).
def _additional(at: Place) -> tuple[Step, ...]:
    return (_step("additional", "Additional approval", "FAQ F-5", Seat(Role.OOSA_DIRECTOR, at.national)),)


# IX.C.3: "recommend to management"
def _of_management(at: Place) -> tuple[Step, ...]:
    if at.level is Level.NATIONAL:
        seats: tuple[Seat, ...] = Seat(Role.OOSA_DIRECTOR, at.national), Seat(Role.ASSISTANT_SECRETARY, at.national)
    elif at.level is Level.REGIONAL:
        seats = (Seat(Role.REGIONAL_ADMINISTRATOR, at.offices[0]),)
    else:
        seats = Seat(Role.AREA_DIRECTOR, at.offices[0]), Seat(Role.REGIONAL_ADMINISTRATOR, at.regions[0])
    return (_step("management", "Management", _d("IX.C.3"), *seats, needs=1),)


# No clause: see REPORT_READING.
def _of_report(at: Place) -> tuple[Step, ...]:
    manager = {
        Level.NATIONAL: Seat(Role.OOSA_DIRECTOR, at.national),
        Level.REGIONAL: Seat(Role.REGIONAL_ADMINISTRATOR, at.offices[0]),
        Level.AREA: Seat(Role.AREA_DIRECTOR, at.offices[0]),
    }[at.level]
    return (_step("manager", "Manager of the office", "", manager),)


_DEFAULTS: Mapping[Purpose, Callable[[Place], tuple[Step, ...]]] = MappingProxyType(
    {
        Purpose.NATIONAL_PROPOSAL: _of_nation,
        Purpose.FIELD_PROPOSAL: _of_field,
        Purpose.CONFORMITY: _of_conformity,
        Purpose.SOLICITOR: _of_solicitor,
        Purpose.SPECIAL: _additional,
        Purpose.RENEWAL: _of_management,
        Purpose.REPORT: _of_report,
    }
)


def solicitor(at: Place) -> Seat:
    """Give the seat of the Solicitor: a position where the outside body is on record, else somebody named."""
    return Seat(Role.SOLICITOR, at.solicitor) if at.solicitor else Seat(outside="Solicitor of Labor")


def below_default(purpose: Purpose, wanted: Chain, default: Chain) -> tuple[Step, ...]:
    """Return the steps that clauses ask for and that a wanted chain lets somebody pass by; none where it asks enough.

    The content of the additional approval is not known (reading A19): what an office sets for it is enough.
    """
    if purpose is Purpose.SPECIAL:
        return ()
    binding = (step for step in default.steps if step.clause and cite(step.clause).modality == "mandatory")
    return tuple(step for step in binding if not asks_as_much(wanted, step))


def chain_of(purpose: Purpose, wanted: Chain | None, default: Chain) -> Chain:
    """Join what an office set with what the directive asks for: never less than that.

    The experts who review a product are asked each time; what an office sets follows them.
    """
    if wanted is None:
        return default
    if purpose is Purpose.PRODUCT:
        return Chain((*default.steps, *wanted.steps))
    return Chain((*below_default(purpose, wanted, default), *wanted.steps))


def _step(id: str, title: str, clause: str, *seats: Seat, needs: int = 0) -> Step:
    return Step(id, title, seats, needs or len(seats), clause)
