"""Whatever comes in, the bot answers: nothing breaks, and nobody reads or does what is not theirs."""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import build_app
from bot.http_mode import listening
from models.alliances import Alliance, AllianceOffice
from models.audit import AuditEntry
from models.drafts import Draft
from models.duties import Obligation
from models.offices import Office
from operations.actor import identify
from operations.approve.keep_draft import keep_draft
from tests.bot.payloads import CHANNEL, STRANGERS, Chance, Payload
from tests.bot.slack import Person
from tests.bot.world import APP
from tests.conftest import REPLAY
from tests.operations.conftest import NOW, TODAY

SECRET = "f" * 32
#: Stands in a draft of the area office, and nowhere else.
MARKER = "Kestrel over the harbor"
#: A member of the workspace whom nobody entered.
OUTSIDERS = ("USTRANGER",)
#: Would call a whole channel, or lead astray.
INJECTED = ("<!channel>", "<https://x.example|y>")
#: Characters of a payload that are told where something is wrong with it; its seed makes it anew.
MOST_SHOWN = 2000
#: What is logged as an error though all was done: Slack itself refuses the person who would be told.
TOLD_NOBODY = {"an answer could not be shown", "recorded, but its sender could not be told"}


@pytest.fixture
def ids(records) -> dict:
    """What buttons and forms can be about, with a draft of the area office among it."""
    office = records.office("0317300")
    made = Alliance(name="Harbor Alliance", level="area", tracked_from=TODAY, created_at=NOW)
    records.add(made)
    records.flush()
    records.add(AllianceOffice(alliance_id=made.id, office_id=office.id, rank=0))
    content = {"name": "Harbor Alliance", "level": "area", "offices": ["0317300"], "participants": ["Dockers: union"]}
    content |= {"goals": MARKER, "objectives": "Two trainings a year", "work_plan": "Two trainings"}
    by = identify(records, "UADA", now=NOW)
    keep_draft(records, by=by, now=NOW, alliance=made.id, subject="proposal", content=content)
    records.settle()
    # Those of duties are the same in every run: a seed makes the same payloads again.
    uuids = [*sorted(map(str, records.scalars(select(Obligation.id)))), *map(str, records.scalars(select(Draft.id)))]
    alliances = list(records.scalars(select(Alliance.id).order_by(Alliance.id)))
    offices = list(records.scalars(select(Office.code)))
    values = [f"{kind}:{number}" for kind in ("meeting", "activity", "document", "position") for number in (1, 2)]
    return {"alliances": alliances, "uuids": uuids, "values": [*values, *offices]}


class Errors(logging.Handler):
    """Collects what libraries log as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        self.found.append(f"{record.name}: {record.getMessage()} {record.exc_info}")


@pytest.fixture
def libraries():
    """What libraries log as an error during the test."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    yield errors.found
    logging.getLogger().removeHandler(errors)


@pytest.fixture(params=["socket", "http"])
def way(request, slack, world):
    """How the payloads reach the bot."""
    if request.param == "socket":
        yield request.param
        return
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, world, lambda: world.now, SECRET, deliveries=world.deliveries)
    with listening(app, "127.0.0.1", 0, at_once=4) as where:
        slack.post("/control/app", **APP, request_url=f"http://{where}/slack/events", signing_secret=SECRET)
        yield request.param
        slack.post("/control/app", **APP)
    app.listener_runner.listener_executor.shutdown()


def told(line) -> str:
    """Say what was logged, and where it arose."""
    error = line.get("exc_info")
    if not isinstance(error, Exception):
        return str(line)
    frames = traceback.extract_tb(error.__traceback__)
    return f"{line['event']}: {error!r} in {frames[-1].filename}:{frames[-1].lineno}"


def broken(answer, payload: Payload, way: str) -> str | None:
    """Say what is wrong with an answer; None where nothing is."""
    if not answer["ok"]:
        # Over HTTP what cannot be read is told apart by its status; over a connection it is acknowledged.
        expected = way == "http" and payload.steps and answer["error"] == "http_service_error"
        return None if expected else f"no answer: {answer}"
    for text in mrkdwn(answer["answer"]):
        if any(bad in text for bad in INJECTED):
            return f"not escaped: {text[:300]}"
    shown = json.dumps(answer["answer"])
    if payload.foreign and any(word in shown for word in (MARKER, "Harbor", "Plaza", "duties")):
        return f"told to another workspace: {shown[:300]}"
    return None


def mrkdwn(shown) -> Iterator[str]:
    """Yield every text in which Slack would follow a mention or a link."""
    if isinstance(shown, list):
        for each in shown:
            yield from mrkdwn(each)
    if isinstance(shown, dict):
        said = shown.get("text")
        if isinstance(said, str) and shown.get("type") != "plain_text":
            yield said
        yield from mrkdwn([each for each in shown.values() if isinstance(each, dict | list)])


@pytest.fixture
def sends(way, slack, ids, records, libraries):
    """Send payloads one after the other, and look at what comes of each."""
    ada = Person(slack, "UADA", CHANNEL)

    def send(payload: Payload) -> str | None:
        extra = {"as_user": payload.user, "in_channel": CHANNEL} if payload.user and not payload.steps else {}
        answer = slack.post("/control/deliver", kind=payload.kind, payload=payload.body, **extra)
        return broken(answer, payload, way)

    def check(problem: str | None, errors: list, posted: list) -> Iterator[str]:
        """Say what is wrong after a payload; what is told after an acknowledgement may be of the one before it."""
        yield from filter(None, [problem])
        yield from (f"logged: {told(line)}" for line in errors if line["event"] not in TOLD_NOBODY)
        for each in posted:
            said = json.dumps(each, ensure_ascii=False)
            if MARKER in said and {each.get("user"), each.get("channel")} & {*STRANGERS, *OUTSIDERS}:
                yield f"leaked: {said[:300]}"
            yield from (f"not escaped: {text[:300]}" for text in mrkdwn(each) if any(bad in text for bad in INJECTED))

    def run(seed: int, number: int) -> None:
        chance = Chance(seed, ids)
        slack.mark()
        wrong: dict[str, Payload] = {}
        with capture_logs() as lines:
            for _ in range(number):
                payload, logged = chance.payload(), len(lines)
                problem = send(payload)
                errors = [line for line in lines[logged:] if line["log_level"] in {"error", "critical"}]
                posted = slack.record(slack.counted)
                slack.counted += len(posted)
                for each in check(problem, errors, posted):
                    wrong.setdefault(each, payload)
            assert "open duties" in ada.asks("/alliance due")["text"]
        shown = (f"{problem}: {payload.steps} {str(payload.body)[:MOST_SHOWN]}" for problem, payload in wrong.items())
        assert list(wrong) == [], "\n".join(shown)
        names = {name.lower() for name in records.scalars(select(AuditEntry.actor))}
        assert not names & {name.lower() for name in STRANGERS}
        assert libraries == []

    return run


def test_payloads_of_chance(sends, way, record_property):
    """Some hundred payloads, over Socket Mode and over HTTP; afterwards the bot is there as before."""
    record_property(REPLAY, "payloads of chance: seed 1")
    # The app of all tests, over Socket Mode, draws pictures and keeps files, too: that takes its time.
    sends(1, 200 if way == "http" else 50)


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_many_payloads_of_chance(sends, way, record_property):
    """Ten thousand payloads, half of them each way; ALLIANCE_FUZZ_SEED=N makes others than those of every run."""
    seed = int(os.environ.get("ALLIANCE_FUZZ_SEED", "20261123"))
    record_property(REPLAY, f"payloads of chance, {way}: ALLIANCE_FUZZ_SEED={seed}")
    sends(seed, 5_000)
