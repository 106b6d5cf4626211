"""Submit a form: check what was typed, ask where it cannot be undone, call the operation once, say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.asked import Asked
from bot.blocks import Json, paragraphs, plain, section
from bot.form_state import check, read_values
from bot.form_types import Done, Form, Metadata, Said, Submitting
from bot.gate_words import marked_text
from bot.open_form import TITLE_CHARACTERS, is_complete, reopen
from bot.outcomes import told
from operations.actor import Actor
from operations.read.marked_words import Marked, undecided_of
from operations.records.once import claim_submission, note_answer

#: Callback ids of confirmations: this and the form's name.
CONFIRM = "confirm_"


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
    metadata = Metadata.model_validate_json(view["private_metadata"])
    if not is_complete(form, view):
        return Stays({"response_action": "update", "view": reopen(asked, form, view)})
    values = read_values(view)
    typed = check(form.model, values)
    words = None if form.confirm is None else form.confirm(_tried(asked, form, metadata, typed))
    if words is None:
        return _submitted(asked, form, metadata, typed, view["id"])
    fresh = metadata.model_copy(update={"key": view["id"], "values": values})
    return Stays({"response_action": "push", "view": _confirmation(form, fresh, words)})


def submit_confirmed(asked: Asked, form: Form, view: Mapping[str, Any]) -> Told:
    """Submit a form whose confirmation was given.

    Raises:
        Refused: The operation says no meanwhile.
    """
    metadata = Metadata.model_validate_json(view["private_metadata"])
    typed = check(form.model, metadata.values or {})
    done = _submitted(asked, form, metadata, typed, metadata.key or view["id"])
    return replace(done, everything=True)


def _submitted(asked: Asked, form: Form, metadata: Metadata, typed: Any, key: str) -> Told:
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        earlier = claim_submission(session, key, by=by, now=asked.now)
        if earlier is not None:
            return Told(earlier, metadata.channel, None)
        done = form.submit(_submitting(session, by, asked, metadata), typed)
        text = done.text if isinstance(done, Said) else told(done)
        marked = () if isinstance(done, Said) else tuple(undecided_of(session, done.outcome.record or ""))
        note_answer(session, key, "\n".join(filter(None, (text, marked_text(marked)))))
    return Told(text, metadata.channel, done.record, marked)


def _tried(asked: Asked, form: Form, metadata: Metadata, typed: Any) -> Done | Said:
    """Do it in a transaction that is rolled back: what would be refused is refused before anybody confirms."""
    with asked.sessions() as session:
        submitting = _submitting(session, asked.actor(session), asked, metadata)
        done = form.submit(replace(submitting, tried=True), typed)
        session.rollback()
    return done


def _submitting(session: Any, by: Actor, asked: Asked, metadata: Metadata) -> Submitting:
    return Submitting(session, by, asked.now, metadata.obligation, metadata.office or "")


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
