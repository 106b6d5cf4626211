"""The words that can follow /alliance, as they are offered, explained and guessed at."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True)
class Word:
    """A word with what it does, what may follow it, and an example."""

    word: str
    does: str
    usage: str
    example: str
    #: What else people type for it.
    also: tuple[str, ...] = ()
    #: The label of its button in the menu; None leaves it out.
    label: str | None = None


WORDS: tuple[Word, ...] = (
    Word(
        "record",
        "Record an activity: dissemination, outreach, training or a product",
        "[alliance]",
        "record roofing",
        also=("activity", "log", "add"),
        label="Record an activity",
    ),
    Word(
        "meeting",
        "Record a team meeting, held or planned",
        "[alliance]",
        "meeting grain and feed",
        also=("meetings", "met", "meet"),
        label="Record a meeting",
    ),
    Word(
        "due",
        "List what is due: mine, all, of an office or an alliance",
        "[mine | all | office | alliance]",
        "due philadelphia",
        also=("overdue", "duties", "reminders", "todo", "deadlines", "what"),
        label="My duties",
    ),
    Word(
        "list",
        "List alliances with their state",
        "[office or words]",
        "list philadelphia",
        also=("alliances", "find", "search"),
        label="List alliances",
    ),
    Word("show", "Show one alliance: terms, duties, latest records", "[alliance]", "show NGFA", also=("card", "open")),
    Word(
        "why",
        "Explain a date step by step, with the clauses quoted",
        "[alliance] [rule]",
        "why NGFA report",
        also=("explain", "reason", "clause"),
    ),
    Word(
        "report",
        "Record an annual report as submitted",
        "[alliance]",
        "report NGFA",
        also=("annual", "submit", "annual-report"),
        label="Record a report",
    ),
    Word(
        "evaluate",
        "Record the yearly evaluation and its discussion",
        "[alliance]",
        "evaluate NGFA",
        also=("evaluation", "assess"),
        label="Record an evaluation",
    ),
    Word(
        "workplan",
        "Record the final work plan of a year, with its milestones",
        "[alliance]",
        "workplan NGFA",
        also=("plan", "work-plan", "milestones", "milestone"),
    ),
    Word(
        "renew",
        "Record the decision at the end of a term, or the signed renewal",
        "[alliance]",
        "renew NGFA",
        also=("renewal", "extend", "decide", "expiry", "sign"),
        label="Decide on renewal",
    ),
    Word(
        "gates",
        "Show what is still open before a signing or a publication, and record what was done",
        "[alliance] [step]",
        "gates NGFA",
        also=("gate", "signing", "approvals", "approve", "solicitor", "publish"),
    ),
    Word(
        "criteria",
        "Answer the criteria of VII.C, worker representation included",
        "[alliance]",
        "criteria NGFA",
        also=("checklist", "requirements", "workers"),
    ),
    Word(
        "notice",
        "Record a written 30-day notice, or how one came out",
        "[alliance]",
        "notice NGFA",
        also=("terminate", "termination", "end", "leave", "withdraw"),
        label="30-day notice",
    ),
    Word(
        "conclude",
        "Conclude an alliance by mutual agreement or after an evaluation",
        "[alliance]",
        "conclude NGFA",
        also=("close", "conclusion", "finish"),
    ),
    Word(
        "ambassador",
        "Record that Ambassador status was offered, or the document",
        "[alliance]",
        "ambassador NGFA",
        also=("ambassadors", "offer"),
    ),
    Word(
        "comments",
        "Record that a draft national agreement was sent out for comment",
        "[alliance]",
        "comments NGFA",
        also=("comment", "draft", "review"),
    ),
    Word(
        "announce",
        "Record a national activity planned in a region or State Plan state",
        "[alliance]",
        "announce NGFA",
        also=("announcement", "planned", "notify"),
    ),
    Word(
        "preview",
        "Show every date that a signing would bring, before anything is saved",
        "[alliance or level] [date] [years]",
        "preview NGFA 2027-03-01 5",
        also=("simulate", "what-if", "whatif", "plan-ahead", "forecast"),
    ),
    Word(
        "office",
        "Show an office: reminders, settings, people, closures; change them",
        "[office]",
        "office philadelphia",
        also=("offices", "settings", "setting", "closure", "closures", "schedule", "channel"),
    ),
    Word(
        "outbox",
        "Show what goes out in the next days, what waits and why, and what could not be delivered",
        "[mine | all | office]",
        "outbox philadelphia",
        also=("queue", "outgoing", "undelivered", "sent", "messages"),
    ),
    Word("help", "Explain the words, with examples", "", "help", also=("?", "usage", "commands")),
)

BY_WORD = {word.word: word for word in WORDS}

#: The words that are slash commands of their own, so that Slack's composer offers them.
OWN_COMMANDS = {
    "/alliance-record": "record",
    "/alliance-meeting": "meeting",
    "/alliance-due": "due",
    "/alliance-report": "report",
    "/alliance-notice": "notice",
}

#: A word this much like another (of 100) is offered.
LIKELY = 60
OFFERED = 3


def closest(typed: str) -> list[Word]:
    """Return the words most like what was typed, the best first; what people often type instead counts."""
    known = {name: word for word in WORDS for name in (word.word, *word.also)}
    ranked = process.extract(typed.lower(), list(known), scorer=fuzz.ratio, limit=8, score_cutoff=LIKELY)
    found = dict.fromkeys(known[name].word for name, _, _ in ranked)
    return [BY_WORD[name] for name in found][:OFFERED]
