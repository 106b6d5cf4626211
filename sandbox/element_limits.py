"""Slack's limits of the elements that stand inside blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import (
    Check,
    anything,
    by_type,
    choice,
    exactly_one,
    flag,
    integer,
    many,
    plain,
    string,
    thing,
    words,
    wrong,
)

ACTION_ID = string(255, 1)
URL = string(3000, 1)
DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
STYLE = choice("primary", "danger")
MOST_OPTIONS = 100

CONFIRM = thing({"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})
OPTION = thing({"text": plain(75), "value": string(150, 1)}, {"description": plain(75)})
RICH_OPTION = thing({"text": words(75), "value": string(150, 1)}, {"description": words(75)})
LINK_OPTION = thing({"text": plain(75), "value": string(150, 1)}, {"description": plain(75), "url": URL})
OPTIONS = many(OPTION, MOST_OPTIONS)
GROUP = thing({"label": plain(75), "options": OPTIONS})
GROUPS = many(GROUP, MOST_OPTIONS)

COMMON = {"action_id": ACTION_ID, "focus_on_load": flag}
MENU = COMMON | {"placeholder": plain(150), "confirm": CONFIRM}
MULTI_MENU = MENU | {"max_selected_items": integer(1)}
IDS = many(string(255, 1), MOST_OPTIONS)
FILTER = {"filter": anything, "default_to_current_conversation": flag, "response_url_enabled": flag}


def _all_options(element: Any) -> list[Any]:
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def initials_offered(element: Any, at: str) -> Iterator[str]:
    """Check that what is chosen from the start is one of the options."""
    try:
        offered = [option["value"] for option in _all_options(element)]
        if len(set(offered)) < len(offered):
            yield wrong("all option values must be unique", at)
        for option in [element.get("initial_option"), *(element.get("initial_options") or [])]:
            if option and option["value"] not in offered:
                yield wrong(f"initial option not found in options: {option['value']}", at)
    except (TypeError, KeyError, AttributeError):
        # The shape itself is wrong, and said so already.
        return


def spans(low: str, high: str) -> Check:
    """Check that one bound does not exceed the other."""

    def check(element: Any, at: str) -> Iterator[str]:
        try:
            if float(element[low]) > float(element[high]):
                yield wrong(f"{low} must not exceed {high}", at)
        except (KeyError, TypeError, ValueError, OverflowError):
            return

    return check


ONE_OPTION = {"initial_option": OPTION}
SOME_OPTIONS = {"initial_options": OPTIONS}
CHOICES = {"options": OPTIONS, "option_groups": GROUPS}
TEXT_INPUT = COMMON | {"placeholder": plain(150), "dispatch_action_config": anything}
_EITHER = exactly_one("options", "option_groups")

INTERACTIVE: dict[str, Check] = {
    "button": thing(
        {"text": plain(75)},
        {
            "action_id": ACTION_ID,
            "url": URL,
            "value": string(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": thing(
        {"options": many(LINK_OPTION, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM}, initials_offered
    ),
    "static_select": thing({}, MENU | CHOICES | ONE_OPTION, _EITHER, initials_offered),
    "external_select": thing({}, MENU | ONE_OPTION | {"min_query_length": integer(0)}),
    "users_select": thing({}, MENU | {"initial_user": string(255, 1)}),
    "channels_select": thing({}, MENU | {"initial_channel": string(255, 1), "response_url_enabled": flag}),
    "conversations_select": thing({}, MENU | FILTER | {"initial_conversation": string(255, 1)}),
    "multi_static_select": thing({}, MULTI_MENU | CHOICES | SOME_OPTIONS, _EITHER, initials_offered),
    "multi_external_select": thing({}, MULTI_MENU | SOME_OPTIONS | {"min_query_length": integer(0)}),
    "multi_users_select": thing({}, MULTI_MENU | {"initial_users": IDS}),
    "multi_channels_select": thing({}, MULTI_MENU | {"initial_channels": IDS}),
    "multi_conversations_select": thing({}, MULTI_MENU | FILTER | {"initial_conversations": IDS}),
    "datepicker": thing({}, MENU | {"initial_date": DATE}),
    "timepicker": thing({}, MENU | {"initial_time": string(pattern=r"\d{2}:\d{2}"), "timezone": string()}),
    "datetimepicker": thing(
        {}, COMMON | {"confirm": CONFIRM, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    ),
    "checkboxes": thing(
        {"options": many(RICH_OPTION, 10)},
        COMMON | {"confirm": CONFIRM, "initial_options": many(RICH_OPTION, 10)},
        initials_offered,
    ),
    "radio_buttons": thing(
        {"options": many(RICH_OPTION, 10)},
        COMMON | {"confirm": CONFIRM, "initial_option": RICH_OPTION},
        initials_offered,
    ),
}

INPUT_ONLY: dict[str, Check] = {
    "plain_text_input": thing(
        {},
        TEXT_INPUT
        | {
            "multiline": flag,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            "initial_value": string(3000),
        },
        spans("min_length", "max_length"),
    ),
    "number_input": thing(
        {"is_decimal_allowed": flag},
        TEXT_INPUT | {"initial_value": string(255), "min_value": string(255), "max_value": string(255)},
        spans("min_value", "max_value"),
    ),
    "email_text_input": thing({}, TEXT_INPUT | {"initial_value": string(3000)}),
    "url_text_input": thing({}, TEXT_INPUT | {"initial_value": string(3000)}),
    "rich_text_input": thing({}, TEXT_INPUT | {"initial_value": anything}),
    "file_input": thing(
        {}, {"action_id": ACTION_ID, "filetypes": many(string(255, 1), 100), "max_files": integer(1, 10)}
    ),
}

#: https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
SLACK_FILE = thing({}, {"id": string(255, 1), "url": URL}, exactly_one("id", "url"))
IMAGE = thing(
    {"alt_text": string(2000, 1)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)

SECTION_ELEMENT = by_type(
    {kind: rule for kind, rule in INTERACTIVE.items() if kind != "datetimepicker"} | {"image": IMAGE}
)
ACTIONS_ELEMENT = by_type(INTERACTIVE)
CONTEXT_ELEMENT = by_type({"image": IMAGE, "plain_text": plain(3000), "mrkdwn": words(3000)})
INPUT_ELEMENT = by_type(
    {kind: rule for kind, rule in INTERACTIVE.items() if kind not in {"button", "overflow"}} | INPUT_ONLY
)
