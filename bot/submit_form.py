"""Submit a form: check what was typed, ask where it cannot be undone, call the operation once, say what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.asked import Asked
from bot.blocks import Json, paragraphs, plain, safe, section
from bot.form import ask_of
from bot.form_state import check, read_values
from bot.form_types import Done, Form, Metadata, Said, Submitting, metadata_of
from bot.gate_words import marked_text
from bot.message_files import chosen_files
from bot.open_form import TITLE_CHARACTERS, is_complete, reopen
from bot.outcomes import told
from bot.stacked import is_third
from bot.take_file import named_file
from operations.actor import Actor
from operations.read.marked_words import Marked, undecided_of
from operations.records.attach_document import Attached, attach_document, standing_documents
from operations.records.once import claim_submission, note_answer
from operations.records.read_table import MAX_BYTES
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from policy.document_types import problem_of_table

#: The reason of a record that a correction replaced.
CORRECTED = "corrected by a new record"
#: Callback ids of confirmations: this and the form's name.
CONFIRM = "confirm_"
#: Characters that Slack keeps with a window: a confirmation carries there what was typed below it.
MOST_METADATA = 3000


@dataclass(frozen=True, slots=True)
class Told:
    """The form is done; what its sender is told, in the channel where it was opened."""

    text: str
    channel: str | None
    #: What can be undone: "meeting:12".
    record: str | None
    #: Words of what was recorded that wait for a person's decision.
    marked: tuple[Marked, ...] = ()
    #: Whether all windows are closed, or only this one.
    everything: bool = False
    #: The alliance whose procedure it went on with.
    procedure: int | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """The form stays open: what Slack is answered, with errors or another view."""

    acknowledgement: Json


def submit_form(asked: Asked, form: Form, view: Mapping[str, Any]) -> Told | Stays:
    """Submit a form as it stands in its modal; a second time it does nothing and gives the first answer.

    Raises:
        FieldErrors: Something typed is wrong.
        Refused: The operation said no.
    """
    metadata = metadata_of(view)
    if not is_complete(form, view):
        return Stays({"response_action": "update", "view": reopen(asked, form, view)})
    values = _with_files(asked, form, read_values(view), metadata.kept)
    typed = check(form.model, values)
    words = None
    if form.confirm is not None:
        tried = _tried(asked, form, metadata, typed, view["id"])
        if isinstance(tried, str):
            return Told(tried, metadata.channel, None)
        words = form.confirm(tried)
    if words is None:
        return _submitted(asked, form, metadata, typed, view["id"])
    filled = {name: value for name, value in values.items() if value not in (None, "", [])}
    fresh = metadata.model_copy(update={"key": view["id"], "values": filled})
    confirmation = _confirmation(form, fresh, words)
    over = len(confirmation["private_metadata"]) - MOST_METADATA
    if over > 0:
        raise Refused(
            f"All of this together is {over} characters too long to be confirmed; shorten it.", field=_longest(filled)
        )
    return Stays({"response_action": "update" if is_third(view) else "push", "view": confirmation})


def submit_confirmed(asked: Asked, form: Form, view: Mapping[str, Any]) -> Told:
    """Submit a form whose confirmation was given.

    Raises:
        Refused: The operation says no meanwhile.
    """
    metadata = metadata_of(view)
    typed = check(form.model, metadata.values or {})
    done = _submitted(asked, form, metadata, typed, metadata.key or view["id"])
    return replace(done, everything=True)


def _submitted(asked: Asked, form: Form, metadata: Metadata, typed: Any, key: str) -> Told:
    names = _names(asked, form, typed)
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        earlier = claim_submission(session, key, by=by, now=asked.now)
        if earlier is not None:
            return Told(earlier, metadata.channel, None)
        carried = [] if metadata.corrects is None else standing_documents(session, metadata.corrects)
        _withdraw_corrected(session, by, asked, metadata)
        done = form.submit(_submitting(session, by, asked, metadata, names), typed)
        text = done.text if isinstance(done, Said) else told(done, metadata.obligation)
        documents = [*_handed_on(done, carried), *_attached(typed)]
        text = "\n".join([text, *_attach(session, by, asked.now, done, documents)])
        marked = () if isinstance(done, Said) else tuple(undecided_of(session, done.outcome.record or ""))
        note_answer(session, key, "\n".join(filter(None, (text, marked_text(marked)))))
    return Told(
        text,
        metadata.channel,
        done.record,
        marked,
        procedure=done.outcome.of.alliance_id if isinstance(done, Done) and done.next is not None else None,
    )


def _longest(values: Mapping[str, Any]) -> str:
    """Return the field with the longest text."""
    return max(values, key=lambda name: len(values[name]) if isinstance(values[name], str) else 0)


def _with_files(asked: Asked, form: Form, values: dict[str, Any], kept: Mapping[str, str]) -> dict[str, Any]:
    """Take over what was attached, before a transaction is open."""
    taken: dict[str, Any] = {}
    for name, info in form.model.model_fields.items():
        held = values.get(name)
        try:
            if ask_of(info).file and held is not None:
                if not isinstance(held, Mapping):
                    raise Refused("Attach a file here.")  # noqa: TRY301  # as what take_file refuses
                taken[name] = asdict(asked.take_file(held))
            elif ask_of(info).table and held is not None:
                taken[name] = asdict(_table(asked, held))
            elif ask_of(info).files and held:
                taken[name] = [asdict(asked.take_file(file)) for file in chosen_files(held, kept)]
        except Refused as refused:
            raise Refused(refused.sentence, field=name) from None
    return values | taken


def _table(asked: Asked, held: Any) -> Attached:
    """Return a table as it was attached; a worker fetches it."""
    if not isinstance(held, Mapping):
        raise Refused("Attach a file here.")
    if asked.documents is None:
        raise Refused("Files cannot be attached here.")
    table = named_file(held)
    problem = problem_of_table(table.name, table.size, MAX_BYTES)
    if problem is not None:
        raise Refused(problem)
    return table


def _attached(typed: Any) -> Iterator[Attached]:
    """Yield what was attached in a form."""
    for name, info in type(typed).model_fields.items():
        held = getattr(typed, name)
        if ask_of(info).file and held is not None:
            yield held
        elif ask_of(info).files:
            yield from held or ()


def _handed_on(done: Done | Said, carried: Sequence[Attached]) -> Sequence[Attached]:
    """Return what the record that is corrected hands on, and what is made here with the new one.

    A file that was made here stays what it was, unless the correction is about another alliance or year.
    """
    made = done.made if isinstance(done, Done) else ()
    about = set(map(_about, made))
    kept = [one for one in carried if one.slack_file or not made or _about(one) in about]
    return kept if any(not one.slack_file for one in kept) else [*kept, *made]


def _about(one: Attached) -> tuple[int | None, date | None]:
    """Return of which alliance and year a file is that was made here."""
    return one.alliance_id, one.period_end


def _attach(session: Any, by: Actor, now: datetime, done: Done | Said, documents: Sequence[Attached]) -> list[str]:
    """Put documents behind the record; return what is said of them."""
    said: list[str] = []
    if isinstance(done, Said):
        alliance, record = done.alliance, done.record
    else:
        alliance, record = done.outcome.of.alliance_id, done.outcome.record
    if alliance is None:
        return said
    for attached in documents:
        about = record or f"alliance:{alliance}"
        attach_document(session, alliance_id=alliance, record=about, attached=attached, by=by, now=now)
        there = attached.sha256 or attached.made_from
        kept = "is kept with it" if there else "is being fetched; you are told if it cannot be kept"
        said.append(f"The document {safe(attached.name)} {kept}.")
    return said


def _tried(asked: Asked, form: Form, metadata: Metadata, typed: Any, key: str) -> Done | Said | str:
    """Do it in a transaction that is rolled back: what would be refused is refused before anybody confirms.

    What was submitted before, and needed no confirmation, gives its answer.
    """
    names = _names(asked, form, typed)
    with asked.sessions() as session:
        by = asked.actor(session)
        earlier = claim_submission(session, key, by=by, now=asked.now)
        if earlier is not None:
            return earlier
        _withdraw_corrected(session, by, asked, metadata)
        submitting = _submitting(session, by, asked, metadata, names)
        done = form.submit(replace(submitting, tried=True), typed)
        session.rollback()
    return done


def _submitting(session: Any, by: Actor, asked: Asked, metadata: Metadata, names: Mapping[str, str]) -> Submitting:
    about = metadata.obligation, metadata.office or ""
    timezone, documents = metadata.timezone, asked.documents
    return Submitting(
        session, by, asked.now, *about, timezone=timezone, kept=metadata.kept, names=names, documents=documents
    )


def _withdraw_corrected(session: Any, by: Actor, asked: Asked, metadata: Metadata) -> None:
    """Withdraw the record that the new one replaces, in the same transaction."""
    if metadata.corrects is not None:
        withdraw_record(session, record=metadata.corrects, reason=CORRECTED, by=by, now=asked.now)


def _names(asked: Asked, form: Form, typed: Any) -> dict[str, str]:
    """Ask Slack, before a transaction is open, what the people are called that were chosen in a form."""
    names: dict[str, str] = {}
    for name, info in form.model.model_fields.items():
        chosen = getattr(typed, name)
        if ask_of(info).person and chosen is not None:
            try:
                names[chosen] = asked.name_of(chosen)
            except Refused as refused:
                raise Refused(refused.sentence, field=name) from None
    return names


def _confirmation(form: Form, metadata: Metadata, words: str) -> Json:
    return {
        "type": "modal",
        "callback_id": f"{CONFIRM}{form.name}",
        "title": plain(form.confirm_title, TITLE_CHARACTERS),
        "submit": plain(form.confirm_label or form.submit_label, TITLE_CHARACTERS),
        "close": plain("Back"),
        "private_metadata": metadata.model_dump_json(exclude_none=True),
        "blocks": [section(text) for text in paragraphs(words.split("\n"))],
    }
