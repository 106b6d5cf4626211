from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox import channels
from sandbox.faults import OF_CALLS, Fault
from sandbox.hub import Hub

#: Seconds between two looks whether the app still waits, and until it is let go whatever it does.
LOOK_EVERY = 0.05
LONGEST_WAIT = 120.0


async def break_call(
    hub: Hub, request: web.Request, method: str, reference: str, perform: Callable[[], Awaitable[web.Response]]
) -> web.Response:
    """Answer a call of the app with `perform`, or with the fault that is in force for it.

    The method may be `response_url`, `files.upload` or `files.download`;
    the reference is the channel as the call names it, "" for none.
    """
    channel = channels.known_as(hub, reference)
    wait = hub.rate_limits.ask(method, channel)
    if wait:
        hub.note("fault", channel=channel, text=f"{method}: too fast, 429 with Retry-After {wait}")
        return _too_fast(wait)
    fault = hub.faults.strike(OF_CALLS, method, channel)
    if fault is None:
        return await perform()
    accepted = ", accepted" if fault.accepted else ""
    hub.note("fault", channel=channel, text=f"{method}: {fault.what} ({fault.id}{accepted})")
    return await _strike(fault, request, perform)


async def _strike(fault: Fault, request: web.Request, perform: Callable[[], Awaitable[web.Response]]) -> web.Response:
    done = await perform() if fault.accepted else None
    answer = web.Response()
    match fault.what:
        case "timeout":
            await _until_gone(request)
        case "status":
            answer = web.Response(status=fault.status, text="Slack is having trouble.")
        case "ratelimited":
            answer = _too_fast(fault.wait)
        case "error":
            answer = web.json_response({"ok": False, "error": fault.error})
        case "slow":
            await asyncio.sleep(fault.delay)
            answer = done or await perform()
    if fault.what in {"timeout", "drop"} and request.transport is not None:
        request.transport.abort()
    return answer


def _too_fast(wait: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)})


async def _until_gone(request: web.Request) -> None:
    for _ in range(int(LONGEST_WAIT / LOOK_EVERY)):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(LOOK_EVERY)
