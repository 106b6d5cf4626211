"""The embedded PostgreSQL: run by ourselves from the wheel's binaries, never as root, on no network."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from runtime import postgres_programs
from runtime.errors import SetupError
from runtime.identity import Identity, may_enter, private_folder, run_as
from runtime.share import Plan, shared_server

#: Name of the database and of its owner.
DATABASE = "alliance"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
#: For data that are thrown away: speed instead of safety.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@contextmanager
def postgres(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Hold a share in the PostgreSQL of a data folder; yields its SQLAlchemy address.

    With `durable=False` nothing is forced to disk, and the data are deleted when the last user has ended.

    Raises:
        SetupError: it is not installed, cannot be started, or its data are of another major version.
    """
    with shared_server("postgres", folder, partial(_plan, folder, durable=durable), _answers) as path:
        yield f"postgresql+psycopg://{DATABASE}@/{DATABASE}?host={quote(str(Path(path).parent))}&port=5432"


def data_folder(folder: Path) -> Path:
    """Return where the data of the PostgreSQL of a data folder are, or will be.

    That is inside the data folder, unless root works in a place that no unprivileged user can enter.
    """
    system = postgres_programs.SYSTEM_FOLDER / _name(folder) / "postgres"
    inside = folder / "postgres"
    if os.geteuid() != 0 or (inside.exists() and not system.exists()):
        return inside
    if system.exists() or not may_enter(_existing(folder), _user(folder)):
        return system
    return inside


def _name(folder: Path) -> str:
    return sha256(os.fsencode(folder.resolve())).hexdigest()[:12]


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _user(folder: Path) -> Identity:
    """Return who runs the server: ourselves; for root, the owner of the data folder, or nobody."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    owner = _existing(folder).stat().st_uid
    for candidate in (owner, "nobody"):
        if candidate == 0:
            continue
        try:
            found = pwd.getpwnam(candidate) if isinstance(candidate, str) else pwd.getpwuid(candidate)
        except KeyError:
            continue
        return Identity(found.pw_uid, found.pw_gid)
    raise SetupError("PostgreSQL does not run as root and there is no user nobody: start as an ordinary user.")


def _plan(folder: Path, *, durable: bool) -> Plan:
    user = _user(folder)
    data = data_folder(folder)
    _make_room(folder, data, user)
    programs = postgres_programs.programs(user)
    sockets = private_folder(f"{_name(folder)}-p", user)
    if data.exists():
        if not durable:
            raise SetupError(f"{data} exists already and is not thrown away: use an empty ALLIANCE_DATA_DIR.")
        _check_version(data)
        _wait_for_the_fallen(data, sockets)
    else:
        _initialise(programs, data, user, durable=durable)
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | ({} if durable else CARELESS)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Plan(
        "postgres",
        (str(programs / "postgres"), "-D", str(data), *options),
        {"LC_ALL": "C", "TZ": "UTC"},
        signal.SIGINT,  # fast shutdown: open transactions are rolled back
        str(sockets / ".s.PGSQL.5432"),
        uid=None if user.is_ours else user.uid,
        gid=user.gid,
        remove=(str(sockets),) if durable else (str(sockets), str(data)),
    )


def _make_room(folder: Path, data: Path, user: Identity) -> None:
    """Make the folders above the data, and leave a note where the data are when they are elsewhere."""
    try:
        if data.parent != folder:
            postgres_programs.make_reachable(data.parent)
    except OSError as error:
        raise SetupError(
            f"PostgreSQL does not run as root and needs {data.parent}, which cannot be made"
            f" ({error.strerror}): start as an ordinary user."
        ) from None
    if not may_enter(data.parent, user):
        raise SetupError(
            f"PostgreSQL does not run as root and the user it would run as cannot enter {data.parent}:"
            " start as an ordinary user, or set ALLIANCE_DATA_DIR to a folder that everybody can enter."
        )
    if data.parent != folder:
        (folder / "WHERE-THE-DATABASE-IS").write_text(f"{data}\n")


def _initialise(programs: Path, data: Path, user: Identity, *, durable: bool) -> None:
    """Make a new, empty cluster; it gets its name only when it is complete."""
    for left in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = Path(mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    if not user.is_ours:
        os.chown(unfinished, user.uid, user.gid)
    argv = [str(programs / "initdb"), "-D", str(unfinished), "-U", DATABASE, "-A", "trust", "-E", "UTF8"]
    argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = run_as(user, argv if durable else [*argv, "--no-sync"])
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise SetupError(f"PostgreSQL could not make its files in {data}: {reason}")
    unfinished.rename(data)


def _check_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise SetupError(f"{data} exists but holds no PostgreSQL data: move it away and start again.") from None
    except PermissionError:
        raise SetupError(f"{data} belongs to another user: start as that user, or set ALLIANCE_DATA_DIR.") from None
    if found != str(postgres_programs.MAJOR):
        raise SetupError(
            f"{data} was made by PostgreSQL {found}, and this program brings PostgreSQL {postgres_programs.MAJOR}:"
            f" move the folder away, or copy its records over with pg_dump of version {found}."
        )


def _wait_for_the_fallen(data: Path, sockets: Path) -> None:
    """Wait until an orphaned server of these data has ended, then drop its notes of its process id.

    After a power cut that id may belong to any other process, and PostgreSQL would wait for it for ever.
    Only the holder of our lock starts a server here, so once none works in the folder the notes are stale.
    """
    if sys.platform != "linux":
        return
    deadline = time.monotonic() + 30
    while working := _processes_in(data):
        if time.monotonic() > deadline:
            raise SetupError(
                f"A PostgreSQL that this program did not start uses {data} (process {working[0]}): stop it."
            )
        time.sleep(0.02)
    for note in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        note.unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """Return the processes that work in a folder; every process of a PostgreSQL works in its data folder."""
    found = []
    wanted = folder.resolve()
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if (process / "cwd").readlink() == wanted:
                    found.append(int(process.name))
            except OSError:  # ended meanwhile, or somebody else's
                continue
    return found


def _answers(path: str) -> bool:
    """Tell whether the server takes connections, and make the database when it is not there yet."""
    address = make_conninfo(
        host=str(Path(path).parent), port=5432, user=DATABASE, dbname="postgres", connect_timeout=10
    )
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    except psycopg.OperationalError:
        return False
    return True
