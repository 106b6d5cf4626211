"""The Slack app: which handler gets what, and the order of things: commit, then acknowledge, then tell."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltResponse
from slack_sdk import WebClient

from bot.answers.preview import PREVIEW, submit_preview
from bot.asked import Asked, Sessions
from bot.blocks import Json
from bot.buttons import BUTTON_FAMILIES, BUTTONS
from bot.commands import COMMAND, answer_command
from bot.errors import answer_error
from bot.form import ACTION
from bot.form_types import Metadata
from bot.forms import FORMS
from bot.home import home
from bot.open_form import reopen
from bot.options import SEARCHES
from bot.outcomes import told_blocks
from bot.place import asked_from, show, tell
from bot.shortcuts import ANYWHERE, ON_MESSAGE, log_message, record_anywhere
from bot.submit_form import CONFIRM, Stays, Told, submit_confirmed, submit_form
from bot.values import Page, read
from bot.words import OWN_COMMANDS
from runtime.clock import Clock

log = structlog.get_logger("bot")

#: Where a handler leaves for the time after the acknowledgement what its sender is told.
TOLD = "told"


def build_app(client: WebClient, sessions: Sessions, clock: Clock, signing_secret: str | None = None) -> App:
    """Return the app; without a signing secret it takes requests from Socket Mode alone."""
    app = App(
        client=client,
        # Without a secret nothing that comes over HTTP may pass: nobody knows this one.
        signing_secret=signing_secret or secrets.token_hex(32),
        # Commit, then acknowledge: an answer to Slack never comes before the work is safe.
        process_before_response=True,
        # Slack is asked who we are with the first request, not while the app is built.
        token_verification_enabled=False,
    )

    def asked(body: Json) -> Asked:
        return asked_from(body, sessions, clock())

    app.error(_door)
    _hear_commands(app, asked)
    _hear_buttons(app, asked)
    _hear_forms(app, asked)
    _hear_preview(app, asked)
    _hear_fields(app, asked)
    _hear_shortcuts(app, asked)
    _hear_home(app, sessions, clock)
    return app


def _door(error: Exception, body: Json, client: WebClient) -> BoltResponse:
    try:
        return answer_error(error, body, client)
    except Exception:
        # Slack itself cannot be reached, or refuses the words: the log is all that is left.
        log.exception("could not tell a person about an error")
        return BoltResponse(status=200, body="")


def _hear_commands(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_command(body: Json, client: WebClient) -> BoltResponse:
        return show(answer_command(asked(body), body["command"], body.get("text") or ""), body, client)

    for command in (COMMAND, *OWN_COMMANDS):
        app.command(command)(on_command)


def _hear_buttons(app: App, asked: Callable[[Json], Asked]) -> None:
    def pressed(handler: Callable[[Asked, str], Any]) -> Callable[..., BoltResponse]:
        def on_button(body: Json, action: Json, client: WebClient) -> BoltResponse:
            # A menu tells what was chosen in it where a button tells its value.
            value = action.get("value") or (action.get("selected_option") or {}).get("value")
            return show(handler(asked(body), value or ""), body, client)

        return on_button

    def on_page(body: Json, action: Json, client: WebClient) -> BoltResponse:
        view = body.get("view") or {}
        if view.get("type") == "home":
            who = asked(body)
            client.views_publish(user_id=who.user_id, view=home(who, read(Page, action.get("value") or "")))
            return BoltResponse(status=200, body="")
        return pressed(BUTTON_FAMILIES["page:"])(body, action, client)

    for action_id, handler in BUTTONS.items():
        app.action(action_id)(pressed(handler))
    app.action(re.compile("^page:"))(on_page)
    app.action(re.compile("^run:"))(pressed(BUTTON_FAMILIES["run:"]))


def _hear_forms(app: App, asked: Callable[[Json], Asked]) -> None:
    def finish(result: Told | Stays, context: BoltContext) -> BoltResponse:
        if isinstance(result, Stays):
            return BoltResponse(status=200, body=result.acknowledgement)
        context[TOLD] = result
        return BoltResponse(status=200, body={"response_action": "clear"} if result.everything else "")

    def on_submit(body: Json, view: Json, context: BoltContext) -> BoltResponse:
        return finish(submit_form(asked(body), FORMS[view["callback_id"]], view), context)

    def on_confirmed(body: Json, view: Json, context: BoltContext) -> BoltResponse:
        form = FORMS[view["callback_id"].removeprefix(CONFIRM)]
        return finish(submit_confirmed(asked(body), form, view), context)

    def afterwards(body: Json, context: BoltContext, client: WebClient) -> None:
        told = context.get(TOLD)
        if told is None:
            return
        try:
            tell(told, body["user"]["id"], told_blocks(told.text, told.record, told.marked), client)
        except Exception:
            # It is recorded all the same; the lists show it.
            log.exception("recorded, but its sender could not be told")

    for name, form in FORMS.items():
        app.view(name)(ack=on_submit, lazy=[afterwards])
        if form.confirm is not None:
            app.view(f"{CONFIRM}{name}")(ack=on_confirmed, lazy=[afterwards])


def _hear_preview(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_preview(body: Json, view: Json) -> BoltResponse:
        return BoltResponse(status=200, body=submit_preview(asked(body), view))

    app.view(PREVIEW)(on_preview)


def _hear_fields(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_steer(body: Json, client: WebClient) -> BoltResponse:
        view = body["view"]
        fresh = reopen(asked(body), FORMS[view["callback_id"]], view)
        client.views_update(view_id=view["id"], view=fresh)
        return BoltResponse(status=200, body="")

    def on_search(body: Json) -> BoltResponse:
        search = SEARCHES[body["action_id"]]
        about = Metadata.model_validate_json(body["view"]["private_metadata"])
        return BoltResponse(status=200, body={"options": search(asked(body), body.get("value") or "", about)})

    app.action(re.compile(f"^{ACTION}"))(on_steer)
    for action_id in SEARCHES:
        app.options(action_id)(on_search)


def _hear_shortcuts(app: App, asked: Callable[[Json], Asked]) -> None:
    def on_anywhere(body: Json, client: WebClient) -> BoltResponse:
        return show(record_anywhere(asked(body)), body, client)

    def on_message(body: Json, client: WebClient) -> BoltResponse:
        return show(log_message(asked(body), body["message"]), body, client)

    app.shortcut(ANYWHERE)(on_anywhere)
    app.shortcut(ON_MESSAGE)(on_message)


def _hear_home(app: App, sessions: Sessions, clock: Clock) -> None:
    def on_home(event: Json, client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            who = Asked(sessions, clock(), event["user"], event["user"])
            client.views_publish(user_id=who.user_id, view=home(who))

    app.event("app_home_opened")(on_home)
