"""The process commands: a mistake gets one sentence and the right exit code."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cli import local_slack, main, prepare
from cli.sample import local_slack as sample
from models.duties import Obligation, Schedule
from models.migrate import is_current
from runtime.clock import system_clock
from runtime.settings import load_settings


@pytest.fixture
def environment(monkeypatch, tmp_path, valkey_url):
    """An environment with a data folder and a queue of its own, and nothing else."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "DATABASE_URL", "ALLIANCE_CLOCK_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", valkey_url)
    return monkeypatch


def said(capsys) -> tuple[str, str]:
    """Return what was said on standard output and standard error."""
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_every_word_is_listed(capsys):
    """The help names every command."""
    assert main.run(["--help"]) == 0
    out, _ = said(capsys)
    assert all(word in out for word in main.COMMANDS)


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["worker", "--threads", "0"], ["check", "--as-of", "soon"], ["sandbox", "--port"]]
)
def test_bad_usage_is_one_line_and_exit_code_2(arguments, capsys):
    """A word, option or value that is not known is told in one line."""
    assert main.run(arguments) == 2
    _, err = said(capsys)
    assert err.count("\n") == 1
    assert "alliance --help" in err


@pytest.mark.parametrize("word", ["worker", "bot"])
def test_program_without_a_token_says_so(environment, database, capsys, word):
    """Without a token a program that talks to Slack does not start, and names the variable."""
    environment.setenv("DATABASE_URL", database)
    assert main.run([word]) == 1
    _, err = said(capsys)
    assert err.startswith("SLACK_BOT_TOKEN is not set")
    assert err.count("\n") == 1


@pytest.mark.parametrize("word", ["worker", "bot"])
def test_several_workspaces_need_what_they_need(environment, database, capsys, word):
    """Each variable that is missing is named, one after the other; both ways at once are refused."""
    environment.setenv("DATABASE_URL", database)
    environment.setenv("SLACK_APP_TOKEN", "xapp-1")
    environment.setenv("SLACK_WORKSPACES", "T1")
    needed = {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "s",
        "SLACK_TOKEN_KEYS": f"{'a' * 43}=",
        "BOT_URL": "https://alliances.example.gov",
    }
    for number, name in enumerate(needed):
        # The bot takes some of them out of the environment.
        for known in [*needed][:number]:
            environment.setenv(known, needed[known])
        assert main.run([word]) == 1
        assert said(capsys)[1].startswith(f"{name} is not set")
    environment.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert main.run([word]) == 1
    assert said(capsys)[1].startswith("SLACK_BOT_TOKEN is for one workspace, SLACK_WORKSPACES for several")


def test_bad_setting_is_one_line(environment, capsys):
    """A variable that cannot be used is named without a traceback."""
    environment.setenv("DATABASE_URL", "mysql://nowhere")
    assert main.run(["migrate"]) == 1
    assert said(capsys)[1].startswith("DATABASE_URL cannot be used")


def test_database_that_is_not_there_is_one_line(environment, capsys):
    """A database that cannot be reached is told in one line."""
    environment.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    assert main.run(["migrate"]) == 1
    _, err = said(capsys)
    assert err.startswith("The database cannot be reached")
    assert err.count("\n") == 1


def test_migrate_twice(environment, empty_database, capsys):
    """An empty database is brought to the newest revision; a second time there is nothing to do."""
    environment.setenv("DATABASE_URL", empty_database)
    assert [main.run(["migrate"]), main.run(["migrate"])] == [0, 0]
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        assert is_current(connection)
    engine.dispose()


@pytest.fixture
def with_sample(environment, database):
    """The sample in a database, on Monday."""
    from cli.load_sample import load_sample  # noqa: PLC0415  # most tests here do without

    environment.setenv("DATABASE_URL", database)
    engine = create_engine(database)
    with Session(engine) as session:
        load_sample(session, now=datetime(2026, 11, 23, 14, tzinfo=UTC))
        session.commit()
    yield engine
    engine.dispose()


def test_check_writes_what_it_finds(with_sample, capsys):
    """A check opens the duties of a day once, and does not go back before a day that was checked."""
    assert main.run(["check", "--as-of", "2026-11-23"]) == 0
    assert said(capsys)[0].startswith("Checked 39 alliances: ")
    with Session(with_sample) as session:
        opened = len(session.scalars(select(Obligation.id)).all())
        assert opened > 39
        # However far ahead was looked: the daily check goes on from today.
        assert session.get_one(Schedule, "check").ran_until <= system_clock()()
    assert main.run(["check", "--as-of", "2026-11-23"]) == 0
    assert "0 duties opened" in said(capsys)[0]
    assert main.run(["check", "--as-of", "2026-01-05"]) == 1
    assert "alliance due --as-of 2026-01-05" in said(capsys)[1]
    with Session(with_sample) as session:
        assert len(session.scalars(select(Obligation.id).where(Obligation.settled.is_(None))).all()) <= opened


def test_doctor_finds_what_is_wrong(with_sample, capsys):
    """With nothing running the doctor says what is missing, one line each, and exits with 1."""
    assert main.run(["doctor"]) == 1
    out, err = said(capsys)
    assert "ok     database    reached" in out
    assert "ok     tables      at the newest revision" in out
    assert "WRONG  clock       never ticked" in out
    assert "WRONG  worker      none is at work" in out
    assert "WRONG  token       SLACK_BOT_TOKEN is not set" in out
    assert err == "3 things are wrong.\n"


def test_doctor_with_tables_that_are_old(environment, empty_database, capsys):
    """A database without our tables is wrong, and the way to them is named."""
    environment.setenv("DATABASE_URL", empty_database)
    assert main.run(["doctor"]) == 1
    assert "run `alliance migrate`" in said(capsys)[0]


def test_port_that_is_taken_is_passed_over(monkeypatch):
    """The local Slack takes the next port when its own is taken."""
    with socket.socket() as taken:
        taken.bind((local_slack.HOST, 0))
        taken.listen()
        monkeypatch.setattr(local_slack, "PORT", taken.getsockname()[1])
        assert local_slack.free_port() > local_slack.PORT


def test_calendars_and_local_slack_have_ports_of_their_own(environment):
    """Also where a port cannot be claimed before somebody listens there, and where both were noted with one port."""
    environment.setattr("cli.local_slack.sys.platform", "darwin")
    settings = load_settings()
    first = local_slack.usual_port(settings)
    assert local_slack.usual_port(settings, "calendar-port", but=first) != first
    (settings.alliance_data_dir / "calendar-port").write_text(f"{first}\n")
    assert local_slack.usual_port(settings, "calendar-port", but=first) != first


def test_our_programs_reach_the_local_slack_past_any_proxy():
    """A proxy of the network is not asked for what stands on this machine."""
    environment = local_slack.LocalSlack("http://127.0.0.1:8400").environment()
    assert environment["SLACK_API_URL"] == "http://127.0.0.1:8400/api/"
    assert all(environment[name] == "" for name in local_slack.PROXIES)


def test_clock_of_a_new_workspace_is_the_one_of_the_welcome():
    """The first day is the Monday that the welcome speaks of."""
    assert prepare.FIRST_DAY.astimezone(UTC) == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert "November 23, 2026, 9:00" in " ".join(sample.WELCOME.split())
