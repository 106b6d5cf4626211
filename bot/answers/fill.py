"""The words that open a form, with the alliance chosen where the words say which."""

from __future__ import annotations

from collections.abc import Sequence

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, safe, section
from bot.choose import which_alliance
from bot.forms import FORMS
from bot.open_form import open_form
from bot.values import Run
from operations.actor import require, require_somewhere
from operations.read.choices import AllianceChoices, alliance_choices, alliances_of
from policy.dates import terms_of
from policy.words import day

WORD_FORMS = {
    "record": "record_activity",
    "meeting": "record_meeting",
    "report": "submit_report",
    "evaluate": "record_evaluation",
    "workplan": "record_work_plan",
    "renew": "decide_renewal",
    "notice": "give_notice",
    "conclude": "conclude",
    "ambassador": "offer_ambassador",
    "comments": "ask_comments",
    "announce": "plan_activity",
    "criteria": "answer_criteria",
}


def fill(asked: Asked, word: str, words: str, alliance: int | None = None, form: str | None = None) -> Reply:
    """Open the form of a word; without words about the only alliance of the person, where there is one."""
    wanted = FORMS[form if form is not None and form in FORMS else WORD_FORMS[word]]
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
        if word in {"notice", "renew"} and form is None and alliance is not None:
            choices = alliance_choices(session, alliance, now=asked.now)
            if choices is not None:
                require(session, by, wanted.verb, office_codes=choices.of.answering)
            if choices is not None and word == "notice" and choices.notices:
                return _running(choices)
            if choices is not None and word == "renew" and choices.latest_agreement is not None:
                return _decided_or_signed(choices)
    return open_form(asked, wanted, alliance_id=alliance)


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
        (("Recommendation and decision", "decide_renewal"), ("Signed renewal", "sign_renewal")),
    )


def _ask_which(choices: AllianceChoices, text: str, word: str, forms: Sequence[tuple[str, str]]) -> Answer:
    def opens(label: str, form: str) -> Json:
        value = Run(word=word, alliance=choices.id, form=form).model_dump_json(exclude_none=True)
        return button(label, f"run:{word}:{form}", value, about=choices.name)

    return Answer(text, [section(text), actions(*(opens(label, form) for label, form in forms))])
