"""The procedure as a picture, above its words: uploaded once for each content, and left out where Slack takes none."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, replace
from functools import partial

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Answer, Asked
from bot.blocks import MOST_BLOCKS, Json
from bot.slack_errors import SLACK_ERRORS
from documents.procedure_chart import DRAWN_AS, Chart, Step, draw
from operations.read.procedure import ProcedureShown
from operations.records.keep_picture import find_picture, forget_picture, keep_picture
from policy.procedure_order import Stands
from policy.words import capital, count, day, listing

#: Characters of a text that stands in for a picture.
ALT_CHARACTERS = 2000
#: Seconds for which it is asked whether Slack is done with a picture: it shows none before.
READY_WITHIN, LOOK_EVERY = 4.0, 0.25
#: Blocks above the picture: the heading, and how far it has come.
ABOVE = 2

log = structlog.get_logger("bot")


def with_picture(asked: Asked, shown: ProcedureShown, answer: Answer) -> Answer:
    """Return the answer that gets its picture once Slack was answered; nothing is drawn of what is over."""
    if shown.over is not None or len(answer.shown) >= MOST_BLOCKS:
        return answer
    return replace(answer, later=partial(_picture, asked, chart_of(shown), answer), waits=True)


def _picture(asked: Asked, chart: Chart, answer: Answer, client: WebClient) -> Answer | None:
    """Return the answer with its picture; None where Slack takes none."""
    try:
        file = _uploaded(asked, chart, client)
    except SLACK_ERRORS as error:
        log.warning("the procedure is shown in words alone", why=str(error))
        return None
    return replace(answer, blocks=[*answer.blocks[:ABOVE], _image(chart, file), *answer.blocks[ABOVE:]], later=None)


def _uploaded(asked: Asked, chart: Chart, client: WebClient) -> str:
    """Return Slack's id of the picture, which is uploaded the first time, and again when Slack has it no more."""
    sha256 = hashlib.sha256(json.dumps([DRAWN_AS, asdict(chart)], sort_keys=True).encode()).hexdigest()
    with asked.sessions() as session:
        known = find_picture(session, sha256)
    if known is not None:
        try:
            client.files_info(file=known)
        except SlackApiError as error:
            if error.response.get("error") not in {"file_not_found", "file_deleted"}:
                raise
            with asked.sessions.begin() as session:
                forget_picture(session, sha256)
        else:
            return known
    answer = client.files_upload_v2(
        content=draw(chart), filename="procedure.png", title=chart.title, alt_txt=alt_text(chart)[:1000]
    )
    file = str((answer.get("file") or {})["id"])
    _wait_until_ready(client, file)
    with asked.sessions.begin() as session:
        keep_picture(session, sha256, file, now=asked.now)
    return file


def _wait_until_ready(client: WebClient, file: str) -> None:
    """Wait until Slack knows that a file is a picture: a block with it would be refused before."""
    until = time.monotonic() + READY_WITHIN
    while not client.files_info(file=file)["file"].get("mimetype") and time.monotonic() < until:
        time.sleep(LOOK_EVERY)


def _image(chart: Chart, file: str) -> Json:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt_text(chart)}


def chart_of(shown: ProcedureShown) -> Chart:
    """Return what the picture of a procedure shows: each step in the row after those that come before it."""
    rows: dict[str, int] = {}
    steps = []
    for number, stage in enumerate(shown.stages, start=1):
        row = 1 + max((rows[id] for id in stage.stage.after if id in rows), default=0)
        if stage.stands is not Stands.NOT_NEEDED:
            rows[stage.stage.id] = row
        note = {Stands.NEXT: stage.owner, Stands.WAITING: listing(stage.waiting_for)}.get(stage.stands, "")
        steps.append(Step(number, stage.stage.title, stage.stands, note, row))
    what = "renewal" if shown.renewal else f"{shown.of.facts.level.value} alliance"
    return Chart(
        title="Procedure of the renewal" if shown.renewal else "From proposal to signature",
        subtitle=f"{shown.of.facts.name}: {what}, on {day(shown.on)}. "
        f"{shown.done} of {count(shown.counted, 'step')} done.",
        steps=tuple(steps),
    )


def alt_text(chart: Chart) -> str:
    """Say in words what the picture shows, state by state."""
    parts = [f"{chart.title}. {chart.subtitle}"]
    for stands in Stands:
        of_state = [f"{step.number}. {step.title}" for step in chart.steps if step.stands is stands]
        if of_state:
            parts.append(f"{capital(stands.value)}: {'; '.join(of_state)}.")
    return " ".join(parts)[:ALT_CHARACTERS]
