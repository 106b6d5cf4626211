"""The tokens of several workspaces: sealed at rest, renewed in time, and never in a log."""

from __future__ import annotations

import io
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update
from structlog.testing import capture_logs

from models.workspaces import Workspace
from runtime.errors import SetupError
from runtime.logs import configure
from runtime.settings import Settings
from tests.bot.installing import (
    CLIENT_SECRET,
    KEY,
    Browser,
    install,
    workspaces_at,
)
from tests.bot.test_steps import until
from tests.bot.town import SECRET, known_workspaces, person, running_town, serving_bot  # noqa: F401  # fixtures


def test_tokens_at_rest_open_with_a_key_and_in_their_own_place(several, town, world, sample_engine, rows):
    """Neither the database alone nor a row that was moved gives anybody a token."""
    for team in ("T1", "T2"):
        install(several, town, team)
    first, second = sorted(rows(Workspace), key=lambda row: row.id)
    assert not any("xox" in row.sealed for row in (first, second))
    stranger = workspaces_at(town.address, world, lambda: world.now, keys=(Fernet.generate_key().decode(),))
    with pytest.raises(SetupError, match="None of SLACK_TOKEN_KEYS opens the tokens of T1"):
        stranger.installed.find("T1")
    with sample_engine.begin() as connection:
        connection.execute(update(Workspace).where(Workspace.id == "T1").values(sealed=second.sealed))
    with pytest.raises(SetupError, match="The tokens of T2 stand where those of T1 should"):
        workspaces_at(town.address, world, lambda: world.now).installed.find("T1")


def test_keys_can_be_changed(several, town, world, rows, sample_engine):
    """A worker puts everything under the newest key, past what no key opens; then the old one is needed no more."""
    for team in ("T1", "T3"):
        install(several, town, team)
    with sample_engine.begin() as connection:
        # By name before the other one.
        connection.execute(update(Workspace).where(Workspace.id == "T3").values(sealed="broken"))
    newest = Fernet.generate_key().decode()
    workspaces_at(town.address, world, lambda: world.now, keys=(newest, KEY)).installed.keep_fresh()
    after = workspaces_at(town.address, world, lambda: world.now, keys=(newest,))
    assert after.client_in("T1").auth_test()["team"] == "OSHA"


def in_real_time(**span):
    """Return the moment so far ahead."""
    return datetime.fromtimestamp(time.time(), UTC) + timedelta(**span)


def ends_in(engine, **span):
    """Let the tokens end so soon."""
    with engine.begin() as connection:
        connection.execute(update(Workspace).values(expires_at=in_real_time(**span)))


def test_a_token_is_renewed_once_before_it_ends(several, town, world, sample_engine, rows):
    """Several processes may want to at the same moment: what renews it is good once."""
    install(several, town, "T1")
    before = several.installed.find("T1").token
    ends_in(sample_engine, minutes=90)
    all_of_them = [workspaces_at(town.address, world, lambda: world.now) for _ in range(4)]
    threads = [threading.Thread(target=each.installed.keep_fresh) for each in all_of_them]
    with capture_logs() as lines:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    said = [line["event"] for line in lines]
    assert said == ["a token was renewed"]
    found = {each.installed.find("T1").token for each in all_of_them}
    assert len(found) == 1
    assert before not in found
    (row,) = rows(Workspace)
    assert row.expires_at > in_real_time(hours=11)


def test_nobody_waits_for_a_new_token_while_the_old_one_is_good(several, town, world, sample_engine):
    """A request renews it only in its last minutes; where Slack does not, the old one is used to its end."""
    install(several, town, "T1")
    before = several.installed.find("T1").token
    ends_in(sample_engine, minutes=90)
    assert workspaces_at(town.address, world, lambda: world.now).installed.find("T1").token == before
    ends_in(sample_engine, minutes=5)
    town.post("/control/faults", on="oauth.v2.access", what="status", status=503, times=1)
    assert workspaces_at(town.address, world, lambda: world.now).installed.find("T1").token == before
    assert workspaces_at(town.address, world, lambda: world.now).installed.find("T1").token != before


def test_an_installation_is_read_once_for_many_requests(several, town, monkeypatch):
    """For half a minute nobody asks the database again."""
    install(several, town, "T1")
    read = []
    usual = several.installed.sessions
    monkeypatch.setattr(several.installed, "sessions", lambda: read.append(1) or usual())
    for _ in range(20):
        assert several.installed.find("T1") is not None
    assert several.installed.find("T9") is several.installed.find("T9") is None
    assert len(read) == 2
    clock = time.monotonic
    monkeypatch.setattr("time.monotonic", lambda: clock() + 31)
    assert several.installed.find("T1") is not None
    assert len(read) == 3


@pytest.mark.usefixtures("logs_undone")
def test_neither_token_nor_secret_nor_code_reaches_a_log(bot, town, several, sample_engine, rows):
    """Installed, refused, renewed, broken and revoked, with all that libraries say."""
    stream = io.StringIO()
    configure(Settings(slack_client_secret=CLIENT_SECRET, slack_token_keys=KEY, log_level="DEBUG"), stream=stream)
    browser = Browser()
    address = browser.begins(bot, "T1")
    code = parse_qs(urlsplit(address).query)["code"][0]
    assert browser.goes(address).status == 200
    other = Browser()
    wrong = other.begins(bot, "T2")
    town.post("/control/faults", on="oauth.v2.access", what="error", error="internal_error", times=1)
    assert "does not take" in other.goes(wrong).text
    token = several.installed.find("T1").token
    ends_in(sample_engine, minutes=5)
    town.post("/control/faults", on="oauth.v2.access", what="status", status=503, times=1)
    several.installed.keep_fresh()
    several.installed.keep_fresh()
    newer = several.installed.find("T1").token
    assert "open duties" in person(town, "UADA").asks("/alliance due")["text"]
    town.post("/control/uninstall", team="T1")
    until(lambda: rows(Workspace)[0].sealed is None)
    text = stream.getvalue()
    assert "a token could not be renewed" in text
    state = parse_qs(urlsplit(address).query)["state"][0]
    for secret in (token, newer, code, parse_qs(urlsplit(wrong).query)["code"][0], state, CLIENT_SECRET, KEY, "xoxe"):
        assert secret not in text
