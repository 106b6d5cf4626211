"""The rows of the right matrix for what is recorded of an alliance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from models.alliances import TerminationNotice
from models.plans import CommentRequest, PlannedActivity
from operations.approve.put_report import keep_report
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.give_notice import give_notice
from operations.conclude.record_ambassador import record_ambassador
from operations.conclude.settle_notice import settle_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.establish.answer_comment import answer_comment
from operations.establish.ask_comments import ask_comments
from operations.establish.change_alliance import change_alliance
from operations.establish.decide_words import Decision, decide_words
from operations.establish.record_gates import record_gates
from operations.operate.hand_over_report import hand_over_report
from operations.operate.notify_activity import notify_activity
from operations.operate.plan_activity import plan_activity
from operations.operate.post_report import post_report
from operations.operate.reach_milestone import reach_milestone
from operations.operate.record_activity import record_activity
from operations.operate.record_call import record_call
from operations.operate.record_done import record_done
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.record_work_plan import record_work_plan
from operations.operate.submit_report import submit_report
from operations.records.gate_records import Done
from operations.records.give_paper import give_paper
from operations.records.give_report import give_report
from policy.facts import Recommendation
from policy.gate_records import RecordKind
from policy.handed_papers import PaperKind
from policy.rights import Verb
from tests.operations.conftest import TODAY
from tests.operations.gates import pass_gates
from tests.operations.right_matrix import (
    LONG_AGO,
    NATIONAL,
    OF_A_REGION_ASKED,
    OF_THE_PROGRAM,
    YEAR_END,
    YEAR_FIRST,
    Row,
    activity,
    agreement,
    extension,
    marked,
    milestone,
    of_area,
    report,
)

ROWS: list[Row] = [
    of_area(record_activity, Verb.RECORD, **activity()),
    of_area(record_meeting, Verb.RECORD, on=TODAY, held=True, format="both"),
    of_area(record_work_plan, Verb.PLAN, first=YEAR_FIRST, finalized_on=TODAY, summary="As agreed"),
    Row(
        reach_milestone,
        Verb.PLAN,
        lambda w, by: reach_milestone(
            w.session, alliance_id=w.area.id, milestone_id=w.kept["prepared"], done_on=TODAY, **by
        ),
        prepare=milestone,
    ),
    of_area(hand_over_report, Verb.HAND_OVER, period_end=YEAR_END, handed_over_on=TODAY),
    of_area(give_report, Verb.VIEW, period_end=YEAR_END),
    of_area(give_paper, Verb.VIEW, kind=PaperKind.AGREEMENT, record=None),
    of_area(keep_report, Verb.PREPARE, period_end=YEAR_END),
    of_area(submit_report, Verb.SUBMIT_REPORT, period_end=YEAR_END, submitted_on=TODAY),
    replace(
        of_area(post_report, Verb.POST_REPORT, period_end=YEAR_END, posted_on=TODAY, address="https://osha.gov/a"),
        prepare=report,
    ),
    of_area(
        record_evaluation,
        Verb.EVALUATE,
        period_end=date(2026, 12, 9),
        evaluated_on=TODAY,
        discussed_on=TODAY,
        findings="Goals met.",
    ),
    Row(
        record_done,
        Verb.RECORD_COPY,
        lambda w, by: record_done(
            w.session,
            alliance_id=w.fresh.id,
            rule="signed-copy",
            subject=w.duty("signed-copy", w.fresh).subject,
            done_on=TODAY,
            **by,
        ),
        what="a copy",
    ),
    Row(
        record_done,
        Verb.SETTLE,
        lambda w, by: record_done(
            w.session,
            alliance_id=w.area.id,
            rule="extension-terms",
            subject=w.kept["prepared"],
            done_on=TODAY,
            note="They were met.",
            **by,
        ),
        prepare=extension,
        what="the rest",
    ),
    Row(record_call, Verb.HOLD_CALL, lambda w, by: record_call(w.session, on=TODAY, **by), OF_THE_PROGRAM),
    Row(
        plan_activity,
        Verb.ANNOUNCE,
        lambda w, by: plan_activity(
            w.session, alliance_id=w.national.id, on=TODAY + timedelta(days=40), place="Ohio", title="Talk", **by
        ),
        **NATIONAL,
    ),
    Row(
        notify_activity,
        Verb.ANNOUNCE,
        lambda w, by: notify_activity(
            w.session, alliance_id=w.national.id, activity_id=w.kept["prepared"], notified_on=TODAY, **by
        ),
        prepare=lambda w: w.add(
            PlannedActivity(
                alliance_id=w.national.id,
                on_day=TODAY + timedelta(days=40),
                place="Ohio",
                title="Talk",
                recorded_on=TODAY,
            )
        ),
        **NATIONAL,
    ),
    Row(
        ask_comments,
        Verb.ASK_COMMENTS,
        lambda w, by: ask_comments(
            w.session, alliance_id=w.national.id, office_codes=["REG-PHI"], asked_on=TODAY, **by
        ),
        **NATIONAL,
    ),
    Row(
        answer_comment,
        Verb.COMMENT,
        lambda w, by: answer_comment(
            w.session,
            alliance_id=w.national.id,
            request_id=w.kept["prepared"],
            answered_on=TODAY,
            answer="No objection",
            **by,
        ),
        OF_A_REGION_ASKED,
        prepare=lambda w: w.add(
            CommentRequest(alliance_id=w.national.id, office_id=w.office("REG-PHI").id, asked_on=TODAY)
        ),
    ),
    of_area(
        give_notice, Verb.GIVE_NOTICE, signatory_id=None, noticed_on=TODAY, named_end_on=None, reason="Goals not met"
    ),
    Row(
        settle_notice,
        Verb.GIVE_NOTICE,
        lambda w, by: settle_notice(
            w.session, alliance_id=w.area.id, notice_id=w.kept["prepared"], withdrawn=True, on=TODAY, **by
        ),
        prepare=lambda w: w.add(TerminationNotice(alliance_id=w.area.id, noticed_on=LONG_AGO, reason="Goals not met")),
    ),
    of_area(
        conclude_alliance,
        Verb.END_ALLIANCE,
        ended_on=TODAY,
        reason=Reason.MUTUAL,
        way=Way.MUTUAL,
        explanation="All goals were met.",
    ),
    Row(
        record_ambassador,
        Verb.END_ALLIANCE,
        lambda w, by: record_ambassador(w.session, alliance_id=w.veteran.id, document_on=TODAY, **by),
    ),
    Row(
        decide_renewal,
        Verb.DECIDE_RENEWAL,
        lambda w, by: decide_renewal(
            w.session,
            alliance_id=w.area.id,
            agreement_id=agreement(w),
            recommendation=Recommendation.RENEW,
            reasons="Goals met.",
            recommended_on=TODAY,
            decided_on=None,
            **by,
        ),
    ),
    replace(
        of_area(sign_renewal, Verb.SIGN, signed_on=TODAY, term_years=5),
        prepare=lambda w: pass_gates(w.session, w.area, w.chief),
    ),
    of_area(add_signatory, Verb.SIGN, name="Another Guild", joined_on=TODAY),
    of_area(change_alliance, Verb.CHANGE_SETTINGS, changes={"lapse_after_days": 200}),
    Row(
        decide_words,
        Verb.PREPARE,
        lambda w, by: decide_words(
            w.session, record=w.kept["prepared"][0], about=w.kept["prepared"][1], decision=Decision.HARMLESS, **by
        ),
        prepare=marked,
    ),
    of_area(record_gates, Verb.PREPARE, done=[Done(RecordKind.GOALS, text="All met")]),
]
