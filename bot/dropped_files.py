"""A file that somebody drops into the thread of a reminder: they are asked what it belongs to, and nothing is kept yet.

The buttons carry which file it is; the form that they open keeps it with its record, once it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Asked, Reply
from bot.blocks import Json, button, clip, context, safe, section
from bot.duty_words import title
from bot.forms import FORMS
from bot.message_files import CARRIED, FIELD, LEFT_OUT, carry_files, left_out
from bot.open_duty import open_duty
from bot.open_form import open_form
from bot.payload import WITH_FILES
from bot.shown_words import duty_line, outcome
from bot.slack_message import SlackFile, files_of
from bot.values import DroppedActivity, DroppedDuty, read
from operations.actor import Actor, allowed, require
from operations.read.merged import gather_standing
from operations.read.message import Shown
from operations.read.thread_duties import thread_duties
from operations.refusals import Refused
from policy.rules import RULES
from policy.words import listing

#: Slack shows a private answer only to people in a channel where the app is, too.
NO_SUCH_PLACE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"})
#: What Slack calls a message with files, in a thread and where the channel is shown it, too.
DROPPED: dict[str, Any] = {"type": "message", "subtype": list(WITH_FILES)}
#: Duties and alliances that are offered, and files that are named.
MOST_ROWS = 30
NAMED = 3
NOT_YET = "Nothing is kept before you send the form. Only you see this."

log = structlog.get_logger("bot")


def ask_where(asked: Asked, event: Mapping[str, Any], client: WebClient) -> None:
    """Ask who dropped files into the thread of a reminder what they belong to; other threads are left alone."""
    thread, files = event.get("thread_ts"), list(files_of(event))
    if thread in {None, event["ts"]} or event.get("bot_id") or not files or asked.documents is None:
        return
    with asked.sessions() as session:
        duties = thread_duties(session, channel=event["channel"], ts=str(thread), now=asked.now)
        if duties is None:
            return
        try:
            text, blocks = _question(session, asked, duties, files)
        except Refused as refused:
            text, blocks = refused.sentence, [section(safe(refused.sentence, 1000))]
    try:
        client.chat_postEphemeral(
            channel=event["channel"], user=asked.user_id, thread_ts=thread, text=text, blocks=blocks
        )
    except SlackApiError as error:
        if error.response.get("error") not in NO_SUCH_PLACE:
            raise
        log.info("nobody could be asked what a file belongs to", why=str(error))


def _question(
    session: Any, asked: Asked, duties: Sequence[Shown], files: Sequence[SlackFile]
) -> tuple[str, list[Json]]:
    """Return the text and the blocks that ask.

    Raises:
        NotAllowed: The person may record nothing of this.
    """
    carried = carry_files(files, None if asked.documents is None else asked.documents.most)
    rows = _rows(session, asked.actor(session), duties, carried)
    notes = [left_out(carried[LEFT_OUT])] if LEFT_OUT in carried else []
    if CARRIED not in carried:
        return notes[0], [section(notes[0])]
    names = listing([f"*{safe(clip(file.name, 80))}*" for file in files[:NAMED]])
    if not rows:
        said = f"{names}: nothing that is asked for here is recorded with files."
        return said, [section(said)]
    which = "What does it belong to?" if len(rows) > 1 else "It may belong to this:"
    heading = f"{names}{' and others' if len(files) > NAMED else ''}. {which}"
    notes += [f"and {len(rows) - MOST_ROWS} more: /alliance due shows them."] if len(rows) > MOST_ROWS else []
    notes.append(NOT_YET)
    blocks = [section(heading), *(section(line, accessory=press) for line, press in rows[:MOST_ROWS])]
    return "\n".join([heading, *(f"•  {line}" for line, _ in rows[:MOST_ROWS]), *notes]), [
        *blocks,
        *map(context, notes),
    ]


def _rows(session: Any, by: Actor, duties: Sequence[Shown], carried: Mapping[str, str]) -> list[tuple[str, Json]]:
    """Return each duty that the person may record with files, and an activity of each alliance, with its button.

    Raises:
        NotAllowed: They may record nothing of this.
    """
    alliances = {duty.alliance_id: duty.alliance for duty in duties if duty.alliance_id is not None}
    answering = {id: gather_standing(session, id).answering for id in alliances}
    activity, rows = FORMS["record_activity"], []
    for duty in duties:
        form = FORMS[RULES[duty.rule].resolved_by]
        if duty.alliance_id is None or outcome(duty) is not None or FIELD not in form.model.model_fields:
            continue
        if allowed(session, by, form.verb, office_codes=answering[duty.alliance_id]):
            value = DroppedDuty(duty=duty.id, files=dict(carried)).model_dump_json()
            about = f"{duty.alliance}, {title(duty.rule)}"
            rows.append((duty_line(duty), button("Record it", "file:obligation", value, about=about)))
    for id, name in alliances.items():
        if allowed(session, by, activity.verb, office_codes=answering[id]):
            value = DroppedActivity(alliance=id, files=dict(carried)).model_dump_json()
            rows.append((f"An activity of *{safe(name)}*", button("Log it", "file:alliance", value, about=name)))
    if alliances and not rows:
        require(session, by, activity.verb, office_codes=next(iter(answering.values())))
    return rows


def record_duty(asked: Asked, value: str) -> Reply:
    """Open the form that fulfils a duty, with the dropped files in it."""
    dropped = read(DroppedDuty, value)
    return open_duty(asked, dropped.duty, dropped.files)


def log_activity(asked: Asked, value: str) -> Reply:
    """Open the form for an activity of an alliance, with the dropped files in it."""
    dropped = read(DroppedActivity, value)
    return open_form(asked, FORMS["record_activity"], alliance_id=dropped.alliance, values=dropped.files)


#: By action id.
BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {"file:obligation": record_duty, "file:alliance": log_activity}
