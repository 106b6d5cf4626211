"""`alliance up`: the programs are started first and read side by side; what they need is prepared meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import typer

from cli.local_slack import HOST, LocalSlack, usual_port
from runtime import locks, logs
from runtime.settings import Settings, load_settings
from runtime.single import single_instance
from runtime.supervise import Child, supervise, tell

#: Where the port of the calendars is noted: an address that somebody has subscribed to holds after a restart.
CALENDAR_PORT = "calendar-port"


def up() -> None:
    """Start everything: servers, tables, bot, worker and clock; without SLACK_BOT_TOKEN a local Slack, too."""
    settings = load_settings()
    # On the screen stands what a person needs; each program has its log.
    logs.configure(settings.model_copy(update={"log_level": "WARNING"}))
    began = time.monotonic()
    with ExitStack() as stack:
        instance = stack.enter_context(single_instance(settings.alliance_data_dir))
        tell("Starting Alliance Bot ...")
        local = None
        if not settings.has_workspace:
            port = usual_port(settings)
            local = LocalSlack(f"http://{HOST}:{port}")
            if settings.calendar_address is None:
                where = f"{HOST}:{usual_port(settings, CALENDAR_PORT, but=port)}"
                settings = settings.model_copy(update={"calendar_address": where})
        lock = settings.alliance_data_dir / "prepare.lock"
        preparing = stack.enter_context(ExitStack())
        preparing.enter_context(locks.alone(lock))
        all_at_work: Callable[[], bool] | None = None

        def at_work() -> bool:
            nonlocal all_at_work
            if all_at_work is None:
                if local is not None and local.status() is None:
                    return False
                # Read only now: our programs are being read at the same time.
                from cli.prepare import prepared  # noqa: PLC0415  # see above

                all_at_work = stack.enter_context(prepared(settings, local))
                preparing.close()
            return all_at_work()

        def ready() -> None:
            instance.announce(local.address if local else settings.slack_api_url)
            tell(_welcome(local, settings, time.monotonic() - began))

        folder = settings.alliance_data_dir / "logs"
        children = _programs(settings, local, lock, at_work)
        code = supervise(children, logs=folder, ready=ready, keep_open=[instance.descriptor])
    if code == 0:
        tell("Stopped.")
    raise typer.Exit(code)


def _programs(settings: Settings, local: LocalSlack | None, lock: Path, at_work: Callable[[], bool]) -> list[Child]:
    """Return the programs; the last is ready when all are at work, so that none waits for another's start."""
    env = {"ALLIANCE_DATA_DIR": str(settings.alliance_data_dir)} | (local.environment() if local else {})
    if settings.calendar_address is not None:
        env["CALENDAR_ADDRESS"] = settings.calendar_address

    def program(name: str, *arguments: str) -> tuple[str, list[str], dict[str, str]]:
        return name, [sys.executable, "-m", "cli.main", name, *arguments], env

    after = ("--after", str(lock))
    children = [Child(*program(name, *after)) for name in ("worker", "clock")]
    if local is not None:
        children.insert(0, Child(*program("sandbox", "--port", local.address.rpartition(":")[2])))
    return [*children, Child(*program("bot", *after), at_work)]


def _welcome(local: LocalSlack | None, settings: Settings, seconds: float) -> str:
    lines = [f"Alliance Bot is running (started in {seconds:.0f} s).", ""]
    if local is not None:
        lines += [
            f"  Open      {local.address}",
            "            a local Slack with a made-up staff; nothing leaves this machine",
        ]
    else:
        lines.append(f"  Slack     your workspace, at {settings.slack_api_url}")
    if settings.calendars is not None:
        lines.append(f"  Calendars {settings.calendars}, each at an address that /alliance calendar makes")
    lines += [
        f"  Logs      {settings.alliance_data_dir / 'logs'}",
        f"  Data      {settings.alliance_data_dir}",
        "  Stop      Ctrl-C",
    ]
    return "\n".join(["", *lines, ""])
