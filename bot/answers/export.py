"""Offer what is on record as a file, and send it: a workbook, CSV or JSON, to the person who asked alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

from slack_sdk import WebClient

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, safe, section
from bot.choose import which_office
from bot.hand_over import hand_over
from bot.values import ExportValue, Run, read
from bot.words import ALL_WORDS, MY_WORDS
from documents.rows import WRITERS, TooLargeError
from operations.actor import allowed, require_somewhere
from operations.change_closures import top_office
from operations.read.exported import What, read_rows
from operations.records.give_export import GivenExport, give_export
from policy.rights import Verb
from policy.words import capital

TITLE = "Export"
HOLDS: dict[What, str] = {
    What.ALLIANCES: "terms, offices, signatories, signings, the end",
    What.ACTIVITIES: "what was done, when, whom it reached",
    What.MEETINGS: "held and planned, with who took part",
    What.OBLIGATIONS: "each duty with its day and how it came out",
    What.NOTICES: "each reminder with its words, when and where it was sent",
    What.AUDIT: "every entry with its seal, for records officers",
}
#: What people call them.
ALSO = {What.OBLIGATIONS: "duties", What.NOTICES: "reminders"}
#: The formats by the ending of the file, as their buttons call them.
FORMATS = {"xlsx": "Excel", "csv": "CSV", "json": "JSON"}
SAYS = (
    "Withdrawn records are in it, too, and say so; each row says how long it is kept and what is on hold. Nothing that "
    "people wrote is a formula in a spreadsheet."
)


def export(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Offer the files of what the words mean: a kind of records, or all; of my offices, of an office, or of all."""
    first, _, rest = words.strip().partition(" ")
    kinds = [what for what in What if first and _means(first.casefold(), what)]
    place = (rest if kinds else words).strip()
    scope, key = "mine", ""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        require_somewhere(by, Verb.VIEW)
        if place.casefold() in ALL_WORDS:
            scope = "all"
        elif place and place.casefold() not in MY_WORDS:
            found = which_office(session, place, "export")
            if isinstance(found, Answer):
                return found
            scope, key = "office", found
        keeps = allowed(session, by, Verb.KEEP_RECORDS, office_codes=[top_office(session).code])
    offered = [what for what in kinds or What if what is not What.AUDIT or keeps]
    return _offer(offered, ExportValue(what=What.ALLIANCES, scope=scope, key=key), first)


def _means(typed: str, what: What) -> bool:
    names = (what.value, ALSO.get(what, what.value))
    return typed not in ALL_WORDS | MY_WORDS and any(name.startswith(typed.rstrip("s")) for name in names)


def _offer(offered: list[What], of: ExportValue, typed: str) -> Answer:
    if not offered:
        # Of the kinds only the audit is not for everybody.
        return Answer(f"Only an administrator of the National Office may have the audit as a file; not you: {typed}.")
    heading = f"Export {_whose(of)}"
    blocks: list[Json] = [header(heading)]
    lines = [f"*{safe(heading)}*"]
    for what in offered:
        lines.append(f"*{capital(what.value)}*: {HOLDS[what]}")
        blocks += [section(lines[-1]), actions(*_formats(what, of))]
    other = ("Of all offices instead", "all") if of.scope == "mine" else ("Of my offices instead", "mine")
    kind = f"{offered[0]} " if len(offered) == 1 else ""
    run = Run(word="export", words=f"{kind}{other[1]}").model_dump_json(exclude_none=True)
    blocks += [context(SAYS), actions(button(other[0], "run:export", run))]
    return Answer("\n".join([*lines, SAYS]), blocks, title=TITLE)


def _whose(of: ExportValue) -> str:
    if of.scope == "all":
        return "of all offices"
    return "of my offices and those below" if of.scope == "mine" else f"of office {of.key} and those below"


def _formats(what: What, of: ExportValue) -> Iterator[Json]:
    value = of.model_copy(update={"what": what}).model_dump_json()
    for form, label in FORMATS.items():
        yield button(label, f"send:export:{form}", value, about=what.value)


def _sends(form: str) -> Callable[[Asked, str], Reply]:
    """Return what sends rows in one format, in the person's direct messages."""

    def send(asked: Asked, value: str) -> Reply:
        which = read(ExportValue, value)
        with asked.sessions.begin() as session:
            by = asked.actor(session)
            offices = {"mine": by.offices, "all": None, "office": (which.key,)}[which.scope]
            given = give_export(session, what=which.what, offices=offices, by=by, now=asked.now)
        said = f"The {which.what} come as a direct message, as {FORMATS[form]}; nobody else sees them."
        if which.what is What.AUDIT:
            said = f"The audit comes as a direct message, as {FORMATS[form]}; nobody else sees it."
        return Answer(said, later=partial(_send, asked, given, form))

    return send


def _send(asked: Asked, given: GivenExport, form: str, client: WebClient) -> Answer | None:
    """Write the file and upload it for one person; return what they are told where that fails."""
    file = BytesIO()
    with asked.sessions() as session:
        columns, rows = read_rows(session, given.what, offices=given.offices)
        try:
            number = WRITERS[form](file, columns, rows)
        except TooLargeError as error:
            return Answer(safe(str(error), 500))
    files = [{"filename": f"{given.what}-{given.on}.{form}", "content": file.getvalue()}]
    comment = f"{capital(given.what.value)}: {number:,} {'row' if number == 1 else 'rows'}. {SAYS}"
    return hand_over(f"The file of {given.what}", files, asked.user_id, client, comment=comment)


#: By action id.
BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {f"send:export:{form}": _sends(form) for form in FORMATS}
