"""Why something is due on its date: the steps, the clauses in their own words, the reading chosen."""

from __future__ import annotations

import uuid
from typing import Any

from rapidfuzz import fuzz, process

from bot.asked import Answer, Asked, Modal, Reply
from bot.blocks import (
    Json,
    button,
    context,
    escaped,
    header,
    paragraphs,
    safe,
    section,
)
from bot.choose import which_alliance
from bot.duty_words import Row, about, due_words, row_of_owed, standing, title
from bot.find_duty import find_duty, settled_words
from bot.place import window
from operations.gather_facts import gather
from operations.read.duties import Owed, list_due
from operations.read.explanation import Explanation, explain_owed
from operations.read.find_alliance import HOLDS, find_alliances
from policy.duties import Basis
from policy.rules import RULES

#: A rule this much like the words (of 100) is taken.
LIKELY = 80
#: Words that people use for a rule beyond those of its id.
OTHER_WORDS = {
    "annual-report": ("reports", "reporting"),
    "meetings": ("meeting", "team"),
    "evaluation": ("evaluate", "evaluations"),
    "renewal-decision": ("renew", "expiry", "expires", "term"),
    "termination-notice": ("end", "leave", "terminate"),
}
BASES = {
    Basis.DIRECTIVE: "the directive",
    Basis.FAQ: "OSHA's published answers (FAQ)",
    Basis.OSHA_WEB: "an OSHA web page",
    Basis.OFFICE: "a target of the office, not a legal deadline",
}
SHOWN_DUTIES = 8


def why(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Explain a duty of the alliance that the words mean; the words after its name say which duty."""
    name, rule = _split(words)
    with asked.sessions.begin() as session:
        if alliance is None:
            if not name:
                return Answer("Which alliance? Type a part of its name, and what for: /alliance why grain report")
            found = which_alliance(session, name, "why")
            if isinstance(found, Answer):
                return _no_rule(session, name) or found
            alliance = found.id
        owed = list_due(session, as_of=asked.now, ids=[alliance], settled=True)
        called = safe(gather(session, [alliance])[0].facts.name)
        asked_for = [o for o in owed if rule is None or o.due.rule == rule]
        wanted = [o for o in asked_for if o.due.status.unsettled] or asked_for[-1:]
        if len(wanted) == 1:
            return explanation(explain_owed(session, wanted[0]))
    if not wanted:
        what = "Nothing" if rule is None else f"“{title(rule)}”: nothing"
        return Answer(f"{what} is due or was due for *{called}* since it is tracked.")
    text = f"*{called}*: which duty do you mean?"
    rows = [row_of_owed(o) for o in wanted[:SHOWN_DUTIES]]
    lines = [f"- {title(row.rule)}: {due_words(row)}" for row in rows]
    return Answer("\n".join([text, *lines]), [section(text), *map(_choice, rows)])


def _no_rule(session: Any, words: str) -> Answer | None:
    """Say which rules there are where the first words mean an alliance and the rest is no rule of ours."""
    tokens = words.split()
    if find_alliances(session, words, limit=1):
        return None
    for end in range(len(tokens) - 1, 0, -1):
        found = find_alliances(session, " ".join(tokens[:end]))
        if found and found[0].likeness >= HOLDS:
            rest = safe(" ".join(tokens[end:]))
            return Answer(f"There is no rule “{rest}”; the rules are {', '.join(RULES)}.")
    return None


def why_duty(asked: Asked, duty_id: uuid.UUID) -> Reply:
    """Explain the duty that a button names, in a window."""
    with asked.sessions.begin() as session:
        found = find_duty(session, duty_id, now=asked.now)
        if found.due is None:
            closing = settled_words(found) or "The records no longer ask for it."
            text = f"*{title(found.row.rule)}*, {safe(found.row.alliance)}\n{escaped(closing)}"
            return Answer(text, title="Why?")
        return Modal(window(explanation(explain_owed(session, Owed(found.due, found.of, found.on)))))


def explanation(explained: Explanation) -> Answer:
    """Return the derivation of a duty's date, step by step, the records behind it, and what is said next."""
    due, row = explained.owed.due, row_of_owed(explained.owed)
    more = about(row)
    top = f"*{safe(row.alliance)}*{f' ({more})' if more else ''}\n{due_words(row)}; {standing(row)}."
    lines = []
    for number, step in enumerate(explained.steps, start=1):
        line = f"*{number}.* {escaped(step.text)}"
        if step.clause is not None:
            line += f"\n>{step.clause.name}: “{escaped(step.clause.quote)}”"
        lines.append(line)
    for heading, told in (
        ("Records used", explained.records),
        ("Said next, if nothing is recorded", explained.reminders),
    ):
        if told:
            lines += [f"*{heading}*", *(f"•  {escaped(line)}" for line in told)]
    carried = " The edition in force is silent here; the older text is carried over." if due.carried_over else ""
    foot = f"The date rests on {BASES[due.basis]}. {due.modality.value.capitalize()}; edition {due.edition}.{carried}"
    blocks = [header(title(row.rule)), section(top), *(section(text) for text in paragraphs(lines)), context(foot)]
    return Answer("\n".join([f"*{title(row.rule)}*", top, *lines, foot]), blocks, title="Why?")


def _choice(row: Row) -> Json:
    more = about(row)
    text = f"*{title(row.rule)}*{f' ({more})' if more else ''}\n{due_words(row)}; {standing(row)}."
    return section(text, accessory=button("Why?", "why:obligation", str(row.id), about=title(row.rule)))


def _split(words: str) -> tuple[str, str | None]:
    """Part the alliance's name from the words for a rule that may follow it."""
    known = {word: id for id in RULES for word in (id, *id.split("-"), *OTHER_WORDS.get(id, ()))}
    tokens = words.split()
    rule = None
    while len(tokens) > 1:
        match = process.extractOne(tokens[-1].lower(), list(known), scorer=fuzz.ratio, score_cutoff=LIKELY)
        if match is None:
            break
        rule = rule or known[match[0]]
        tokens.pop()
    return " ".join(tokens), rule
