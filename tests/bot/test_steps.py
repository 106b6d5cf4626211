"""Steps in people's own workflows: done once, in the name and with the rights of the person that they name."""

from __future__ import annotations

import time
from datetime import date

import pytest
from slack_sdk import WebClient

from bot.app import build_app
from bot.asked import Asked
from bot.http_mode import listening
from bot.run_step import run_step
from bot.steps import STEPS, _wanted, described_steps
from models.approvals import Approval
from models.deliveries import Delivery
from models.work import Activity
from operations.read.askable import Askable
from operations.refusals import Refused
from policy.chains import Purpose
from policy.rights import Role
from tests.bot.slack import PATIENCE, words
from tests.bot.test_approvals import appoint, harbor  # noqa: F401  # a fixture
from tests.bot.world import APP
from tests.faults.fates import BreakingClient, KilledError
from tests.operations.conftest import NOW

SECRET = "d" * 32
BOOTH = {
    "person": "UADA",
    "alliance": "plaza",
    "kind": "Outreach event",
    "title": "Booth at the <!channel> fair",
    "on": "2026-11-20",
    "reached": 45,
    "state": "pa",
}


@pytest.fixture
def over_http(slack, world):
    """Events reach the bot over HTTP."""
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, world, lambda: world.now, SECRET, deliveries=world.deliveries)
    with listening(app, "127.0.0.1", 0, at_once=4) as where:
        there = {"request_url": f"http://{where}/slack/events", "signing_secret": SECRET}
        slack.post("/control/app", **APP | there)
        yield there
        slack.post("/control/app", **APP)
    app.listener_runner.listener_executor.shutdown()


@pytest.fixture(params=["socket", "http"])
def way(request):
    """How events reach the bot."""
    if request.param == "http":
        request.getfixturevalue("over_http")


@pytest.fixture
def runs(slack, sample_engine):
    """Run a step as a workflow does; give how it ended."""

    def run(callback_id, **inputs):
        started = slack.post("/control/steps", callback_id=callback_id, inputs=inputs)
        assert started["ok"], started
        return until(lambda: ended(slack, started["id"]))

    return run


def until(found):
    """Return the first answer that is one."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := found()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return answer


def ended(slack, id):
    """Return a run of a step that is at its end."""
    run = slack.get(f"/control/steps/{id}")
    return run if run["state"] != "running" else None


@pytest.fixture
def again(slack, rows):
    """Deliver a run once more, as another event; wait until the bot is done with it."""

    def deliver(run):
        known = len(rows(Delivery))
        assert slack.post("/control/steps", again=run["id"])["ok"]
        until(lambda: len(found := rows(Delivery)) > known and all(row.done for row in found))
        return slack.get(f"/control/steps/{run['id']}")

    return deliver


def posts(slack, since):
    """Return what the bot posted since then."""
    return [entry for entry in slack.record(since) if entry["kind"] == "post" and entry["user"] == "UBOT"]


def test_a_workflow_records_an_activity(way, runs, ada, slack, rows):
    """It stands on record with where it is from; its person is told, can open that message, and can undo it."""
    since = slack.mark()
    run = runs("record_activity", **BOOTH)
    (row,) = rows(Activity)
    assert (run["state"], run["outputs"]["id"]) == ("completed", f"activity:{row.id}")
    assert (row.kind, row.title, row.on_day, row.reached) == ("outreach", BOOTH["title"], date(2026, 11, 20), 45)
    assert row.details == {"state": "PA", "source": "workflow in Slack"}
    (told,) = posts(slack, since)
    first, second, *_ = told["text"].splitlines()
    assert first == "A workflow did this in your name."
    assert second.startswith("Recorded for *La Plaza Alliance*: outreach event “Booth at the ")
    assert "<!channel>" not in str(told["blocks"])
    assert run["outputs"]["link"].endswith(f"/#/{told['channel']}/p{told['ts']}")
    assert "From a workflow in Slack" in str(ada.asks("/alliance show plaza"))
    ada.presses(told, "undo:record")
    assert "no longer counts" in ada.reads(telling="no longer counts")["text"]
    assert [row.withdrawn_at is None for row in rows(Activity)] == [False]


def test_a_run_that_is_delivered_again_does_nothing_new(runs, again, slack, rows, records):
    """Neither what was done nor what was refused is done again, whatever has changed meanwhile."""
    since = slack.mark()
    run = runs("record_activity", **BOOTH)
    assert again(run) == run
    refused = runs("record_activity", **BOOTH | {"person": "USTRANGER"})
    appoint(records, "USTRANGER", "Sam Coordinator", Role.ALLIANCE_COORDINATOR, "0317300")
    records.settle()
    assert again(refused) == refused
    assert len(rows(Activity)) == len(posts(slack, since)) == 1
    assert runs("record_activity", **BOOTH | {"person": "USTRANGER"})["state"] == "completed"


def test_what_slack_did_not_hear_is_told_when_it_asks_again(over_http, slack, rows):
    """A run whose end did not reach Slack ends with its next delivery, with the same answer."""
    # Slack itself keeps quiet, so that nothing comes by itself after the test.
    slack.post("/control/app", **APP | over_http | {"events": ["app_home_opened"]})
    since, id = slack.mark(), slack.post("/control/steps", callback_id="record_activity", inputs=BOOTH)["id"]
    event = {"type": "function_executed", "function": {"callback_id": "record_activity"}, "inputs": BOOTH}

    def delivered(event_id: str) -> bool:
        told = event | {"function_execution_id": id}
        body = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": told}
        return bool(slack.post("/control/deliver", kind="events_api", payload=body)["ok"])

    slack.post("/control/faults", on="functions.completeSuccess", what="status", status=503, times=1)
    assert not delivered("EvFirst")
    assert delivered("EvSecond")
    run = ended(slack, id)
    (row,) = rows(Activity)
    assert run["outputs"]["id"] == f"activity:{row.id}"
    assert run["outputs"]["link"]
    assert len(posts(slack, since)) == 1


#: What is wrong with the inputs, and what is said of it.
WRONG = [
    ({"person": "nobody"}, "Choose in the workflow in whose name this is done"),
    ({"person": "UBOT"}, "is an app; choose a person."),
    ({"person": "USTRANGER"}, "sam: You may not record"),
    ({"alliance": "NGFA"}, "ada: You may not record"),
    ({"alliance": "xyzzy"}, "No alliance is called “xyzzy”"),
    ({"alliance": "roofing"}, "“roofing” may mean several alliances"),
    ({"kind": "party"}, "“party” is no kind of activity: write one of Dissemination of information, Outreach"),
    ({"title": "x" * 301}, "Description or name: At most 300 characters; this has 301."),
    ({"title": ["Booth"]}, "title: this is no text"),
    ({"on": "soon"}, "Date: Enter a date."),
    ({"on": "2026-11-24"}, "is still to come"),
    ({"reached": 1.5}, "Number of people reached: Enter a whole number."),
    ({"state": "Delaware"}, "“Delaware” is no state: write its two letters"),
    ({"alliance": "plaza " * 20_000}, "alliance: At most 300 characters; this has 119,999."),
    ({"kind": "party " * 20_000}, "kind: At most 300 characters; this has 119,999."),
    ({"on": 1_795_219_200}, "Date: Enter a date."),
]


def test_lines_of_a_title_become_one(runs, rows):
    """What is typed into one line of the form is one line from a workflow, too."""
    runs("record_activity", **BOOTH | {"title": "Booth\n*Recorded*  at the fair", "info": "One\nTwo"})
    (row,) = rows(Activity)
    assert (row.title, row.details["info"]) == ("Booth *Recorded* at the fair", "One\nTwo")


@pytest.mark.parametrize("made", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("call", range(3))
def test_a_person_is_told_once_however_often_the_bot_is_killed(slack, world, rows, *, sample_engine, call, made):
    """What the next delivery finds on record it tells the person of, unless that stands there already."""
    since, asked = slack.mark(), Asked(world, NOW, "", "")
    client = BreakingClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    client.countdown, client.made = call, made
    execution = f"Fx{call}{made}"
    with pytest.raises(KilledError):
        run_step(asked, STEPS[0], BOOTH, execution, client)
    client.countdown = None
    run = run_step(asked, STEPS[0], BOOTH, execution, client)
    (told,) = posts(slack, since)
    assert (run.link or "").endswith(f"/#/{told['channel']}/p{told['ts']}")
    assert run_step(asked, STEPS[0], BOOTH, execution, client) == run
    assert len(posts(slack, since)) == len(rows(Activity)) == 1


def test_what_has_a_name_within_another_one_can_be_chosen():
    """The whole name of what is to be approved means that, also where a longer one holds it."""
    one, other = (Askable(Purpose.SPECIAL, "draft", name, f"{name}: approval") for name in ("Union", "Port Union"))
    assert _wanted([other, one], "union: Approval", "Harbor") == one
    assert _wanted([other, one], "port", "Harbor") == other
    with pytest.raises(Refused, match="Say what of Harbor is to be approved"):
        _wanted([other, one], "union", "Harbor")


def test_what_is_wrong_is_said_in_one_sentence(runs, rows):
    """The workflow is told why, and nothing is on record."""
    for wrong, sentence in WRONG:
        run = runs("record_activity", **BOOTH | wrong)
        assert run["state"] == "failed"
        assert sentence in run["error"]
    assert rows(Activity) == []


@pytest.mark.usefixtures("harbor")
def test_a_workflow_asks_for_approval(runs, again, ada, slack, rows):
    """What is ready goes to its officials once; who may not ask learns nothing of what is ready."""
    asks = {"person": "UADA", "alliance": "harbor", "what": "Approval of the Proposal", "note": "Before the season"}
    refused = runs("ask_approval", **asks | {"person": "U0NOBODY"})
    assert "U0NOBODY: You may not" in refused["error"]
    assert "proposal in the field" not in refused["error"]
    odd = runs("ask_approval", **asks | {"what": "picnic"})
    assert "“picnic” is not to be approved for Harbor Alliance. Write one of: " in odd["error"]
    since = slack.mark()
    run = runs("ask_approval", **asks)
    (row,) = rows(Approval)
    assert run["outputs"]["id"] == f"approval:{row.id}"
    assert (row.asked_by, row.note) == ("Ada Coordinator", "Before the season")
    assert again(run) == run
    (told,) = posts(slack, since)
    assert "Asked for *Harbor Alliance*: evaluation and approval of the proposal in the field" in words(told["blocks"])
    assert runs("ask_approval", **asks)["state"] == "failed"
    assert len(rows(Approval)) == 1


def test_each_step_tells_slack_what_its_form_would_take():
    """Every input is read by the step: a form's field, or the person; every output has a name and a title."""
    for step in STEPS:
        asked = {each.name for each in step.inputs} - {"person"}
        assert asked <= step.form.model.model_fields.keys()
        required = {name for name, info in step.form.model.model_fields.items() if info.is_required()}
        assert required - asked == set()
    for told in described_steps().values():
        assert len(told["title"]) <= 35
        assert list(told["output_parameters"]) == ["id", "link"]
        assert told["output_parameters"]["id"]["is_required"]
        assert all(name == one["name"] for name, one in told["input_parameters"].items())
