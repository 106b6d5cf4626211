"""Approvals as people meet them: the card by direct message, its buttons, the lists, the forms, all over the socket."""

from __future__ import annotations

import re
from datetime import date

import pytest
from slack_sdk import WebClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance, AllianceOffice, Signatory
from models.approvals import Approval, ApprovalDecision
from models.documents import Document
from models.drafts import Draft
from models.duties import Message
from models.gates import GateRecord
from models.offices import Office, Person, Position
from models.work import Activity
from operations.actor import identify
from operations.approve.keep_draft import keep_draft
from operations.remind.deliver_message import waiting_messages
from policy.rights import Role
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_home import home_of
from tests.operations.conftest import NOW, TODAY
from workers.deliver import Delivery, deliver

GOALS = "Fewer <!channel> falls"


def appoint(session, slack_id, name, role, office):
    """Let somebody hold a position."""
    person = session.scalar(select(Person).where(Person.slack_id == slack_id))
    if person is None:
        person = Person(slack_id=slack_id, name=name)
        session.add(person)
        session.flush()
    at = session.scalars(select(Office.id).where(Office.code == office)).one()
    session.add(Position(person_id=person.id, office_id=at, role=role.value, held_from=date(2020, 1, 1)))
    session.flush()


@pytest.fixture
def harbor(sample_engine):
    """A proposed area alliance with its proposal on file; Sam is the Area Director, Rita the Regional Administrator."""
    with Session(sample_engine) as session:
        appoint(session, "USTRANGER", "Sam Director", Role.AREA_DIRECTOR, "0317300")
        appoint(session, "URITA", "Rita Regional", Role.REGIONAL_ADMINISTRATOR, "REG-PHI")
        made = Alliance(name="Harbor Alliance", level="area", tracked_from=TODAY, created_at=NOW)
        session.add(made)
        session.flush()
        office = session.scalars(select(Office.id).where(Office.code == "0317300")).one()
        session.add(AllianceOffice(alliance_id=made.id, office_id=office, rank=0))
        session.add(Signatory(alliance_id=made.id, name="Dockers"))
        session.flush()
        propose(session, made.id)
        session.commit()
        return made.id


def propose(session, alliance_id, **more):
    """Keep a version of the proposal."""
    offices, participants = ["0317300"], ["Dockers: union"]
    content = {"name": "Harbor Alliance", "level": "area", "offices": offices, "participants": participants}
    content |= {"goals": GOALS, "objectives": "Two trainings a year", "work_plan": "Two trainings"} | more
    by = identify(session, "UADA", now=NOW)
    keep_draft(session, by=by, now=NOW, alliance=alliance_id, subject="proposal", content=content)


@pytest.fixture
def mail(slack, sample_engine):
    """Let a worker deliver what waits, and return what stands in Slack for somebody, the newest last."""

    def work(slack_id: str, kind: str = "approval") -> list[dict]:
        # A worker of its own each time, as after a restart.
        engine = create_engine(sample_engine.url)
        client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
        worker = Delivery(engine, sessionmaker(engine), client, lambda: NOW)
        with Session(engine) as session:
            waiting = waiting_messages(session, now=NOW)
        for id in waiting:
            deliver(id, worker)
        with Session(engine) as session:
            rows = session.execute(
                select(Message.channel, Message.ts)
                .join(Person, Person.id == Message.person_id)
                .where(Person.slack_id == slack_id, Message.kind == kind, Message.ts.is_not(None))
                .order_by(Message.created_at, Message.ts)
            ).all()
        engine.dispose()
        return [standing(slack, slack_id, channel, ts) for channel, ts in rows]

    return work


def standing(slack, user, channel, ts):
    """Return a message as it stands in Slack."""
    shown = slack.get(f"/client/messages?user={user}&channel={channel}&limit=200")["messages"]
    message = next(m for m in shown if m["ts"] == ts)
    assert message_problems(message["blocks"]) == []
    return {"channel": channel, "ts": ts, "blocks": message["blocks"], "text": words(message["blocks"])}


def asks_for_approval(ada):
    """Ask for the approval of the proposal, from the list."""
    ada.presses(ada.asks("/alliance approve harbor"), "run:approve:ask_approval")
    form = ada.modal()
    assert view_problems(form_as_sent(form), "modal") == []
    assert "Area Director, Wilmington Area Office: Sam Director" in words(form["blocks"])
    assert fields_of(form) == ["alliance", "what", "note"]
    ada.sends(note="Before the season")
    told = ada.reads()
    assert "Asked for *Harbor Alliance*: evaluation and approval of the proposal in the field" in told["text"]
    return told


def form_as_sent(view):
    """Return a form as the app sent it."""
    return {key: value for key, value in view.items() if key in {"type", "title", "submit", "close", "blocks"}}


@pytest.mark.usefixtures("harbor")
def test_a_proposal_is_approved_from_the_card(ada, stranger, rita, mail, rows):
    """Every copy says who approved and when; a second press changes nothing; Home agrees; Undo takes it back."""
    asks_for_approval(ada)
    (card,) = mail("USTRANGER")
    (other,) = mail("URITA")
    assert "For Sam Director: your approval is asked" in card["text"]
    assert re.findall(r"^•  ([A-Z][a-z ]+): “", card["text"], re.MULTILINE) == [
        *("Level", "Office that leads", "Name of the alliance", "Projected participants", "Goals", "Objectives"),
        "Draft work plan of the first year",
    ]
    assert "Level: “Area: signed by Area Directors”\n•  Office that leads: “Wilmington Area Office”" in card["text"]
    assert "Goals: “Fewer &lt;!channel&gt; falls”" in card["text"]
    assert "Waiting for your approval" in words(home_of(stranger)["blocks"])

    stranger.presses(card, "approve:approval")
    answer = stranger.reads()
    assert (
        "Approved: evaluation and approval of the proposal in the field of *Harbor Alliance*, version 1."
        in answer["text"]
    )
    rita.presses(other, "approve:approval")
    said = "This was approved by Sam Director on November 23, 2026, at 9:00 AM; nothing changed."
    assert rita.reads()["text"] == said
    for late in ("decline:approval", "return:approval"):
        rita.presses(other, late)
        assert rita.reads()["text"] == said
        assert not rita.has_modal()
    (first,), (second,) = mail("USTRANGER"), mail("URITA")
    for copy in (first, second):
        assert "This was approved by Sam Director on November 23, 2026, at 9:00 AM" in copy["text"]
        assert [e["action_id"] for e in copy["blocks"][-1]["elements"]] == ["show:approval"]
    assert "Waiting for your approval" not in words(home_of(stranger)["blocks"])
    (news,) = mail("UADA", "approval-news")
    assert "For Ada Coordinator: what you asked was approved" in news["text"]
    assert "Nothing waits for your approval." in rita.asks("/alliance-approve")["text"]
    assert {r.kind for r in rows(GateRecord)} == {"proposal-approval", "proposal-evaluated"}

    stranger.presses(answer, "undo:record")
    assert "Undone: the approval no longer counts." in stranger.reads("update")["text"]
    (first,) = mail("USTRANGER")
    assert "approve:approval" in [e["action_id"] for e in first["blocks"][-1]["elements"]]
    assert [a.status for a in rows(Approval)] == ["open"]


def test_a_return_is_read_and_put_forward_again(ada, stranger, harbor, mail, sample_engine):
    """The reason is asked for and reaches who asked; the next card says what changed since the one that was seen."""
    asks_for_approval(ada)
    (card,) = mail("USTRANGER")
    stranger.presses(card, "return:approval")
    assert "Harbor Alliance" in words(stranger.modal()["blocks"])
    assert "required" in stranger.sends(reason="   ")["errors"]["reason"]
    stranger.sends(reason="Name the trainers.")
    assert "Returned for changes" in stranger.reads()["text"]
    (news,) = mail("UADA", "approval-news")
    assert ": Name the trainers.\n" in news["text"]
    assert "trainers.." not in news["text"]
    ada.presses(news, "change:draft")
    assert held(ada.modal(), "alliance") == str(harbor)
    ada.closes()
    with Session(sample_engine) as session:
        propose(session, harbor, trainers="Two of the union", level="regional", offices=["REG-PHI"])
        session.commit()
    asks_for_approval(ada)
    second = mail("USTRANGER")[-1]
    assert "Changed since version 1, which you saw" in second["text"]
    assert "Office that leads: was “Wilmington Area Office”, now “Philadelphia Regional Office”" in second["text"]
    assert "Trainers: new: “Two of the union”" in second["text"]
    stranger.presses(second, "show:approval")
    assert "*Trainers*\nTwo of the union" in stranger.reads()["text"]


def test_a_decline_needs_a_reason(ada, stranger, harbor, mail, rows):
    """It ends what was asked, and stands in the list of who asked."""
    asks_for_approval(ada)
    (card,) = mail("USTRANGER")
    stranger.presses(card, "decline:approval")
    stranger.sends(reason="Not in this region")
    assert "Declined" in stranger.reads()["text"]
    listed = ada.asks("/alliance approve")
    assert "*Declined.* This was declined by Sam Director" in listed["text"]
    assert "Not in this region" in listed["text"]


def test_the_list_of_who_has_nothing_says_so(ada):
    """An empty list is a sentence, and a way to ask."""
    answer = ada.asks("/alliance approve")
    assert "Nothing waits for your approval." in answer["text"]
    assert "You asked for no approval in the last 30 days." in answer["text"]
    assert message_problems(answer["blocks"]) == []
    assert "Nothing of this alliance was put before anybody yet." in ada.asks("/alliance approve plaza")["text"]
    assert "No alliance is called" in ada.asks("/alliance approve zzzzqq")["text"]


def test_who_asked_takes_it_back(ada, stranger, harbor, mail):
    """Withdraw stands in the answer and in the list; then the card has no buttons, and pressing an old one says why."""
    told = asks_for_approval(ada)
    (card,) = mail("USTRANGER")
    ada.presses(told, "undo:record")
    assert "Withdrawn: nobody is asked" in ada.reads("update")["text"]
    stranger.presses(card, "approve:approval")
    assert "This was withdrawn by Ada Coordinator" in stranger.reads()["text"]
    (card,) = mail("USTRANGER")
    assert [e["action_id"] for e in card["blocks"][-1]["elements"]] == ["show:approval"]


def test_what_is_decided_on_paper_is_recorded_by_the_coordinator(ada, harbor, mail, rows, sample_engine):
    """Where nobody in Slack can decide, the form asks who, when and where it is written, and asks once more before."""
    with Session(sample_engine) as session:
        for position in session.scalars(
            select(Position).where(Position.role.in_(["Area Director", "Regional Administrator"]))
        ):
            session.delete(position)
        session.commit()
    ada.presses(ada.asks("/alliance approve harbor"), "run:approve:ask_approval")
    ada.sends()
    ada.reads()
    ada.presses(ada.asks("/alliance approve"), "record:approval")
    given = {"name": "Old Director", "on": "2026-11-24", "evidence": "Memo"}
    assert "still to come" in ada.sends(**given)["errors"]["on"]
    answer = ada.sends(on="2026-11-23", document=ada.attaches("memo.pdf", b"%PDF-1.7 memo"))
    assert answer["response_action"] == "push"
    assert "Is it right?" in words(ada.modal()["blocks"])
    assert rows(Document) == []
    ada.sends()
    told = ada.reads()["text"]
    assert "Approved: evaluation and approval" in told
    assert "The document memo.pdf is kept with it." in told
    (row,) = rows(ApprovalDecision)
    assert (row.decided_by, row.recorded_by, row.evidence) == ("Old Director", "Ada Coordinator", "Memo")
    ada.presses(ada.asks("/alliance approve harbor"), "show:approval")
    shown = "Recorded by Ada Coordinator; written in: Memo; kept with it: memo.pdf (/alliance document)"
    assert shown in ada.reads()["text"]
    assert [document.record for document in rows(Document)] == [f"approval-decision:{row.id}"]


def test_who_approves_is_set_with_a_preview(stranger, harbor, rows):
    """The chain is read, refused below what a clause asks for, shown with names before it is saved, and undone."""
    stranger.presses(stranger.asks("/alliance office 0317300"), "change:chain")
    form = stranger.modal()
    assert view_problems(form_as_sent(form), "modal") == []
    assert "is no position" in stranger.sends(purpose="field-proposal", steps="Mayor")["errors"]["steps"]
    refused = stranger.sends(steps="OOSA director")
    assert "could be passed by, which CSP 04-01-002 X asks for" in refused["errors"]["steps"]
    answer = stranger.sends(steps="Area Director\nRegional Administrator")
    assert answer["response_action"] == "push"
    preview = words(stranger.modal()["blocks"])
    assert "For *Harbor Alliance*, for example, it would go to:" in preview
    assert "1. Area Director" in preview
    assert "Regional Administrator, Philadelphia Regional Office: Rita Regional" in preview
    stranger.sends()
    saved = stranger.reads()
    kept = next(o.settings for o in rows(Office) if o.code == "0317300")
    assert kept["chains"] == {"field-proposal": "Area Director; Regional Administrator"}
    assert (
        "Who approves: evaluation and approval of the proposal in the field"
        in stranger.asks("/alliance office 0317300")["text"]
    )
    stranger.presses(saved, "undo:record")
    assert "as before" in stranger.reads("update")["text"]


def test_a_draft_without_a_form_of_its_own_is_written_when_it_is_asked_for(ada, nate, sample_engine, rows):
    """A product: its text and place, the experts, how many of them; the next time they stand in the form."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "product")
    ada.sends(on="2026-11-18", title="Ladder poster")
    ada.reads()
    with Session(sample_engine) as session:
        session.add(Office(code="DEP", name="Enforcement", kind="directorate", timezone="America/New_York"))
        session.commit()
        appoint(session, "UNATE", "Nate National", Role.DIRECTORATE_HEAD, "DEP")
        session.commit()
    ada.presses(ada.asks("/alliance approve plaza"), "run:approve:ask_approval")
    (product,) = [a.id for a in rows(Activity) if a.kind == "product"]
    assert "experts" not in fields_of(ada.modal())
    form = ada.chooses("what", f"product-review|activity:{product}|")
    assert {"document", "summary", "experts", "outside", "needs"} <= set(fields_of(form))
    assert "required" in str(ada.sends(document="https://example.org/poster")["errors"])
    assert "Choose at least one expert" in str(ada.sends(summary="How to stand a ladder")["errors"])
    ada.sends(experts=["DEP"], outside="Jane Roe, Council", needs="1")
    assert "Asked for *La Plaza Alliance*" in ada.reads()["text"]
    assert [d.content for d in rows(Draft)] == [
        {"document": "https://example.org/poster", "summary": "How to stand a ladder"}
    ]
    card = nate.asks("/alliance approve")
    nate.presses(card, "approve:approval")
    assert "Approved: review of the product" in nate.reads()["text"]
    assert "Product reviewed under the Guidelines" not in open_titles(ada)
    assert {(r.kind, r.about) for r in rows(GateRecord)} == {
        ("product-asked", "directorate reviewer@DEP"),
        ("product-reviewed", "directorate reviewer@DEP"),
    }


def open_titles(person):
    """Return what is said of the open gates before the product is published."""
    return person.asks("/alliance gates plaza product")["text"]


@pytest.mark.usefixtures("harbor")
def test_what_was_decided_is_told_though_its_answer_is_lost(ada, stranger, mail, slack, rows):
    """Nobody hears that nothing was recorded: the answer comes as a direct message."""
    asks_for_approval(ada)
    (card,) = mail("USTRANGER")
    slack.post("/control/faults", on="response_url", what="drop", times=2)
    stranger.presses(card, "approve:approval")
    told = stranger.reads("post")
    assert "Approved: evaluation and approval" in told["text"]
    slack.post("/control/faults", on="response_url", what="drop", times=2)
    stranger.presses(told, "undo:record")
    assert "Undone: the approval no longer counts" in stranger.reads("post")["text"]
    slack.post("/control/faults", on="views.open", what="error", error="expired_trigger_id", times=1)
    stranger.presses_in(home_of(stranger), "approve:approval")
    assert "Approved: evaluation and approval" in stranger.reads("post")["text"]
    assert [one.withdrawn_at is None for one in rows(ApprovalDecision)] == [False, True]
    assert "nothing was recorded" not in str(slack.record(stranger.mark))
