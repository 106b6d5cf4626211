"""The forms, by name; a form that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.form_types import Form
from bot.forms import (
    add_signatory,
    answer_comment,
    answer_criteria,
    ask_comments,
    ask_waiver,
    assign,
    change_alliance,
    change_office,
    change_program,
    check_product,
    conclude,
    decide_renewal,
    decline,
    enter_closure,
    give_notice,
    hand_over_report,
    notify_activity,
    offer_ambassador,
    pass_on,
    plan_activity,
    plan_criteria,
    post_report,
    reach_milestone,
    record_activity,
    record_call,
    record_done,
    record_end,
    record_evaluation,
    record_gates,
    record_meeting,
    record_work_plan,
    remove_closure,
    sign_renewal,
    snooze,
    submit_report,
    waive,
)

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        made.FORM.name: made.FORM
        for made in (
            record_activity,
            record_meeting,
            record_work_plan,
            reach_milestone,
            hand_over_report,
            submit_report,
            post_report,
            record_evaluation,
            decide_renewal,
            record_gates,
            answer_criteria,
            plan_criteria,
            check_product,
            sign_renewal,
            give_notice,
            record_end,
            conclude,
            offer_ambassador,
            record_done,
            ask_comments,
            answer_comment,
            plan_activity,
            notify_activity,
            record_call,
            snooze,
            pass_on,
            assign,
            waive,
            ask_waiver,
            decline,
            change_office,
            change_program,
            enter_closure,
            remove_closure,
            change_alliance,
            add_signatory,
        )
    }
)
