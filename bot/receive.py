"""What is asked of every request before a handler sees it: can it be read, is it of ours, is it new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.listener.listener_completion_handler import CustomListenerCompletionHandler
from slack_bolt.middleware import Middleware

from bot.asked import Sessions
from bot.payload import delivery_of, unreadable
from operations.records.recognise import Seen, note_done, recognise
from operations.refusals import Refused

#: Where the id of a delivery stands that is worked on for the first time.
DELIVERY = "delivery"

OK = 200
FOREIGN = "Alliance Bot answers the people of its own workspace only."

log = structlog.get_logger("bot")

Next = Callable[[], BoltResponse]
#: Notes that a delivery was worked on to its end, unless what Slack was answered says that it failed.
NoteEnd = Callable[[BoltContext, BoltResponse | None], None]


class Readable(Middleware):
    """Lets pass what has the parts that its kind has; Bolt has checked the signature before."""

    # A class, as Bolt stumbles over missing parts while it prepares what a function would be given.
    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Next) -> BoltResponse:  # noqa: ARG002  # Bolt's own names
        """Answer at once what cannot be read."""
        why = unreadable(req.body)
        if why is None:
            return next()
        log.warning("a request cannot be read", why=why[:300])
        if req.mode == "socket_mode":
            # Acknowledged, or Slack would send it again.
            return BoltResponse(status=200, body="")
        return BoltResponse(status=400, body={"error": "unreadable request"})


def check_ours(body: dict[str, Any], context: BoltContext, next: Next) -> BoltResponse:
    """Let pass the people of the workspace that the app is installed in.

    Raises:
        Refused: Somebody else met one of its buttons.
    """
    if not _is_foreign(body, context):
        return next()
    log.warning("somebody of another workspace was refused", team=str(_team_of(body)))
    if body.get("type") == "event_callback":
        return BoltResponse(status=200, body="")
    raise Refused(FOREIGN)


def check_deliveries(app: App, deliveries: Sessions) -> NoteEnd:
    """Let the app work once on whatever is done in its own workspace, however often that is delivered.

    Returns what notes the end of a delivery for which no listener does: it failed, or nobody listens for it.
    """

    def check_new(req: BoltRequest, next: Next) -> BoltResponse:
        delivery = delivery_of(req.body)
        if delivery is None:
            return next()
        with deliveries.begin() as session:
            seen = recognise(session, delivery, signature=_first(req.headers.get("x-slack-signature")))
        return _only_new(seen, delivery, req) or next()

    def note_end(context: BoltContext, response: BoltResponse | None) -> None:
        # What Slack was told has failed it delivers again.
        if response is not None and response.status != OK:
            return
        delivery = context.pop(DELIVERY, None)
        if delivery is None:
            return
        try:
            with deliveries.begin() as session:
                note_done(session, delivery)
        except Exception:
            # It is answered all the same; if Slack asks again, it is answered again.
            log.exception("the end of a delivery could not be noted")

    app.use(check_ours)
    app.use(check_new)
    app.listener_runner.listener_completion_handler = CustomListenerCompletionHandler(app.logger, note_end)
    return note_end


def _only_new(seen: Seen, delivery: str, req: BoltRequest) -> BoltResponse | None:
    """Return what Slack is answered where nothing is to be done any more."""
    if seen is Seen.REPLAYED:
        log.warning("a request was sent a second time with its old signature")
        return BoltResponse(status=401, body={"error": "invalid request"})
    if seen is Seen.NEW:
        req.context[DELIVERY] = delivery
    # What a form recorded stands beside it, and so does the answer: it is given again.
    elif req.body.get("type") != "view_submission":
        log.info("delivered again", kind=req.body.get("type") or "command", done=seen is Seen.DONE)
        # The answer of the delivery that is at work counts; an empty one before it would take its place.
        return BoltResponse(status=200 if seen is Seen.DONE else 409, body="")
    return None


def _first(values: Any) -> str | None:
    return str(values[0]) if values else None


def _team_of(body: Mapping[str, Any]) -> str | None:
    user = body.get("user")
    own = user.get("team_id") if isinstance(user, dict) else None
    own = own or (body.get("event") or {}).get("user_team")
    return own or (body.get("team") or {}).get("id") or body.get("team_id")


def _is_foreign(body: Mapping[str, Any], context: BoltContext) -> bool:
    """Whether somebody belongs neither to the workspace of our token nor to its organization.

    People of another one meet the app's buttons and shortcuts in channels that two workspaces share.
    """
    ours, team = context.authorize_result, _team_of(body)
    if ours is None or team is None or team == ours.team_id:
        return False
    enterprise = (body.get("enterprise") or {}).get("id") or body.get("enterprise_id") or context.enterprise_id
    # In an organization, a person's team may be the organization itself.
    return ours.enterprise_id is None or ours.enterprise_id not in {enterprise, team}
