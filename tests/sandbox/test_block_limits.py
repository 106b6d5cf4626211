from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block

from sandbox.block_limits import message_problems, view_problems


def plain(length=1):
    """Return a plain_text object of that length."""
    return {"type": "plain_text", "text": "x" * length}


def option(number=0, text=1, **more):
    """Return an option."""
    return {"text": plain(text), "value": f"v{number}", **more}


def options(count):
    """Return that many options."""
    return [option(number) for number in range(count)]


def section(**more):
    """Return a section block."""
    return [{"type": "section", **more}]


def accessory(**element):
    """Return a section with one element beside it."""
    return section(text=plain(), accessory={"action_id": "a", **element})


def actions(*elements):
    """Return an actions block."""
    return [{"type": "actions", "elements": list(elements)}]


def button(number=0, **more):
    """Return a button."""
    return {"type": "button", "action_id": f"a{number}", "text": plain(), **more}


def select(**more):
    """Return a section with a static select."""
    return accessory(**{"type": "static_select", "placeholder": plain(), "options": options(1)} | more)


def field(element=None, **more):
    """Return an input block."""
    part = element or {"type": "plain_text_input", "action_id": "a"}
    return [{"type": "input", "label": plain(), "element": part} | more]


def text_input(**more):
    """Return an input block for text."""
    return field({"type": "plain_text_input", "action_id": "a", **more})


def confirm(**more):
    """Return a button that asks before it acts."""
    asked = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}
    return actions(button(confirm=asked))


def image(**more):
    """Return an image block."""
    return [{"type": "image", "image_url": "https://example.gov/a.png", "alt_text": "x", **more}]


#: What it is, blocks made for a number, the highest number allowed, the pointer of the complaint.
MOST = [
    ("blocks", lambda n: [{"type": "divider"}] * n, 50, "/blocks"),
    ("section text", lambda n: section(text=plain(n)), 3000, "/blocks/0/text/text"),
    ("fields", lambda n: section(fields=[plain()] * n), 10, "/blocks/0/fields"),
    ("field text", lambda n: section(fields=[plain(n)]), 2000, "/blocks/0/fields/0/text"),
    ("header", lambda n: [{"type": "header", "text": plain(n)}], 150, "/blocks/0/text/text"),
    ("block_id", lambda n: [{"type": "divider", "block_id": "b" * n}], 255, "/blocks/0/block_id"),
    ("context", lambda n: [{"type": "context", "elements": [plain()] * n}], 10, "/blocks/0/elements"),
    ("actions", lambda n: actions(*map(button, range(n))), 25, "/blocks/0/elements"),
    ("action_id", lambda n: actions(button(action_id="a" * n)), 255, "/blocks/0/elements/0/action_id"),
    ("button text", lambda n: actions(button(text=plain(n))), 75, "/blocks/0/elements/0/text/text"),
    ("button value", lambda n: actions(button(value="x" * n)), 2000, "/blocks/0/elements/0/value"),
    (
        "button url",
        lambda n: actions(button(url="https://e.gov/" + "x" * (n - 14))),
        3000,
        "/blocks/0/elements/0/url",
    ),
    (
        "button label",
        lambda n: actions(button(accessibility_label="x" * n)),
        75,
        "/blocks/0/elements/0/accessibility_label",
    ),
    ("confirm title", lambda n: confirm(title=plain(n)), 100, "/blocks/0/elements/0/confirm/title/text"),
    ("confirm text", lambda n: confirm(text=plain(n)), 300, "/blocks/0/elements/0/confirm/text/text"),
    ("confirm yes", lambda n: confirm(confirm=plain(n)), 30, "/blocks/0/elements/0/confirm/confirm/text"),
    ("confirm no", lambda n: confirm(deny=plain(n)), 30, "/blocks/0/elements/0/confirm/deny/text"),
    ("options", lambda n: select(options=options(n)), 100, "/blocks/0/accessory/options"),
    (
        "option text",
        lambda n: select(options=[option(text=n)]),
        75,
        "/blocks/0/accessory/options/0/text/text",
    ),
    (
        "option value",
        lambda n: select(options=[option() | {"value": "x" * n}]),
        150,
        "/blocks/0/accessory/options/0/value",
    ),
    (
        "option description",
        lambda n: select(options=[option(description=plain(n))]),
        75,
        "/blocks/0/accessory/options/0/description/text",
    ),
    ("placeholder", lambda n: select(placeholder=plain(n)), 150, "/blocks/0/accessory/placeholder/text"),
    (
        "overflow",
        lambda n: accessory(type="overflow", options=options(n)),
        5,
        "/blocks/0/accessory/options",
    ),
    (
        "checkboxes",
        lambda n: accessory(type="checkboxes", options=options(n)),
        10,
        "/blocks/0/accessory/options",
    ),
    (
        "radio buttons",
        lambda n: accessory(type="radio_buttons", options=options(n)),
        10,
        "/blocks/0/accessory/options",
    ),
    ("input label", lambda n: field(label=plain(n)), 2000, "/blocks/0/label/text"),
    ("input hint", lambda n: field(hint=plain(n)), 2000, "/blocks/0/hint/text"),
    ("max_length", lambda n: text_input(max_length=n), 3000, "/blocks/0/element/max_length"),
    ("alt_text", lambda n: image(alt_text="x" * n), 2000, "/blocks/0/alt_text"),
    ("image title", lambda n: image(title=plain(n)), 2000, "/blocks/0/title/text"),
    (
        "markdown",
        lambda n: [{"type": "markdown", "text": "x" * n}],
        12_000,
        "/blocks/0/text",
    ),
    ("table rows", lambda n: [{"type": "table", "rows": [[{}]] * n}], 100, "/blocks/0/rows"),
    ("table columns", lambda n: [{"type": "table", "rows": [[{}] * n]}], 20, "/blocks/0/rows/0"),
]

#: What is wrong, the blocks, the complaint.
WRONG = [
    ("no text", section(), "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ("empty text", section(text=plain(0)), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("empty option", select(options=[option(text=0)]), "must be more than 0 characters"),
    ("no options", select(options=[]), "no fewer than 1 items allowed"),
    ("no actions", actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ("unknown block", [{"type": "marquee"}], "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    ("unknown key", [{"type": "divider", "colour": 1}], "invalid additional property: colour"),
    ("no type", [{}], "missing required field: type [json-pointer:/blocks/0]"),
    ("mrkdwn header", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
    ("bad style", actions(button(style="loud")), "must be one of: primary, danger"),
    ("text field in a section", accessory(type="plain_text_input"), "unsupported type: plain_text_input"),
    ("button in an input", field(button()), "unsupported type: button"),
    ("image without alt", [{"type": "image", "image_url": "x"}], "missing required field: alt_text"),
    ("same action_id", actions(button(1), button(1)), "`action_id` a1 already exists"),
    ("same block_id", [{"type": "divider", "block_id": "b"}] * 2, "`block_id` b already exists"),
    (
        "initial option not offered",
        select(initial_option=option(7)),
        "initial option not found in options: v7",
    ),
    ("same value twice", select(options=[option(1), option(1)]), "all option values must be unique"),
    ("options and groups", select(option_groups=[]), "must define either `options` or `option_groups`"),
    ("bad date", field({"type": "datepicker", "action_id": "a", "initial_date": "11/23/2026"}), "failed to match"),
    ("min above max", text_input(min_length=5, max_length=4), "min_length must not exceed max_length"),
    ("number without decimal", field({"type": "number_input", "action_id": "a"}), "is_decimal_allowed"),
    (
        "two focused",
        text_input(focus_on_load=True) + text_input(focus_on_load=True),
        "only one element may have `focus_on_load`",
    ),
    ("two tables", [{"type": "table", "rows": [[{}]]}] * 2, "only one table allowed"),
    ("no list", {"type": "divider"}, None),
    ("text as a string", section(text="x"), "must provide an object [json-pointer:/blocks/0/text]"),
    ("null block", [None], "must provide an object [json-pointer:/blocks/0]"),
]


def named(cases):
    """Give each case its first column as a name."""
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


@pytest.mark.parametrize(("make", "most", "pointer"), named(MOST))
def test_a_limit_is_kept_to_the_last_character(slack, channel, make, most, pointer):
    """What fills a limit is posted; one more is refused with a pointer to it."""
    assert slack.client.chat_postMessage(channel=channel, text="t", blocks=make(most))["ok"]
    with pytest.raises(SlackApiError) as caught:
        slack.client.chat_postMessage(channel=channel, text="t", blocks=make(most + 1))
    assert caught.value.response["error"] == "invalid_blocks"
    (line,) = caught.value.response["response_metadata"]["messages"]
    assert line.startswith("[ERROR] ")
    assert line.endswith(f" [json-pointer:{pointer}]")


@pytest.mark.parametrize(("blocks", "problem"), named(WRONG))
def test_wrong_blocks_are_refused(slack, channel, blocks, problem):
    """Blocks that Slack does not understand are refused, and the answer says why."""
    with pytest.raises(SlackApiError) as caught:
        slack.client.chat_postMessage(channel=channel, text="t", blocks=blocks)
    expected = "invalid_blocks" if problem else "invalid_blocks_format"
    assert caught.value.response["error"] == expected
    assert (problem or "") in "\n".join(caught.value.response.get("response_metadata", {}).get("messages", []))


@pytest.mark.parametrize(("make", "most", "pointer"), named(MOST))
def test_slack_sdk_finds_nothing_to_add(make, most, pointer):
    """What we let through to the last character, Slack's own library accepts too."""
    for block in make(most):
        parsed = Block.parse(copy.deepcopy(block))
        if parsed is not None and block["type"] != "table":
            parsed.validate_json()


def test_all_texts_of_a_message_are_counted_together(slack, channel):
    """Blocks that are fine one by one may be too long together."""
    blocks = section(text=plain(3000)) * 4
    assert slack.client.chat_postMessage(channel=channel, text="t", blocks=blocks + section(text=plain(1200)))
    with pytest.raises(SlackApiError) as caught:
        slack.client.chat_postMessage(channel=channel, text="t", blocks=blocks + section(text=plain(1201)))
    assert caught.value.response["error"] == "msg_blocks_too_long"


def modal(**more):
    """Return a modal."""
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [{"type": "divider"}]} | more


VIEWS = [
    ("title", lambda n: modal(title=plain(n)), 24, "/view/title/text"),
    ("submit", lambda n: modal(submit=plain(n)), 24, "/view/submit/text"),
    ("close", lambda n: modal(close=plain(n)), 24, "/view/close/text"),
    ("private_metadata", lambda n: modal(private_metadata="x" * n), 3000, "/view/private_metadata"),
    ("callback_id", lambda n: modal(callback_id="x" * n), 255, "/view/callback_id"),
    ("external_id", lambda n: modal(external_id="x" * n), 255, "/view/external_id"),
    ("blocks", lambda n: modal(blocks=[{"type": "divider"}] * n), 100, "/view/blocks"),
]


@pytest.mark.parametrize(("make", "most", "pointer"), named(VIEWS))
def test_a_limit_of_views_is_kept(slack, make, most, pointer):
    """A view that fills a limit gets as far as its trigger; one more is refused with a pointer."""
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_open(trigger_id="1.1.a", view=make(most))
    assert caught.value.response["error"] == "invalid_trigger_id"
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_open(trigger_id="1.1.a", view=make(most + 1))
    assert caught.value.response["error"] == "invalid_arguments"
    (line,) = caught.value.response["response_metadata"]["messages"]
    assert line.endswith(f" [json-pointer:{pointer}]")


def test_views_have_rules_of_their_own():
    """A modal needs a title, and a submit when it asks something; a Home tab has neither."""
    untitled = modal()
    del untitled["title"]
    assert view_problems(untitled, "modal") == ["[ERROR] missing required field: title [json-pointer:/view]"]
    asking = modal(blocks=field(), submit=None)
    assert view_problems(asking, "modal") == ["[ERROR] missing required field: submit [json-pointer:/view]"]
    home = {"type": "home", "blocks": field()}
    assert view_problems(home, "home") == []
    assert view_problems(home | {"title": plain()}, "home")
    assert view_problems(home, "modal")
    table = [{"type": "table", "rows": [[{}]]}]
    assert message_problems(table) == []
    assert view_problems(modal(blocks=table), "modal")


def test_a_view_too_large_is_refused(slack):
    """A view over 250 kB has a code of its own."""
    many = [{"type": "section", "text": plain(3000)}] * 90
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_open(trigger_id="1.1.a", view=modal(blocks=many))
    assert caught.value.response["error"] == "view_too_large"


KEYS = ["type", "text", "element", "elements", "accessory", "options", "option_groups", "initial_option"]
KEYS += ["block_id", "action_id", "fields", "rows", "label", "value", "min_value", "max_value", "blocks", "title"]
KINDS = ["section", "actions", "input", "table", "static_select", "number_input", "plain_text", "mrkdwn", "modal"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=400, deadline=None)
@given(JSON)
def test_whatever_comes_is_judged(value):
    """No JSON, however odd, makes the check itself fail."""
    assert isinstance(message_problems([value]), list)
    assert view_problems(value, "modal") or view_problems({"type": "home", "blocks": value}, "home") is not None


def chart(series=1, bars=2, title=5, **more):
    """Return a bar chart with so many series and bars."""
    labels = [f"R{number}" for number in range(bars)]
    shown = [
        {"name": f"S{number}", "data": [{"label": label, "value": 3} for label in labels]} for number in range(series)
    ]
    made = {"type": "bar", "series": shown, "axis_config": {"categories": labels}} | more
    return {"type": "data_visualization", "title": "x" * title, "chart": made}


def pie(*values):
    """Return a pie of these slices."""
    slices = [{"label": f"R{number}", "value": value} for number, value in enumerate(values)]
    return {"type": "data_visualization", "title": "Pie", "chart": {"type": "pie", "segments": slices}}


def test_charts_within_slacks_limits_are_taken():
    """Six series of twenty bars, a pie of six slices, and two charts in a message."""
    assert message_problems([chart(6, 20, 50), pie(1, 2, 3, 4, 5, 6)]) == []


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([chart(title=51)], "must be less than 51 characters"),
        ([chart(7)], "no more than 6 items allowed"),
        ([chart(bars=21)], "no more than 20 items allowed"),
        ([chart(axis_config={"categories": ["R0", "R2"]})], "data labels must match"),
        ([chart(axis_config={"categories": ["x" * 21, "R1"]})], "must be less than 21 characters"),
        ([chart(0)], "no fewer than 1 items allowed"),
        ([chart(), chart(), chart()], "no more than 2 charts allowed"),
        ([pie(1, 0)], "must be greater than 0"),
    ],
)
def test_charts_beyond_slacks_limits_are_refused(blocks, problem):
    """Title, series, bars, labels and their number are checked as Slack does."""
    assert any(problem in line for line in message_problems(blocks))
