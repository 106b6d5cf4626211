"""Valkey loses everything, PostgreSQL is restarted, while reminders are on their way."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.migrate import upgrade
from runtime.embedded import Servers, servers, wait_until_stopped
from runtime.settings import Settings
from tests.faults.conftest import until
from tests.runtime.processes import command_lines, postmaster

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

OFFICES = ("EAST", "WEST", "SOUTH")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL, which runs as somebody else, may enter."""
    with tempfile.TemporaryDirectory(prefix="alliance-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def own_servers(folder) -> Iterator[Servers]:
    """Servers of this test alone, to be killed: their keepers start them again; what is committed is on disk."""
    settings = Settings(alliance_data_dir=folder, database_url=None, redis_url=None)
    with servers(settings) as up:
        upgrade(up.database_url)
        yield up
    wait_until_stopped(settings)


@pytest.fixture
def database(own_servers) -> str:
    """Address of the test's own database."""
    return own_servers.database_url


@pytest.fixture
def valkey_url(own_servers) -> str:
    """Address of the test's own Valkey."""
    return own_servers.redis_url


def flush(world, folder):
    """Let Valkey forget everything."""
    world.valkey().flushall()


def kill_valkey(world, folder):
    """Kill Valkey, which keeps nothing on disk."""
    socket = world.valkey_url.removeprefix("unix://")
    os.kill(next(n for n, line in command_lines().items() if socket in line and "keeper" not in line), signal.SIGKILL)


def restart_postgres(world, folder):
    """Shut PostgreSQL down under everybody's hands."""
    os.kill(postmaster(folder), signal.SIGINT)


def kill_postgres(world, folder):
    """Kill PostgreSQL, as a machine that fails does."""
    os.kill(postmaster(folder), signal.SIGKILL)


@pytest.mark.parametrize("end", [flush, kill_valkey, restart_postgres, kill_postgres])
def test_a_server_ends_while_a_post_is_on_its_way(world, folder, end):
    """With messages posted, being posted and waiting, a server is lost; all is said once."""
    world.offices(*OFFICES)
    world.fault("chat.postMessage", "slow", accepted=True, delay=3, channel="C0WEST", times=1)
    world.start("clock")
    world.start("worker")
    until(world.struck, otherwise=world.tails)
    end(world, folder)
    world.ends_well(len(OFFICES))
