from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from sandbox.clock import Clock
from sandbox.hub import Hub
from sandbox.message_store import MessageStore
from sandbox.server import build
from sandbox.state import State
from sandbox.state_file import load, saving

log = logging.getLogger("sandbox")


def serve(host: str, port: int, state_file: Path | None) -> None:
    """Run the local Slack until SIGTERM or SIGINT; what happened is in the state file then.

    Raises:
        StateFileError: when the state file cannot be used.
        OSError: when the port is taken.
    """
    asyncio.run(_serve(host, port, state_file))


async def _serve(host: str, port: int, state_file: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(host, port, state_file) as hub:
        log.info("The local Slack is at %s", hub.base_url)
        await stop.wait()


@asynccontextmanager
async def running(host: str, port: int, state_file: Path | None) -> AsyncIterator[Hub]:
    """Serve in the running event loop; port 0 takes a free one, `base_url` of the hub says which."""
    state = State()
    if state_file is not None:
        load(state_file, state)
    hub = Hub(state, Clock(**state.settings.get("clock", {})), MessageStore(state), "")
    hub.link.on_change = lambda: hub.pages.push_all({"type": "workspace_changed"})
    hub.faults.on_change = lambda: hub.pages.push_all({"type": "faults"})
    # Nobody needs a line for every request; a failure in a handler is still logged with its cause.
    runner = web.AppRunner(build(hub), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, reuse_address=True)
        async with saving(state_file, state):
            await site.start()
            hub.base_url = f"http://{_reachable(host)}:{runner.addresses[0][1]}"
            try:
                yield hub
            finally:
                await _stop(hub)
    finally:
        await runner.cleanup()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


async def _stop(hub: Hub) -> None:
    for task in list(hub.tasks):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await hub.pages.close()
    await hub.link.close()
