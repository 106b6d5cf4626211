"""The papers of an alliance in Slack: a list of them, and each by direct message as Word or PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from slack_sdk import WebClient

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, safe, section
from bot.hand_over import hand_over
from bot.values import PaperValue, read, read_number
from documents.papers import WRITERS, lay_out, paper_name
from operations.read.handed_papers import listed
from operations.read.merged import gather_standing
from operations.records.give_paper import give_paper
from policy.handed_papers import LABELS, HandedPaper, PaperKind
from policy.papers_there import PaperThere
from policy.words import small

TITLE = "Papers"
#: Of each kind; the earlier ones are where their records are shown, and in the terminal.
SHOWN = 3
#: By the ending of the file.
_LABELS = {"docx": "As Word", "pdf": "As PDF"}


def paper_buttons(alliance: int, kind: PaperKind, record: int | None, about: str) -> tuple[Json, ...]:
    """Return the two buttons that hand a paper over."""
    value = PaperValue(alliance=alliance, kind=kind, record=record).model_dump_json()
    return tuple(button(label, f"send:paper:{form}", value, about=about) for form, label in _LABELS.items())


def papers(asked: Asked, value: str) -> Reply:
    """List the papers that can be made of what is on record of an alliance."""
    with asked.sessions.begin() as session:
        of = gather_standing(session, read_number(value))
    there = list(_latest(listed(of)))
    heading = f"Papers of {of.facts.name}"
    if not there:
        text = f"*{safe(heading)}*\nNothing is on record that a paper could be made of."
        return Answer(text, [section(text)], title=TITLE)
    blocks: list[Json] = [header(heading)]
    for one in there:
        label = safe(one.label, 300)
        blocks += [section(label), actions(*paper_buttons(of.facts.id, one.kind, one.record, one.label))]
    note = "What is not on record stands in a paper as “not on record”. The annual report: /alliance report."
    lines = [f"*{safe(heading)}*", *(f"•  {safe(one.label, 300)}" for one in there), note]
    return Answer("\n".join(lines), [*blocks, context(note)], title=TITLE)


def _latest(there: tuple[PaperThere, ...]) -> Iterator[PaperThere]:
    seen: Counter[PaperKind] = Counter()
    for one in there:
        seen[one.kind] += 1
        if seen[one.kind] <= SHOWN:
            yield one


def _sends(form: str) -> Callable[[Asked, str], Reply]:
    """Return what hands a paper over in one format, in the person's direct messages."""

    def send(asked: Asked, value: str) -> Reply:
        which = read(PaperValue, value)
        with asked.sessions.begin() as session:
            made = give_paper(
                session,
                alliance_id=which.alliance,
                kind=which.kind,
                record=which.record,
                by=asked.actor(session),
                now=asked.now,
            )
        what = f"{LABELS[made.kind]} of *{safe(made.head.alliance)}*"
        said = f"{what} comes as a direct message, {small(_LABELS[form])}."
        return Answer(said, later=partial(_send, made, form, asked.user_id))

    return send


def _send(made: HandedPaper, form: str, user_id: str, client: WebClient) -> Answer | None:
    """Make the file and upload it for one person; return what they are told where that fails."""
    what = f"{LABELS[made.kind]} of {made.head.alliance}"
    files = [{"filename": paper_name(made, form), "content": WRITERS[form](lay_out(made))}]
    return hand_over(safe(what), files, user_id, client, comment=safe(what, 1000))


#: By action id.
PAPER_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "show:papers": papers,
    **{f"send:paper:{form}": _sends(form) for form in _LABELS},
}
