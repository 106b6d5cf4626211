"""HTTP mode: Slack's signed requests come in over a web server of our own, and Bolt answers them."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow

from bot.manifest import REQUESTS
from bot.socket_mode import UNREADABLE

#: Bytes of a request; a form of a hundred fields, all of them full, stays below.
MOST_BYTES = 4_000_000
#: Seconds in which a request has to have come whole.
PATIENCE = 10.0
#: Seconds that requests at work get to end when the bot is asked to stop: longer than Slack waits for any.
STOP_WITHIN = 8.0

#: What Bolt is given of a request: nothing that steers it from outside, and not how often Slack has tried.
PASSED = ("content-type", "x-slack-signature", "x-slack-request-timestamp")
#: What a signature and its time look like; anything else has no business with Bolt.
SIGNATURE, TIMESTAMP = re.compile("v0=[0-9a-f]{64}"), re.compile("[0-9]{1,12}")

log = structlog.get_logger("bot.http")


class Requests:
    """What was asked over HTTP and how long it took, for /metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "alliance_slack_request_seconds",
            "Time from a request of Slack's to its answer.",
            ["status"],
            registry=self.registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
        )


@contextmanager
def listening(
    app: App | None,
    host: str,
    port: int,
    *,
    at_once: int,
    unready: Callable[[], str | None] = lambda: None,
    install: OAuthFlow | None = None,
) -> Iterator[str]:
    """Answer Slack's requests while the block runs; yields "host:port" in use. Port 0 takes a free one.

    Without an app nothing of Slack's is taken, as in Socket Mode; `install` serves the pages for installations. So many
    requests are worked on `at_once`, the others wait. `unready` says what keeps the bot from answering, None while
    nothing does. At the end nothing new is taken in, and what is at work gets 8 seconds to end.

    Raises:
        OSError: The port cannot be listened on.
    """
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(at_once, thread_name_prefix="slack") as pool:
        runner = web.AppRunner(_server(app, pool, unready, install), access_log=None, shutdown_timeout=STOP_WITHIN)
        try:
            loop.run_until_complete(runner.setup())
            # Listens even where a connection of the last process is not forgotten yet.
            loop.run_until_complete(web.TCPSite(runner, host, port, reuse_address=True).start())
        except OSError:
            loop.run_until_complete(runner.cleanup())
            loop.close()
            raise
        thread = threading.Thread(target=loop.run_forever, name="http")
        thread.start()
        try:
            yield f"{host}:{runner.addresses[0][1]}"
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


def _server(
    app: App | None, pool: ThreadPoolExecutor, unready: Callable[[], str | None], install: OAuthFlow | None
) -> web.Application:
    requests = Requests()
    server = web.Application(client_max_size=MOST_BYTES)
    if app is not None:
        server.add_routes(_slack(app, pool, requests))
    if install is not None:
        server.add_routes(_pages(install, pool))

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        why = await asyncio.to_thread(unready)
        return web.Response(status=503 if why else 200, text=f"{why or 'ok'}\n")

    async def metrics(_request: web.Request) -> web.Response:
        body = generate_latest(requests.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    server.add_routes(
        [
            # Both say that the process lives: one is Kubernetes' name for it.
            web.get("/healthz", healthz),
            web.get("/livez", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
        ]
    )
    return server


def _pages(flow: OAuthFlow, pool: ThreadPoolExecutor) -> list[web.RouteDef]:
    """Return the pages on which a workspace installs the app."""

    def serves(answer: Callable[[BoltRequest], BoltResponse]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            query: dict[str, Sequence[str]] = {name: request.query.getall(name) for name in request.query}
            asked = BoltRequest(body="", query=query, headers={"cookie": request.headers.get("Cookie", "")})
            answered = await asyncio.get_running_loop().run_in_executor(pool, answer, asked)
            headers = answered.first_headers() | {"Cache-Control": "no-store"}
            return web.Response(status=answered.status, text=answered.body, headers=headers)

        return serve

    return [
        web.get(flow.install_path, serves(flow.handle_installation)),
        web.get(flow.redirect_uri_path, serves(flow.handle_callback)),
    ]


def _slack(app: App, pool: ThreadPoolExecutor, requests: Requests) -> list[web.RouteDef]:
    async def slack(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408, text="The request did not come to its end.\n")
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        began = asyncio.get_running_loop().time()
        answer = await asyncio.get_running_loop().run_in_executor(pool, _answer, app, body, headers)
        taken = asyncio.get_running_loop().time() - began
        requests.seconds.labels(str(answer.status)).observe(taken)
        return web.Response(status=answer.status, text=answer.body, headers=answer.first_headers())

    async def checked(request: web.Request) -> web.Response:
        # Before it sends a command, Slack now and then looks in this way whether the certificate is good.
        if request.query.get("ssl_check") != "1":
            raise web.HTTPMethodNotAllowed("GET", ["POST"])
        return web.Response()

    return [web.post(f"/{REQUESTS}", slack), web.get(f"/{REQUESTS}", checked)]


class _Request(BoltRequest):
    """A request of which all fields are read.

    Bolt takes a form in which the word "payload" stands anywhere for one that has a field of that name and no other:
    a command after which somebody typed the word would be empty.
    """

    def __init__(self, body: str, headers: Mapping[str, str]) -> None:
        other = body.startswith(("{", "payload="))
        # The same form in other letters; what was signed is what came.
        super().__init__(body=body if other else body.replace("payload", "%70ayload"), headers=dict(headers))
        self.raw_body = body

    def to_copyable(self) -> BoltRequest:
        """Return the request for what is done after the acknowledgement."""
        copied = super().to_copyable()
        copied.body = self.body
        return copied


def _answer(app: App, body: bytes, headers: dict[str, str]) -> BoltResponse:
    if b"ssl_check=1" in body.split(b"&"):
        # Not signed, and asks for nothing: see `checked`.
        return BoltResponse(status=200, body="")
    signature, at = headers.get("x-slack-signature", ""), headers.get("x-slack-request-timestamp", "")
    if not SIGNATURE.fullmatch(signature) or not TIMESTAMP.fullmatch(at):
        return BoltResponse(status=401, body={"error": "invalid request"})
    try:
        request = _Request(body.decode(), headers)
    except UNREADABLE:
        # Bolt reads a request before it looks at the signature, and stumbles over what Slack would never send.
        return BoltResponse(status=400, body={"error": "unreadable request"})
    return app.dispatch(request)
