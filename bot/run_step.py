"""Run a step of a workflow once: it does what its form does, in somebody's name, and they are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from pydantic import BaseModel
from slack_bolt import Complete, Fail
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Asked
from bot.blocks import clip, escaped
from bot.form_types import Done, Submitting
from bot.forms.record_activity import SOURCE
from bot.gate_words import marked_text
from bot.outcomes import told, told_blocks
from bot.posted import Words, post_to_person
from bot.slack_errors import SLACK_ERRORS
from bot.steps import Step, acting_person
from operations.actor import process
from operations.read.marked_words import Marked, undecided_of
from operations.records.once import claim_submission, note_answer
from operations.records.recognise import REMEMBERED
from operations.refusals import NotAllowed, Refused

log = structlog.get_logger("bot")

#: What Slack would say again however often it is told: the run ended before or was cancelled, or the token of the step
#: is no longer good.
FINAL = frozenset(
    {
        *("execution_not_in_running_state", "function_execution_not_found", "parameter_validation_failed"),
        *("invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"),
    }
)
#: Characters of a sentence that says why a step failed.
MOST_OF_ERROR = 2000
#: What stands beside the record.
FROM_WORKFLOW = "workflow in Slack"
IN_YOUR_NAME = "A workflow did this in your name."


class Ended(BaseModel):
    """How a step ended: the same is told again when it is delivered again."""

    error: str | None = None
    id: str | None = None
    link: str | None = None
    #: The text and blocks with which the person is told.
    words: Words | None = None


def run_step(asked: Asked, step: Step, inputs: Mapping[str, Any], execution: str, client: WebClient) -> Ended:
    """Do what a step says, once for each of its executions; `client` tells the person."""
    key = f"step:{execution}"
    try:
        who = replace(asked, user_id=acting_person(inputs))
        who = replace(who, user_name=who.name_of(who.user_id))
        return _run(who, step, inputs, key, client)
    except Refused as refused:
        said = f"{who.user_name}: {refused.sentence}" if isinstance(refused, NotAllowed) else refused.sentence
        return _note_refusal(asked, key, Ended(error=clip(escaped(said), MOST_OF_ERROR)))


def tell_end(ended: Ended, complete: Complete, fail: Fail) -> None:
    """Tell Slack how a step ended; where it was told before, it refuses to hear it again."""
    try:
        if ended.error is not None:
            fail(ended.error)
        else:
            complete({name: value for name, value in (("id", ended.id), ("link", ended.link)) if value is not None})
    except SlackApiError as error:
        # Of anything else Slack hears that the event failed, and delivers it again.
        if (code := error.response.get("error")) not in FINAL:
            raise
        log.warning("Slack takes no end of a step", why=code)


def _run(who: Asked, step: Step, inputs: Mapping[str, Any], key: str, client: WebClient) -> Ended:
    with who.sessions.begin() as session:
        by = who.actor(session)
        earlier = claim_submission(session, key, by=by, now=who.now)
        if earlier is None:
            typed = step.typed(session, by, who.now, inputs)
            done = step.form.submit(Submitting(session, by, who.now, None, kept={SOURCE: FROM_WORKFLOW}), typed)
            text = told(done) if isinstance(done, Done) else done.text
            marked = tuple(undecided_of(session, done.record or "")) if isinstance(done, Done) else ()
            ended = Ended(id=done.record, words=_words(text, done.record, marked))
            note_answer(session, key, ended.model_dump_json())
        else:
            ended = Ended.model_validate_json(earlier)
    if ended.link is not None or ended.words is None:
        return ended
    # Who was killed after the record may have told the person, too.
    link = _tell(who, ended.words, key, client, again=earlier is not None)
    if link is not None:
        ended = ended.model_copy(update={"link": link})
        with who.sessions.begin() as session:
            note_answer(session, key, ended.model_dump_json())
    return ended


def _note_refusal(asked: Asked, key: str, ended: Ended) -> Ended:
    """Keep that a step failed: what is delivered again does nothing new, whatever has changed meanwhile."""
    with asked.sessions.begin() as session:
        earlier = claim_submission(session, key, by=process("workflow"), now=asked.now)
        if earlier is not None:
            return Ended.model_validate_json(earlier)
        note_answer(session, key, ended.model_dump_json())
    return ended


def _words(text: str, record: str | None, marked: tuple[Marked, ...]) -> Words:
    """Return text and blocks that tell a person what was done in their name."""
    said = f"{IN_YOUR_NAME}\n{text}"
    words = "\n".join(filter(None, (said, marked_text(marked))))
    return {"text": words, "blocks": told_blocks(said, record, marked)}


def _tell(who: Asked, words: Words, key: str, client: WebClient, *, again: bool) -> str | None:
    """Tell the person once; return the address of that message, where there is one."""
    try:
        posted = post_to_person(client, who.user_id, key, words, since=who.now - REMEMBERED, again=again)
        link = client.chat_getPermalink(channel=posted.channel, message_ts=posted.ts)["permalink"]
    except SLACK_ERRORS:
        # It is done all the same; the lists show it.
        log.exception("a step was done, but the person could not be told")
        return None
    return str(link)
