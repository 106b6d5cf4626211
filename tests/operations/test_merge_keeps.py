"""What a merger of two entries of an alliance takes along, and that nobody changes offices meanwhile."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text

from bot.messages import message_words
from models.audit import AuditEntry, write_noted
from models.documents import Document
from models.duties import Message
from models.locks import HANDS
from models.plans import WorkPlan
from operations.approve.ask_approval import ask_approval
from operations.approve.keep_draft import keep_draft
from operations.establish.record_gates import record_gates
from operations.hands.merge_alliances import merge_alliances
from operations.operate.plan_content import PlanContent, Planned, add_version
from operations.read.approvals import list_asked
from operations.read.gates import show_gates
from operations.read.message import show_message
from operations.records.attach_document import Attached, attach_document
from operations.records.gate_records import Done
from operations.remind.check_rules import check_rules
from policy.chains import Purpose
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Role
from policy.subjects import DRAFT, PROPOSAL
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, approve_proposal, proposed

FIRST = date(2025, 12, 10)


def test_documents_go_over_and_what_a_plan_said_is_kept(session, portfolio, field):
    """The plan that stands in both is kept once; the audit keeps every version of the other."""
    kept, again = (portfolio.alliance(name, field.area) for name in ("La Plaza", "La Plaza Alliance"))
    check_rules(session, now=NOW)
    director = portfolio.person("U0DIRECTOR", (Role.AREA_DIRECTOR, field.area))
    for alliance in (kept, again):
        plan = WorkPlan(alliance_id=alliance.id, first=FIRST, finalized_on=TODAY, summary="Plan", recorded_at=NOW)
        session.add(plan)
        session.flush()
        content = PlanContent(TODAY, f"Of {alliance.name}", (Planned("Fair"),))
        add_version(session, plan, content, reason=None, by=director, now=NOW)
    attached = Attached("F0LETTER", "letter.pdf", 12, "a" * 64)
    told = {"record": f"alliance:{again.id}", "attached": attached}
    attach_document(session, alliance_id=again.id, **told, by=director, now=NOW)
    done = merge_alliances(session, alliance_id=again.id, into_id=kept.id, by=director, now=NOW)
    write_noted(session)
    assert session.scalars(select(Document.alliance_id)).all() == [kept.id]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "alliance:merged")).one()
    dropped = [one["record"] for one in entry.data["dropped"] if one["table"] == "work_plan_versions"]
    assert [one["content"]["summary"] for one in dropped] == ["Of La Plaza Alliance"]
    assert done.doubled["work_plans"] == 1
    assert "work_plan_versions" not in done.doubled
    held = "select count(*) from pg_locks where locktype = 'advisory' and objid = :key and pid = pg_backend_pid()"
    assert session.scalar(text(held), {"key": HANDS}) == 1


def test_what_was_before_officials_for_the_emptied_entry_can_be_shown(session, portfolio, field):
    """Who asked is told that it is void, every card says so, and the lists of approvals go on."""
    director = portfolio.person("U0DIRECTOR", (Role.AREA_DIRECTOR, field.area))
    kept, again = (
        proposed(session, a_proposal(field.area, name=name, participants=(one,)), field.coordinator)
        for name, one in (("Harbor Alliance", GUILD), ("Wilmington Dockers", CONSULATE))
    )
    asked = ask_approval(
        session,
        by=field.coordinator,
        now=NOW,
        alliance_id=again.id,
        purpose=Purpose.FIELD_PROPOSAL,
        subject=PROPOSAL,
    )
    merge_alliances(session, alliance_id=again.id, into_id=kept.id, by=director, now=NOW)
    for id in session.scalars(select(Message.id).where(Message.approval_id == asked.id)).all():
        assert "merged into Harbor Alliance" in message_words(show_message(session, id, now=NOW))["text"]
    assert [one.id for one in list_asked(session, field.coordinator.person_id, now=NOW)] == [asked.id]


def test_a_review_of_the_emptied_entry_is_none_of_the_draft_of_the_other(session, portfolio, field):
    """Both had a draft: the gates can be shown, and the review is asked for anew, as of a version of that draft."""
    director = portfolio.person("U0DIRECTOR", (Role.AREA_DIRECTOR, field.area))
    kept, again = (
        proposed(session, a_proposal(field.area, name=name, participants=(one,)), field.coordinator)
        for name, one in (("Harbor Alliance", GUILD), ("Wilmington Dockers", CONSULATE))
    )
    told = {"by": field.coordinator, "now": NOW}
    for alliance, versions in ((kept, 1), (again, 2)):
        approve_proposal(session, alliance, field.coordinator)
        for number in range(versions):
            keep_draft(session, alliance=alliance.id, subject=DRAFT, content={"goals": f"Version {number}"}, **told)
    review = Done(RecordKind.REGIONAL_REVIEW, "REG-PHI", on=TODAY, by="Rudi Reviewer", text="Letter")
    record_gates(session, alliance_id=again.id, done=[review], **told)
    merge_alliances(session, alliance_id=again.id, into_id=kept.id, by=director, now=NOW)
    (shown,) = show_gates(session, kept.id, step=ProcedureStep.SIGN, on=TODAY)
    assert "regional-review" in {one.gate.id for one in shown.open}
