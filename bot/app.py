"""The Slack app: which handler gets what, and the order of things: commit, then acknowledge, then tell."""

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
from bot.asked import Asked, Sessions
from bot.blocks import Json
from bot.buttons import BUTTON_FAMILIES, BUTTONS
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
from bot.receive import Readable, check_deliveries
from bot.run_step import run_step, tell_end
from bot.shortcuts import ANYWHERE, ON_MESSAGE, OWN_MESSAGE, is_own, log_message, record_anywhere
from bot.steps import STEPS, Step
from bot.submit_form import CONFIRM, Stays, Told, submit_confirmed, submit_form
from bot.take_file import Documents, take_file
from bot.unfurl import unfurl
from bot.values import STALE
from bot.words import OWN_COMMANDS
from operations.refusals import Refused
from runtime.clock import Clock

log = structlog.get_logger("bot")

EVENT = "event_callback"
#: What happens without anybody waiting for an answer; Slack would send it again.
NEWS = frozenset({EVENT, "view_closed"})

#: Where a handler leaves for the time after the acknowledgement what its sender is told.
TOLD = "told"


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
) -> App:
    """Return the app; without a signing secret it takes requests from Socket Mode alone.

    Without a store of documents nothing can be attached, and none be had; without the web address of the calendars
    nobody gets an address of one. What was delivered is noted where the records are, unless `deliveries` says another
    place.
    """
    app = App(
        client=client,
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

    def asked(body: Json) -> Asked:
        who = asked_from(body, sessions, clock())
        return replace(
            who,
            time_zone=partial(time_zone_of, who.user_id, client),
            name_of=partial(name_of, client=client),
            take_file=who.take_file if documents is None else partial(take_file, client=client, documents=documents),
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
    _hear_commands(app, asked)
    _hear_buttons(app, asked)
    _hear_forms(app, asked)
    _hear_preview(app, asked)
    _hear_fields(app, asked)
    _hear_shortcuts(app, asked)
    _hear_home(app, sessions, clock)
    _hear_links(app, sessions, clock, calendars)
    _hear_files(app, asked)
    _hear_steps(app, asked, client)
    return app


def _door(error: Exception, body: Json, client: WebClient) -> BoltResponse:
    try:
        if isinstance(error, BoltUnhandledRequestError):
            if body.get("type") in NEWS:
                return BoltResponse(status=200, body="")
            error = Refused(STALE)
        if body.get("type") == EVENT:
            # Nobody waits for a sentence; what Slack is told has failed it delivers again.
            sentence_of(error)
            return BoltResponse(status=500, body="")
        return answer_error(error, body, client)
    except Exception:
        # Slack itself cannot be reached, or refuses the words: the log is all that is left.
        log.exception("could not tell a person about an error")
        return BoltResponse(status=200, body="")


def _afterwards(body: Json, context: BoltContext, client: WebClient) -> None:
    later = context.get(LATER)
    if later is not None:
        finish(later, body, client)


def _hear_commands(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_command(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        return show(answer_command(asked(body), body["command"], body.get("text") or ""), body, client, context)

    for command in (COMMAND, *OWN_COMMANDS):
        app.command(command)(ack=on_command, lazy=[_afterwards])


def _hear_buttons(app: App, asked: Callable[[Json], Asked]) -> None:
    def pressed(handler: Callable[[Asked, str], Any]) -> Callable[..., BoltResponse]:
        def on_button(body: Json, action: Json, client: WebClient, context: BoltContext) -> BoltResponse:
            # A menu tells what was chosen in it where a button tells its value.
            value = action.get("value") or (action.get("selected_option") or {}).get("value")
            return show(handler(asked(body), storable(value or "")), body, client, context)

        return on_button

    def on_page(body: Json, action: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        view = body.get("view") or {}
        if view.get("type") == "home":
            # Of an older version: Home has no pages any more, and is shown as it is now.
            who = asked(body)
            publish_home(who.sessions, who.now, who.user_id, client, name=who.user_name, opened=True)
            return BoltResponse(status=200, body="")
        return pressed(BUTTON_FAMILIES["page:"])(body, action, client, context)

    for action_id, handler in BUTTONS.items():
        app.action(action_id)(ack=pressed(handler), lazy=[_afterwards])
    app.action(re.compile("^page:"))(ack=on_page, lazy=[_afterwards])
    app.action(re.compile("^run:"))(ack=pressed(BUTTON_FAMILIES["run:"]), lazy=[_afterwards])


def _hear_forms(app: App, asked: Callable[[Json], Asked]) -> None:
    def finish(result: Told | Stays, context: BoltContext) -> BoltResponse:
        if isinstance(result, Stays):
            return BoltResponse(status=200, body=result.acknowledgement)
        context[TOLD] = result
        return BoltResponse(status=200, body={"response_action": "clear"} if result.everything else "")

    def on_submit(body: Json, view: Json, context: BoltContext, client: WebClient) -> BoltResponse:
        form = FORMS[view["callback_id"]]
        check_channels(form, view, client)
        return finish(submit_form(asked(body), form, view), context)

    def on_confirmed(body: Json, view: Json, context: BoltContext) -> BoltResponse:
        form = FORMS[view["callback_id"].removeprefix(CONFIRM)]
        return finish(submit_confirmed(asked(body), form, view), context)

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


def _hear_preview(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_preview(body: Json, view: Json) -> BoltResponse:
        return BoltResponse(status=200, body=submit_preview(asked(body), view))

    app.view(PREVIEW)(on_preview)


def _hear_fields(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_steer(body: Json, client: WebClient) -> BoltResponse:
        view = body.get("view") or {}
        if view.get("callback_id") not in FORMS:
            raise Refused(STALE)
        fresh = reopen(asked(body), FORMS[view["callback_id"]], view)
        try:
            client.views_update(view_id=view["id"], view=fresh)
        except SlackApiError as error:
            # Whoever has closed the window meanwhile waits for nothing.
            if error.response.get("error") != CLOSED:
                raise
        return BoltResponse(status=200, body="")

    def on_search(body: Json) -> BoltResponse:
        search = SEARCHES[body["action_id"]]
        about = metadata_of(body["view"])
        return BoltResponse(status=200, body={"options": search(asked(body), storable(body.get("value") or ""), about)})

    app.action(re.compile(f"^{ACTION}"))(on_steer)
    for action_id in SEARCHES:
        app.options(action_id)(on_search)


def _hear_shortcuts(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_anywhere(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        return show(record_anywhere(asked(body)), body, client, context)

    def on_message(body: Json, client: WebClient, context: BoltContext) -> BoltResponse:
        if is_own(body, context.bot_id, context.bot_user_id):
            raise Refused(OWN_MESSAGE)
        return show(log_message(asked(body), body, client), body, client, context)

    app.shortcut(ANYWHERE)(on_anywhere)
    app.shortcut(ON_MESSAGE)(on_message)


def _hear_home(app: App, sessions: Sessions, clock: Clock) -> None:
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


def _hear_files(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_file(event: Json, client: WebClient) -> None:
        ask_where(asked({"user": {"id": event["user"]}}), event, client)

    app.event(DROPPED)(on_file)


def _hear_steps(app: App, asked: Callable[[Json], Asked], own: WebClient) -> None:
    def running(step: Step) -> Callable[..., None]:
        # The client of the request has the token of the step, which ends with it; what stays is told with our own.
        def on_step(event: Json, complete: Complete, fail: Fail) -> None:
            who = asked({"user": {"id": ""}})
            ended = run_step(who, step, event.get("inputs") or {}, event["function_execution_id"], own)
            tell_end(ended, complete, fail)

        return on_step

    for step in STEPS:
        app.function(step.form.name)(running(step))
