"""A file in the thread of a reminder: who dropped it is asked what it belongs to, and the form keeps it."""

from __future__ import annotations

import time
import uuid

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.messages import reminder_message
from models.alliances import Alliance
from models.deliveries import Delivery
from models.documents import Document
from models.duties import Message, MessageKind, Notice, NoticeStatus, Obligation
from models.offices import Person
from operations.read.message import show_message
from sandbox.block_limits import message_problems, view_problems
from tests.bot.conftest import AREA_CHANNEL
from tests.bot.slack import PATIENCE, held, words
from tests.bot.test_documents import PDF, broken  # noqa: F401  # a fixture
from tests.bot.test_procedure import as_sent
from tests.operations.conftest import NOW


@pytest.fixture
def reminds(slack, records):
    """Post a reminder of the open duties of these rules, as a worker does; return its thread."""
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")

    def remind(*rules, names=("",), channel=AREA_CHANNEL, thread_ts=None, **more):
        office = records.office("0317300")
        more = {"kind": MessageKind.REMINDER.value, "day": NOW.date(), "status": "sent"} | more
        message = Message(id=uuid.uuid4(), office_id=office.id, channel=channel, ts="1.0", created_at=NOW, **more)
        records.add(message)
        records.flush()
        open_ones = select(Obligation).where(Obligation.rule.in_(rules), Obligation.settled.is_(None))
        for row in records.scalars(open_ones).all():
            alliance = records.get(Alliance, row.alliance_id or 0)
            if alliance is None or alliance.name.startswith(tuple(names)):
                told = {"recipient": str(message.id), "office_id": office.id, "day": message.day, "changed_at": NOW}
                told |= {"obligation_id": row.id, "message_id": message.id, "status": NoticeStatus.SENT}
                records.add(Notice(stage="on:0", **told))
        records.flush()
        words = reminder_message(show_message(records, message.id, now=NOW))
        message.ts = client.chat_postMessage(channel=channel, thread_ts=thread_ts, **words)["ts"]
        records.commit()
        return message

    return remind


def drops(person, thread, *names, text="", data=PDF):
    """Drop files into a thread; return what a form then holds."""
    files = [file for name in names for file in person.attaches(name, data)]
    person.says(text, thread_ts=thread, files=files)
    return [file["id"] for file in files]


def labels(asked, action_id):
    """Return the lines beside the buttons of an action."""
    rows = [block for block in asked["blocks"] if (block.get("accessory") or {}).get("action_id") == action_id]
    return [block["text"]["text"] for block in rows]


def test_a_file_is_recorded_with_the_duty_of_its_reminder(ada, reminds, rows):
    """Only who dropped it is asked; the form holds the file; nothing is stored before it is sent."""
    thread = reminds("evaluation", names=["La Plaza"]).ts
    files = drops(ada, thread, "Minutes <1>.pdf")
    asked = ada.reads(telling="Minutes")
    assert (asked["user"], asked["thread_ts"]) == ("UADA", thread)
    assert message_problems(asked["blocks"]) == []
    assert "*Minutes &lt;1&gt;.pdf*. What does it belong to?" in asked["text"]
    assert "Nothing is kept before you send the form. Only you see this." in asked["text"]
    (line,) = labels(asked, "file:obligation")
    assert line.startswith("Evaluate the alliance and discuss the evaluation, La Plaza Alliance: ")
    assert labels(asked, "file:alliance") == ["An activity of *La Plaza Alliance*"]
    ada.presses(asked, "file:obligation")
    form = ada.modal()
    assert view_problems(as_sent(form), "modal") == []
    assert (form["callback_id"], held(form, "files")) == ("record_evaluation", files)
    assert rows(Document) == []
    ada.sends(evaluated_on="2026-11-20", findings="Good")
    assert "The document Minutes &lt;1&gt;.pdf is kept with it." in ada.reads(telling="Recorded")["text"]
    (kept,) = rows(Document)
    assert (kept.slack_file, kept.record.partition(":")[0]) == (files[0], "evaluation")
    listed = ada.asks("/alliance document plaza")["text"]
    assert "*Minutes &lt;1&gt;.pdf*, 19 bytes: evaluation, attached by Ada" in listed


def test_an_activity_may_be_meant(ada, reminds, rows):
    """A file that belongs to no duty goes with an activity of the alliance; an unticked one is left out."""
    thread = reminds("evaluation", names=["La Plaza"]).ts
    files = drops(ada, thread, "Booth.pdf", "Draft.pdf", text="Our booth")
    ada.presses(ada.reads(telling="Booth.pdf"), "file:alliance")
    form = ada.chooses("kind", "outreach")
    assert held(form, "files") == files
    ada.sends(on="2026-11-20", title="Booth", files=files[:1])
    ada.reads(telling="Recorded")
    assert [(row.name, row.record.partition(":")[0]) for row in rows(Document)] == [("Booth.pdf", "activity")]


def test_who_drops_it_is_asked_which_of_several(ada, reminds, everything, rows):
    """Every duty that the person may record with a file is offered, and each form holds it; what is done is not."""
    rules = [row.rule for row in rows(Obligation)]
    thread = reminds(*rules).ts
    files = drops(ada, thread, "Proof.pdf")
    asked = ada.reads(telling="Proof.pdf")
    assert message_problems(asked["blocks"]) == []
    offered = labels(asked, "file:obligation")
    assert len(offered) > 8
    # Ada coordinates an area office: what is the region's or the National Office's is not hers to record.
    assert not [line for line in [*offered, *labels(asked, "file:alliance")] if "National Grain" in line]
    opened = set()
    for number in range(len(offered)):
        ada.presses(asked, "file:obligation", number)
        form = ada.modal()
        assert view_problems(as_sent(form), "modal") == []
        assert held(form, "files") == files
        opened.add(form["callback_id"])
        ada.closes()
    assert {"record_meeting", "record_work_plan", "reach_milestone", "record_end", "decide_renewal"} <= opened
    milestone = next(at for at, line in enumerate(offered) if "Poster" in line)
    ada.presses(asked, "file:obligation", milestone)
    ada.sends(done_on="2026-11-20")
    assert "Proof.pdf is kept with it" in ada.reads(telling="Recorded")["text"]
    ada.presses(asked, "file:obligation", milestone)
    assert "This is settled: done on November 20, 2026" in ada.reads(telling="settled")["text"]
    drops(ada, thread, "Again.pdf")
    assert "Poster" not in ada.reads(telling="Again.pdf")["text"]


def test_what_escalated_in_the_thread_is_offered_too(ada, reminds):
    """A reply of the bot in the thread of a reminder adds its duties to those of the reminder."""
    head = reminds("evaluation", names=["La Plaza"])
    reminds("meetings", names=["La Plaza"], thread_ts=head.ts, kind=MessageKind.REPLY.value, parent_id=head.id)
    drops(ada, head.ts, "Proof.pdf")
    assert len(labels(ada.reads(telling="Proof.pdf"), "file:obligation")) == 2


def test_it_is_asked_in_direct_messages_too(ada, slack, reminds, records):
    """A reminder to a person has a thread like any other."""
    im = slack.post("/client/open_im", user="UADA", **{"with": "UBOT"})["channel"]["id"]
    person = records.scalars(select(Person).where(Person.slack_id == "UADA")).one()
    more = {"kind": MessageKind.DIRECT.value, "person_id": person.id}
    thread = reminds("evaluation", names=["La Plaza"], channel=im, **more).ts
    ada.channel = im
    drops(ada, thread, "Proof.pdf")
    assert ada.reads(telling="Proof.pdf")["channel"] == im


def test_who_may_record_nothing_is_told_so(stranger, reminds, rows):
    """The rights are those of the forms, asked before anything is offered."""
    thread = reminds("evaluation", names=["La Plaza"]).ts
    drops(stranger, thread, "Proof.pdf")
    told = stranger.reads(telling="You may not")
    assert told["text"].startswith("You may not record activities and meetings for Wilmington Area Office")
    assert told["thread_ts"] == thread
    assert "accessory" not in str(told["blocks"])
    assert rows(Document) == []


def test_what_may_not_be_kept_is_named(ada, reminds):
    """A film is no document; with others it is named and left out."""
    thread = reminds("evaluation", names=["La Plaza"]).ts
    drops(ada, thread, "Film.mp4")
    alone = ada.reads(telling="Film.mp4")
    assert alone["text"] == "Not kept as documents, for their type or size: Film.mp4."
    files = drops(ada, thread, "Film.mp4", "Minutes.pdf")
    asked = ada.reads(telling="Minutes.pdf")
    assert "Not kept as documents, for their type or size: Film.mp4." in asked["text"]
    ada.presses(asked, "file:obligation")
    form = ada.modal()
    assert held(form, "files") == files[1:]
    assert "Not kept as documents, for their type or size: Film.mp4." in words(form["blocks"])


def test_what_is_delivered_again_is_asked_once(ada, slack, reminds, broken):  # noqa: F811
    """Slack delivers an event again; who dropped the file is asked once."""
    thread = reminds("evaluation", names=["La Plaza"]).ts
    broken(on="events_api", what="redeliver", times=1)
    mark = slack.mark()
    drops(ada, thread, "Proof.pdf")
    ada.reads(telling="Proof.pdf")
    until = time.monotonic() + PATIENCE
    while not [entry for entry in slack.record(mark) if entry["kind"] == "fault"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    # What comes later is worked on later.
    drops(ada, thread, "Last.pdf")
    ada.reads(telling="Last.pdf")
    assert len([e for e in slack.record(mark) if e["kind"] == "ephemeral"]) == 2


def test_other_threads_and_files_are_left_alone(ada, slack, reminds, rows):
    """Nobody is asked about what stands in a channel, in a thread of people, or of what is said without a file."""
    thread, mark = reminds("evaluation", names=["La Plaza"]).ts, slack.mark()
    own = ada.says("Lunch?")
    drops(ada, None, "Channel.pdf")
    drops(ada, own, "Lunch.pdf")
    # Only what came with a file is looked at, and noted as delivered.
    ada.says("Thanks!", thread_ts=thread)
    drops(ada, thread, "Proof.pdf")
    ada.reads(telling="Proof.pdf")
    asked = [entry["text"] for entry in slack.record(mark) if entry["kind"] == "ephemeral"]
    assert len(asked) == 1
    assert "Proof.pdf" in asked[0]
    until = time.monotonic() + PATIENCE
    while len(rows(Delivery)) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(rows(Delivery)) == 3


def test_people_of_another_workspace_are_left_alone(ada, slack, reminds, rows):
    """In a channel that two workspaces share, files of the other one's people are nothing to us."""
    thread, mark = reminds("evaluation", names=["La Plaza"]).ts, slack.mark()
    event = {"type": "message", "subtype": "file_share", "channel": AREA_CHANNEL, "user": "UADA", "user_team": "T2"}
    event |= {"ts": "1795442500.000001", "thread_ts": thread, "files": [{"id": "F0", "name": "a.pdf", "size": 9}]}
    body = {"type": "event_callback", "team_id": "T1", "event_id": "EvForeign", "event": event}
    assert slack.post("/control/deliver", kind="events_api", payload=body)["ok"]
    assert slack.post(
        "/control/deliver",
        kind="events_api",
        payload=body | {"event_id": "EvOwn"} | {"event": event | {"user_team": "T1"}},
    )["ok"]
    ada.reads(telling="a.pdf")
    assert len([entry for entry in slack.record(mark) if entry["kind"] == "ephemeral"]) == 1
    assert "EvForeign" not in {row.id for row in rows(Delivery)}
