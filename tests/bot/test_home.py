from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from urllib.request import urlopen

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks import safe
from bot.home import home_view
from bot.plain_text import shown_as
from models.duties import Obligation
from models.homes import Home
from models.offices import Office, Person, Position
from operations.actor import identify
from operations.read.home import By, read_home
from operations.remind.ask_decision import ask_decision
from policy.requests import RequestKind
from policy.rights import Role
from sandbox.block_limits import view_problems
from tests.bot.slack import words
from tests.operations.conftest import NOW, Portfolio


def home_of(person):
    """Open the Home tab and return it as it stands; each opening publishes it anew."""
    for _ in range(2):
        person.mark = person.slack.mark()
        before = person.slack.post("/client/open_home", user=person.id)["view"]
        blocks = person.reads("home")["blocks"]
    return {"type": "home", "id": before["id"], "blocks": blocks}


def test_home_is_a_work_list(ada):
    """Home is one look at what I owe by when, how my alliances stand, and how to go on."""
    view = home_of(ada)
    text = words(view["blocks"])
    assert "Monday, November 23, 2026. Ada Coordinator: Alliance Coordinator, Wilmington Area Office." in text
    assert "4 open duties: " in text
    assert "*In the next 30 days: " in text
    assert "*La Plaza Alliance*: active, term to December 10, 2027\n" in text
    assert "*At risk:* no meeting was held by the pace date, June 10, 2026." in text
    assert "How to begin" in text
    assert view_problems({"type": "home", "blocks": view["blocks"]}, "home") == []


def test_home_of_a_stranger_says_what_this_is_and_who_gives_a_position(stranger, records):
    """Who holds no position is told what the bot is for, what to try, and whom to ask."""
    Portfolio(records).person("UBOSS", (Role.ADMINISTRATOR, records.office("OSHA-NO")), name="Bea Boss")
    records.settle()
    view = home_of(stranger)
    text = words(view["blocks"])
    assert "*What this is for*" in text
    assert "you may read everything, and record nothing. Ask an administrator for yours: Bea Boss." in text
    assert view_problems({"type": "home", "blocks": view["blocks"]}, "home") == []
    stranger.presses_in(view, "run:list")
    assert "4 alliances." in words(stranger.modal()["blocks"])


def test_home_of_an_office_without_alliances_says_how_one_begins(records):
    """Who has a position and nothing to do yet is shown the first step, not an empty list."""
    made = Portfolio(records)
    region = made.office("REG-ATL", kind="region", parent=records.office("OSHA-NO"))
    made.person("UNEWCOMER", (Role.REGIONAL_COORDINATOR, region), name="Nell New")
    view = home_view(read_home(records, "UNEWCOMER", now=NOW))
    assert "*Your offices*\nNo alliance of theirs is on record yet: propose one" in words(view["blocks"])
    assert "You hold no position" not in words(view["blocks"])
    assert view_problems(view, "home") == []


def test_the_buttons_of_home_open_forms_and_windows(rita):
    """Where there is no channel to answer in, windows open."""
    view = home_of(rita)
    rita.presses_in(view, "record:obligation")
    assert rita.modal()["callback_id"] == "record_evaluation"
    rita.closes()
    rita.presses_in(view, "run:due:all")
    window = rita.modal()
    assert "Due for me and my offices" in words(window["blocks"])
    rita.presses_in(window, "page:next")
    assert "Page 2 of 2" in words(rita.modal()["blocks"])
    rita.presses_in(rita.modal(), "why:obligation")
    assert "Reading" in words(rita.modal()["blocks"])


def test_a_form_from_home_is_confirmed_directly(rita):
    """What was recorded from Home is told in a direct message."""
    rita.presses_in(home_of(rita), "record:obligation")
    rita.sends(evaluated_on="2026-11-02", discussed_on="2026-11-03", findings="Fine.")
    assert "Duty met: Evaluate the alliance" in rita.reads("post")["text"]


def test_home_shows_what_others_have_and_what_designees_do(ada, rita, records):
    """What I asked stands with who has it; for whom I act, and who acts for me, with the days."""
    region = records.office("REG-PHI")
    made = Portfolio(records)
    made.person("UADMIN", (Role.REGIONAL_ADMINISTRATOR, region), name="Reg Head")
    row = records.scalars(
        select(Obligation).where(Obligation.settled.is_(None), Obligation.rule == "evaluation")
    ).first()
    records.settle()
    ada.slack.post("/control/workspace", users=[{"id": "UADMIN", "name": "reg", "tz": "America/New_York"}])
    assert row is not None
    ask_waiver(records, row)
    designate(records, "URITA", "UADMIN", region)
    text = words(home_of(ada)["blocks"])
    assert "What I asked, and who has it" in text
    assert "you asked to declare it not applicable. Waiting for Reg Head (Regional Administrator)." in text
    assert "You act for Reg Head: Regional Administrator, Philadelphia Regional Office" in words(
        home_of(rita)["blocks"]
    )
    official = read_home(records, "UADMIN", now=NOW)
    assert "Rita Regional acts for you: Regional Administrator" in words(home_view(official)["blocks"])
    assert [o.owed.due.id for o in official.duties[By.DECIDE]] == [row.id]


def ask_waiver(records, row):
    """Let Ada ask for a waiver."""
    by = identify(records, "UADA", now=NOW)
    ask_decision(records, obligation_id=row.id, kind=RequestKind.WAIVE, until=None, reason="Merged", by=by, now=NOW)
    records.commit()


def designate(records, designee, official, office):
    """Let somebody act for an official."""
    ids = {p.slack_id: p.id for p in records.scalars(select(Person))}
    days = {"held_from": date(2026, 11, 1), "held_until": date(2026, 12, 1)}
    role = Role.REGIONAL_ADMINISTRATOR.value
    records.add(Position(person_id=ids[designee], office_id=office.id, role=role, acting_for_id=ids[official], **days))
    records.commit()


def test_home_with_300_alliances_keeps_within_slacks_limits(ada, sample_engine):
    """The first rows stand there with their buttons, the rest is counted, and one button leads to all."""
    with Session(sample_engine) as session:
        made = Portfolio(session)
        area = session.scalars(select(Office).where(Office.code == "0317300")).one()
        for number in range(300):
            name = f"Builders & <!here> of a Town with a long name {number} " + "x" * 100
            made.alliance(name, area, signed=date(2015 + number % 12, 1 + number % 11, 3), signatories=("B" * 200,))
        session.commit()
        view = home_view(read_home(session, "UADA", now=NOW))
    assert view_problems(view, "home") == []
    assert "302 alliances, " in words(view["blocks"])
    shown = home_of(ada)
    assert words(shown["blocks"]) == words(view["blocks"])
    ada.presses_in(shown, "run:list:all")
    window = ada.modal()
    assert "My alliances" in words(window["blocks"])
    assert "302 alliances." in words(window["blocks"])
    ada.presses_in(window, "page:next")
    assert "Page 2 of 31" in words(ada.modal()["blocks"])


def test_who_opened_home_is_remembered_with_what_it_shows(ada, rows, ids):
    """Only what somebody looks at is kept up to date; it is published once for each opening."""
    home_of(ada)
    (kept,) = rows(Home)
    assert kept.slack_id == ada.id
    assert sorted(kept.shows) == sorted([ids["plaza"], ids["hostile"]])
    assert kept.shown is not None


class Page(HTMLParser):
    """Reads what a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.headers, self.attributes = [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep a tag."""
        self.tags.append(tag)
        self.attributes += attrs


def test_the_page_to_print_has_all_of_it(ada, records):
    """The page comes as a direct message: the same work, whole, escaped, with captions and headings."""
    made = Portfolio(records)
    area = records.office("0317300")
    for number in range(30):
        made.alliance(f"<script>alert({number})</script> & Sons", area, signed=date(2024, 1 + number % 12, 3))
    records.settle()
    ada.presses_in(home_of(ada), "print:home")
    assert "Your page to print comes as a direct message" in words(ada.modal()["blocks"])
    ada.reads("post", telling="Your page to print")
    im = next(c for c in ada.slack.get(f"/client/state?user={ada.id}")["channels"] if c["is_im"])
    said = ada.slack.get(f"/client/messages?user={ada.id}&channel={im['id']}&limit=5")["messages"][-1]
    (file,) = said["files"]
    assert file["name"] == "alliance-work-2026-11-23.html"
    with urlopen(f"{ada.slack.address}/client/file?user={ada.id}&file={file['id']}", timeout=10) as answer:  # noqa: S310
        text = answer.read().decode()
    page = Page(text)
    assert "script" not in page.tags
    assert ("lang", "en-US") in page.attributes
    assert page.tags.count("h1") == 1
    assert page.tags.count("caption") == page.tags.count("table") > 1
    assert ("scope", "col") in page.attributes
    assert text.count("&lt;script&gt;alert(29)&lt;/script&gt; &amp; Sons") >= 2
    assert "La Plaza Alliance" in text
    assert "32 alliances" in text


def test_the_bots_markup_becomes_plain_text():
    """What people typed stands on paper as they typed it."""
    assert shown_as(f"*Due*: {safe('a <b> & *c* `d`')}") == "Due: a <b> & *c* `d`"
