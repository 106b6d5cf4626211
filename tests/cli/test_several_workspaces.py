"""The doctor looks at each workspace that installed the app."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from cli import main
from models.offices import Office
from tests.bot.conftest import serving
from tests.bot.installing import CLIENT_ID, CLIENT_SECRET, KEY, OAUTH, TEAMS, install, workspaces_at
from tests.cli.test_processes import environment, said  # noqa: F401  # a fixture
from tests.operations.conftest import NOW

PLACE = "https://alliances.example.gov"


@pytest.fixture
def town(request, database):
    """Two workspaces, of which the second has a channel, and the settings to serve both."""
    setenv = request.getfixturevalue("environment").setenv
    with serving() as local:
        local.post("/control/workspace", team=TEAMS[0], teams=TEAMS)
        local.post("/control/app", name="Alliance", bot_user={"id": "UBOT", "name": "alliance"}, **OAUTH)
        local.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])
        local.post("/control/workspace", channels=[{"id": "C0TWO", "name": "two", "team": "T2"}])
        for name, value in {
            "DATABASE_URL": database,
            "SLACK_API_URL": f"{local.address}/api/",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_WORKSPACES": "T1,T2",
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_TOKEN_KEYS": KEY,
            "BOT_URL": PLACE,
        }.items():
            setenv(name, value)
        yield local


def test_the_doctor_names_where_the_app_is_installed(town, database, capsys):
    """Before the first, where to go; then each token, and each channel wherever it is."""
    assert main.run(["doctor"]) == 1
    assert f"WRONG  workspaces  none has installed the app: open {PLACE}/slack/install" in said(capsys)[0]
    engine = create_engine(database)
    with Session(engine) as session:
        for code, channel in (("0317300", "C0TWO"), ("0317400", "C0GONE")):
            told = {"name": f"Office {code}", "kind": "area", "timezone": "America/New_York"}
            session.add(Office(code=code, channel=channel, **told))
        session.commit()
    workspaces = workspaces_at(town.address, sessionmaker(engine), lambda: NOW)
    for team in ("T1", "T2"):
        install(workspaces, town, team)
    assert main.run(["doctor"]) == 1
    out = said(capsys)[0]
    assert "ok     workspaces  OSHA (T1) has installed the app" in out
    assert "ok     token       alliance in Region Two" in out
    assert "WRONG  channels    C0GONE of Office 0317400 is not there" in out
    assert "1 of 2 channels of offices are reachable" in out
    town.post("/control/uninstall", team="T2")
    assert main.run(["doctor"]) == 1
    assert "Slack does not take the token of Region Two (T2): account_inactive" in said(capsys)[0]
    engine.dispose()
