"""Slack's shortcuts: an activity from anywhere, and from a message that tells of it."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.plain_text import as_read, mentioned
from models.audit import AuditEntry
from models.documents import Document
from models.offices import Office
from models.work import Activity
from operations.actor import identify
from operations.read.find_alliance import named_in
from operations.read.guess_alliance import guess_alliance
from policy.rights import Role, Verb
from sandbox.block_limits import view_problems
from tests.bot.conftest import AREA_CHANNEL, ELSEWHERE
from tests.bot.slack import fields_of, held, words
from tests.bot.test_documents import PDF, broken  # noqa: F401  # a fixture
from tests.bot.test_procedure import as_sent
from tests.operations.conftest import NOW, Portfolio


def says(person, text, *, files=()):
    """Let somebody say something; give the message's time."""
    more = {"files": list(files)} if files else {}
    return person.slack.post("/client/say", user=person.id, channel=person.channel, text=text, **more)["ts"]


def logs(person, ts):
    """Choose the shortcut of a message."""
    person.mark = person.slack.mark()
    where = {"channel": person.channel, "message_ts": ts}
    answer = person.slack.post("/client/shortcut", user=person.id, callback_id="log_activity", **where)
    assert answer["ok"], answer


def test_the_shortcut_records_from_anywhere(ada, ids):
    """The global shortcut opens the form with the alliance to choose."""
    ada.slack.post("/client/shortcut", user=ada.id, callback_id="record_activity")
    assert "kind" in fields_of(ada.chooses("alliance", ids["plaza"]))


def test_a_message_is_logged_with_its_words_day_author_and_address(ada, rita, ids, rows):
    """The form holds what a person reads in the message; who said it when, and where, stays with the record."""
    ts = says(rita, "La Plaza: heat webinar for 40 & more\nAsk <@UADA> for <!here> slides")
    logs(ada, ts)
    form = ada.modal()
    assert view_problems(as_sent(form), "modal") == []
    assert held(form, "alliance") == str(ids["plaza"])
    assert held(form, "title") == "La Plaza: heat webinar for 40 & more"
    assert held(form, "info") == "La Plaza: heat webinar for 40 & more\nAsk @ada for @here slides"
    assert held(form, "on") == "2026-11-23"
    said = words(form["blocks"])
    assert "From a message of rita, November 23, 2026." in said
    assert "*La Plaza Alliance* is chosen because the message names it; choose another if need be." in said
    ada.chooses("kind", "training")
    ada.sends(reached="40")
    (recorded,) = rows(Activity)
    link = f"{ada.slack.address}/#/{AREA_CHANNEL}/p{ts}"
    assert recorded.details == {
        "info": held(form, "info"),
        "source": "message of rita, November 23, 2026",
        "source_link": link,
    }
    assert f"From a <{link}|message of rita, November 23, 2026>" in ada.asks("/alliance show La Plaza")["text"]


def test_the_form_does_not_wait_for_a_slack_that_is_slow(ada, rita, ids, broken):  # noqa: F811
    """What Slack does not tell in time is left out; the form opens as long as it lets one open."""
    ts = says(rita, "La Plaza had a booth")
    broken(on="users.info", what="slow", delay=4)
    logs(ada, ts)
    form = ada.modal()
    assert held(form, "alliance") == str(ids["plaza"])
    assert "From a message of URITA." in words(form["blocks"])


def test_the_source_outlives_a_correction(ada, ids, rows):
    """Who corrects what was logged from a message keeps where it is from."""
    logs(ada, says(ada, "La Plaza had a booth"))
    ada.chooses("kind", "outreach")
    ada.sends()
    ada.reads(telling="Recorded")
    listed = ada.asks("/alliance correct La Plaza")
    record = f"correct:activity:{rows(Activity)[0].id}"
    block = next(b for b in listed["blocks"] if record in str(b))
    ada.slack.post(
        "/client/action",
        user=ada.id,
        container={"type": "message", "channel": listed["channel"], "ts": listed["ts"]},
        block_id=shown_block(ada, listed, record),
        action_id=block["accessory"]["action_id"],
        type="overflow",
        value={"selected_option": next(o for o in block["accessory"]["options"] if o["value"] == record)},
    )
    ada.sends(title="Booth at the fair")
    ada.reads(telling="Recorded")
    first, second = sorted(rows(Activity), key=lambda row: row.id)
    assert (second.title, second.details["source"]) == ("Booth at the fair", first.details["source"])


def shown_block(person, message, record):
    """Return the id that Slack gave the block with a record."""
    return next(b["block_id"] for b in person._blocks_of(message) if record in str(b))


def test_the_files_of_a_message_are_kept_with_the_record(ada, ids, rows):
    """They are ticked, and what may not be kept is named; what is unticked is left out."""
    attached = [
        *ada.attaches("Sign-in sheet.pdf", PDF),
        *ada.attaches("Notes.txt", b"40 roofers"),
        *ada.attaches("Film.mp4", b"film"),
        *ada.attaches("Draft.txt", b"draft"),
    ]
    logs(ada, says(ada, "Heat webinar", files=attached))
    form = ada.chooses("alliance", ids["plaza"])
    names = [file["id"] for file in attached]
    assert held(form, "files") == [names[0], names[1], names[3]]
    assert "Not kept as documents, for their type or size: Film.mp4." in words(form["blocks"])
    form = ada.chooses("kind", "training")
    ada.sends(files=names[:2])
    assert ada.reads(telling="Recorded")
    kept = rows(Document)
    assert [(row.name, row.record) for row in kept] == [
        ("Sign-in sheet.pdf", f"activity:{rows(Activity)[0].id}"),
        ("Notes.txt", f"activity:{rows(Activity)[0].id}"),
    ]
    # The first is there at once, the others come by a worker: Slack waits for the form no longer.
    assert [row.sha256 is None for row in kept] == [False, True]


def test_a_message_of_the_bot_is_refused_in_a_sentence(ada):
    """Who wants to log what the bot itself wrote is told to look for the other one."""
    client = WebClient(token="xoxb-test", base_url=f"{ada.slack.address}/api/")
    logs(ada, client.chat_postMessage(channel=AREA_CHANNEL, text="Recorded for La Plaza")["ts"])
    assert "This is a message of the bot itself; log the one" in ada.reads()["text"]
    assert not ada.has_modal()


def test_who_may_not_record_may_not_log(stranger, rows):
    """The rights are those of recording, and they are asked before anybody types."""
    logs(stranger, says(stranger, "La Plaza had a booth"))
    assert stranger.reads()["text"].startswith(
        "You may not record activities and meetings: it takes one of these positions:"
    )
    assert not stranger.has_modal()
    assert "activity:recorded" not in {entry.action for entry in rows(AuditEntry)}


@pytest.mark.parametrize(
    ("text", "channel", "chosen"),
    [
        ("A booth of NGFA", AREA_CHANNEL, "grain"),
        ("A booth of ngfa", AREA_CHANNEL, None),
        ("Roofers Guild and NGFA met", AREA_CHANNEL, None),
        ("A booth", "C0HERE", "roofing"),
        ("A booth of NGFA", "C0HERE", "grain"),
        ("A booth", AREA_CHANNEL, None),
        ("A booth", ELSEWHERE, None),
    ],
)
def test_the_alliance_is_guessed_from_a_name_or_the_channel(records, text, channel, chosen, ids):
    """A name says more than the channel; where several alliances may be meant, none is chosen."""
    records.office("REG-PHI").channel = "C0HERE"
    top = records.scalars(select(Office).where(Office.parent_id.is_(None))).one()
    Portfolio(records).person("UTOP", (Role.ADMINISTRATOR, top), (Role.DCSP_STAFF, top))
    by = identify(records, "UTOP", now=NOW)
    guess = guess_alliance(records, by, verb=Verb.RECORD, text=text, channel=channel)
    assert (guess and guess.id) == (chosen and ids[chosen])
    ada = identify(records, "UADA", now=NOW)
    assert guess_alliance(records, ada, verb=Verb.RECORD, text="A booth of NGFA", channel=channel) is None


def test_a_name_within_a_longer_one_names_nothing_of_its_own(records, ids):
    """“Roofing <!channel> & Sons” is not “Roofing Contractors of Philadelphia”."""
    assert named_in(records, "With Roofing Contractors of Philadelphia, at noon") == [ids["roofing"]]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("*Bold* and _slanted ~gone~_, 2 * 3 * 4, a_b_c", "Bold and slanted gone, 2 * 3 * 4, a_b_c"),
        ("See <https://osha.gov/a_b_c|the page>, <https://osha.gov/x_y_>", "See the page, https://osha.gov/x_y_"),
        ("<@U1> and <@U2|bo> in <#C1|general> <#C2>", "@Ada and @bo in #general a channel"),
        ("<!channel> <!subteam^S1|@roofers> <!date^1^{date}|November 2>", "@channel @roofers November 2"),
        ("`*code*` ```\n_block_\n```", "*code* _block_"),
        ("&gt; quoted &amp; &lt;b&gt;", "quoted & <b>"),
        ("<mailto:a@b.org|a@b.org> <mailto:c@d.org>", "a@b.org c@d.org"),
        ("*two\nlines*", "*two\nlines*"),
    ],
)
def test_markup_becomes_what_a_person_reads(typed, read):
    """Marks, ids and hidden addresses go; words stay."""
    assert as_read(typed, {"U1": "Ada"}) == read
    assert mentioned("<@U1> <@U2|bo> <@U1>") == ["U1"]
