"""Put a draft before the officials who have to approve it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from bot.approval_words import ahead_lines
from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Choice, Draft, Form, Opening, Said, Submitting
from operations.approve.ask_approval import RECORD, ask_approval
from operations.approve.decide_term import keep_recommendation
from operations.approve.keep_draft import keep_draft
from operations.approve.put_report import keep_report
from operations.gather_facts import Gathered
from operations.read.askable import (
    Askable,
    expert_seat,
    list_askable,
    list_experts,
    preview_chain,
    products_of,
    read_draft,
)
from operations.read.choices import alliance_choices
from operations.refusals import Refused
from policy.approval import Seat
from policy.chains import Purpose
from policy.papers import REVIEWED
from policy.rights import Verb
from policy.words import capital

#: What the form itself writes into the draft of a product.
OWN_FIELDS = tuple(REVIEWED)
#: Characters of the name of somebody outside.
LONGEST_NAME = 100


class AskApproval(AllianceForm):
    """What is put before whom (CSP 04-01-002 VIII.A.4-5, VIII.B.5, VIII.C.5, VIII.D.1, IX.A.3, IX.C.3, X; FAQ F-5)."""

    what: Annotated[str, Ask(offered=True, steers=True)] = Field(title="What is to be approved?")
    document: str | None = Field(
        None, title=REVIEWED["document"], max_length=1000, description="A link, or where the file is kept."
    )
    summary: Annotated[str | None, Ask(multiline=True)] = Field(
        None,
        title=REVIEWED["summary"],
        max_length=3000,
        description="They approve this version: another text later has to be approved anew.",
    )
    experts: Annotated[list[str] | None, Ask(offered=True)] = Field(None, title="Experts of which directorates?")
    outside: Annotated[str | None, Ask(multiline=True, placeholder="Jane Roe, National Safety Council")] = Field(
        None,
        title="Experts outside, one a line",
        max_length=1000,
        description="Who is not in Slack: you record what they decide, with its evidence.",
    )
    needs: int | None = Field(None, ge=1, le=50, title="How many of them have to approve?", description="Empty: all.")
    note: Annotated[str | None, Ask(multiline=True)] = Field(None, title="A word to those who decide", max_length=1000)


def _open(opening: Opening) -> Draft:
    about = opening.about
    offered = list_askable(opening.session, about.of, on=about.today)
    if not offered:
        raise Refused(
            f"Nothing of {about.name} is to be put before anybody today: everything is before them or approved. "
            "/alliance approve shows how it stands."
        )
    wanted = opening.values.get("what")
    chosen = _chosen(offered, wanted)
    if chosen is None and wanted in {one.value for one in products_of(opening.session, about.id)}:
        raise Refused("This product is before its experts, or approved by them; /alliance approve shows how it stands.")
    one = chosen or offered[0]
    draft = Draft(
        values={"what": one.value},
        choices={"what": [Choice(each.value, capital(each.label)) for each in offered]},
    )
    kept = read_draft(opening.session, about.id, one.subject)
    if _is_written_here(one):
        draft.required = frozenset({"summary"})
        draft.values |= {name: None if kept is None else kept[1].get(name) for name in OWN_FIELDS}
        draft.choices["experts"] = [Choice(code, name) for code, name in list_experts(opening.session)]
        # Where no directorate is on record, those outside are asked.
        draft.hidden = frozenset() if draft.choices["experts"] else frozenset({"experts"})
    else:
        draft.hidden = frozenset({*OWN_FIELDS, "experts", "outside", "needs"})
    version = "" if kept is None else f" Version {kept[0]} is on file."
    draft.intro = [f"*{safe(about.name)}*.{version} {_whom(opening, about.of, one)}"]
    return draft


def _whom(opening: Opening, of: Gathered, one: Askable) -> str:
    if one.purpose is Purpose.PRODUCT:
        return "It goes to the experts whom you choose."
    steps = preview_chain(opening.session, of, one.purpose, about=one.about, by=opening.by, now=opening.now)
    reading = [one.purpose.terms.reading] if one.purpose.terms.reading else []
    return "\n".join(["It goes to:", *ahead_lines(steps), *reading])


def _chosen(offered: list[Askable], value: Any) -> Askable | None:
    return next((each for each in offered if each.value == value), None)


def _is_written_here(one: Askable) -> bool:
    """Whether what is put forward is written in this form: a product; the rest has a form of its own."""
    return one.purpose is Purpose.PRODUCT


def _submit(submitting: Submitting, typed: AskApproval) -> Said:
    session, by, now = submitting.session, submitting.by, submitting.now
    choices = alliance_choices(session, typed.alliance, now=now)
    one = _chosen(list_askable(session, choices.of, on=choices.today), typed.what)
    if one is None:
        raise Refused("This is before them by now, or approved; /alliance approve shows how it stands.", field="what")
    if one.purpose is Purpose.RENEWAL:
        agreement = int(one.subject.partition(":")[2])
        keep_recommendation(session, by=by, now=now, alliance=typed.alliance, agreement_id=agreement)
    elif one.purpose is Purpose.REPORT:
        period_end = date.fromisoformat(one.subject.partition(":")[2])
        keep_report(session, by=by, now=now, alliance_id=typed.alliance, period_end=period_end)
    elif _is_written_here(one):
        content = {"document": typed.document, "summary": typed.summary}
        if not typed.summary:
            raise Refused("Say what it says, or what matters of it.", field="summary")
        keep_draft(session, by=by, now=now, alliance=typed.alliance, subject=one.subject, content=content)
    outside = list(dict.fromkeys(" ".join(line.split()) for line in (typed.outside or "").splitlines() if line.strip()))
    if any(len(name) > LONGEST_NAME for name in outside):
        raise Refused(f"Shorten the names to {LONGEST_NAME} characters.", field="outside")
    experts = [expert_seat(code) for code in typed.experts or []] + [Seat(outside=name) for name in outside]
    approval = ask_approval(
        session,
        by=by,
        now=now,
        alliance_id=typed.alliance,
        purpose=one.purpose,
        subject=one.subject,
        about=one.about,
        note=typed.note,
        experts=experts if one.purpose is Purpose.PRODUCT else (),
        needs=typed.needs or 0 if one.purpose is Purpose.PRODUCT else 0,
    )
    said = f"Asked for *{safe(choices.name)}*: {safe(one.label)}. You hear of every step. /alliance approve shows it."
    return Said(said, "", f"{RECORD}:{approval.id}")


FORM = Form(
    name="ask_approval",
    title="Ask for approval",
    model=AskApproval,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
    submit_label="Ask",
)
