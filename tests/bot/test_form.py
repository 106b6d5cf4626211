"""The engine of forms: every kind of field there and back."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field, field_validator
from slack_sdk.models.blocks import Block

from bot.blocks import plain
from bot.form import OPTION_CHARACTERS, ask_of, input_blocks, shown_fields
from bot.form_state import FieldErrors, check, errors_by_block, read_values
from bot.form_types import Ask, Choice, Draft, FormModel
from bot.forms import FORMS
from bot.open_form import TITLE_CHARACTERS
from policy.rules import RULES
from sandbox.block_limits import view_problems


class Colour(StrEnum):
    """A few colours."""

    RED = "red"
    BLUE = "blue"


class Sample(FormModel):
    """One field of each kind."""

    kind: Annotated[Literal["short", "long"], Ask(steers=True)] = Field(title="Kind")
    name: str = Field(title="Name", max_length=10, description="As it is written.")
    on: date = Field(title="Date")
    number: int | None = Field(None, title="Number", ge=1, le=9)
    colour: Annotated[Colour | None, Ask(radio=True, labels={"red": "Red like roses"})] = Field(None, title="Colour")
    several: list[Literal["a", "b"]] | None = Field(None, title="Several")
    many: list[Literal["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]] | None = Field(None, title="Many")
    sure: Annotated[bool, Ask(labels={"yes": "I am sure"})] = Field(False, title="Sure")
    year: Annotated[str | None, Ask(offered=True)] = Field(None, title="Year")
    where: Annotated[str | None, Ask(search="office")] = Field(None, title="Where")
    more: Annotated[str | None, Ask(multiline=True, only=("kind", ("long",)))] = Field(None, title="More")

    @field_validator("name")
    @classmethod
    def not_nobody(cls, name: str) -> str:
        """Refuse one name."""
        if name == "Nobody":
            raise ValueError("Choose a real name.")
        return name


DRAFT = Draft(
    values={
        "kind": "long",
        "name": "Ada",
        "on": date(2026, 11, 23),
        "number": 3,
        "colour": "red",
        "several": ["b"],
        "sure": True,
        "year": "2026",
        "where": "X",
    },
    choices={"year": [Choice("2025", "Year 2025"), Choice("2026", "Year 2026")], "where": [Choice("X", "Office X")]},
    labels={"name": "Your name"},
    hints={"on": "Today or earlier."},
)


def view_of(draft, mark=""):
    """Return a modal with the form, and the state that Slack gives it at first."""
    from sandbox.view_state import values  # noqa: PLC0415

    blocks = input_blocks(Sample, draft, mark)
    view = {"type": "modal", "title": plain("Sample"), "submit": plain("Send"), "blocks": blocks}
    assert view_problems(view, "modal") == []
    for block in blocks:
        Block.parse(block).validate_json()
    return view | {"state": {"values": values(blocks)}}


def test_every_kind_of_field_is_asked_for_by_its_element():
    """The type of a field decides its element."""
    kinds = {b["block_id"]: b["element"]["type"] for b in view_of(DRAFT)["blocks"]}
    assert kinds == {
        "kind": "static_select",
        "name": "plain_text_input",
        "on": "datepicker",
        "number": "number_input",
        "colour": "radio_buttons",
        "several": "checkboxes",
        "many": "multi_static_select",
        "sure": "checkboxes",
        "year": "static_select",
        "where": "external_select",
        "more": "plain_text_input",
    }


def test_what_was_filled_in_comes_back():
    """A form that is sent as it opened gives the values it opened with."""
    typed = check(Sample, read_values(view_of(DRAFT)))
    assert (typed.kind, typed.name, typed.on, typed.number) == ("long", "Ada", date(2026, 11, 23), 3)
    assert (typed.colour, typed.several, typed.sure, typed.year, typed.where) == (Colour.RED, ["b"], True, "2026", "X")


def test_labels_hints_and_optional_marks():
    """Labels may depend on what is chosen; hints and optional marks come from the model."""
    blocks = {b["block_id"]: b for b in view_of(DRAFT)["blocks"]}
    assert blocks["name"]["label"]["text"] == "Your name"
    assert blocks["name"]["hint"]["text"] == "As it is written."
    assert blocks["on"]["hint"]["text"] == "Today or earlier."
    assert (blocks["name"]["optional"], blocks["number"]["optional"]) == (False, True)
    assert blocks["colour"]["element"]["options"][0]["text"]["text"] == "Red like roses"
    assert blocks["number"]["element"]["max_value"] == "9"
    assert [name for name, block in blocks.items() if block.get("dispatch_action")] == ["kind"]


def test_a_field_is_asked_only_where_it_applies():
    """A conditional field is neither shown nor read for another kind."""
    assert "more" not in shown_fields(Sample, {"kind": "short"})
    typed = check(Sample, {"kind": "short", "name": "Ada", "on": "2026-11-23", "more": "left over"})
    assert typed.more is None


def test_offered_choices_get_a_block_of_their_own():
    """Slack keeps what a block held; other choices need another block."""
    blocks = [b["block_id"] for b in view_of(DRAFT, mark="7")["blocks"]]
    assert "year@7" in blocks
    assert "name" in blocks
    assert read_values(view_of(DRAFT, mark="7"))["year"] == "2026"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"on": "2026-02-30"}, "on", "Enter a date."),
        ({"on": None}, "on", "Enter a date."),
        ({"name": "x" * 3412}, "name", "At most 10 characters; this has 3,412."),
        ({"name": "   "}, "name", "Fill this in."),
        ({"name": "Nobody"}, "name", "Choose a real name."),
        ({"number": "0"}, "number", "Enter 1 or more."),
        ({"number": "10"}, "number", "Enter 9 or less."),
        ({"number": "1.5"}, "number", "Enter a whole number."),
        ({"number": "many"}, "number", "Enter a whole number."),
        ({"colour": "green"}, "colour", "Choose one of the list."),
        ({"kind": None}, "kind", "Choose one of the list."),
    ],
)
def test_each_mistake_is_one_plain_sentence(change, field, sentence):
    """What is wrong is said at its field, in one sentence."""
    values = {"kind": "short", "name": "Ada", "on": "2026-11-23"} | change
    with pytest.raises(FieldErrors) as raised:
        check(Sample, values)
    assert raised.value.sentences == {field: sentence}


def test_a_sentence_finds_its_block():
    """A sentence stands at its field; without one, at the first field."""
    view = view_of(DRAFT, mark="7")
    assert errors_by_block(view, {"year": "No."}) == {"year@7": "No."}
    assert errors_by_block(view, {"": "A.", "elsewhere": "B."}) == {"kind": "A. B."}


def test_every_rule_has_a_form_that_fulfils_it():
    """The button Record it finds its form for every rule."""
    assert {rule.resolved_by for rule in RULES.values()} <= set(FORMS)


def test_the_title_of_every_form_fits():
    """Slack cuts no title."""
    assert all(len(form.title) <= 24 and len(form.submit_label) <= 24 for form in FORMS.values())


@pytest.mark.parametrize("name", FORMS)
def test_no_fixed_words_of_a_form_are_cut(name):
    """Slack shows so many characters of a title and of a choice, and no more."""
    form = FORMS[name]
    asks = [ask_of(field) for field in form.model.model_fields.values()]
    assert len(form.title) <= TITLE_CHARACTERS
    assert [label for ask in asks for label in ask.labels.values() if len(label) > OPTION_CHARACTERS] == []
