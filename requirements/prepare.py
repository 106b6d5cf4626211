"""Make .venv and install the locked packages when something changed: `prepare.py run` or `prepare.py test`.

Standard library only. Called by ./run and ./test with a Python of at least 3.11.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
#: The Python outside any environment: that of a moved .venv runs us and is deleted meanwhile.
BASE: str = getattr(sys, "_base_executable", None) or sys.executable


def main() -> int:
    """Prepare what the first argument names; one sentence on stderr when that is impossible."""
    kind = sys.argv[1]
    try:
        with_turn(kind)
    except KeyboardInterrupt:
        return 130
    except PermissionError as error:
        say(f"{error.filename} cannot be written: it belongs to another user. Use a copy of your own.")
    except OSError as error:
        say(f"{error.filename or VENV} cannot be written: {error.strerror}.")
    except Refusal as error:
        say(str(error))
    else:
        return 0
    return 1


class Refusal(Exception):  # noqa: N818  # it reads as what it is
    """Raised with the sentence the person is told."""


def with_turn(kind: str) -> None:
    """Prepare under a lock on the project's folder, so that two started at once take turns."""
    if installed(kind):
        return
    turn = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not installed(kind):
            prepare(kind)
    finally:
        os.close(turn)


def prepare(kind: str) -> None:
    """Make the environment where it is missing or was moved, then install packages and project."""
    noted = read_stamp()
    fresh = not works(PYTHON) or noted.get("root", str(ROOT)) != str(ROOT)
    say(
        "Preparing the Python environment; the first time this takes a minute."
        if fresh
        else "Updating the Python environment."
    )
    if fresh:
        make_venv()
        noted = {}
    wanted = fingerprints(kind)
    if noted.get(kind) != wanted[kind]:
        install("--require-hashes", "-r", str(ROOT / "requirements" / f"{kind}.txt"))
    if noted.get("project") != wanted["project"]:
        install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    # The packages of `test` hold those of `run` in the same versions.
    done = noted | wanted | (fingerprints("run") if kind == "test" else {})
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(json.dumps(done, indent=1))
    unfinished.replace(STAMP)


def installed(kind: str) -> bool:
    """Tell whether everything is as the files ask for."""
    return fingerprints(kind).items() <= read_stamp().items() and PYTHON.exists()


def read_stamp() -> dict[str, str]:
    """Return what was installed last; nothing when the note is missing or damaged."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}


def fingerprints(kind: str) -> dict[str, str]:
    """Return what decides whether to install again: the lock, the project's description, the place."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = [described["project"], described["build-system"], described["tool"].get("hatch")]
    lock = (ROOT / "requirements" / f"{kind}.txt").read_bytes()
    project = json.dumps(parts, sort_keys=True).encode()
    return {
        kind: hashlib.sha256(lock).hexdigest(),
        "project": hashlib.sha256(project).hexdigest(),
        "root": str(ROOT),
    }


def make_venv() -> None:
    """Make an empty environment, in place of a broken one."""
    if VENV.exists():
        shutil.rmtree(VENV)
    uv = shutil.which("uv")
    if uv and call(uv, "venv", "--quiet", "--no-project", "--python", BASE, str(VENV)) is None:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401, PLC0415  # Debian ships venv without it
        import venv  # noqa: F401, PLC0415
    except ImportError:
        raise Refusal(
            "This Python has no venv module: install it (on Debian and Ubuntu: apt-get install python3-venv)"
            " and start again."
        ) from None
    failed = call(BASE, "-m", "venv", str(VENV))
    if failed is not None:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Refusal(f"The Python environment could not be made in {VENV}: {last_line(failed)}")


def install(*what: str) -> None:
    """Install with uv where there is one, else (or when it fails) with pip."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if uv and call(uv, "pip", "install", "--quiet", "--python", str(PYTHON), *what) is None:
        return
    if not works(PYTHON, "-m", "pip", "--version"):
        call(str(PYTHON), "-m", "ensurepip")
    failed = call(str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *what)
    if failed is not None:
        sys.stderr.write(failed)
        raise Refusal(f"The packages could not be installed: {last_line(failed)}")


def call(*argv: str) -> str | None:
    """Run a program; returns None when it went well, else what it said, without addresses."""
    done = subprocess.run(  # noqa: S603  # every word of it is ours
        argv, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    return re.sub(r"\b(https?|file)://\S+", "(address)", done.stderr + done.stdout) or "no reason given\n"


def works(*argv: str | Path) -> bool:
    """Tell whether a program runs."""
    more = () if len(argv) > 1 else ("-c", "")
    try:
        return subprocess.run([*argv, *more], capture_output=True, check=False).returncode == 0  # noqa: S603  # ours
    except OSError:
        return False


def last_line(text: str) -> str:
    """Return the last line that says anything."""
    return ([line for line in text.splitlines() if line.strip()] or ["no reason given"])[-1].strip()


def say(sentence: str) -> None:
    """Tell the person; standard output belongs to the command."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
