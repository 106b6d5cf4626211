"""How an approval stands: total, the same whatever the order, bound to its content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.approval import (
    Approved,
    Chain,
    Decision,
    Declined,
    Returned,
    Seat,
    Step,
    Verdict,
    Waiting,
    asks_as_much,
    next_step,
    read_chain,
    write_chain,
)
from policy.rights import Role

ROLES = [Role.AREA_DIRECTOR, Role.REGIONAL_ADMINISTRATOR, Role.OOSA_DIRECTOR, Role.ASSISTANT_SECRETARY]
SEATS = [*(Seat(role, code) for role in ROLES for code in ("AA", "BB")), Seat(outside="Jane Roe"), Seat(outside="SOL")]
DIGEST, OLDER = "a" * 64, "b" * 64


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Any chain: up to four steps, each with up to four seats, of which some are needed."""
    steps = []
    for number in range(draw(st.integers(1, 4))):
        seats = draw(st.lists(st.sampled_from(SEATS), min_size=1, max_size=4, unique=True))
        needs = draw(st.integers(1, len(seats)))
        steps.append(Step(f"s{number}", f"Step {number}", tuple(seats), needs))
    return Chain(tuple(steps))


DECISIONS = st.lists(
    st.builds(
        Decision,
        step=st.sampled_from(["s0", "s1", "s2", "s3", "elsewhere"]),
        seat=st.sampled_from([seat.key for seat in SEATS]),
        verdict=st.sampled_from(Verdict),
        digest=st.sampled_from([DIGEST, OLDER]),
    ),
    max_size=14,
)


@given(chains(), DECISIONS)
def test_there_is_always_one_answer(chain, decisions):
    """Whatever was decided, by whomever, an approval waits for seats of its chain, or has ended by one of them."""
    standing = next_step(chain, decisions, DIGEST)
    match standing:
        case Waiting(step, seats):
            assert step in chain.steps
            assert seats
            assert set(seats) <= set(step.seats)
        case Returned(step, by) | Declined(step, by):
            assert by in step.seats
        case _:
            assert standing == Approved()


@given(chains(), DECISIONS, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(chain, decisions, chance):
    """The same decisions in another order come to the same: those of a parallel step commute."""
    other = [*decisions]
    chance.shuffle(other)
    assert next_step(chain, other, DIGEST) == next_step(chain, decisions, DIGEST)


@given(chains(), DECISIONS)
def test_what_was_decided_on_other_content_does_not_count(chain, decisions):
    """Decisions on another version change nothing."""
    on_this = [decision for decision in decisions if decision.digest == DIGEST]
    assert next_step(chain, decisions, DIGEST) == next_step(chain, on_this, DIGEST)


@given(chains(), st.data())
def test_who_is_asked_one_after_the_other_comes_to_an_end(chain, data):
    """If each seat it waits for approves in turn, it is approved after as many decisions as are needed."""
    decisions = []
    while isinstance(standing := next_step(chain, decisions, DIGEST), Waiting):
        seat = data.draw(st.sampled_from(standing.seats))
        decisions.append(Decision(standing.step.id, seat.key, Verdict.APPROVE, DIGEST))
        assert len(decisions) <= sum(step.needs for step in chain.steps)
    assert standing == Approved()
    assert len(decisions) == sum(step.needs for step in chain.steps)


@given(chains(), st.data(), st.sampled_from([Verdict.RETURN, Verdict.DECLINE]))
def test_one_who_says_no_ends_it(chain, data, verdict):
    """Wherever it waits, one seat that returns or declines ends it, and nothing approves it afterwards."""
    decisions = []
    for _ in range(data.draw(st.integers(0, 6))):
        standing = next_step(chain, decisions, DIGEST)
        if not isinstance(standing, Waiting):
            return
        decisions.append(Decision(standing.step.id, standing.seats[0].key, Verdict.APPROVE, DIGEST))
    standing = next_step(chain, decisions, DIGEST)
    if not isinstance(standing, Waiting):
        return
    seat = data.draw(st.sampled_from(standing.seats))
    decisions.append(Decision(standing.step.id, seat.key, verdict, DIGEST))
    wanted = Declined if verdict is Verdict.DECLINE else Returned
    assert next_step(chain, decisions, DIGEST) == wanted(standing.step, seat)
    everybody = [Decision(s.id, seat.key, Verdict.APPROVE, DIGEST) for s in chain.steps for seat in s.seats]
    assert isinstance(next_step(chain, [*decisions, *everybody], DIGEST), wanted)


def test_two_of_three_are_enough():
    """An n of m step goes on once n approved, and waits for the others until then."""
    a, b, c = SEATS[:3]
    chain = Chain((Step("s", "Experts", (a, b, c), 2),))
    one = Decision("s", b.key, Verdict.APPROVE, DIGEST)
    assert next_step(chain, [one], DIGEST) == Waiting(chain.steps[0], (a, c))
    assert next_step(chain, [one, Decision("s", c.key, Verdict.APPROVE, DIGEST)], DIGEST) == Approved()


@given(chains())
def test_a_chain_is_read_as_it_was_written(chain):
    """What is kept of a chain gives the same chain back."""
    assert read_chain(write_chain(chain)) == chain


@given(chains(), chains(), st.data())
def test_a_chain_that_asks_as_much_is_never_passed_without_the_step(chain, other, data):
    """Whoever approves a chain that asks as much as a step, that step has what it needs."""
    asked = other.steps[0]
    if not asks_as_much(chain, asked):
        return
    decisions = []
    while isinstance(standing := next_step(chain, decisions, DIGEST), Waiting):
        seat = data.draw(st.sampled_from(standing.seats))
        decisions.append(Decision(standing.step.id, seat.key, Verdict.APPROVE, DIGEST))
    approved = {decision.seat for decision in decisions}
    assert sum(seat.key in approved for seat in asked.seats) >= asked.needs


@pytest.mark.parametrize(
    ("seats", "needs", "why"),
    [
        ((), 1, "needs 1 of 0"),
        ((SEATS[0],), 0, "needs 0 of 1"),
        ((SEATS[0],), 2, "needs 2 of 1"),
        ((SEATS[0],) * 2, 1, "twice"),
    ],
)
def test_an_impossible_step_is_none(seats, needs, why):
    """A step without seats, with one twice, or that needs none or too many cannot be made."""
    with pytest.raises(ValueError, match=why):
        Step("s", "Step", tuple(seats), needs)


@pytest.mark.parametrize(
    "given",
    [{}, {"role": Role.SOLICITOR}, {"office": "AA"}, {"role": Role.SOLICITOR, "office": "AA", "outside": "Jane"}],
)
def test_a_seat_is_a_position_or_a_name(given):
    """A seat is a position at an office, or somebody outside, and never both or half of one."""
    with pytest.raises(ValueError, match="A seat is"):
        Seat(**given)


def test_a_chain_has_steps_that_differ():
    """A chain without a step, or with two of one id, cannot be made."""
    step = Step("s", "Step", (SEATS[0],), 1)
    with pytest.raises(ValueError, match="at least one"):
        Chain(())
    with pytest.raises(ValueError, match="twice"):
        Chain((step, step))
