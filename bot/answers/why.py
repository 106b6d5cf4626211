"""Why something is due on its date: the steps, the clauses in their own words, the reading chosen."""

from __future__ import annotations

import re
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
from bot.choose import which_alliance, whose_alliance
from bot.duty_words import Row, about, due_words, full_day, row_line, row_of_owed, standing, title
from bot.find_duty import find_duty, settled_words
from bot.place import window
from operations.actor import office_day
from operations.gather_facts import gather
from operations.read.duties import Owed, list_due
from operations.read.explanation import Explanation, explain_owed
from operations.read.find_alliance import HOLDS, Found, find_alliances
from operations.read.merged import standing_for
from operations.read.pick_duty import first_to_look_at
from operations.read.why_none import why_none
from policy.duties import Basis, Due, Modality
from policy.meeting_year import meeting_words
from policy.rule_notes import NOTES
from policy.rules import RULES, extension_terms
from policy.words import day

#: A rule this much like the words (of 100) is taken.
LIKELY = 80
#: Words that people use for a rule beyond those of its id; what only shares the word in its id is not meant.
OTHER_WORDS = {
    "annual-report": ("report", "reports", "reporting"),
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
#: The directive asks for a date and leaves it to them.
EXPECTATIONS = "the written expectations of the extension, which the directive makes binding"
SHOWN_DUTIES = 8
_PARAMETER = re.compile(r" \(`\w+`\)")
#: What the name of a reading means to who reads one for the first time.
READING = (
    " “Reading A02” and the like: the text leaves a choice there; the reading chosen is named with its alternative."
)


def why(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Explain a duty of the alliance that the words mean; the words after its name say which duty."""
    name, rules = _split(words)
    with asked.sessions.begin() as session:
        if alliance is None:
            found: Found | int | Answer
            if not name:
                by = asked.actor(session)
                found = whose_alliance(session, by, "why", example="grain report")
            else:
                found = which_alliance(session, name, "why")
            if isinstance(found, Answer):
                return _no_rule(session, name) or found
            alliance = found if isinstance(found, int) else found.id
        alliance = standing_for(session, alliance)
        owed = list_due(session, as_of=asked.now, ids=[alliance], settled=True)
        of = gather(session, [alliance])[0]
        called = safe(of.facts.name)
        asked_for = first_to_look_at([o for o in owed if not rules or o.due.rule in rules])
        wanted = [o for o in asked_for if o.due.status.unsettled] or asked_for[:1]
        if len(wanted) == 1:
            return explanation(explain_owed(session, wanted[0]))
    if not wanted:
        if not rules:
            return Answer(f"Nothing is due or was due for *{called}* since it is tracked.")
        on = office_day(asked.now, of.timezone)
        return Answer("\n".join(f"{_none(rule, called)} {escaped(why_none(of, rule, on))}" for rule in rules))
    text = f"*{called}*: which duty do you mean?"
    rows = [row_of_owed(o) for o in wanted[:SHOWN_DUTIES]]
    lines = [f"- {row_line(row)}" for row in rows]
    return Answer("\n".join([text, *lines]), [section(text), *map(_choice, rows)])


def _none(rule: str, called: str) -> str:
    if NOTES[rule].modality == (Modality.PERMISSION,):
        return f"“{title(rule)}”: this is not possible for *{called}* yet."
    return f"“{title(rule)}”: nothing is due or was due for *{called}* since it is tracked."


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
    stands = f"*{safe(row.alliance)}*{f' ({more})' if more else ''}\n{due_words(row)}; {standing(row)}."
    top = f"{stands}\n{_in_short(explained)}"
    lines = []
    for number, step in enumerate(explained.steps, start=1):
        # The names of the parameters are for the terminal.
        line = f"*{number}.* {escaped(_PARAMETER.sub('', step.text))}"
        if step.clause is not None:
            line += f"\n>{step.clause.name}: “{escaped(step.clause.quoted)}”"
        lines.append(line)
    for heading, told in (
        ("Records used", explained.records),
        ("Said next, if nothing is recorded", explained.reminders),
    ):
        if told:
            lines += [f"*{heading}*", *(f"•  {escaped(line)}" for line in told)]
    carried = (
        " What is known of the edition in force is silent here; the older text is carried over."
        if due.carried_over
        else ""
    )
    named = READING if any("Reading A" in step.text for step in explained.steps) else ""
    basis = EXPECTATIONS if due.rule == extension_terms.RULE else BASES[due.basis]
    foot = f"The date rests on {basis}. {due.modality.value.capitalize()}; edition {due.edition}.{carried}{named}"
    blocks = [header(title(row.rule)), section(top), *(section(text) for text in paragraphs(lines)), context(foot)]
    return Answer("\n".join([f"*{title(row.rule)}*", top, *lines, foot]), blocks, title="Why?")


def _in_short(explained: Explanation) -> str:
    """Say what is missing, by when and who has to do it; or that nothing is."""
    due, of = explained.owed.due, explained.owed.of
    if not due.status.unsettled:
        return f"*Nothing is missing: {standing(row_of_owed(explained.owed))}{_settled_on(due)}.*"
    if due.modality is Modality.PERMISSION:
        return "*Nobody has to do anything: this is possible, not asked for.*"
    ahead = due.due_on >= explained.owed.on
    by = f"Still to do by {full_day(due.working_day)}" if ahead else f"Still missing since {full_day(due.due_on)}"
    what = title(due.rule)
    if due.meetings is not None:
        what = f"{what} ({meeting_words(due.meetings)})"
    # Who is asked for a comment is named with the duty.
    where = "" if of.asked(due) else f", {safe(of.office_name)}"
    return f"*{by}: {what}. It is for the {safe(str(due.owner))}{where}.*"


def _settled_on(due: Due) -> str:
    return "" if due.settled_on is None else f" on {day(due.settled_on)}"


def _choice(row: Row) -> Json:
    more = about(row)
    text = f"*{title(row.rule)}*{f' ({more})' if more else ''}\n{due_words(row)}; {standing(row)}."
    return section(text, accessory=button("Why?", "why:obligation", str(row.id), about=title(row.rule)))


def _split(words: str) -> tuple[str, tuple[str, ...]]:
    """Part the alliance's name from the words for a rule that may follow it; a word may fit several rules."""
    known: dict[str, set[str]] = {}
    for rule in RULES:
        for word in (rule, *rule.split("-"), *OTHER_WORDS.get(rule, ())):
            known.setdefault(word, set()).add(rule)
    tokens = words.split()
    rules: set[str] = set()
    said = set()
    while len(tokens) > 1:
        match = process.extractOne(tokens[-1].lower(), list(known), scorer=fuzz.ratio, score_cutoff=LIKELY)
        if match is None:
            break
        said.add(match[0])
        rules = rules & known[match[0]] or rules or known[match[0]]
        tokens.pop()
    rules = {rule for rule in rules if said & set(OTHER_WORDS.get(rule, ()))} or rules
    return " ".join(tokens), tuple(rule for rule in RULES if rule in rules)
