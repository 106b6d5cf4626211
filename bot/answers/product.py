"""Show the products of an alliance, how far each has come, and what is to be done next."""

from __future__ import annotations

from collections.abc import Mapping

from bot.approval_words import show_button, standing_text
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, clip, context, escaped, header, safe, section
from bot.choose import chosen_choices
from bot.gate_words import open_line
from bot.values import ProductValue, Run
from operations.read.approvals import ApprovalShown, list_of_alliance
from operations.read.choices import AllianceChoices
from operations.read.products import ProductShown, StoryShown, read_products, read_stories
from policy.approval import ApprovalStatus
from policy.chains import Purpose
from policy.words import day

#: Products that are shown, those on their way first.
SHOWN = 6
STORY_CHARACTERS = 500
TITLE = "Products"
NONE = (
    "No product was proposed yet. A fact sheet, a poster or a video begins with its proposal, is reviewed by experts "
    "under the Guidelines, and is published free of charge (FAQ F-2, F-9)."
)


def product(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the products of the alliance that the words mean."""
    with asked.sessions.begin() as session:
        choices = chosen_choices(session, asked, words, alliance, "product")
        if isinstance(choices, Answer):
            return choices
        shown = read_products(session, choices.of, on=choices.today)
        before = list_of_alliance(session, choices.id, now=asked.now, purpose=Purpose.PRODUCT)
        asked_for = {one.subject: one for one in before}
        stories = read_stories(session, choices.id)
    return _answer(choices, shown, asked_for, stories)


def _answer(
    choices: AllianceChoices,
    products: tuple[ProductShown, ...],
    asked_for: Mapping[str, ApprovalShown],
    stories: tuple[StoryShown, ...],
) -> Answer:
    alliance, name, ended = choices.id, choices.name, choices.of.facts.ending is not None
    ordered = sorted(products, key=lambda one: one.gates is None)
    lines = [f"*Products of {safe(name)}*", *([] if products else [NONE])]
    blocks: list[Json] = [header(f"Products of {name}"), *([] if products else [section(NONE)])]
    for one in ordered[:SHOWN]:
        approval = asked_for.get(one.subject) if one.gates is not None else None
        text = "\n".join([_words(one), *([] if approval is None else [standing_text(approval)])])
        lines.append(text)
        blocks.append(section(text))
        if one.gates is not None and not ended:
            blocks.append(actions(*_buttons(alliance, one, approval)))
    if len(ordered) > SHOWN:
        blocks.append(context(f"and {len(ordered) - SHOWN} more"))
    if stories:
        told = "\n".join(["*Success stories*", *map(_story, stories)])
        lines.append(told)
        blocks.append(section(told))
    if not ended:
        value = Run(word="product", alliance=alliance, form="propose_product").model_dump_json(exclude_none=True)
        propose = button("Propose a product", "run:product:propose_product", value, about=name, style="primary")
        story = Run(word="story", alliance=alliance).model_dump_json(exclude_none=True)
        blocks.append(actions(propose, button("Tell a success story", "run:story", story, about=name)))
    return Answer("\n".join(lines), blocks, title=TITLE)


def _words(one: ProductShown) -> str:
    lines = [
        f"*{safe(one.title, 300)}*: {one.stage.value}",
        f"{one.form} for {safe(one.audience)}; proposed by {safe(one.proposed_by)} on {day(one.proposed_on)}",
    ]
    for review in one.reviews:
        said = f": {safe(review.said, 300)}" if review.said else ""
        when = "asked, no answer yet" if review.on is None else f"reviewed on {day(review.on)}{said}"
        lines.append(f"•  {safe(review.expert)}: {when}")
    if one.published_on is not None:
        lines.append(f"Published on {day(one.published_on)} at {safe(one.address or '', 500)}")
    if one.dropped_on is not None:
        lines.append(f"Given up on {day(one.dropped_on)}: {safe(one.dropped_because or '', 300)}")
    if one.gates is not None:
        lines += ["_Before it is published:_", *map(open_line, one.gates.open)] if one.gates.open else []
    return "\n".join(lines)


def _story(one: StoryShown) -> str:
    where = f" Read it at {safe(one.address, 500)}" if one.address else ""
    return f"•  {day(one.on)}: *{safe(one.title, 300)}*. {clip(escaped(one.story), STORY_CHARACTERS)}{where}"


def _buttons(alliance: int, one: ProductShown, approval: ApprovalShown | None) -> list[Json]:
    value = ProductValue(alliance=alliance, product=one.id).model_dump_json()
    ready = one.gates is not None and not one.gates.refusing
    before = approval is not None and (approval.status is ApprovalStatus.OPEN or approval.counts)
    return [
        show_button(approval) if approval is not None and before else _ask_button(value, one),
        button("Reviews and checks", "check:product", value, about=one.title, style=None if ready else "primary"),
        button("It was published", "publish:product", value, about=one.title, style="primary" if ready else None),
        button("Give it up", "drop:product", value, about=one.title),
    ]


def _ask_button(value: str, one: ProductShown) -> Json:
    return button("Ask experts", "ask:product", value, about=one.title)
