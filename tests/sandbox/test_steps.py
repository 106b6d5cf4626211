"""The app's steps, run as a workflow runs them."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError


@pytest.fixture(scope="module")
def heard(app):
    """The runs that the app hears of."""
    seen = []

    @app.function("greet")
    def greet(body, inputs):
        seen.append(body["event"] | {"got": dict(inputs)})

    return seen


@pytest.fixture
def run(slack, heard, wait_for):
    """Run the step; give what the app heard."""

    def start(**inputs):
        started = slack.post("/control/steps", callback_id="greet", inputs=inputs)
        assert started["state"] == "running"
        return wait_for(lambda: next((e for e in heard if e["function_execution_id"] == started["id"]), None))

    return start


def shown(slack, event):
    """Return how a run stands."""
    found = slack.get(f"/control/steps/{event['function_execution_id']}")
    return found["state"], found["outputs"] or found["error"]


def test_a_step_runs_and_ends_once(slack, run, heard, wait_for):
    """The app gets the inputs and a token of the step; the first end counts; again is the same run in another event."""
    event = run(whom="Ben", note="")
    assert event["got"] == {"whom": "Ben"}
    assert event["bot_access_token"].startswith("xwfp-")
    id = event["function_execution_id"]
    slack.client.functions_completeSuccess(function_execution_id=id, outputs={"words": "Hello"})
    assert shown(slack, event) == ("completed", {"words": "Hello"})
    with pytest.raises(SlackApiError, match="execution_not_in_running_state"):
        slack.client.functions_completeError(function_execution_id=id, error="Late")
    slack.post("/control/steps", again=id)
    wait_for(lambda: sum(e["function_execution_id"] == id for e in heard) == 2)
    assert [e["kind"] for e in slack.get("/control/record") if (e.get("step") or {}).get("id") == id] == ["step"]


def test_a_step_fails_with_its_sentence(slack, run):
    """What the app says stands with the run; outputs that were not promised are refused before."""
    event = run(whom="Ben")
    id = event["function_execution_id"]
    for outputs in ({}, {"words": "Hello", "more": "x"}):
        with pytest.raises(SlackApiError, match="parameter_validation_failed"):
            slack.client.functions_completeSuccess(function_execution_id=id, outputs=outputs)
    slack.client.functions_completeError(function_execution_id=id, error="Ben is away.")
    assert shown(slack, event) == ("failed", "Ben is away.")
    with pytest.raises(SlackApiError, match="function_execution_not_found"):
        slack.client.functions_completeError(function_execution_id="Fx0", error="x")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"callback_id": "greet", "inputs": {"note": "x"}}, "Fill in “Whom to greet”."),
        ({"callback_id": "other", "inputs": {}}, "The app offers no such step."),
        ({"callback_id": "greet", "inputs": []}, None),
        ({"callback_id": "greet", "inputs": "x"}, "`inputs` must be an object."),
        ({"again": "Fx0"}, "There is no such run of a step."),
        ({}, "The request lacks `callback_id`."),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(slack, body, sentence):
    """An input is missing, there is no such step, or no such run."""
    answer = slack.post("/control/steps", **body)
    assert answer == {"ok": False, "error": sentence or "Fill in “Whom to greet”."}
