"""The Slack app: which handler gets what, and the order of things: commit, then acknowledge, then tell.

What changes nothing is acknowledged at once and worked out then: see `_at_once`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltResponse, Complete, Fail
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answers.preview import PREVIEW, submit_preview
from bot.asked import Asked, Reply, Sessions
from bot.blocks import Json
from bot.buttons import BUTTON_FAMILIES, BUTTONS, SHOWING
from bot.check_channel import check_channels
from bot.clean import storable
from bot.commands import COMMAND, answer_command
from bot.dropped_files import DROPPED, ask_where
from bot.errors import CLOSED, answer_error, sentence_of
from bot.form import ACTION
from bot.form_types import metadata_of
from bot.forms import FORMS
from bot.open_form import reopen
from bot.options import SEARCHES
from bot.outcomes import told_blocks
from bot.place import LATER, asked_from, finish, name_of, show, tell, time_zone_of
from bot.publish_home import publish_home
from bot.receive import DELIVERY, NoteEnd, Readable, check_deliveries
from bot.run_step import run_step, tell_end
from bot.shortcuts import ANYWHERE, ON_MESSAGE, OWN_MESSAGE, is_own, log_message, record_anywhere
from bot.steps import STEPS, Step
from bot.submit_form import CONFIRM, Stays, Told, submit_confirmed, submit_form
from bot.take_file import Documents, take_file
from bot.unfurl import unfurl
from bot.values import STALE
from bot.whose_request import NOT_INSTALLED, WORKSPACE, authorize_with, hear_workspaces, name_in
from bot.words import OWN_COMMANDS
from bot.workspaces import Workspaces
from operations.refusals import Refused
from runtime.clock import Clock

log = structlog.get_logger("bot")

EVENT = "event_callback"
#: What happens without anybody waiting for an answer; Slack would send it again.
NEWS = frozenset({EVENT, "view_closed"})

#: Who asked, out of a payload and what is known of its workspace.
AskedFrom = Callable[[Json, BoltContext], Asked]

#: Where a handler leaves for the time after the acknowledgement what its sender is told.
TOLD = "told"
#: Where it leaves that the acknowledgement was the answer.
ANSWERED = "answered"
#: Where it leaves the delivery that is worked on after the acknowledgement.
AT_WORK = "at work"


def build_app(
    client: WebClient,
    sessions: Sessions,
    clock: Clock,
    signing_secret: str | None = None,
    *,
    documents: Documents | None = None,
    calendars: str | None = None,
    deliveries: Sessions | None = None,
    newer_blocks: bool = False,
    workspaces: Workspaces | None = None,
) -> App:
    """Return the app; without a signing secret it takes requests from Socket Mode alone.

    Without a store of documents nothing can be attached, and none be had; without the web address of the calendars
    nobody gets an address of one. What was delivered is noted where the records are, unless `deliveries` says another
    place. With `workspaces` each request is answered with the token of its own, and `client` has none; without, the
    client's is the only one.
    """
    app = App(
        client=client,
        # None from it means, as Bolt says elsewhere: not installed.
        authorize=None if workspaces is None else authorize_with(workspaces),  # type: ignore[arg-type]
        user_facing_authorize_error_message=None if workspaces is None else NOT_INSTALLED,
        # Without a secret nothing that comes over HTTP may pass: nobody knows this one.
        signing_secret=signing_secret or secrets.token_hex(32),
        # Commit, then acknowledge: an answer to Slack never comes before the work is safe.
        process_before_response=True,
        # Slack is asked who we are with the first request, not while the app is built.
        token_verification_enabled=False,
        before_authorize=Readable(),
        # What nobody listens for comes to the same door as an error.
        raise_error_for_unhandled_request=True,
    )

    def own(context: BoltContext) -> WebClient:
        return client if workspaces is None else workspaces.client_in(context[WORKSPACE])

    def asked(body: Json, context: BoltContext) -> Asked:
        who, slack = asked_from(body, sessions, clock()), own(context)
        named = partial(name_of, client=slack)
        return replace(
            who,
            time_zone=partial(time_zone_of, who.user_id, slack),
            name_of=named if workspaces is None else name_in(workspaces, context[WORKSPACE], slack),
            take_file=who.take_file if documents is None else partial(take_file, client=slack, documents=documents),
            documents=documents,
            calendars=calendars,
            newer_blocks=newer_blocks,
        )

    note_end = check_deliveries(app, deliveries or sessions)

    def door(error: Exception, body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        answer = _door(error, body, client)
        note_end(context, answer)
        return answer

    app.error(door)
    _hear_commands(app, asked, note_end)
    _hear_buttons(app, asked, own, note_end)
    _hear_forms(app, asked, None if workspaces is None else workspaces.client_of)
    _hear_preview(app, asked)
    _hear_fields(app, asked)
    _hear_shortcuts(app, asked)
    _hear_home(app, sessions, clock)
    _hear_links(app, sessions, clock, calendars)
    _hear_files(app, asked)
    _hear_steps(app, asked, own)
    if workspaces is not None:
        hear_workspaces(app, workspaces)
    return app


def _door(error: Exception, body: Json, client: WebClient, *, acknowledged: bool = False) -> BoltResponse:
    try:
        if isinstance(error, BoltUnhandledRequestError):
            if body.get("type") in NEWS:
                return BoltResponse(status=200, body="")
            error = Refused(STALE)
        if body.get("type") == EVENT:
            # Nobody waits for a sentence; what Slack is told has failed it delivers again.
            sentence_of(error)
            return BoltResponse(status=500, body="")
        return answer_error(error, body, client, acknowledged=acknowledged)
    except Exception:
        # Slack itself cannot be reached, or refuses the words: the log is all that is left.
        log.exception("could not tell a person about an error")
        return BoltResponse(status=200, body="")


def _afterwards(body: Json, context: BoltContext, client: WebClient) -> None:
    later = context.get(LATER)
    if later is not None:
        finish(later, body, client)


def _at_once(answer: Callable[[Json, BoltContext], Reply | None], note_end: NoteEnd) -> dict[str, Any]:
    """Return how Slack is answered before it is worked out what is shown: for what changes nothing that could be lost.

    Nobody waits then for what takes a while among thousands of alliances, and a form still finds its trigger alive.
    """

    def acknowledge(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        if "command" in body and not body.get("response_url"):
            # There is no later place for the answer.
            context[ANSWERED] = True
            return show(answer(body, context), body, client, context)
        # Its end is noted when it has come.
        context[AT_WORK] = context.pop(DELIVERY, None)
        return BoltResponse(status=200, body="")

    def afterwards(body: Json, client: WebClient, context: BoltContext) -> None:
        context[DELIVERY] = context.get(AT_WORK)
        try:
            if not context.get(ANSWERED):
                show(answer(body, context), body, client, context, acknowledged=True)
            _afterwards(body, context, client)
        except Exception as error:  # noqa: BLE001 - the door logs what nobody expected
            _door(error, body, client, acknowledged=True)
        note_end(context, None)

    return {"ack": acknowledge, "lazy": [afterwards]}


def _hear_commands(app: App, asked: AskedFrom, note_end: NoteEnd) -> None:
    def answer(body: Json, context: BoltContext) -> Reply:
        return answer_command(asked(body, context), body["command"], body.get("text") or "")

    for command in (COMMAND, *OWN_COMMANDS):
        app.command(command)(**_at_once(answer, note_end))


def _hear_buttons(app: App, asked: AskedFrom, own: Callable[[BoltContext], WebClient], note_end: NoteEnd) -> None:
    def answers(handler: Callable[[Asked, str], Reply]) -> Callable[[Json, BoltContext], Reply]:
        def answer(body: Json, context: BoltContext) -> Reply:
            # Bolt hears the first action, too; a menu tells what was chosen in it where a button tells its value.
            action = body["actions"][0]
            value = action.get("value") or (action.get("selected_option") or {}).get("value")
            return handler(asked(body, context), storable(value or ""))

        return answer

    def committed(answer: Callable[[Json, BoltContext], Reply]) -> dict[str, Any]:
        def on_button(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
            return show(answer(body, context), body, client, context)

        return {"ack": on_button, "lazy": [_afterwards]}

    def turn_page(body: Json, context: BoltContext) -> Reply | None:
        if (body.get("view") or {}).get("type") == "home":
            # Of an older version: Home has no pages any more, and is shown as it is now.
            who = asked(body, context)
            publish_home(who.sessions, who.now, who.user_id, own(context), name=who.user_name, opened=True)
            return None
        return answers(BUTTON_FAMILIES["page:"])(body, context)

    for action_id, handler in BUTTONS.items():
        answer = answers(handler)
        app.action(action_id)(**(_at_once(answer, note_end) if action_id in SHOWING else committed(answer)))
    app.action(re.compile("^page:"))(**_at_once(turn_page, note_end))
    app.action(re.compile("^run:"))(**_at_once(answers(BUTTON_FAMILIES["run:"]), note_end))


def _hear_forms(app: App, asked: AskedFrom, client_of: Callable[[str], WebClient] | None) -> None:
    def finish(result: Told | Stays, context: BoltContext) -> BoltResponse:
        if isinstance(result, Stays):
            return BoltResponse(status=200, body=result.acknowledgement)
        context[TOLD] = result
        return BoltResponse(status=200, body={"response_action": "clear"} if result.everything else "")

    def on_submit(body: Json, view: Json, context: BoltContext, client: WebClient) -> BoltResponse:
        form = FORMS[view["callback_id"]]
        check_channels(form, view, client_of or (lambda _channel: client))
        return finish(submit_form(asked(body, context), form, view), context)

    def on_confirmed(body: Json, view: Json, context: BoltContext) -> BoltResponse:
        form = FORMS[view["callback_id"].removeprefix(CONFIRM)]
        return finish(submit_confirmed(asked(body, context), form, view), context)

    def afterwards(body: Json, context: BoltContext, client: WebClient) -> None:
        told = context.get(TOLD)
        if told is None:
            return
        try:
            tell(told, body["user"]["id"], _told(told), client)
        except Exception:
            # It is recorded all the same; the lists show it.
            log.exception("recorded, but its sender could not be told")

    for name, form in FORMS.items():
        app.view(name)(ack=on_submit, lazy=[afterwards])
        if form.confirm is not None:
            app.view(f"{CONFIRM}{name}")(ack=on_confirmed, lazy=[afterwards])


def _told(told: Told) -> list[Json]:
    return told_blocks(told.text, told.record, told.marked, procedure=told.procedure)


def _hear_preview(app: App, asked: AskedFrom) -> None:
    def on_preview(body: Json, view: Json, context: BoltContext) -> BoltResponse:
        return BoltResponse(status=200, body=submit_preview(asked(body, context), view))

    app.view(PREVIEW)(on_preview)


def _hear_fields(app: App, asked: AskedFrom) -> None:
    def on_steer(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        view = body.get("view") or {}
        if view.get("callback_id") not in FORMS:
            raise Refused(STALE)
        fresh = reopen(asked(body, context), FORMS[view["callback_id"]], view)
        try:
            client.views_update(view_id=view["id"], view=fresh)
        except SlackApiError as error:
            # Whoever has closed the window meanwhile waits for nothing.
            if error.response.get("error") != CLOSED:
                raise
        return BoltResponse(status=200, body="")

    def on_search(body: Json, context: BoltContext) -> BoltResponse:
        search = SEARCHES[body["action_id"]]
        about = metadata_of(body["view"])
        return BoltResponse(
            status=200, body={"options": search(asked(body, context), storable(body.get("value") or ""), about)}
        )

    app.action(re.compile(f"^{ACTION}"))(on_steer)
    for action_id in SEARCHES:
        app.options(action_id)(on_search)


def _hear_shortcuts(app: App, asked: AskedFrom) -> None:
    def on_anywhere(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        return show(record_anywhere(asked(body, context)), body, client, context)

    def on_message(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        if is_own(body, context.bot_id, context.bot_user_id):
            raise Refused(OWN_MESSAGE)
        return show(log_message(asked(body, context), body, client), body, client, context)

    app.shortcut(ANYWHERE)(on_anywhere)
    app.shortcut(ON_MESSAGE)(on_message)


def _hear_home(app: App, sessions: Sessions, clock: Clock) -> None:
    # Worked on before it is acknowledged: nobody waits for that, and what has failed Slack delivers again.
    def on_home(event: Json, client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            publish_home(sessions, clock(), event["user"], client, opened=True)

    app.event("app_home_opened")(on_home)


def _hear_links(app: App, sessions: Sessions, clock: Clock, calendars: str | None) -> None:
    def on_link(body: Json, client: WebClient) -> None:
        # Who reads a channel that is shared with another workspace is not known here.
        if calendars is not None and not body.get("is_ext_shared_channel"):
            unfurl(sessions, clock(), body["event"], client, calendars=calendars)

    app.event("link_shared")(on_link)


def _hear_files(app: App, asked: AskedFrom) -> None:
    def on_file(event: Json, client: WebClient, context: BoltContext) -> None:
        ask_where(asked({"user": {"id": event["user"]}}, context), event, client)

    app.event(DROPPED)(on_file)


def _hear_steps(app: App, asked: AskedFrom, own: Callable[[BoltContext], WebClient]) -> None:
    def running(step: Step) -> Callable[..., None]:
        # The client of the request has the token of the step, which ends with it; what stays is told with our own.
        def on_step(event: Json, complete: Complete, fail: Fail, context: BoltContext) -> None:
            who = asked({"user": {"id": ""}}, context)
            ended = run_step(who, step, event.get("inputs") or {}, event["function_execution_id"], own(context))
            tell_end(ended, complete, fail)

        return on_step

    for step in STEPS:
        app.function(step.form.name)(running(step))
