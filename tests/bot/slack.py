"""A person at the local Slack's page, as the tests drive one: types, presses, fills in, sends, reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

Json = dict[str, Any]

#: Seconds that the app may take, at most: a machine that does other things, too, stalls.
PATIENCE = 30

#: Seconds in which the app shows something for a deed that it has acknowledged; not every deed shows something.
SHOWN_WITHIN = 5

#: Stands in every answer to `/alliance procedure`, which comes after the command was acknowledged.
STEPS = "steps done"

#: The forms that a test sent and that were taken.
SENT: set[str] = set()

KEPT_UNDER = {
    "plain_text_input": "value",
    "number_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "file_input": "files",
}


@dataclass
class LocalSlack:
    """The local Slack as tests reach it: over its sockets."""

    address: str
    #: How many entries of the record were counted so far.
    counted: int = 0

    def mark(self) -> int:
        """Return how many things were posted so far; only the new ones are fetched."""
        self.counted += len(self.record(self.counted))
        return self.counted

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urlopen(self.address + path, timeout=PATIENCE) as answer:  # noqa: S310  # our own server
            return json.load(answer)

    def post(self, path: str, **body: Any) -> Any:
        """Send JSON; return the answer."""
        request = Request(  # noqa: S310  # our own server
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # our own server
            return json.load(answer)

    def record(self, since: int = 0) -> list[Json]:
        """Return what was posted, in order."""
        return self.get(f"/control/record?since={since}")


@dataclass
class Person:
    """Somebody at the page, in one channel."""

    slack: LocalSlack
    id: str
    channel: str
    mark: int = field(init=False)

    def __post_init__(self) -> None:
        self.mark = self.slack.mark()

    def _does(self, path: str, **body: Any) -> Json:
        """Do something that the app acknowledges before it shows what comes of it, and wait for that."""
        self.mark, before = self.slack.mark(), self._views()
        answer: Json = self.slack.post(path, user=self.id, **body)
        if answer["ok"]:
            self._waits(lambda: self._views() != before or self._is_told())
        return answer

    def _waits(self, shown: Callable[[], bool]) -> None:
        until = time.monotonic() + SHOWN_WITHIN
        while not shown() and time.monotonic() < until:
            time.sleep(0.02)

    def _views(self) -> list[Json]:
        """Return the windows that stand open, one above the other."""
        views: list[Json] = self.slack.get(f"/client/state?user={self.id}")["views"]
        return views

    def _is_told(self) -> bool:
        """Whether the app has told the person something since the last deed."""
        told = self.slack.record(self.mark)
        return any(each.get("user") in (self.id, "UBOT") or each["kind"] == "error" for each in told)

    def types(self, line: str) -> None:
        """Type a line with a command, and let the app answer."""
        answer = self._does("/client/command", channel=self.channel, text=line)
        assert answer["ok"], answer

    def says(self, text: str, **more: Any) -> str:
        """Write a message; return its timestamp."""
        self.mark = self.slack.mark()
        answer = self.slack.post("/client/say", user=self.id, channel=self.channel, text=text, **more)
        assert answer["ok"], answer
        return str(answer["ts"])

    def asks(self, line: str, telling: str = "") -> Json:
        """Type a command and return the private answer to it; `telling` where an earlier answer may still come."""
        self.types(line)
        return self.reads(telling=telling)

    def reads(self, kind: str = "ephemeral", telling: str = "") -> Json:
        """Return the newest thing of a kind, with these words, that the app showed since the last deed; wait for it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            shown = [
                e for e in self.slack.record(self.mark) if e["kind"] == kind and e.get("user") in (self.id, "UBOT")
            ]
            mine = [e for e in shown if telling in str(e)]
            if mine:
                return mine[-1]
            time.sleep(0.02)
        raise AssertionError(f"nothing of kind {kind}: {self.slack.record(self.mark)}")

    def modal(self) -> Json:
        """Return the window that stands open."""
        views = self._views()
        assert views, f"no window is open: {self.slack.record(self.mark)}"
        return views[-1]

    def has_modal(self) -> bool:
        """Whether a window is open."""
        return bool(self._views())

    def opens(self, line: str) -> Json:
        """Type a command and return the form that it opens."""
        self.types(line)
        return self.modal()

    def closes(self) -> None:
        """Close all windows."""
        if self.has_modal():
            self.slack.post("/client/close", user=self.id, view_id=self.modal()["id"], all=True)

    def presses(self, message: Json, action_id: str, number: int = 0) -> Json:
        """Press a button of a message; `number` counts the buttons of that id."""
        container = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
        return self._press(container, self._blocks_of(message), action_id, number)

    def presses_in(self, view: Json, action_id: str, number: int = 0) -> Json:
        """Press a button of a window or of the Home tab."""
        return self._press({"type": "view", "view_id": view["id"]}, view["blocks"], action_id, number)

    def _blocks_of(self, message: Json) -> list[Json]:
        """Return the blocks as they stand in the channel now, with the ids that Slack gave them."""
        path = f"/client/messages?user={self.id}&channel={message['channel']}&limit=200"
        if message.get("thread_ts"):
            path += f"&thread_ts={message['thread_ts']}"
        shown = self.slack.get(path)["messages"]
        return next(m["blocks"] for m in shown if m["ts"] == message["ts"])

    def _press(self, container: Json, blocks: list[Json], action_id: str, number: int) -> Json:
        block, element = found(blocks, action_id)[number]
        return self._does(
            "/client/action",
            container=container,
            block_id=block["block_id"],
            action_id=action_id,
            type=element["type"],
        )

    def picks(self, message: Json, action_id: str, fits: Callable[[Json], bool], number: int = 0) -> Json:
        """Choose the first entry that fits in a menu of a message, and return it; `number` counts its menus."""
        block, menu = found(self._blocks_of(message), action_id)[number]
        option: Json = next(option for option in menu["options"] if fits(option))
        self.mark = self.slack.mark()
        self.slack.post(
            "/client/action",
            user=self.id,
            container={"type": "message", "channel": message["channel"], "ts": message["ts"]},
            block_id=block["block_id"],
            action_id=action_id,
            type="overflow",
            value={"selected_option": option},
        )
        return option

    def chooses(self, name: str, value: Any) -> Json:
        """Choose something in a field that changes the form; return the form as it stands then."""
        view = self.modal()
        block = input_of(view, name)
        entry = state_of(block["element"], value)
        answer = self.slack.post(
            "/client/action",
            user=self.id,
            container={"type": "view", "view_id": view["id"]},
            block_id=block["block_id"],
            action_id=block["element"]["action_id"],
            type=block["element"]["type"],
            value=entry,
            values=view["state"]["values"],
        )
        assert answer["ok"], answer
        return self.modal()

    def fills(self, **values: Any) -> Json:
        """Return the whole state of the open form with these fields filled in."""
        view = self.modal()
        state = view["state"]["values"]
        for name, value in values.items():
            block = input_of(view, name)
            element = block["element"]
            state[block["block_id"]][element["action_id"]] = {"type": element["type"], **state_of(element, value)}
        return state

    def sends(self, **values: Any) -> Json:
        """Fill in the open form and send it; return what came of it."""
        self.mark = self.slack.mark()
        view, filled = self.modal(), self.fills(**values)
        answer: Json = self.slack.post("/client/submit", user=self.id, view_id=view["id"], values=filled)
        if "errors" not in answer:
            SENT.add(view["callback_id"])
        if answer.get("response_action") in {"close", "clear"}:
            self._waits(self._is_told)
        return answer

    def attaches(self, name: str, data: bytes) -> list[Json]:
        """Attach a file in the page; return what a field for files then holds."""
        address = f"{self.slack.address}/client/attach?{urlencode({'user': self.id, 'name': name})}"
        with urlopen(Request(address, data, method="POST"), timeout=10) as answer:  # noqa: S310  # our own server
            return [json.load(answer)["file"]]

    def searches(self, name: str, typed: str) -> list[str]:
        """Return the labels that a searched field offers."""
        view = self.modal()
        block = input_of(view, name)
        answer = self.slack.post(
            "/client/options",
            user=self.id,
            container={"type": "view", "view_id": view["id"]},
            block_id=block["block_id"],
            action_id=block["element"]["action_id"],
            query=typed,
        )
        return [option["text"]["text"] for option in answer["options"]]


def input_of(view: Json, name: str) -> Json:
    """Return the input block of a field."""
    blocks = [b for b in view["blocks"] if b["type"] == "input" and b["block_id"].partition("@")[0] == name]
    assert blocks, f"no field {name} among {fields_of(view)}"
    return blocks[0]


def fields_of(view: Json) -> list[str]:
    """Return the names of the fields of a form."""
    return [block["block_id"].partition("@")[0] for block in view["blocks"] if block["type"] == "input"]


def held(view: Json, name: str) -> Any:
    """Return what a field of a form holds."""
    block = input_of(view, name)
    entry = view["state"]["values"][block["block_id"]][block["element"]["action_id"]]
    value = entry[KEPT_UNDER[block["element"]["type"]]]
    if isinstance(value, list):
        return [option["value"] for option in value]
    return value["value"] if isinstance(value, dict) else value


def state_of(element: Json, value: Any) -> Json:
    """Return a value as the page sends it."""
    key = KEPT_UNDER[element["type"]]
    if value is None:
        return {key: None}
    if key == "files":
        return {key: value}
    if key == "selected_options":
        return {key: [o for o in element["options"] if o["value"] in value]}
    if key == "selected_option":
        offered = [o for o in element.get("options", []) if o["value"] == str(value)]
        return {key: offered[0] if offered else {"text": {"type": "plain_text", "text": "x"}, "value": str(value)}}
    return {key: str(value)}


def found(blocks: list[Json], action_id: str) -> list[tuple[Json, Json]]:
    """Return the buttons of an action id, each with its block."""
    pairs = [
        (block, element)
        for block in blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("action_id") == action_id
    ]
    assert pairs, f"no button {action_id} among {[e.get('action_id') for b in blocks for e in b.get('elements', [])]}"
    return pairs


def words(blocks: list[Json]) -> str:
    """Return all text of blocks, one line each."""

    def texts(value: Any) -> list[str]:
        if isinstance(value, list):
            return [text for entry in value for text in texts(entry)]
        if isinstance(value, dict):
            own = [value["text"]] if isinstance(value.get("text"), str) else []
            return own + [text for key, entry in value.items() if key != "text" or not own for text in texts(entry)]
        return []

    return "\n".join(texts(blocks))
