"""What is set of one alliance: its anchor, its numbers, its added signatories."""

from __future__ import annotations

from datetime import date

import pytest

from models.audit import write_noted
from operations.conclude.give_notice import give_notice
from operations.establish.add_signatory import add_signatory
from operations.establish.change_alliance import change_alliance
from operations.gather_facts import gather
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.restore_settings import restore_settings
from tests.operations.conftest import NOW, TODAY


def test_a_new_anchor_moves_the_years(session, portfolio, field, director):
    """It takes a renewal on record and a reason, and its effect lists the years that are cut anew."""
    alliance = portfolio.alliance(
        "Anchored", field.area, signed=date(2022, 3, 1), renewed=(date(2024, 9, 10),), tracked_from=date(2026, 6, 1)
    )
    check_rules(session, now=NOW)

    def anchor(on, reason):
        return change_alliance(
            session,
            alliance_id=alliance.id,
            changes={"anchored_on": on, "anchor_reason": reason},
            by=director,
            now=NOW,
        )

    for on, reason, field_name in ((date(2024, 9, 11), "x", "anchored_on"), (date(2024, 9, 10), " ", "anchor_reason")):
        with pytest.raises(Refused) as refused:
            anchor(on, reason)
        assert refused.value.field == field_name
    done = anchor(date(2024, 9, 10), "A new start")
    cut = [(c.kind.value, c.due.due_on) for c in done.effect.difference.changes if c.due.rule == "meetings"]
    assert cut == [
        ("added", date(2026, 9, 9)),
        ("gone", date(2027, 2, 28)),
        ("added", date(2027, 9, 9)),
    ]
    ends = {due.due_on for due in done.outcome.duties if due.rule == "meetings" and due.status.unsettled}
    assert ends == {date(2026, 9, 9), date(2027, 9, 9)}
    write_noted(session)
    back = restore_settings(session, record=done.outcome.record, by=director, now=NOW)
    assert {name: after for name, _, after in back.changed} == {"anchored_on": None, "anchor_reason": None}
    assert gather(session, [alliance.id])[0].facts.anchored_on is None


def test_an_alliance_is_set_by_officials_within_bounds(session, field, alliance, director):
    """A day to come, too many meetings, a coordinator: each is refused; an earlier day opens what it asks for."""
    for changes in ({"tracked_from": date(2027, 1, 1)}, {"meetings_required": 13}, {"lapse_after_days": -1}):
        with pytest.raises(Refused) as refused:
            change_alliance(session, alliance_id=alliance.id, changes=changes, by=director, now=NOW)
        assert refused.value.field == next(iter(changes))
    with pytest.raises(NotAllowed):
        change_alliance(session, alliance_id=alliance.id, changes={}, by=field.coordinator, now=NOW)
    with pytest.raises(AlreadyDone):
        change_alliance(session, alliance_id=alliance.id, changes={}, by=director, now=NOW)
    earlier = {"tracked_from": date(2025, 1, 1)}
    done = change_alliance(session, alliance_id=alliance.id, changes=earlier, by=director, now=NOW)
    assert {due.rule for due in done.outcome.opened} == {
        c.due.rule for c in done.effect.difference.changes if c.kind.value == "added"
    }
    assert "signed-copy" in {due.rule for due in done.outcome.opened}


def test_an_added_signatory_takes_part_until_it_is_taken_back(session, field, alliance):
    """Its name is its own, its day lies within the alliance; with a notice on record it stays."""

    def add(name, on=date(2026, 11, 2)):
        return add_signatory(session, alliance_id=alliance.id, name=name, joined_on=on, by=field.coordinator, now=NOW)

    for name, on in (("local  builders", date(2026, 11, 2)), (" ", date(2026, 11, 2)), ("New", date(2020, 1, 1))):
        with pytest.raises(Refused):
            add(name, on)
    first, second = add("Painters"), add("Masons")
    assert first.of.signatories == ("Local Builders", "Painters")
    withdraw_record(session, record=first.record, by=field.coordinator, now=NOW)
    assert gather(session, [alliance.id])[0].signatories == ("Local Builders", "Masons")
    give_notice(
        session,
        alliance_id=alliance.id,
        signatory_id=int(second.record.partition(":")[2]),
        noticed_on=TODAY,
        named_end_on=None,
        reason="It closes",
        by=field.coordinator,
        now=NOW,
    )
    with pytest.raises(Refused, match="A notice of this signatory"):
        withdraw_record(session, record=second.record, by=field.coordinator, now=NOW)
