"""Logs tell what happened and keep secrets to themselves."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Callable

import pytest
import structlog

from runtime.logs import configure
from runtime.redact import HIDDEN, hider
from runtime.settings import Settings

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def written(logs_undone) -> Callable[..., io.StringIO]:
    """Configure the logs and return what they write to; undone after the test."""

    def begin(**settings) -> io.StringIO:
        stream = io.StringIO()
        configure(Settings(slack_signing_secret=SIGNING, **settings), stream=stream)
        return stream

    return begin


def test_json_is_one_object_a_line(written):
    """Machines read one event a line, with level, logger and time."""
    stream = written(log_format="json")
    structlog.get_logger("work").info("notice posted", notice=7, channel="C1")
    logging.getLogger("library").warning("slow: %s s", 3)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["notice"], first["level"], first["logger"]) == ("notice posted", 7, "info", "work")
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("slow: 3 s", "warning")


def test_console_is_for_people(written):
    """On the console a line holds the words and the values."""
    stream = written(log_format="console")
    structlog.get_logger("work").warning("notice late", notice=7)
    assert "notice late" in stream.getvalue()
    assert "notice=7" in stream.getvalue()
    assert "[warning" in stream.getvalue()


def test_level_holds_for_both(written):
    """What is below the level is not written, whoever says it."""
    stream = written(log_level="WARNING")
    structlog.get_logger().info("small talk")
    logging.getLogger("library").info("small talk")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_no_secret_reaches_a_log(written, log_format):
    """Tokens, passwords and the signing secret are hidden in words, values, arguments and tracebacks."""
    stream = written(log_format=log_format)
    log = structlog.get_logger()
    token = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzzqgy"
    words = f"called with {token}"
    log.info(words, header=f"Bearer {token}", deep={"list": [f"a {token}"], "tuple": (SIGNING,)})
    log.info("values", token="short", client_secret="short", address="postgresql://u:hunter2@db/a")
    logging.getLogger("library").warning("sent %s and %s", token, "xapp-1-A02-secret")
    try:
        int(f"{token} at redis://:hunter2@cache/0")
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed %s", SIGNING)
    text = stream.getvalue()
    for secret in (token, "pdFZKV", SIGNING, "hunter2", "xapp-1", "short"):
        assert secret not in text
    assert text.count(HIDDEN) >= 10
    assert text.count("ValueError") >= 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("xoxp-1-2", HIDDEN),
        ("xoxe.xoxb-1-abc.def", HIDDEN),
        ("(xapp-1-A-b)", f"({HIDDEN})"),
        ("xwfp-1-2", HIDDEN),
        ("postgresql+psycopg://u:p@h/d", f"postgresql+psycopg://u:{HIDDEN}@h/d"),
        (
            "GET /calendar/0123456789abcdefghij-_.ics",
            f"GET /calendar/{HIDDEN}.ics",
        ),
        ("redis://:p@h:6379/0", f"redis://:{HIDDEN}@h:6379/0"),
        ("https://slack.com/api/chat.postMessage", "https://slack.com/api/chat.postMessage"),
        ("see http://127.0.0.1:8080/a@b", "see http://127.0.0.1:8080/a@b"),
        ("at 09:00 write to a@b.gov", "at 09:00 write to a@b.gov"),
        (7, 7),
        (None, None),
    ],
)
def test_only_secrets_are_hidden(value, shown):
    """Ordinary values stay as they are."""
    assert hider()(None, "info", {"event": "x", "value": value})["value"] == shown


def test_objects_that_show_a_secret_are_hidden():
    """An object is written by its repr, so that counts."""

    class Client:
        def __repr__(self) -> str:
            return "Client(xoxb-1-2)"

    assert hider()(None, "info", {"value": Client()})["value"] == f"Client({HIDDEN})"


def test_warnings_are_logged(written):
    """What Python warns about goes the same way."""
    stream = written(log_format="json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old habit", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "old habit" in json.loads(stream.getvalue())["event"]
