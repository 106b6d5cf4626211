"""The rows of the right matrix for teams, meetings called off, plans corrected, products, stories and Ambassadors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.alliances import Ending, TeamMember
from models.products import Product
from models.work import Meeting
from operations.conclude.end_ambassador import end_ambassador, undo_end_ambassador
from operations.establish.record_gates import record_gates
from operations.operate.add_member import add_member
from operations.operate.call_off_meeting import cancel_meeting, move_meeting, undo_call_off
from operations.operate.correct_work_plan import correct_work_plan
from operations.operate.drop_product import drop_product
from operations.operate.end_member import end_member
from operations.operate.open_product import open_product
from operations.operate.plan_content import PlanContent
from operations.operate.propose_product import propose_product
from operations.operate.publish_product import publish_product
from operations.operate.record_meeting import record_meeting
from operations.operate.record_story import record_story, undo_story
from operations.operate.record_work_plan import record_work_plan
from operations.operate.say_purpose import say_purpose, undo_purpose
from operations.operate.undo_product import undo_product
from operations.operate.undo_team import undo_team
from operations.operate.undo_work_plan import undo_work_plan
from operations.records.gate_records import Done
from policy.facts import EndingKind
from policy.gate_records import RecordKind as Kind
from policy.rights import Verb
from policy.team import Part
from tests.operations.conftest import NOW, TODAY
from tests.operations.right_matrix import LONG_AGO, YEAR_FIRST, Row, World, chief, of_area, undo, work_plan

PRODUCT: dict[str, Any] = {
    "title": "Poster",
    "form": "poster",
    "audience": "roofers",
    "purpose": "Fewer falls",
    "proposed_by": "Guild",
}
PUBLISHED: dict[str, Any] = {"published_on": TODAY, "address": "https://osha.gov/poster"}
DROPPED: dict[str, Any] = {"dropped_on": TODAY, "because": "Nobody drew it"}
CALLED_OFF: dict[str, Any] = {"because": "Snow"}
LATER = TODAY + timedelta(days=12)
PLAN: dict[str, Any] = {"first": YEAR_FIRST, "finalized_on": TODAY, "summary": "As agreed"}
CORRECTED: dict[str, Any] = {"first": YEAR_FIRST, "content": PlanContent(TODAY, "As corrected"), "reason": "A slip"}
MEMBER: dict[str, Any] = {"part": Part.REGION, "since": TODAY, "name": "Rita Region"}
STORY: dict[str, Any] = {"on": TODAY, "title": "No falls", "story": "Nobody fell this year."}
SAID: dict[str, Any] = {"background": "They met.", "goals": "No falls"}
ENDED: dict[str, Any] = {"ended_on": TODAY, "because": "Both moved on"}


def member(w: World) -> int:
    """Put a member of the team on record."""
    told = {"name": "Rita Region", "organization": "OSHA", "part": Part.REGION.value, "since": LONG_AGO}
    made: int = w.add(TeamMember(alliance_id=w.area.id, **told, recorded_at=NOW))
    return made


def meeting(w: World) -> int:
    """Put a planned meeting on record."""
    day = TODAY + timedelta(days=9)
    made: int = w.add(
        Meeting(alliance_id=w.area.id, on_day=day, held=False, format="both", present=[], recorded_at=NOW)
    )
    return made


def product(w: World) -> int:
    """Put a product on record that waits for its publication."""
    made: int = w.add(Product(alliance_id=w.area.id, **PRODUCT, proposed_on=TODAY, recorded_at=NOW))
    return made


def product_ready(w: World) -> int:
    """Put a product on record whose gates are passed."""
    made, yes = product(w), {"yes": True}
    done = [
        Done(Kind.PRODUCT_FREE, details=yes),
        Done(Kind.PRODUCT_RIGHTS, details=yes),
        Done(Kind.PRODUCT_ASKED, "Eva Expert", details=yes),
        Done(Kind.PRODUCT_REVIEWED, "Eva Expert", on=TODAY),
        Done(Kind.LANGUAGE_REVIEW, on=TODAY, by="Lara Language"),
    ]
    record_gates(w.session, alliance_id=w.area.id, done=done, subject=f"product:{made}", **chief(w))
    return made


def ambassador(w: World) -> int:
    """Put an Ambassador document on record."""
    kind = EndingKind.AMBASSADOR.value
    w.add(Ending(alliance_id=w.area.id, kind=kind, ended_on=LONG_AGO, reason="Ambassador document"))
    return w.area.id


def corrected(w: World) -> str:
    """Correct a work plan; return the record."""
    work_plan(w)
    return done_by_chief(w, correct_work_plan, **CORRECTED)


def ended_ambassador(w: World) -> str:
    """End an Ambassador relationship; return the record."""
    ambassador(w)
    return done_by_chief(w, end_ambassador, **ENDED)


def done_by_chief(w: World, operation: Any, **told: Any) -> str:
    """Let the chief do something on the area alliance; return its record."""
    return str(operation(w.session, alliance_id=w.area.id, **told, **chief(w)).record)


def of_kept(operation: Any, verb: Verb, prepare: Any, id_name: str, **told: Any) -> Row:
    """Return the row of an operation on something of the area alliance that is put on record first."""
    return Row(
        operation,
        verb,
        lambda w, by: operation(w.session, alliance_id=w.area.id, **{id_name: w.kept["prepared"]}, **told, **by),
        prepare=prepare,
    )


ROWS: list[Row] = [
    of_area(add_member, Verb.CHANGE_TEAM, **MEMBER),
    of_kept(end_member, Verb.CHANGE_TEAM, member, "member_id", until=TODAY),
    undo(undo_team, Verb.CHANGE_TEAM, lambda w: done_by_chief(w, add_member, **MEMBER), "joined"),
    undo(
        undo_team,
        Verb.CHANGE_TEAM,
        lambda w: done_by_chief(w, end_member, member_id=member(w), until=TODAY),
        "left",
    ),
    of_kept(move_meeting, Verb.RECORD, meeting, "meeting_id", to=LATER, **CALLED_OFF),
    of_kept(cancel_meeting, Verb.RECORD, meeting, "meeting_id", **CALLED_OFF),
    undo(
        undo_call_off,
        Verb.RECORD,
        lambda w: done_by_chief(w, move_meeting, meeting_id=meeting(w), to=LATER, **CALLED_OFF),
        "moved",
    ),
    undo(
        undo_call_off,
        Verb.RECORD,
        lambda w: done_by_chief(w, cancel_meeting, meeting_id=meeting(w), **CALLED_OFF),
        "cancelled",
    ),
    undo(
        undo_call_off,
        Verb.RECORD,
        lambda w: done_by_chief(w, record_meeting, on=TODAY, held=True, format="both", planned_id=meeting(w)),
        "held on another day",
    ),
    Row(
        correct_work_plan,
        Verb.PLAN,
        lambda w, by: correct_work_plan(w.session, alliance_id=w.area.id, **CORRECTED, **by),
        prepare=work_plan,
    ),
    undo(undo_work_plan, Verb.PLAN, lambda w: done_by_chief(w, record_work_plan, **PLAN), "a plan"),
    undo(undo_work_plan, Verb.PLAN, corrected, "a correction"),
    of_area(propose_product, Verb.PREPARE, **PRODUCT, proposed_on=TODAY),
    Row(
        open_product,
        Verb.PREPARE,
        lambda w, by: open_product(w.session, w.area.id, w.kept["prepared"], **by),
        prepare=product,
    ),
    of_kept(publish_product, Verb.PREPARE, product_ready, "product_id", **PUBLISHED),
    of_kept(drop_product, Verb.PREPARE, product, "product_id", **DROPPED),
    undo(undo_product, Verb.PREPARE, lambda w: f"product:{product(w)}", "a proposal"),
    undo(
        undo_product,
        Verb.PREPARE,
        lambda w: done_by_chief(w, publish_product, product_id=product_ready(w), **PUBLISHED),
        "a publication",
    ),
    undo(
        undo_product,
        Verb.PREPARE,
        lambda w: done_by_chief(w, drop_product, product_id=product(w), **DROPPED),
        "given up",
    ),
    of_area(say_purpose, Verb.PREPARE, **SAID),
    undo(undo_purpose, Verb.PREPARE, lambda w: done_by_chief(w, say_purpose, **SAID)),
    of_area(record_story, Verb.RECORD, **STORY),
    undo(undo_story, Verb.RECORD, lambda w: done_by_chief(w, record_story, **STORY)),
    Row(
        end_ambassador,
        Verb.END_ALLIANCE,
        lambda w, by: end_ambassador(w.session, alliance_id=w.kept["prepared"], **ENDED, **by),
        prepare=ambassador,
    ),
    undo(undo_end_ambassador, Verb.END_ALLIANCE, ended_ambassador),
]
