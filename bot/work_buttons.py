"""What the buttons about an alliance's work do: its team, plan, meetings, evaluations, products, and their Undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.answers.evaluations import evaluations
from bot.answers.meetings import meetings
from bot.answers.work_plan import work_plan
from bot.asked import Asked, Reply
from bot.blocks import safe
from bot.forms import FORMS
from bot.open_form import open_form
from bot.values import MemberValue, PlanValue, ProductValue, read, read_number
from operations.actor import Actor
from operations.conclude import end_ambassador
from operations.operate import (
    call_off_meeting,
    record_story,
    record_work_plan,
    say_purpose,
    undo_product,
    undo_team,
    undo_work_plan,
)
from operations.read.askable import Askable
from operations.remind.check_rules import Outcome
from policy.chains import Purpose
from policy.subjects import PRODUCT


def show_plan(asked: Asked, value: str) -> Reply:
    """Show the work plan of an alliance."""
    return work_plan(asked, read_number(value))


def show_evaluations(asked: Asked, value: str) -> Reply:
    """Show the evaluations of an alliance."""
    return evaluations(asked, read_number(value))


def show_meetings(asked: Asked, value: str) -> Reply:
    """Show the meetings of an alliance."""
    return meetings(asked, read_number(value))


def correct_plan(asked: Asked, value: str) -> Reply:
    """Open the form with a work plan as it stands, to be corrected."""
    which = read(PlanValue, value)
    values = {"first": which.first.isoformat()}
    return open_form(asked, FORMS["record_work_plan"], alliance_id=which.alliance, values=values)


def end_member(asked: Asked, value: str) -> Reply:
    """Open the form for a member who left the team."""
    who = read(MemberValue, value)
    return open_form(asked, FORMS["end_member"], alliance_id=who.alliance, values={"member": str(who.member)})


def check_product(asked: Asked, value: str) -> Reply:
    """Open the form for the reviews and checks of a product."""
    which = read(ProductValue, value)
    values = {"product": f"{PRODUCT}:{which.product}"}
    return open_form(asked, FORMS["check_product"], alliance_id=which.alliance, values=values)


def ask_experts(asked: Asked, value: str) -> Reply:
    """Open the form that puts a product before its experts."""
    which = read(ProductValue, value)
    what = Askable(Purpose.PRODUCT, f"{PRODUCT}:{which.product}", "", "").value
    return open_form(asked, FORMS["ask_approval"], alliance_id=which.alliance, values={"what": what})


def publish_product(asked: Asked, value: str) -> Reply:
    """Open the form for a product that was published."""
    which = read(ProductValue, value)
    values = {"product": str(which.product)}
    return open_form(asked, FORMS["publish_product"], alliance_id=which.alliance, values=values)


def drop_product(asked: Asked, value: str) -> Reply:
    """Open the form for a product that was given up."""
    which = read(ProductValue, value)
    values = {"product": str(which.product)}
    return open_form(asked, FORMS["drop_product"], alliance_id=which.alliance, values=values)


def _again(undo_it: Callable[..., tuple[Outcome, str]]) -> Callable[[Any, str, Actor, datetime], str]:
    """Return what takes a record back with an operation of its own, which says what is so again."""

    def take_back(session: Any, record: str, by: Actor, now: datetime) -> str:
        changed, again = undo_it(session, record=record, by=by, now=now)
        return f"Undone for *{safe(changed.of.facts.name)}*: {safe(again, 600)}."

    return take_back


#: How these records are taken back, by what they are called.
WORK_TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {
    **dict.fromkeys(undo_team.RECORDS, _again(undo_team.undo_team)),
    **dict.fromkeys(undo_product.RECORDS, _again(undo_product.undo_product)),
    **dict.fromkeys(call_off_meeting.RECORDS, _again(call_off_meeting.undo_call_off)),
    record_work_plan.RECORD: _again(undo_work_plan.undo_work_plan),
    end_ambassador.RECORD: _again(end_ambassador.undo_end_ambassador),
    record_story.RECORD: _again(record_story.undo_story),
    say_purpose.RECORD: _again(say_purpose.undo_purpose),
}

#: By action id.
WORK_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "show:plan": show_plan,
    "show:evaluations": show_evaluations,
    "show:meetings": show_meetings,
    "correct:plan": correct_plan,
    "end:member": end_member,
    "ask:product": ask_experts,
    "check:product": check_product,
    "publish:product": publish_product,
    "drop:product": drop_product,
}
