"""Who may do what, and what a person sees when something goes wrong."""

from __future__ import annotations

import json
import re

import pytest
from structlog.testing import capture_logs

from bot.setting_words import changed_lines
from models.work import Meeting
from operations.read.office import Setting
from tests.bot.slack import fields_of, words


@pytest.mark.parametrize("word", ["record", "meeting", "background", "evaluate", "renew", "notice"])
def test_a_stranger_is_told_before_typing(stranger, word):
    """No form opens for somebody without a position; the sentence says which positions it takes."""
    for line in (f"/alliance {word} NGFA", f"/alliance {word}"):
        text = stranger.asks(line)["text"]
        assert "You may not" in text
        assert "Alliance Coordinator" in text
        assert not stranger.has_modal()


def test_a_stranger_may_read_everything(stranger):
    """Lists, cards and explanations are open to all."""
    assert "14 open duties" in stranger.asks("/alliance due")["text"]
    assert "*State:* active" in stranger.asks("/alliance show NGFA")["text"]
    assert "Reading" in stranger.asks("/alliance why plaza evaluation")["text"]


def test_a_form_for_another_office_is_refused_when_it_is_chosen(ada, ids):
    """Choosing an alliance of another office says so in the form and keeps it open."""
    ada.opens("/alliance meeting")
    form = ada.chooses("alliance", ids["grain"])
    assert "You may not record activities and meetings for OSHA National Office" in words(form["blocks"])
    assert fields_of(form) == ["alliance"]
    assert "format" in fields_of(ada.chooses("alliance", ids["plaza"]))


def test_a_right_lost_meanwhile_is_refused_in_the_form(ada, rows, sample_engine):
    """Who lost the position while typing is told in the form, with nothing recorded."""
    from sqlalchemy import delete  # noqa: PLC0415
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from models.offices import Position  # noqa: PLC0415

    ada.opens("/alliance meeting plaza")
    with Session(sample_engine) as session:
        session.execute(delete(Position))
        session.commit()
    answer = ada.sends(held="held", on="2026-11-20", format="both")
    assert "You may not" in answer["errors"]["alliance"]
    assert rows(Meeting) == []


@pytest.mark.parametrize(
    "line", ["due", "list", "show sons", "why sons meetings", "meeting roofing", "<!channel>", "gates sons publish"]
)
def test_foreign_text_never_comes_alive(ada, line):
    """Names and typed text are escaped wherever markup is read."""
    answer = ada.asks(f"/alliance {line}")
    texts = [answer["text"], *_markup(answer["blocks"])]
    assert any("&lt;" in text for text in texts)
    assert not any(re.search(r"<[!@#]", text) for text in texts)


def test_the_name_of_an_office_never_comes_alive(ada, records):
    """Also where an office stands beside what it runs, and where a setting comes from it."""
    records.office("REG-PHI").name = "Region <!here>"
    records.office("0317300").name = "Office <!channel>"
    records.commit()
    for line in ("list", "list plaza", "show plaza", "office 0317300", "outbox", "people 0317300"):
        answer = ada.asks(f"/alliance {line}")
        assert not any(re.search("<!", text) for text in [answer["text"], *_markup(answer["blocks"])]), line
    line = changed_lines(
        [("send_from", "08:00", None)], [Setting("send_from", "08:00", True, None, "06:00", "Region <!here>")]
    )
    assert not re.search("<!", "".join(line))


def test_an_unexpected_error_has_a_number_and_no_traceback(ada, world):
    """The person gets a calm sentence with a number, and the log has the cause under that number."""
    making, world.make = world.make, Broken()
    with capture_logs() as logged:
        text = ada.asks("/alliance due")["text"]
    world.make = making
    number = re.search(r"this number: ([0-9A-F]{8})\.", text).group(1)
    assert "nothing was recorded" in text
    assert "Traceback" not in text
    assert [(entry["incident"], str(entry["exc_info"])) for entry in logged] == [(number, "gone")]


def test_an_unexpected_error_leaves_the_form_open(ada, world, rows):
    """A failure while sending stands at the first field; sent again, the form works."""
    ada.opens("/alliance meeting plaza")
    making, world.make = world.make, Broken()
    answer = ada.sends(held="held", on="2026-11-20", format="both", notes="Kept")
    assert "Something went wrong on our side" in answer["errors"]["alliance"]
    world.make = making
    assert ada.sends()["response_action"] == "close"
    assert [m.notes for m in rows(Meeting)] == ["Kept"]


def test_a_search_that_fails_offers_nothing(ada, world):
    """A failing search does not disturb the form."""
    ada.opens("/alliance meeting")
    making, world.make = world.make, Broken()
    assert ada.searches("alliance", "plaza") == []
    world.make = making


def test_http_without_a_secret_is_refused(slack, sample_engine):
    """Without a signing secret nothing that comes over HTTP is taken."""
    from slack_bolt import BoltRequest  # noqa: PLC0415
    from slack_sdk import WebClient  # noqa: PLC0415
    from sqlalchemy.orm import sessionmaker  # noqa: PLC0415

    from bot.app import build_app  # noqa: PLC0415
    from tests.operations.conftest import NOW  # noqa: PLC0415

    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    body = "command=%2Falliance&text=help&user_id=UADA&channel_id=C0AREA&team_id=T1"
    for secret in (None, "a secret"):
        app = build_app(client, sessionmaker(sample_engine), lambda: NOW, signing_secret=secret)
        assert app.dispatch(BoltRequest(body=body, mode="http")).status == 401


class Broken:
    """A database that is gone."""

    def __call__(self):
        """Refuse the connection."""
        raise ConnectionError("gone")

    def begin(self):
        """Refuse the connection."""
        raise ConnectionError("gone")


def _markup(blocks):
    """Return the texts that Slack reads as markup."""
    found_texts = []

    def visit(value):
        if isinstance(value, dict):
            if value.get("type") == "mrkdwn":
                found_texts.append(value["text"])
            for entry in value.values():
                visit(entry)
        elif isinstance(value, list):
            for entry in value:
                visit(entry)

    visit(json.loads(json.dumps(blocks)))
    return found_texts
