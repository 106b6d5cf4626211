"""The rows of the right matrix for answers to reminders, and for settings."""

from __future__ import annotations

from datetime import date, timedelta

from models.plans import Closure
from operations.change_closures import add_closure, remove_closure
from operations.change_settings import change_settings
from operations.establish.change_alliance import change_alliance
from operations.remind.ask_decision import ask_decision, decide_request, withdraw_request
from operations.remind.assign_duty import assign_duty, unassign_duty, undo_assignment
from operations.remind.steer_reminder import pass_on, snooze_reminder, undo_snooze
from operations.remind.waive_duty import undo_waiver, waive_duty
from operations.restore_settings import restore_settings
from policy.requests import RequestKind
from policy.rights import Verb
from tests.operations.conftest import TODAY
from tests.operations.right_matrix import (
    ASKS_ABOVE,
    NATIONAL,
    Row,
    agreed_snooze,
    ask_oneself,
    asked,
    chief,
    of_duty,
    undo,
)

ROWS: list[Row] = [
    of_duty(snooze_reminder, Verb.SNOOZE, until=TODAY + timedelta(days=3)),
    of_duty(pass_on, Verb.PASS_ON, office_code="REG-PHI", reason="They run it"),
    of_duty(waive_duty, Verb.WAIVE, reason="Does not apply"),
    of_duty(ask_decision, Verb.ASK, kind=RequestKind.WAIVE, reason="Nobody is left"),
    Row(withdraw_request, Verb.ASK, ask_oneself),
    Row(
        decide_request,
        Verb.DECIDE,
        lambda w, by: decide_request(w.session, request_id=w.kept["prepared"], approve=False, why="Not yet", **by),
        prepare=lambda w: asked(w, RequestKind.SNOOZE),
        barred=ASKS_ABOVE,
        on_record=True,
    ),
    Row(
        assign_duty,
        Verb.ASSIGN,
        lambda w, by: assign_duty(w.session, obligation_id=w.duty("meetings").id, person_id=w.ada.person_id or 0, **by),
    ),
    Row(
        unassign_duty,
        Verb.ASSIGN,
        lambda w, by: unassign_duty(w.session, obligation_id=w.duty("meetings").id, **by),
        prepare=lambda w: assign_duty(
            w.session, obligation_id=w.duty("meetings").id, person_id=w.ada.person_id or 0, **chief(w)
        ),
    ),
    undo(
        undo_assignment,
        Verb.ASSIGN,
        lambda w: (
            assign_duty(
                w.session, obligation_id=w.duty("meetings").id, person_id=w.ada.person_id or 0, **chief(w)
            ).record
        ),
    ),
    undo(
        undo_snooze,
        Verb.SNOOZE,
        lambda w: (
            snooze_reminder(
                w.session, obligation_id=w.duty("meetings").id, until=TODAY + timedelta(days=3), **chief(w)
            ).record
        ),
    ),
    undo(undo_snooze, Verb.DECIDE, agreed_snooze, "past a legal date"),
    undo(
        undo_waiver,
        Verb.WAIVE,
        lambda w: (
            waive_duty(w.session, obligation_id=w.duty("meetings").id, reason="Does not apply", **chief(w)).record
        ),
    ),
    Row(
        change_settings,
        Verb.CHANGE_SETTINGS,
        lambda w, by: change_settings(w.session, office_code="0317300", changes={"lapse_after_days": 200}, **by),
    ),
    undo(
        restore_settings,
        Verb.CHANGE_SETTINGS,
        lambda w: (
            change_settings(w.session, office_code="0317300", changes={"lapse_after_days": 200}, **chief(w)).record
        ),
        "an office",
    ),
    undo(
        restore_settings,
        Verb.CHANGE_SETTINGS,
        lambda w: (
            change_alliance(
                w.session, alliance_id=w.area.id, changes={"lapse_after_days": 200}, **chief(w)
            ).outcome.record
        ),
        "an alliance",
    ),
    Row(
        add_closure,
        Verb.ADMINISTER,
        lambda w, by: add_closure(w.session, day=date(2026, 12, 28), reason="Snow", **by),
        **NATIONAL,
    ),
    Row(
        remove_closure,
        Verb.ADMINISTER,
        lambda w, by: remove_closure(w.session, day=date(2026, 12, 28), **by),
        prepare=lambda w: w.session.add(Closure(day=date(2026, 12, 28), reason="Snow")),
        **NATIONAL,
    ),
]
