"""Payloads of chance: each of a shape that Slack sends, most of them with something odd in it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.buttons import BUTTONS
from bot.commands import ANSWERS
from bot.form import ACTION, ask_of
from bot.forms import FORMS
from bot.options import SEARCHES
from bot.shortcuts import ANYWHERE, ON_MESSAGE
from bot.steps import STEPS
from bot.submit_form import CONFIRM
from bot.words import OWN_COMMANDS, WORDS

Json = dict[str, Any]

CHANNEL = "C0AREA"
OWN, FOREIGN = "T1", "T9ELSEWHERE"
PEOPLE = ("UADA", "URITA", "UNATE", "USTRANGER")
#: Of another workspace; nobody here knows them.
STRANGERS = ("U9ELSEWHERE", "W9ELSEWHERE")

#: An address as calendars have one.
LINK = f"https://alliances.example.gov/calendar/{'0' * 64}.ics"

EVENTS = ("app_home_opened", "app_home_opened", "link_shared", "function_executed")
STEP_NAMES = tuple(step.form.name for step in STEPS)
STEP_INPUTS = tuple(dict.fromkeys(one.name for step in STEPS for one in step.inputs))

#: What nobody expects in a place; each is what a generator, a bug or an attacker would send.
ODD: tuple[Any, ...] = (
    *(None, "", " ", 0, -1, 2**63, 10**30, 1.5, True, [], {}, [None], {"id": None}, {"value": {"value": []}}),
    *("\0", "a\0b", "\ud800", "\u202e\u200b", "é" * 300, "x" * 5000, "🎉" * 3000, "\n" * 500),
    *(
        "<!channel>",
        "<@UADA>",
        "<https://x.example|y>",
        "&lt;&gt;",
        "'; drop table alliances; --",
        "%s%n{0}{{",
        "../..",
    ),
    *("true", "null", "NaN", "-1", "99999999999999999999", "2026-02-30", "0000-00-00", "9999-12-31", "25:99"),
    *(
        "00000000-0000-0000-0000-000000000000",
        '{"alliance": 1}',
        "meeting:1",
        "alliance:1",
        "T9ELSEWHERE",
        "U9ELSEWHERE",
    ),
)
TYPED = ("", "plaza", "payload", "harbor", "all", "mine", "zzz", "<!channel>", "2026-11-20", "last tuesday", "1")


@dataclass
class Payload:
    """What is sent, how, and what may be known of it beforehand."""

    kind: str
    body: Json
    #: A member of the workspace, whom Slack gives a fresh trigger; None: it stands as it is.
    user: str | None
    foreign: bool = False
    #: How it was made.
    steps: list[str] = field(default_factory=list)


class Chance:
    """Makes payloads; the same seed and ids make the same ones."""

    def __init__(self, seed: int, ids: Json) -> None:
        self.random, self.ids = random.Random(seed), ids  # noqa: S311  # no secret
        self.number = seed * 1_000_000

    def payload(self) -> Payload:
        """Return the next payload."""
        self.number += 1
        kinds = (self.command, self.button, self.button, self.form, self.form, self.search, self.shortcut, self.event)
        foreign = self.random.random() < 0.15
        user = self.random.choice(STRANGERS if foreign else PEOPLE)
        kind, body = self.random.choice(kinds)(user, FOREIGN if foreign else OWN)
        made = Payload(kind, body, None if foreign else user, foreign)
        if not foreign:
            for _ in range(self.random.choice((0, 0, 1, 1, 2, 4))):
                made.steps.append(spoil(self.random, made.body))
        return made

    def basis(self, user: str, team: str) -> Json:
        """Return what each interaction has."""
        trigger, domain = f"fuzz.{self.number}", "osha" if team == OWN else "elsewhere"
        who = {"id": user, "name": user.lower(), "username": user.lower(), "team_id": team}
        told: Json = {"user": who, "team": {"id": team, "domain": domain}, "trigger_id": trigger, "enterprise": None}
        return told | {"token": "x", "api_app_id": "A1", "is_enterprise_install": False}

    def command(self, user: str, team: str) -> tuple[str, Json]:
        """Return a command with words after it."""
        word = self.random.choice([each.word for each in WORDS] + [*ANSWERS, "zzz", "", "<!channel>"])
        text = f"{word} {self.random.choice([*TYPED, *filter(_is_text, ODD)])}"
        names = {"user_id": user, "user_name": user.lower(), "channel_id": CHANNEL, "channel_name": "wilmington"}
        body: Json = {"command": self.random.choice(["/alliance", "/alliance", *OWN_COMMANDS]), "text": text}
        return "slash_commands", body | names | {"team_id": team, "trigger_id": f"fuzz.{self.number}"}

    def button(self, user: str, team: str) -> tuple[str, Json]:
        """Return a press on a button, in a message or in a window."""
        action_id = self.random.choice(
            [*BUTTONS, "page:next", "run:due", "run:approve:ask_approval", f"{ACTION}alliance"]
        )
        action = {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.2", "value": self.value()}
        if self.random.random() < 0.3:
            action["selected_option"] = {"text": {"type": "plain_text", "text": "x"}, "value": self.value()}
        body = {"type": "block_actions", **self.basis(user, team), "actions": [action]}
        if action_id.startswith(ACTION) or self.random.random() < 0.4:
            view = self.view(self.random.choice([*FORMS, "answer", "home"]))
            return "interactive", body | {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        container = {"type": "message", "message_ts": "1.2", "channel_id": CHANNEL, "is_ephemeral": False}
        return "interactive", body | {"container": container, "channel": {"id": CHANNEL, "name": "wilmington"}}

    def value(self) -> Any:
        """Return what a button carries."""
        known = [*self.ids["values"], *(str(id) for id in self.ids["alliances"]), *self.ids["uuids"]]
        run = {"word": self.random.choice(WORDS).word, "words": self.random.choice(TYPED)}
        page = {"list": "due", "scope": self.random.choice(["all", "office", "words"]), "key": "harbor", "page": 99}
        made = [json.dumps(run), json.dumps(run | {"form": self.random.choice([*FORMS])}), json.dumps(page)]
        return self.random.choice([*known, *made, *filter(_is_text, ODD)])

    def view(self, name: str) -> Json:
        """Return a window as Slack keeps it: a form with its fields typed into."""
        form = FORMS.get(name.removeprefix(CONFIRM))
        blocks, values = [], {}
        for each, info in form.model.model_fields.items() if form else ():
            if self.random.random() < 0.8:
                blocks.append({"type": "input", "block_id": each, "element": {"type": "plain_text_input"}})
                values[each] = {f"{ACTION}{each}": self.typed(info)}
        about = {"form": name, "alliance": self.random.choice([None, *self.ids["alliances"]]), "channel": CHANNEL}
        about |= {"obligation": self.random.choice([None, *self.ids["uuids"]]), "office": "0317300"}
        about |= {"kept": {"approval": self.random.choice(self.ids["uuids"])}, "values": {"alliance": 1, "on": "soon"}}
        kind = "home" if name == "home" else "modal"
        told: Json = {"id": f"V{self.number}", "type": kind, "callback_id": name, "private_metadata": json.dumps(about)}
        return told | {"blocks": blocks, "state": {"values": values}, "team_id": OWN, "hash": "1.a", "title": {}}

    def typed(self, info: Any) -> Json:
        """Return what a field holds."""
        ask, odd = ask_of(info), self.random.choice([*TYPED, *filter(_is_text, ODD)])
        if ask.search or ask.offered:
            offered = self.random.choice([*self.ids["alliances"], "0317300", odd])
            text = {"type": "plain_text", "text": "x"}
            return {"type": "external_select", "selected_option": {"text": text, "value": str(offered)}}
        made: Callable[[], Json] = self.random.choice(
            [
                lambda: {"type": "plain_text_input", "value": odd},
                lambda: {"type": "datepicker", "selected_date": self.random.choice(["2026-11-20", odd])},
                lambda: {"type": "timepicker", "selected_time": self.random.choice(["10:30", odd])},
                lambda: {"type": "users_select", "selected_user": self.random.choice([*PEOPLE, *STRANGERS, odd])},
                lambda: {"type": "checkboxes", "selected_options": [{"value": odd}]},
                lambda: {"type": "static_select", "selected_option": {"value": odd, "text": {"text": "x"}}},
                lambda: {"type": "file_input", "files": [{"id": "F1", "name": odd, "size": 5}]},
            ]
        )
        return made()

    def form(self, user: str, team: str) -> tuple[str, Json]:
        """Return a form that is sent, or its confirmation."""
        name = self.random.choice([*FORMS])
        if FORMS[name].confirm is not None and self.random.random() < 0.3:
            name = f"{CONFIRM}{name}"
        return "interactive", {"type": "view_submission", **self.basis(user, team), "view": self.view(name)}

    def search(self, user: str, team: str) -> tuple[str, Json]:
        """Return what is typed into a searched field."""
        view = self.view(self.random.choice([*FORMS]))
        body = {"type": "block_suggestion", **self.basis(user, team), "view": view, "block_id": "alliance"}
        del body["trigger_id"]
        typed = self.random.choice([*TYPED, *filter(_is_text, ODD)])
        return "interactive", body | {"action_id": self.random.choice([*SEARCHES]), "value": typed}

    def shortcut(self, user: str, team: str) -> tuple[str, Json]:
        """Return a shortcut, from anywhere or on a message."""
        if self.random.random() < 0.4:
            return "interactive", {"type": "shortcut", **self.basis(user, team), "callback_id": ANYWHERE}
        said = self.random.choice([*TYPED, *filter(_is_text, ODD)])
        message = {"type": "message", "ts": "1795391328.000100", "user": self.random.choice(PEOPLE), "text": said}
        body = {"type": "message_action", **self.basis(user, team), "callback_id": ON_MESSAGE, "message": message}
        return "interactive", body | {"channel": {"id": CHANNEL, "name": "x"}, "message_ts": message["ts"]}

    def event(self, user: str, team: str) -> tuple[str, Json]:
        """Return an event, most often that Home was opened."""
        kind = self.random.choice([*EVENTS, "message", "app_uninstalled", "zzz"])
        event = {"type": kind, "user": user, "tab": self.random.choice(["home", "messages"]), "channel": CHANNEL}
        if kind == "link_shared":
            links = [{"url": self.random.choice([LINK, *filter(_is_text, ODD)]), "domain": "x"} for _ in range(3)]
            event |= {"links": links, "message_ts": "1795391328.000100", "unfurl_id": "C.1.a", "source": "composer"}
        if kind == "function_executed":
            inputs = {name: self.random.choice([*TYPED, *PEOPLE, *ODD]) for name in STEP_INPUTS}
            event |= {"function": {"callback_id": self.random.choice([*STEP_NAMES, "zzz"])}, "inputs": inputs}
            event |= {"function_execution_id": f"Fx{self.number}", "bot_access_token": "xwfp-x"}
        body: Json = {"type": "event_callback", "team_id": team, "event_id": f"Ev{self.number}", "event": event}
        return "events_api", body | {"api_app_id": "A1", "event_time": 1, "authorizations": [{"team_id": OWN}]}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def spoil(chance: random.Random, body: Json) -> str:
    """Take away a part of a payload, or put something odd in its place; say what was done."""
    path: list[Any] = []
    here: Any = body
    while True:
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        path.append(key)
        deeper = isinstance(here[key], dict | list) and here[key] and chance.random() < 0.8
        if not deeper:
            break
        here = here[key]
    what = chance.choice(["gone", "odd", "odd"])
    if what == "gone":
        del here[key]
        return f"gone: {path}"
    here[key] = copy.deepcopy(chance.choice(ODD))
    return f"odd: {path} = {str(here[key])[:40]!r}"
