"""Run things as another user than root, and keep others out of what is ours."""

from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import SetupError

#: A socket's path may be 103 bytes long (macOS; Linux allows 107); this leaves room for its name.
LONGEST_FOLDER = 80


@dataclass(frozen=True)
class Identity:
    """A user of this machine, with the group to run as."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether that is the user of this process."""
        return self.uid == os.geteuid()


def private_folder(name: str, owner: Identity) -> Path:
    """Return a folder for sockets which only its owner may enter, with a path short enough for a socket.

    Raises:
        SetupError: somebody else made that folder before us.
    """
    folder = _place_for_sockets(owner) / f"alliance-{owner.uid}-{name}"
    try:
        folder.mkdir(mode=0o700)
        if not owner.is_ours:
            os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    except FileExistsError:
        pass
    found = folder.lstat()
    open_to_others = found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if found.st_uid != owner.uid or not stat.S_ISDIR(found.st_mode) or open_to_others:
        raise SetupError(f"{folder} was made by somebody else or is open to others: remove it and start again.")
    return folder


def may_enter(folder: Path, user: Identity) -> bool:
    """Tell whether a user can reach what is in a folder."""
    return may_run(["/bin/sh", "-c", 'cd -- "$0"', str(folder)], user)


def may_run(argv: list[str], user: Identity) -> bool:
    """Tell whether a user can run a short command with success."""
    try:
        return run_as(user, argv).returncode == 0
    except OSError:
        return False


def run_as(user: Identity, argv: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a short command as a user, in a bare environment, and return its result."""
    return subprocess.run(  # noqa: S603  # every word of it is ours
        argv,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=None if user.is_ours else user.uid,
        group=None if user.is_ours else user.gid,
        extra_groups=None if user.is_ours else [],
    )


def _place_for_sockets(owner: Identity) -> Path:
    places = [os.environ.get("TMPDIR"), "/tmp"]  # noqa: S108  # what is made there is checked for its owner
    if owner.is_ours:
        places.insert(0, os.environ.get("XDG_RUNTIME_DIR"))
    for place in filter(None, places):
        usable = os.access(place, os.W_OK | os.X_OK) and may_enter(Path(place), owner)
        if usable and len(place) + len(f"/alliance-{owner.uid}-123456789012-x") <= LONGEST_FOLDER:
            return Path(place)
    raise SetupError("There is no folder for sockets: set TMPDIR to a folder with a short path that is writable.")
