"""The parts that every request of Slack's has, by its kind; what lacks them is not answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

#: An id, or a name of ours; 255 is Slack's limit for the longest of them. Blanks alone are none.
Word = Annotated[str, Field(pattern=r"^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$", max_length=255)]

#: The id of who wrote a message; old messages name nobody.
Sender = Annotated[str, Field(pattern=r"^[\x20-\x7e]{0,255}$")]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _User(_Part):
    id: Word
    name: str | None = None
    username: str | None = None
    team_id: str | None = None


class _Named(_Part):
    id: Word | None = None


class _Option(_Part):
    value: str | None = None


class _Action(_Part):
    action_id: Word
    value: str | None = None
    selected_option: _Option | None = None


class _Container(_Part):
    is_ephemeral: bool | None = None


class _Block(_Part):
    type: str
    block_id: str


class _Label(_Part):
    text: str = ""


class _Picked(_Part):
    value: str
    text: _Label = _Label()


class _File(_Part):
    id: Word
    name: str
    size: Annotated[int, Field(ge=0, lt=2**53)]


class _Entry(_Part):
    """What a field holds."""

    type: str = ""
    value: str | None = None
    selected_option: _Picked | None = None
    selected_options: list[_Picked] | None = None
    selected_user: str | None = None
    selected_date: str | None = None
    selected_time: str | None = None
    files: list[_File] | None = None


class _State(_Part):
    #: At times Slack has sent a list where there was nothing (https://github.com/slack-go/slack/issues/943).
    values: dict[str, dict[str, _Entry]] | Annotated[list[Any], Field(max_length=0)] = {}


class _View(_Part):
    id: Word
    type: str
    callback_id: str = ""
    private_metadata: str = ""
    blocks: list[_Block] = []
    state: _State | None = None


class _Submitted(_View):
    #: Without them no error finds its field.
    blocks: list[_Block]
    #: What was typed and cannot be read would be recorded as not typed.
    state: _State


class _Message(_Part):
    ts: Word
    text: str | None = None
    user: Sender | None = None
    bot_id: Sender | None = None


class _Request(_Part):
    user: _User
    channel: _Named | None = None
    team: _Named | None = None
    enterprise: _Named | None = None
    response_url: str | None = None
    trigger_id: Word | None = None


class _Command(_Part):
    command: Word
    text: str | None = None
    user_id: Word
    user_name: str | None = None
    channel_id: Word
    team_id: str | None = None
    response_url: str | None = None
    trigger_id: Word


class _Pressed(_Request):
    actions: Annotated[list[_Action], Field(min_length=1)]
    container: _Container | None = None
    view: _View | None = None
    trigger_id: Word


class _Sent(_Request):
    view: _Submitted


class _Searched(_Request):
    action_id: Word
    value: str | None = None
    view: _View


class _OnMessage(_Request):
    callback_id: Word
    message: _Message
    channel: _Named
    trigger_id: Word


class _Anywhere(_Request):
    callback_id: Word
    trigger_id: Word


class _Happened(_Part):
    type: Word


class _HomeOpened(_Happened):
    user: Word


class _Event(_Part):
    event_id: Word
    event: _Happened
    team_id: str | None = None


class _HomeEvent(_Event):
    event: _HomeOpened


class _Link(_Part):
    url: str


class _LinkShared(_Happened):
    channel: Word
    message_ts: Word
    unfurl_id: Word | None = None
    source: Word | None = None
    links: list[_Link]


class _Function(_Part):
    callback_id: Word


class _StepRun(_Happened):
    function: _Function
    function_execution_id: Word
    bot_access_token: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,1000}$")] | None = None
    inputs: dict[str, Any] = {}


class _StepEvent(_Event):
    event: _StepRun


class _Said(_Happened):
    channel: Word
    ts: Word
    user: Word
    user_team: Word | None = None
    thread_ts: Word | None = None
    files: list[Any] | None = None


class _FileEvent(_Event):
    event: _Said


class _LinkEvent(_Event):
    event: _LinkShared
    is_ext_shared_channel: bool | None = None


def _adapter(model: type[_Part]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


_KINDS: Mapping[str, TypeAdapter[Any]] = {
    "block_actions": _adapter(_Pressed),
    "view_submission": _adapter(_Sent),
    "view_closed": _adapter(_Request),
    "block_suggestion": _adapter(_Searched),
    "message_action": _adapter(_OnMessage),
    "shortcut": _adapter(_Anywhere),
}
_COMMAND, _EVENT = _adapter(_Command), _adapter(_Event)
#: Of events, too, what lacks its parts is not worked on.
_EVENTS: Mapping[str, TypeAdapter[Any]] = {
    "app_home_opened": _adapter(_HomeEvent),
    "function_executed": _adapter(_StepEvent),
    "link_shared": _adapter(_LinkEvent),
}
_FILE_EVENT = _adapter(_FileEvent)
#: Subtypes of messages with which somebody attaches files; what else is said is not looked at.
WITH_FILES = ("file_share", "thread_broadcast")

#: What Slack asks before it takes an address; Bolt answers it.
_CHECK = "url_verification"


def unreadable(body: Mapping[str, Any]) -> str | None:
    """Say which part of a request is missing or of another kind than Slack's; None where all are there."""
    kind = body.get("type")
    if kind == _CHECK:
        return None
    try:
        _adapter_of(body, kind).validate_python(body)
    except ValidationError as error:
        return "; ".join(".".join(map(str, each["loc"])) or each["type"] for each in error.errors(include_url=False))
    except LookupError:
        return "type"
    return None


def _adapter_of(body: Mapping[str, Any], kind: Any) -> TypeAdapter[Any]:
    if isinstance(kind, str) and kind in _KINDS:
        return _KINDS[kind]
    if kind == "event_callback":
        event = body.get("event")
        what = event.get("type") if isinstance(event, dict) else None
        if _has_files(event):
            return _FILE_EVENT
        return _EVENTS.get(what, _EVENT) if isinstance(what, str) else _EVENT
    if "command" in body:
        return _COMMAND
    raise LookupError


def _has_files(event: Any) -> bool:
    """Whether somebody attached files to what they said."""
    return isinstance(event, dict) and event.get("type") == "message" and event.get("subtype") in WITH_FILES


def delivery_of(body: Mapping[str, Any]) -> str | None:
    """Return the id of what a request tells of, the same however often it is delivered; None where it has none.

    An event has one of its own; Slack makes a trigger for whatever else a person does, but for typing into a search.
    What people say to each other is not even noted.
    """
    event = body.get("event")
    if isinstance(event, dict) and event.get("type") == "message" and not _has_files(event):
        return None
    return body.get("event_id") or body.get("trigger_id")
