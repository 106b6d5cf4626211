"""What stands before Python: ./run, ./test and the lock files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements" / name for name in ("run.txt", "test.txt")]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_holds_hashes_and_no_addresses(lock):
    """Every package is pinned with hashes, and nothing says where it came from."""
    text = lock.read_text()
    assert not re.search(r"https?://|^-|--index|--find-links", text, re.MULTILINE)
    entries = [block for block in re.split(r"\n(?=[a-z0-9])", text) if not block.startswith("#")]
    assert len(entries) > 20
    assert all(PIN.match(entry) and "--hash=sha256:" in entry for entry in entries)


def test_test_lock_holds_the_run_lock():
    """What is tested is what runs."""
    run, test = ({tuple(pin) for pin in PIN.findall(lock.read_text())} for lock in LOCKS)
    assert run < test


def test_lock_is_as_new_as_the_declared_dependencies():
    """A dependency that was added without locking it anew is found here, and not by a user."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    declared += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    tested = [*declared, *project["dependency-groups"]["dev"]]
    for names, lock in zip((declared, tested), LOCKS, strict=True):
        locked = {name for name, _ in PIN.findall(lock.read_text())}
        wanted = {re.split(r"[\[<>=;~! ]", name)[0].lower().replace("_", "-") for name in names}
        assert wanted <= locked


@pytest.fixture
def clone(tmp_path) -> Path:
    """The scripts alone, in a folder with a space in its name, and a PATH with nothing but what a shell needs."""
    clone = tmp_path / "a clone"
    shutil.copytree(ROOT / "requirements", clone / "requirements")
    for name in ("run", "test", "pyproject.toml"):
        shutil.copy(ROOT / name, clone)
    (clone / "bin").mkdir()
    for tool in ("sh", "dirname"):
        (clone / "bin" / tool).symlink_to(shutil.which(tool))
    return clone


def say(clone: Path, *argv: str) -> tuple[int, str]:
    """Run a script with that bare PATH."""
    done = subprocess.run(  # noqa: S603  # our own scripts
        [str(clone / argv[0]), *argv[1:]],
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("script", ["run", "test"])
@pytest.mark.parametrize("old", [True, False])
def test_missing_or_old_python_gets_one_sentence(clone, script, old):
    """Without a Python of at least 3.11 there is one sentence and exit code 1."""
    if old:
        stub = clone / "bin" / "python3"
        stub.write_text("#!/bin/sh\nexit 1\n")
        stub.chmod(0o755)
    code, said = say(clone, script)
    assert code == 1
    assert said == "Python 3.11 or newer is needed and was not found: install it and start again.\n"


@pytest.mark.parametrize("script", ["run", "test"])
def test_missing_venv_module_gets_one_sentence(clone, script):
    """Debian ships Python without it; the sentence says what to install."""
    real = Path(sys.executable).resolve()
    stub = clone / "bin" / "python3"
    hide = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]; sys.path.insert(0, '')"
    stub.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exec {real} "$@"\n'
        f'exec {real} -c "{hide}; runpy.run_path(sys.argv[0], run_name=\'__main__\')" "$@"\n'
    )
    stub.chmod(0o755)
    code, said = say(clone, script)
    assert code == 1
    assert said.splitlines()[-1] == (
        "This Python has no venv module: install it (on Debian and Ubuntu: apt-get install python3-venv)"
        " and start again."
    )
    assert "Traceback" not in said
    assert not (clone / ".venv").exists()
