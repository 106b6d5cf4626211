"""Who has to approve what by default, and how an office asks for more."""

from __future__ import annotations

import pytest

from policy.approval import Chain, Seat
from policy.approval_gaps import DEFAULT_GAPS, climbs, reminders_due
from policy.calendar import add_working_days
from policy.chain_words import BadChainError, chain_lines, codes_named, place_chain, read_lines
from policy.chains import TERMS, Place, Purpose, below_default, chain_of, default_chain
from policy.clauses import CLAUSES
from policy.drafts import Change, changes, clean_content, digest_of
from policy.facts import Level
from policy.gates import GATES
from policy.rights import Role
from tests.operations.conftest import TODAY

AREA = Place(Level.AREA, ("0317300",), ("REG-PHI",), "OSHA-NO", "SOL")
TWO_AREAS = Place(Level.AREA, ("0317300", "0418600"), ("REG-PHI", "REG-BHM"), "OSHA-NO", "SOL")
REGIONAL = Place(Level.REGIONAL, ("REG-PHI",), ("REG-PHI",), "OSHA-NO")
NATIONAL = Place(Level.NATIONAL, ("OSHA-NO",), ("OSHA-NO",), "OSHA-NO", "SOL")
PLACES = {Level.AREA: AREA, Level.REGIONAL: REGIONAL, Level.NATIONAL: NATIONAL}
EXPERTS = (Seat(Role.DIRECTORATE_REVIEWER, "DEP"), Seat(Role.DIRECTORATE_REVIEWER, "DSG"), Seat(outside="Jane Roe"))

CASES = [(purpose, PLACES[level]) for purpose in Purpose for level in purpose.terms.levels]


def default(purpose: Purpose, at: Place) -> Chain:
    """Return the default chain of a purpose somewhere."""
    about = "REG-PHI" if purpose.terms.about == "region" else ""
    return default_chain(purpose, at, about=about, experts=EXPERTS, needs=2)


def chain(*lines: str, at: Place = AREA) -> Chain:
    """Return the chain that an office wrote."""
    return place_chain(read_lines(lines), at)


@pytest.mark.parametrize(("purpose", "at"), CASES)
def test_every_default_step_cites_a_clause(purpose, at):
    """Each step that the program asks for by itself rests on a clause, and its purpose on a gate; or on a reading."""
    by_clause = not purpose.terms.reading
    assert all((step.clause in CLAUSES) is by_clause for step in default(purpose, at).steps)
    assert (purpose.terms.gate in GATES) is by_clause
    assert set(TERMS) == set(Purpose)


@pytest.mark.parametrize(("purpose", "at"), CASES)
def test_no_office_asks_for_less_than_the_directive(purpose, at):
    """Whatever an office writes, the chain in use lets nobody pass by a step that a clause asks for."""
    wanted = chain("Alliance Coordinator", at=at)
    used = chain_of(purpose, wanted, default(purpose, at))
    assert below_default(purpose, used, default(purpose, at)) == ()
    assert set(wanted.steps) <= set(used.steps)


def test_a_national_proposal_goes_to_dcsp_and_then_to_oas():
    """The leadership of DCSP is asked first, the Assistant Secretary after it (IX.A.3)."""
    first, second = default(Purpose.NATIONAL_PROPOSAL, NATIONAL).steps
    assert [seat.role for seat in (*first.seats, *second.seats)] == [Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY]


def test_a_field_proposal_goes_to_each_area_director():
    """One office: its director or the Regional Administrator; several: every director, side by side (X)."""
    (one,) = default(Purpose.FIELD_PROPOSAL, AREA).steps
    assert (len(one.seats), one.needs) == (2, 1)
    (all_of_them,) = default(Purpose.FIELD_PROPOSAL, TWO_AREAS).steps
    assert [seat.office for seat in all_of_them.seats] == ["0317300", "0418600"]
    assert all_of_them.needs == 2


def test_the_solicitor_is_somebody_named_where_there_is_no_such_office():
    """Without an outside body on record the Solicitor decides on paper."""
    (step,) = default(Purpose.SOLICITOR, REGIONAL).steps
    assert step.seats == (Seat(outside="Solicitor of Labor"),)
    assert step.clause == "CSP 04-01-002 VIII.C.5"


def test_what_an_office_writes_is_read():
    """And, or, n of m, an office of its own and somebody outside are understood."""
    both, one, some = chain(
        "Area Director and Regional Administrator",
        "Top: OOSA director or Assistant Secretary",
        '2 of Area Director, directorate head @ dep, "Roe and Doe, Counsel"',
    ).steps
    assert (both.needs, [seat.office for seat in both.seats]) == (2, ["0317300", "REG-PHI"])
    assert (one.needs, one.title) == (1, "Top")
    assert (some.needs, some.seats[2]) == (2, Seat(outside="Roe and Doe, Counsel"))
    assert codes_named(read_lines(["directorate head @ dep"])) == {"DEP"}
    assert chain_lines(" a ;b\n c ") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "at least one step"),
        ("Mayor", "“Mayor” in “Mayor” is no position"),
        ("administrator", "is no position"),
        ("Area Director or OOSA director and DCSP staff", "mixes “and” with “or”"),
        ("directorate head", "Say at which office"),
        ("Area Director @", "No office follows"),
        ("0 of Area Director", "needs nobody"),
        ("3 of Area Director, Regional Administrator", "needs 3 of 2"),
        ("Area Director and Area Director", "twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_line(line, why):
    """A line that names no position, mixes words or asks for the impossible gets a sentence."""
    with pytest.raises(BadChainError, match=why):
        chain(line)


def test_a_chain_of_too_many_steps_is_refused():
    """Nobody puts a draft before thirteen steps."""
    with pytest.raises(BadChainError, match="at most 12"):
        read_lines(["Area Director"] * 13)


def test_the_additional_approval_is_what_an_office_says_it_is():
    """The content of the procedure for special signatories is unknown: any chain of an office will do (A19)."""
    wanted = chain("Area Director")
    assert chain_of(Purpose.SPECIAL, wanted, default(Purpose.SPECIAL, AREA)) == wanted


def test_what_an_office_sets_for_a_product_follows_the_experts():
    """The experts are asked each time, the steps of the office come after them."""
    used = chain_of(Purpose.PRODUCT, chain("Area Director"), default(Purpose.PRODUCT, AREA))
    assert [step.title for step in used.steps] == ["Experts under the Guidelines", "Area Director"]


def test_a_waiting_approval_is_brought_to_mind_with_growing_gaps():
    """Reminders fall on the 2nd, 6th, 14th, 22nd and 30th working day, and climb after the third."""
    days = [add_working_days(TODAY, number) for number in range(1, 31)]
    due = [reminders_due(TODAY, day, DEFAULT_GAPS) for day in days]
    assert [due.index(number) + 1 for number in range(1, 6)] == [2, 6, 14, 22, 30]
    assert [climbs(number) for number in range(1, 6)] == [False, False, False, True, True]


def test_a_version_is_told_from_another_field_by_field():
    """What changed, came and went is listed, and what says the same has the same digest."""
    before = clean_content({"goals": " Falls ", "members": ["A", "B", " "], "gone": "x", "empty": "", "none": None})
    after = clean_content({"members": ["A"], "goals": "Falls", "new_field": "y"})
    assert changes(before, after) == (
        Change("members", ["A", "B"], ["A"]),
        Change("new_field", None, "y"),
        Change("gone", "x", None),
    )
    assert changes(before, after)[1].label == "New field"
    assert digest_of({"a": "1", "b": ["2"]}) == digest_of({"b": ["2"], "a": "1"}) != digest_of({"a": "1"})
    with pytest.raises(ValueError, match="nested"):
        clean_content({"a": {"b": "c"}})
