"""The rows of the right matrix for what is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from models.alliances import Signatory
from models.plans import CoordinatorCall
from operations.conclude.give_notice import give_notice
from operations.establish.record_gates import record_gates
from operations.hands.change_position import hold_position
from operations.operate.record_activity import record_activity
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.records.attach_document import Attached, attach_document, withdraw_document
from operations.records.gate_records import Done
from operations.records.get_document import get_document
from operations.remind.steer_reminder import pass_on, undo_pass_on
from policy.gate_records import RecordKind
from policy.rights import Role, Verb
from tests.operations.conftest import NOW, TODAY
from tests.operations.right_matrix import (
    OF_A_REGION_ASKED,
    OF_THE_NATIONAL,
    OF_THE_PROGRAM,
    Row,
    World,
    activity,
    chief,
    comment,
    done,
    ending,
    extension,
    milestone,
    notice,
    planned,
    renewal,
    report,
    undo,
    withdrawn,
    work_plan,
)


def document(w: World) -> int:
    """Put a document on record."""
    attached = Attached("F0LETTER", "letter.pdf", 12, "a" * 64)
    return attach_document(
        w.session, alliance_id=w.area.id, record=f"alliance:{w.area.id}", attached=attached, **chief(w)
    ).id


ROWS: list[Row] = [
    Row(
        get_document,
        Verb.VIEW,
        lambda w, by: get_document(w.session, document_id=w.kept["prepared"], **by),
        prepare=document,
    ),
    Row(
        withdraw_document,
        Verb.PREPARE,
        lambda w, by: withdraw_document(w.session, number=w.kept["prepared"], reason="The wrong page", **by),
        prepare=document,
    ),
    withdrawn(
        "a meeting",
        Verb.RECORD,
        lambda w: (
            record_meeting(w.session, alliance_id=w.area.id, on=TODAY, held=True, format="both", **chief(w)).record
        ),
    ),
    withdrawn(
        "an activity",
        Verb.RECORD,
        lambda w: record_activity(w.session, alliance_id=w.area.id, **activity(), **chief(w)).record,
    ),
    withdrawn("a report", Verb.SUBMIT_REPORT, lambda w: f"report:{report(w)}"),
    withdrawn(
        "an evaluation",
        Verb.EVALUATE,
        lambda w: (
            record_evaluation(
                w.session,
                alliance_id=w.area.id,
                period_end=date(2026, 12, 9),
                evaluated_on=TODAY,
                discussed_on=None,
                findings="Goals met.",
                **chief(w),
            ).record
        ),
    ),
    withdrawn("a decision", Verb.DECIDE_RENEWAL, extension),
    withdrawn(
        "a signatory",
        Verb.SIGN,
        lambda w: f"signatory:{w.add(Signatory(alliance_id=w.area.id, name='Guild', joined_on=TODAY))}",
    ),
    withdrawn(
        "a gate",
        Verb.PREPARE,
        lambda w: (
            record_gates(
                w.session, alliance_id=w.area.id, done=[Done(RecordKind.GOALS, text="All met")], **chief(w)
            ).record
        ),
    ),
    withdrawn(
        "a notice",
        Verb.GIVE_NOTICE,
        lambda w: (
            give_notice(
                w.session,
                alliance_id=w.area.id,
                signatory_id=None,
                noticed_on=TODAY,
                named_end_on=None,
                reason="Goals not met",
                **chief(w),
            ).record
        ),
    ),
    withdrawn(
        "a work plan",
        Verb.PLAN,
        lambda w: f"work-plan:{work_plan(w)}",
    ),
    withdrawn("a milestone", Verb.PLAN, lambda w: f"milestone:{milestone(w, done_on=TODAY)}"),
    withdrawn("a hand-over", Verb.HAND_OVER, lambda w: f"handover:{report(w, handed_over_on=TODAY)}"),
    withdrawn(
        "a posting",
        Verb.POST_REPORT,
        lambda w: f"posting:{report(w, posted_on=TODAY, address='https://osha.gov/a')}",
    ),
    withdrawn("a copy", Verb.RECORD_COPY, lambda w: f"fulfilment:{done(w, 'signed-copy')}"),
    withdrawn("what was settled", Verb.SETTLE, lambda w: f"fulfilment:{done(w, 'logo-withdrawal')}"),
    replace(withdrawn("what was asked", Verb.ASK_COMMENTS, lambda w: f"comments:{comment(w)}"), seats=OF_THE_NATIONAL),
    replace(
        withdrawn("a comment", Verb.COMMENT, lambda w: f"answer:{comment(w, answered_on=TODAY)}"),
        seats=OF_A_REGION_ASKED,
    ),
    replace(withdrawn("a plan", Verb.ANNOUNCE, lambda w: f"planned-activity:{planned(w)}"), seats=OF_THE_NATIONAL),
    replace(
        withdrawn("that it was told", Verb.ANNOUNCE, lambda w: f"told:{planned(w, notified_on=TODAY)}"),
        seats=OF_THE_NATIONAL,
    ),
    withdrawn("an outcome", Verb.GIVE_NOTICE, lambda w: f"outcome:{notice(w, withdrawn_on=TODAY)}"),
    withdrawn("an end", Verb.END_ALLIANCE, lambda w: f"ending:{ending(w)}"),
    withdrawn("a proposal's withdrawal", Verb.PROPOSE, lambda w: f"ending:{ending(w, kind='withdrawn')}"),
    withdrawn(
        "a signing",
        Verb.SIGN,
        lambda w: f"agreement:{renewal(w)}",
    ),
    replace(
        withdrawn("a call", Verb.HOLD_CALL, lambda w: f"call:{w.add(CoordinatorCall(on_day=TODAY, recorded_at=NOW))}"),
        seats=OF_THE_PROGRAM,
    ),
    undo(
        undo_pass_on,
        Verb.PASS_ON,
        lambda w: (
            pass_on(
                w.session, obligation_id=w.duty("meetings").id, office_code="REG-PHI", reason="They run it", **chief(w)
            ).record
        ),
    ),
    Row(
        hold_position,
        Verb.NAME_PEOPLE,
        lambda w, by: hold_position(
            w.session,
            slack_id="U0NEWONE1",
            name="Nina New",
            role=Role.ALLIANCE_COORDINATOR,
            office_code="0317300",
            held_from=TODAY,
            **by,
        ),
    ),
]
