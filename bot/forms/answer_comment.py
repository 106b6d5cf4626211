"""Record an office's comment on a draft national agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import escaped, safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, FilesField, Form, Opening, Submitting, files_field
from bot.open_duties import duty_draft
from operations.establish.answer_comment import answer_comment
from operations.read.procedure import next_words
from policy.rights import Verb
from policy.subjects import PROPOSAL


class AnswerComment(AllianceForm):
    """What an office that was asked has to say (CSP 04-01-002 VIII.B.2, VIII.C.4)."""

    request: Annotated[int, Ask(offered=True)] = Field(title="Who comments")
    answered_on: date = Field(title="Date of the comment")
    answer: Annotated[str, Ask(multiline=True)] = Field(
        title="Comment", max_length=3000, description="“No comment” is an answer, too."
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    draft = duty_draft(opening, "draft-comment", "request", "nobody is being asked for a comment.")
    draft.values["answered_on"] = opening.about.today
    return draft


def _submit(submitting: Submitting, typed: AnswerComment) -> Done:
    outcome = answer_comment(
        submitting.session,
        alliance_id=typed.alliance,
        request_id=typed.request,
        answered_on=typed.answered_on,
        answer=typed.answer,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    request = next((request for request in facts.comment_requests if request.id == typed.request), None)
    office = outcome.of.asked_offices.get("" if request is None else request.office, "the office asked")
    on_proposal = request is not None and request.subject == PROPOSAL
    return Done(
        outcome,
        f"Recorded for *{safe(facts.name)}*: {'input' if on_proposal else 'comment'} of {safe(office)} on "
        f"{full_day(typed.answered_on)}.",
        undoable=True,
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)) if on_proposal else None,
    )


FORM = Form(
    name="answer_comment",
    title="Record a comment",
    model=AnswerComment,
    verb=Verb.COMMENT,
    open=_open,
    submit=_submit,
)
