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


#: What people type after a word for what is theirs, and for what is everybody's.
MY_WORDS, ALL_WORDS = frozenset({"mine", "my", "me"}), frozenset({"all", "everything"})

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
        "new",
        "Propose an alliance: participants, goals, objectives and a draft work plan",
        "",
        "new",
        also=("propose", "proposal", "create", "start", "establish"),
        label="Propose an alliance",
    ),
    Word(
        "procedure",
        "Show the steps from proposal to signature, whose turn it is, and the next button",
        "[alliance]",
        "procedure NGFA",
        also=("steps", "step", "next", "chart", "progress", "flow", "sign"),
    ),
    Word(
        "due",
        "List what is due: for me and my offices (mine), for all, for an office or an alliance",
        "[mine | all | office | alliance]",
        "due philadelphia",
        also=("overdue", "duties", "reminders", "todo", "deadlines", "what"),
        label="What is due",
    ),
    Word(
        "list",
        "List alliances with their state: all, mine, of an office, or like some words",
        "[mine | office or words]",
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
        "Show the annual report: what it lacks, the file sent to you, hand it over, submit it, post it",
        "[alliance] [last day of a year]",
        "report NGFA",
        also=("annual", "submit", "annual-report", "handover", "posted", "closeout"),
        label="Annual report",
    ),
    Word(
        "background",
        "Say the background and goals of an alliance for its report, where no agreement was drafted here",
        "[alliance]",
        "background NGFA",
        also=("goals", "purpose", "overview"),
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
        "team",
        "Show who is on the team and whom the directive wants there; add and end members",
        "[alliance]",
        "team NGFA",
        also=("members", "member", "roster", "people on the team", "composition"),
    ),
    Word(
        "product",
        "Show the products from proposal to publication; propose, review, publish",
        "[alliance]",
        "product NGFA",
        also=("products", "poster", "publication", "propose", "fact-sheet"),
    ),
    Word(
        "story",
        "Record a success story",
        "[alliance]",
        "story NGFA",
        also=("stories", "success", "success-story"),
    ),
    Word(
        "renew",
        "Record the decision at the end of a term, or the signed renewal",
        "[alliance]",
        "renew NGFA",
        also=("renewal", "extend", "decide", "expiry"),
        label="Decide on renewal",
    ),
    Word(
        "gates",
        "Show what is still open before a signing or a publication, and record what was done",
        "[alliance] [step]",
        "gates NGFA",
        also=("gate", "signing", "solicitor", "publish"),
    ),
    Word(
        "approve",
        "Show what waits for your approval and what you asked; ask for an approval",
        "[alliance]",
        "approve NGFA",
        also=("approval", "approvals", "return", "decline", "sign-off"),
        label="Approvals",
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
        "correct",
        "List the records of an alliance; correct one, or withdraw it with the reason",
        "[alliance]",
        "correct NGFA",
        also=("correction", "wrong", "undo", "history", "records", "fix", "edit"),
    ),
    Word(
        "document",
        "List the documents behind the records, such as a letter or a signed page, and have one sent to you",
        "[alliance]",
        "document NGFA",
        also=("documents", "file", "files", "attachment", "letter", "scan", "evidence"),
    ),
    Word(
        "export",
        "Get what is on record as a file: alliances, activities, meetings, duties, reminders",
        "[what] [mine | all | office]",
        "export activities mine",
        also=("exports", "download", "spreadsheet", "excel", "csv", "xlsx"),
    ),
    Word(
        "import",
        "Record alliances, people or offices from a spreadsheet: shown row by row before anything is written",
        "",
        "import",
        also=("upload", "load", "imports"),
    ),
    Word(
        "people",
        "Show who holds which position at an office, or what nobody answers for; give and end positions",
        "[office or name | nobody]",
        "people philadelphia",
        also=("person", "who", "staff", "positions", "position", "designee", "designees", "vacant", "nobody"),
    ),
    Word(
        "outbox",
        "Show what goes out in the next days, what waits and why, and what could not be delivered",
        "[mine | all | office]",
        "outbox philadelphia",
        also=("queue", "outgoing", "undelivered", "sent", "messages"),
    ),
    Word(
        "digest",
        "Choose when you get your own digest by direct message, and what it leaves out",
        "",
        "digest",
        also=("digests", "summary", "weekly", "daily", "subscribe", "unsubscribe"),
        label="My digest",
    ),
    Word(
        "calendar",
        "Get a calendar of deadlines and meetings for Outlook or Google: yours, an office's or an alliance's",
        "[office or alliance]",
        "calendar philadelphia",
        also=("calendars", "ical", "ics", "icalendar", "outlook", "google", "feed", "feeds"),
    ),
    Word(
        "retention",
        "Show how long records are kept and what is on hold; set it, lift a hold, redact the audit",
        "",
        "retention",
        also=("hold", "holds", "litigation", "lawsuit", "redact", "redaction", "schedule of records"),
    ),
    Word(
        "program",
        "Show the program as a picture: duties done in time by region and office, days late, people reached",
        "[office] [fiscal year 2026 | agreement years]",
        "program philadelphia",
        also=("picture", "compliance", "statistics", "numbers", "dashboard", "fiscal"),
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
    "/alliance-approve": "approve",
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
