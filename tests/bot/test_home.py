from __future__ import annotations

from sandbox.block_limits import view_problems
from tests.bot.slack import words


def home_of(person):
    """Open the Home tab and return it as it stands; each opening publishes it anew."""
    for _ in range(2):
        person.mark = person.slack.mark()
        before = person.slack.post("/client/open_home", user=person.id)["view"]
        blocks = person.reads("home")["blocks"]
    return {"type": "home", "id": before["id"], "blocks": blocks}


def test_home_shows_my_duties_my_alliances_and_how_to_begin(ada):
    """Home is one look at what I owe, and a guide for the first time."""
    view = home_of(ada)
    text = words(view["blocks"])
    assert "4 open duties." in text
    assert "*La Plaza Alliance*: active, term to December 10, 2027" in text
    assert "How to begin" in text
    assert view_problems({"type": "home", "blocks": view["blocks"]}, "home") == []


def test_home_of_a_stranger_says_what_may_be_done(stranger):
    """Who holds no position is told so."""
    assert "you may read everything" in words(home_of(stranger)["blocks"])


def test_the_buttons_of_home_open_forms_and_windows(rita):
    """Where there is no channel to answer in, windows open."""
    view = home_of(rita)
    rita.presses_in(view, "record:obligation")
    assert rita.modal()["callback_id"] == "record_evaluation"
    rita.closes()
    rita.presses_in(view, "run:due")
    window = rita.modal()
    assert "My duties" in words(window["blocks"])
    rita.presses_in(window, "page:next")
    assert "Page 2 of 2" in words(rita.modal()["blocks"])
    rita.presses_in(rita.modal(), "why:obligation")
    assert "Reading" in words(rita.modal()["blocks"])


def test_pages_of_home_turn_in_place(rita):
    """The list on Home turns its pages on Home."""
    view = home_of(rita)
    rita.presses_in(view, "page:next")
    assert "Page 2 of 2" in words(rita.reads("home")["blocks"])


def test_a_form_from_home_is_confirmed_directly(rita):
    """What was recorded from Home is told in a direct message."""
    rita.presses_in(home_of(rita), "record:obligation")
    rita.sends(evaluated_on="2026-11-02", discussed_on="2026-11-03", findings="Fine.")
    assert "Duty met: Evaluate the alliance" in rita.reads("post")["text"]
