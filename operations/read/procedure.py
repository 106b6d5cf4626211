"""The procedure of an alliance as it stands: each stage with its owner, its clause, and what was or is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.gates import GateRecord
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import office_day
from operations.approve.drafts import latest_draft
from operations.approve.standing import decisions_of, standing_of
from operations.gather_facts import Gathered
from operations.gather_gate_facts import gather_gate_facts, read_records, regional_offices
from operations.read.askable import list_askable
from operations.read.merged import gather_standing
from operations.read.officials import holders
from operations.read.signatures import ToSign, read_signatures
from policy.approval import ApprovalStatus, Waiting
from policy.clauses import Clause
from policy.editions import Edition
from policy.facts import EndingKind
from policy.gate_facts import GateFacts
from policy.gate_records import RecordKind
from policy.procedure_order import StageStanding, Stands, belongs, procedure
from policy.procedure_stages import ProcedureFacts, Stage
from policy.rights import Role
from policy.subjects import DRAFT, PROPOSAL
from policy.words import count, day, listing

#: The stage at which an approval for a purpose is asked.
STAGE_OF = {
    "national-proposal": "approval",
    "field-proposal": "approval",
    "conformity-review": "conformity",
    "regional-review": "consistency",
    "solicitor-approval": "solicitor",
    "special-approval": "special",
}
#: The records that say when a stage was done and by whom.
_RECORDS: Mapping[str, tuple[RecordKind, ...]] = {
    "evaluation": (RecordKind.PROPOSAL_EVALUATED,),
    "approval": (RecordKind.PROPOSAL_APPROVAL,),
    "language": (RecordKind.LANGUAGE_REVIEW,),
    "conformity": (RecordKind.CONFORMITY_REVIEW,),
    "consistency": (RecordKind.REGIONAL_REVIEW,),
    "solicitor": (RecordKind.SOLICITOR_APPROVAL,),
    "special": (RecordKind.SPECIAL_APPROVAL,),
    "agreed": (RecordKind.AGREED_BY_OSHA, RecordKind.AGREED_BY_PARTICIPANTS, RecordKind.WORK_PLAN_AGREED),
}
#: Most people that are named for one stage.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage as staff see it."""

    stage: Stage
    stands: Stands
    #: What was done, what is to be done, or why it is left out.
    sentence: str
    clause: Clause
    #: Who answers for it, while it is not done: the position and its office, with the people who hold it today.
    owner: str
    #: Titles of the stages that come first.
    blocked_by: tuple[str, ...]
    #: What is chosen when its form opens, where it is put before officials.
    choice: str
    waiting_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An office that was asked for input on a proposal, or for a comment on a draft."""

    office: str
    #: "draft" or "proposal".
    subject: str
    asked_on: date
    #: By when who asked wants it; None: the target that the parameters set.
    due_on: date | None
    answered_on: date | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class ProcedureShown:
    """The procedure of one alliance."""

    of: Gathered
    on: date
    edition: Edition
    renewal: bool
    stages: tuple[StageShown, ...]
    signatures: tuple[ToSign, ...]
    #: Who was asked for input or comments since the latest agreement, and what they answered.
    asked: tuple[Asked, ...]
    #: Why there is nothing to do, where the alliance has ended; None otherwise.
    over: str | None = None

    @property
    def upcoming(self) -> tuple[StageShown, ...]:
        """The stages on which somebody can act, or of which it is said for whom they wait."""
        return tuple(s for s in self.stages if s.stands in {Stands.NEXT, Stands.WAITING})

    @property
    def done(self) -> int:
        """How many of the stages that take part are done."""
        return sum(s.stands is Stands.DONE for s in self.stages)

    @property
    def counted(self) -> int:
        """How many stages take part."""
        return sum(s.stands is not Stands.NOT_NEEDED for s in self.stages)


def show_procedure(session: Session, alliance_id: int, *, on: date) -> ProcedureShown:
    """Return the procedure of an alliance on a local day of its lead office.

    Raises:
        Refused: There is no such alliance.
    """
    return procedure_of(session, gather_standing(session, alliance_id), on=on)


def procedure_of(session: Session, of: Gathered, *, on: date) -> ProcedureShown:
    """Return the procedure of a gathered alliance on a local day."""
    gates = gather_gate_facts(session, of, on=on)
    signatures = read_signatures(session, of, on=on)
    facts = procedure_facts(session, of, gates, signatures)
    words = _Words(session, of, gates, on)
    stages = tuple(words.shown(standing) for standing in procedure(facts) if belongs(standing.stage, gates))
    asked = tuple(_asked(session, of, on))
    return ProcedureShown(of, on, gates.edition, gates.renewal, stages, signatures, asked, _over(of, on))


def procedure_facts(session: Session, of: Gathered, gates: GateFacts, signatures: Iterable[ToSign]) -> ProcedureFacts:
    """Return what the stages read beside the gates."""
    draft = latest_draft(session, of.facts.id, DRAFT)
    return ProcedureFacts(
        gates=gates,
        draft_on=None if draft is None else office_day(draft.made_at, of.timezone),
        signed_for=frozenset(one.name for one in signatures if one.signed_on is not None),
        waiting=_waiting(session, of),
    )


def next_words(session: Session, of: Gathered, *, on: date) -> str:
    """Say in one line what comes next in the procedure, and whose turn it is."""
    shown = procedure_of(session, of, on=on)
    if shown.over is not None:
        return shown.over
    lines = []
    for stage in shown.upcoming:
        who = f"waits for {listing(stage.waiting_for)}" if stage.waiting_for else stage.owner
        lines.append(f"{stage.stage.title} ({who})")
    return f"Next: {'; '.join(lines)}." if lines else "Every step is done."


def _asked(session: Session, of: Gathered, on: date) -> Iterator[Asked]:
    facts = of.facts.as_of(on)
    since = facts.agreements[-1].signed_on if facts.agreements else date.min
    current = [request for request in facts.comment_requests if request.asked_on > since]
    rows = session.execute(
        select(CommentRequest.id, CommentRequest.answer).where(CommentRequest.id.in_([r.id for r in current]))
    )
    answers = {id: answer for id, answer in rows} if current else {}  # noqa: C416 - a Row is no pair to mypy
    for r in current:
        answer = answers.get(r.id) if r.answered_on is not None else None
        yield Asked(r.asked, r.subject, r.asked_on, r.due_on, r.answered_on, answer)


def _over(of: Gathered, on: date) -> str | None:
    ending = of.facts.as_of(on).ending
    if ending is None:
        return None
    if ending.kind is EndingKind.WITHDRAWN:
        return f"The proposal was withdrawn on {day(ending.ended_on)}: {ending.reason}"
    return f"The alliance ended on {day(ending.ended_on)} ({ending.kind.value}): nothing of it is signed any more."


def _waiting(session: Session, of: Gathered) -> dict[str, tuple[str, ...]]:
    """Return whom each stage waits for: the seats of what was put forward, and the offices asked for input."""
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    found: dict[str, list[str]] = {}
    approvals = session.scalars(
        select(Approval).where(Approval.alliance_id == of.facts.id, Approval.status == ApprovalStatus.OPEN.value)
    ).all()
    for approval in approvals:
        standing = standing_of(approval, decisions_of(session, approval.id))
        stage = STAGE_OF.get(approval.purpose)
        if stage is not None and isinstance(standing, Waiting):
            found.setdefault(stage, []).extend(
                seat.outside or f"{seat.role}, {names.get(seat.office, seat.office)}" for seat in standing.seats
            )
    asked = [r for r in of.facts.comment_requests if r.subject == PROPOSAL and r.answered_on is None]
    if asked:
        found["input"] = [request.asked for request in asked]
    return {stage: tuple(dict.fromkeys(whom)) for stage, whom in found.items()}


class _Words:
    """Finds the words of each stage; it lives as long as one look at the procedure."""

    def __init__(self, session: Session, of: Gathered, gates: GateFacts, on: date) -> None:
        self.session, self.of, self.gates, self.on = session, of, gates, on
        self.records = read_records(session, of.facts.id, DRAFT, on=on)
        self.of_proposal = read_records(session, of.facts.id, PROPOSAL, on=on)
        rows = session.scalars(select(Office)).all()
        self.names = {row.code: row.name for row in rows}
        self.positions: dict[Role, str] = {}
        self.choices: dict[str, str] | None = None
        at_the_top = [row.code for row in rows if row.kind in {"national", "directorate"}]
        self.national = sorted(at_the_top, key=lambda code: next(r for r in rows if r.code == code).kind != "national")

    def shown(self, standing: StageStanding) -> StageShown:
        """Return a stage with its words."""
        done = standing.stands is Stands.DONE
        return StageShown(
            stage=standing.stage,
            stands=standing.stands,
            sentence=self._done(standing.stage) if done else standing.sentence,
            clause=standing.clause,
            owner="" if standing.stands in {Stands.DONE, Stands.NOT_NEEDED} else self._owner(standing.stage),
            blocked_by=tuple(stage.title for stage in standing.blocked_by),
            choice=self._choice(standing),
            waiting_for=standing.waiting_for,
        )

    def _choice(self, standing: StageStanding) -> str:
        """Return what is put before officials next: of several, such as two Regional Offices, the first not asked."""
        if standing.stands is not Stands.NEXT or standing.stage.id not in STAGE_OF.values():
            return ""
        if self.choices is None:
            askable = reversed(list_askable(self.session, self.of, on=self.on))
            self.choices = {STAGE_OF[one.purpose]: one.value for one in askable if one.purpose in STAGE_OF}
        return self.choices.get(standing.stage.id, "")

    def _done(self, stage: Stage) -> str:
        """Say when a stage was done and by whom."""
        kinds = _RECORDS.get(stage.id, ())
        rows = [row for (kind, _), row in (*self.records.items(), *self.of_proposal.items()) if kind in kinds]
        if rows:
            return "; ".join(_done_words(row) for row in sorted(rows, key=lambda r: (r.on_day or date.min, r.id))) + "."
        if stage.id in {"proposal", "draft"}:
            draft = latest_draft(self.session, self.of.facts.id, PROPOSAL if stage.id == "proposal" else DRAFT)
            if draft is not None:
                return f"Version {draft.version}, {day(office_day(draft.made_at, self.of.timezone))}, {draft.made_by}."
        if stage.id in {"input", "comments"}:
            return self._answers(PROPOSAL if stage.id == "input" else DRAFT)
        return "Done."

    def _answers(self, subject: str) -> str:
        asked = [r for r in self.of.facts.comment_requests if r.subject == subject]
        answered = [r for r in asked if r.answered_on is not None]
        return f"{len(answered)} of {count(len(asked), 'office')} answered." if asked else "Done."

    def _owner(self, stage: Stage) -> str:
        """Name the positions that answer for a stage, and who holds them today."""
        return " or ".join(self._position(role) for role in stage.owners[self.gates.level])

    def _position(self, role: Role) -> str:
        if role not in self.positions:
            self.positions[role] = self._named(role)
        return self.positions[role]

    def _named(self, role: Role) -> str:
        if role is Role.SOLICITOR:
            return "Solicitor of Labor"
        codes = self._offices(role)
        people = [person.name for person in holders(self.session, role, codes, self.on)][:MOST_NAMED]
        where = listing(self.names[code] for code in codes[: 1 if codes is self.national else MOST_NAMED])
        return f"{role.value}, {where}{f': {listing(people)}' if people else ''}"

    def _offices(self, role: Role) -> list[str]:
        if role in {Role.REGIONAL_COORDINATOR, Role.REGIONAL_ADMINISTRATOR}:
            return list(regional_offices(self.session, self.of.facts.offices))
        if role in {Role.DCSP_STAFF, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY}:
            return self.national
        return list(self.of.facts.offices)


def _done_words(row: GateRecord) -> str:
    when = "" if row.on_day is None else day(row.on_day)
    acting = f" for {row.acting_for}" if row.acting_for else ""
    return ", ".join(filter(None, (when, f"{row.by}{acting}" if row.by else f"recorded by {row.recorded_by}")))
