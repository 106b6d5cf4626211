"""Open a form, filled as far as can be known, and show it anew when what was chosen changes what is asked."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from bot.asked import Asked, Modal
from bot.blocks import Json, plain, section
from bot.find_duty import FoundDuty, find_duty, refuse_settled
from bot.form import ask_of, field_of, input_blocks, shown_fields
from bot.form_state import can_be_chosen, read_labels, read_values
from bot.form_types import (
    NUMBERED,
    AllianceForm,
    ApprovalForm,
    Choice,
    Draft,
    Form,
    Metadata,
    NewForm,
    OfficeForm,
    Opening,
    PersonForm,
    metadata_of,
)
from bot.left_alone import chosen_before, is_left_alone, name_of_choice
from bot.message_files import FIELD, offer_files
from bot.values import read_number
from operations.actor import Actor, require, require_somewhere
from operations.read.choices import alliance_choices
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from policy.rights import Verb

TITLE_CHARACTERS = 24
#: Characters of the values that a form keeps for fields that are not shown at the moment.
KEPT_CHARACTERS = 2500
CHOOSE = "Choose the alliance; the rest of the form follows."


def open_form(
    asked: Asked,
    form: Form,
    *,
    alliance_id: int | None = None,
    obligation_id: uuid.UUID | None = None,
    office: str | None = None,
    values: Mapping[str, Any] | None = None,
    corrects: str | None = None,
) -> Modal:
    """Open a form for a person who may submit it.

    `corrects` is the record that the new one replaces; the form opens as if that were withdrawn.

    Raises:
        Refused: It could not be submitted: no right, nothing to record, or settled already.
    """
    metadata = Metadata(
        form=form.name,
        alliance=alliance_id,
        obligation=obligation_id,
        office=office,
        corrects=corrects,
        channel=asked.channel,
        # Slack is asked before a transaction is open.
        timezone=asked.time_zone() if issubclass(form.model, PersonForm) else None,
    )
    with asked.sessions() as session:
        draft = _draft(session, asked, form, metadata, dict(values or {}))
        session.rollback()
    return Modal(view_of(form, metadata, draft))


def reopen(asked: Asked, form: Form, view: Mapping[str, Any]) -> Json:
    """Return the form for what is chosen in it now: what was typed stays, what was only proposed is proposed anew."""
    metadata, held = metadata_of(view), read_values(view)
    proposed = _proposed(asked, form, metadata, view)
    values = {name: value for name, value in metadata.kept.items() if not _is_proposed(name, value, proposed)} | {
        name: value
        for name, value in held.items()
        if not is_left_alone(value, proposed.get(name))
        and (value in (None, "", []) or can_be_chosen(form.model, name, value))
    }
    chosen, shown_for = held.get("alliance"), metadata.alliance
    if chosen is not None:
        metadata = metadata.model_copy(update={"alliance": read_number(chosen)})
    moved = shown_for is not None and metadata.alliance != shown_for
    if moved and NUMBERED in metadata.kept:
        # What is typed there is about the participants of the other alliance.
        values = {"alliance": chosen}
    notice = None
    with asked.sessions() as session:
        try:
            draft = _draft(session, asked, form, metadata, values)
        except Refused as refusal:
            notice = refusal.sentence
            metadata = metadata.model_copy(update={"alliance": None})
            draft = Draft(values=values)
        session.rollback()
    if NUMBERED in metadata.kept and NUMBERED in draft.values and not moved:
        # What the numbers stood for when it was typed: where that has changed, it is refused when it is sent.
        draft.values[NUMBERED] = metadata.kept[NUMBERED]
    for name, label in read_labels(view).items():
        if name in values:
            draft.choices.setdefault(name, [Choice(str(values[name]), label)])
    anew = {name for name in held if name not in values and not is_left_alone(held[name], draft.values.get(name))}
    draft.anew = dict.fromkeys(anew, name_of_choice(form, held))
    return view_of(form, metadata, draft, notice=notice)


def _proposed(asked: Asked, form: Form, metadata: Metadata, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form proposes for what was chosen in it before, field by field; nothing for what steers it."""
    steers = chosen_before(form, view)
    carried = {name: value for name, value in metadata.kept.items() if name not in form.model.model_fields}
    with asked.sessions() as session:
        try:
            proposed = _draft(session, asked, form, metadata, carried | steers).values
        except Refused:
            proposed = {}
        session.rollback()
    return {
        name: value
        for name, value in proposed.items()
        if name in form.model.model_fields and not ask_of(form.model.model_fields[name]).steers
    }


def _is_proposed(name: str, value: Any, proposed: Mapping[str, Any]) -> bool:
    return name in proposed and is_left_alone(value, proposed[name])


def view_of(form: Form, metadata: Metadata, draft: Draft, *, notice: str | None = None) -> Json:
    """Return the modal of a form."""
    blocks = [section(paragraph) for paragraph in draft.intro]
    if notice is not None:
        blocks.append({"type": "section", "text": plain(notice)})
    inputs = input_blocks(form.model, draft, f"{metadata.alliance or ''}{draft.mark}")
    if issubclass(form.model, AllianceForm) and metadata.alliance is None:
        inputs = inputs[:1]
        if notice is None:
            blocks.append(section(CHOOSE))
    kept = _kept(draft.values, {field_of(block["block_id"]) for block in inputs})
    return {
        "type": "modal",
        "callback_id": form.name,
        "title": plain(form.title, TITLE_CHARACTERS),
        "submit": plain(form.submit_label, TITLE_CHARACTERS),
        "close": plain("Cancel"),
        "private_metadata": metadata.model_copy(update={"kept": kept}).model_dump_json(exclude_none=True),
        "blocks": [*blocks, *inputs],
    }


def is_complete(form: Form, view: Mapping[str, Any]) -> bool:
    """Whether a submitted form showed every field that its values ask for."""
    typed = read_values(view)
    shown_for = metadata_of(view).alliance
    # Of the alliance for which it is shown, a form leaves out only what it hides: see `Draft.hidden`.
    shown = shown_for is not None and str(shown_for) == typed.get("alliance")
    return all(
        name in typed or (shown and ask_of(form.model.model_fields[name]).only is None)
        for name in shown_fields(form.model, typed)
    )


def _draft(session: Any, asked: Asked, form: Form, metadata: Metadata, values: dict[str, Any]) -> Draft:
    by = asked.actor(session)
    duty = None
    if metadata.corrects is not None:
        # Whoever may not withdraw it may not correct it; nothing of this is saved.
        withdraw_record(session, record=metadata.corrects, by=by, now=asked.now)
    if metadata.obligation is not None:
        duty = find_duty(session, metadata.obligation, now=asked.now)
        refuse_settled(duty)
    if not issubclass(form.model, AllianceForm):
        opening = Opening(session, by, asked.now, values, None, duty, metadata.office or "", metadata.timezone)
        _require(form, opening)
        return _filled(form, form.open(opening), values)
    if metadata.alliance is None:
        require_somewhere(by, form.verb)
        return Draft(values=values)
    choices = alliance_choices(session, metadata.alliance, now=asked.now)
    codes = choices.of.answering
    if form.verb is Verb.COMMENT:
        # Who is asked works for an office of its own.
        codes += tuple(request.office for request in choices.of.facts.comment_requests)
    require(session, by, form.verb, office_codes=codes)
    draft = form.open(Opening(session, by, asked.now, values, choices, duty))
    if FIELD in form.model.model_fields:
        offer_files(draft, values)
    draft.values["alliance"] = str(choices.id)
    draft.choices["alliance"] = [Choice(str(choices.id), choices.name)]
    return _filled(form, draft, values | {"alliance": str(choices.id)})


def _require(form: Form, opening: Opening) -> None:
    """Let pass who may send a form that is about no alliance; who decides on a draft is asked by its own form."""
    session, by = opening.session, opening.by
    if issubclass(form.model, OfficeForm):
        require(session, by, form.verb, office_codes=[opening.office])
    elif issubclass(form.model, NewForm):
        require_somewhere(by, form.verb)
    elif not issubclass(form.model, PersonForm | ApprovalForm):
        _require_for_duty(session, by, form, opening.duty)


def _require_for_duty(session: Any, by: Actor, form: Form, duty: FoundDuty | None) -> None:
    if duty is None:
        raise Refused("Open this from the reminder that it is about.")
    codes = list(duty.of.answering)
    if duty.shown is not None:
        codes.append(duty.shown.office_code)
    require(session, by, form.verb, office_codes=codes)


def _filled(form: Form, draft: Draft, values: Mapping[str, Any]) -> Draft:
    """Lay what was typed over what the form proposes; a choice that is no longer offered is dropped."""
    for name, value in values.items():
        info = form.model.model_fields.get(name)
        if info is None:
            continue
        if ask_of(info).offered:
            offered = {choice.value for choice in draft.choices.get(name, [])}
            if isinstance(value, list):
                draft.values[name] = [one for one in value if one in offered]
                continue
            if str(value) not in offered:
                continue
        draft.values[name] = value
    return draft


def _kept(values: Mapping[str, Any], shown: set[str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    room = KEPT_CHARACTERS
    # The short ones first: so most of them find room.
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    for name, value in sorted(texts.items(), key=lambda one: len(one[1])):
        if name not in shown:
            # Quotes and line breaks take more room in JSON.
            size = len(json.dumps({name: value}, ensure_ascii=False))
            if size <= room:
                kept[name] = value
                room -= size
    return kept
