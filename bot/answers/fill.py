"""The words that open a form, with the alliance chosen where the words say which."""

from __future__ import annotations

from collections.abc import Sequence

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, safe, section
from bot.choose import which_alliance
from bot.form_types import NewForm
from bot.forms import FORMS
from bot.open_form import open_form
from bot.values import Run
from operations.actor import require, require_somewhere
from operations.read.choices import AllianceChoices, alliance_choices, alliances_of
from policy.dates import terms_of
from policy.facts import EndingKind
from policy.words import day

#: The form that puts a paper before officials.
PUTS_FORWARD = "ask_approval"

#: The words whose form depends on what is on record.
ASKS_FIRST = ("ambassador", "notice", "renew")

WORD_FORMS = {
    "new": "propose",
    "import": "import_records",
    "record": "record_activity",
    "meeting": "record_meeting",
    "evaluate": "record_evaluation",
    "workplan": "record_work_plan",
    "renew": "decide_renewal",
    "notice": "give_notice",
    "conclude": "conclude",
    "ambassador": "offer_ambassador",
    "comments": "ask_comments",
    "announce": "plan_activity",
    "criteria": "answer_criteria",
    "story": "record_story",
    "background": "say_purpose",
}


#: The field of a form about no alliance that takes what follows its word, where it is not the name.
HEARD = {"import": "what"}


def fill(asked: Asked, word: str, words: str, alliance: int | None = None, form: str | None = None) -> Reply:
    """Open the form of a word; without words about the only alliance of the person, where there is one."""
    wanted = FORMS[form if form is not None and form in FORMS else WORD_FORMS[word]]
    if issubclass(wanted.model, NewForm):
        # What follows the word is the name that somebody has in mind, as a rule.
        return open_form(asked, wanted, values={HEARD.get(word, "name"): words.strip()} if words.strip() else None)
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        if alliance is None and words.strip():
            # Whoever may not use the form for any alliance is told so before choosing one.
            require_somewhere(by, wanted.verb)
            found = which_alliance(session, words, word)
            if isinstance(found, Answer):
                return found
            alliance = found.id
        elif alliance is None:
            mine = alliances_of(session, by)
            alliance = mine[0][0] if len(mine) == 1 else None
        if word in ASKS_FIRST and form is None and alliance is not None:
            choices = alliance_choices(session, alliance, now=asked.now)
            require(session, by, wanted.verb, office_codes=choices.of.answering)
            first = _ask_first(choices, word)
            if isinstance(first, Answer):
                return first
            wanted = FORMS[first or wanted.name]
    # A button that leads to what is put before officials says which of it.
    chosen = {"what": words} if form == PUTS_FORWARD and words else None
    return open_form(asked, wanted, alliance_id=alliance, values=chosen)


def _ask_first(choices: AllianceChoices, word: str) -> Answer | str | None:
    """Ask which of a word's forms is meant, or name it, where the records of the alliance leave a choice."""
    if word == "notice" and choices.notices:
        return _running(choices)
    if word == "renew" and choices.latest_agreement is not None:
        return _decided_or_signed(choices)
    ending = choices.of.facts.ending
    if word == "ambassador" and ending is not None and ending.kind is EndingKind.AMBASSADOR:
        return "end_ambassador"
    return None


def _running(choices: AllianceChoices) -> Answer:
    """Ask what is to be recorded where a notice is running already."""
    running = "\n".join(f"•  by {safe(giver)}, dated {day(on)}" for _, giver, on in choices.notices)
    text = f"*{safe(choices.name)}* has a notice running:\n{running}\nWhat do you want to record?"
    return _ask_which(choices, text, "notice", (("How it came out", "record_end"), ("Another notice", "give_notice")))


def _decided_or_signed(choices: AllianceChoices) -> Answer:
    """Ask whether a term is to be decided on, or a renewal was signed."""
    term = terms_of(choices.of.facts.as_of(choices.today))[-1]
    until = day(term.in_effect_until(choices.today))
    text = f"The term of *{safe(choices.name)}* runs to {until}. What do you want to record?"
    return _ask_which(
        choices,
        text,
        "renew",
        (
            ("Recommendation and decision", "decide_renewal"),
            ("Who joins or leaves, or in part", "change_parties"),
            ("Signed renewal", "sign_renewal"),
        ),
    )


def _ask_which(choices: AllianceChoices, text: str, word: str, forms: Sequence[tuple[str, str]]) -> Answer:
    def opens(label: str, form: str) -> Json:
        value = Run(word=word, alliance=choices.id, form=form).model_dump_json(exclude_none=True)
        return button(label, f"run:{word}:{form}", value, about=choices.name)

    return Answer(text, [section(text), actions(*(opens(label, form) for label, form in forms))])
