from __future__ import annotations

import http.client
import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient


@pytest.fixture
def broken(serving):
    """Give a local Slack of the test's own, to be broken."""
    with serving() as server:
        yield server


@pytest.fixture
def room(broken):
    """Give a channel in it."""
    return broken.channel(broken.person())


def impatient(slack, **more):
    """Return a client that asks once and waits a second."""
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/", timeout=1, **{"retry_handlers": []} | more)
    # The SDK's clients read a default list where none is given.
    assert all(isinstance(handler, RateLimitErrorRetryHandler) for handler in client.retry_handlers)
    return client


def breaks(slack, **fault):
    """Put a fault in force; return it."""
    answer = slack.post("/control/faults", **fault)
    assert answer["ok"], answer
    return answer["fault"]


def posted(slack):
    """Return the texts of everything that was really posted."""
    return [entry["text"] for entry in slack.get("/control/record") if entry["kind"] == "post"]


def code_of(call, *args, **kwargs):
    """Return status and error code of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response.status_code, caught.value.response["error"]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize(("what", "error"), [("timeout", TimeoutError), ("drop", http.client.RemoteDisconnected)])
def test_a_post_without_an_answer(broken, room, what, error, accepted):
    """The client cannot tell an accepted post from a lost one; the record can. The next post is answered."""
    breaks(broken, on="chat.postMessage", what=what, accepted=accepted, times=1)
    client = impatient(broken)
    with pytest.raises(error):
        client.chat_postMessage(channel=room, text="one")
    assert posted(broken) == (["one"] if accepted else [])
    client.chat_postMessage(channel=room, text="two")
    assert posted(broken)[-1] == "two"
    assert broken.get("/control/faults")["faults"] == []


def test_a_slow_call_is_done_after_the_client_gave_up(broken, room, wait_for):
    """A request that was on its way for long still arrives, when nobody waits for the answer any more."""
    breaks(broken, on="chat.postMessage", what="slow", delay=1.5, times=1)
    with pytest.raises(TimeoutError):
        impatient(broken).chat_postMessage(channel=room, text="late")
    assert posted(broken) == []
    wait_for(lambda: posted(broken) == ["late"])


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_server_error(broken, room, status, accepted):
    """A 5xx comes without JSON, whether or not the post was accepted."""
    breaks(broken, on="chat.postMessage", what="status", status=status, accepted=accepted)
    with pytest.raises(SlackApiError) as caught:
        impatient(broken).chat_postMessage(channel=room, text="one")
    assert caught.value.response.status_code == status
    assert posted(broken) == (["one"] if accepted else [])


def test_a_storm_of_429_passes_when_the_client_waits(broken, room):
    """So many calls are turned away with Retry-After; a client that minds it gets its post through, once."""
    breaks(broken, on="chat.postMessage", what="ratelimited", retry_after=1, times=2)
    with pytest.raises(SlackApiError) as caught:
        impatient(broken).chat_postMessage(channel=room, text="no")
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    patient = impatient(broken, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)])
    started = time.monotonic()
    patient.chat_postMessage(channel=room, text="yes")
    assert time.monotonic() - started >= 1
    assert posted(broken) == ["yes"]


def test_a_storm_of_seconds_tells_how_long_it_lasts(broken, room, wait_for):
    """Retry-After is what is left of the storm; the seconds are real, whatever the workspace's clock does."""
    storm = breaks(broken, on="*", what="ratelimited", seconds=1.5)
    assert storm["seconds_left"] > 1
    broken.post("/control/clock", by_days=2)
    with pytest.raises(SlackApiError) as caught:
        impatient(broken).users_list()
    assert caught.value.response.headers["Retry-After"] == "2"
    wait_for(lambda: broken.get("/control/faults")["faults"] == [])
    impatient(broken).chat_postMessage(channel=room, text="calm")


@pytest.mark.parametrize(
    "code",
    [
        "internal_error",
        "fatal_error",
        "ratelimited",
        "is_archived",
        "not_in_channel",
        "channel_not_found",
        "account_inactive",
        "token_revoked",
        "invalid_auth",
    ],
)
def test_any_of_slacks_errors(broken, room, code):
    """A call is refused with the code that was asked for."""
    breaks(broken, on="chat.*", what="error", error=code)
    assert code_of(impatient(broken).chat_postMessage, channel=room, text="x") == (200, code)
    assert posted(broken) == []


def test_an_internal_error_after_the_post(broken, room):
    """Slack warns that part of it may have been done: the post stands, the answer denies it."""
    breaks(broken, on="chat.postMessage", what="error", error="internal_error", accepted=True)
    assert code_of(impatient(broken).chat_postMessage, channel=room, text="x") == (200, "internal_error")
    assert posted(broken) == ["x"]


def test_a_fault_strikes_only_what_it_names(broken, room):
    """Other methods and other channels work; a person's id means their direct messages."""
    other, person = broken.channel(), broken.person()
    breaks(broken, on="chat.postMessage", what="status", channel=room)
    breaks(broken, on="chat.postMessage", what="error", error="fatal_error", channel=person)
    client = impatient(broken)
    client.chat_postMessage(channel=other, text="fine")
    ts = client.conversations_open(users=person)["channel"]["id"]
    assert code_of(client.chat_postMessage, channel=ts, text="x") == (200, "fatal_error")
    assert code_of(client.chat_postMessage, channel=person, text="x") == (200, "fatal_error")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=room, text="x")
    client.conversations_info(channel=room)
    assert posted(broken) == ["fine"]


def fates(slack, room, **fault):
    """Break every so-manyth post; return which of twenty got through."""
    breaks(slack, on="chat.postMessage", what="error", error="fatal_error", **fault)
    client, through = impatient(slack), []
    for number in range(20):
        try:
            client.chat_postMessage(channel=room, text=str(number))
        except SlackApiError:
            continue
        through.append(number)
    slack.send("/control/faults", None, method="DELETE")
    return through


def test_chance_is_replayed_from_its_seed(broken, room):
    """The same seed strikes the same calls, also after other calls; another seed strikes others."""
    first = fates(broken, room, probability=0.5, seed=7)
    broken.client.users_list()
    assert fates(broken, room, probability=0.5, seed=7) == first
    assert 0 < len(first) < 20
    assert fates(broken, room, probability=0.5, seed=8) != first


def test_a_response_address_breaks_too(broken, connected):
    """What is answered through a response address can get lost like any other call."""
    with connected(broken) as app:
        person = broken.person()
        room, seen = broken.channel(person), []
        app.command("/try")(lambda ack, command: (seen.append(command["response_url"]), ack()))
        broken.post("/client/command", user=person, channel=room, text="/try")
        breaks(broken, on="response_url", what="status", status=503, channel=room, times=1)
        assert [WebhookClient(seen[0]).send(text="x").status_code for _ in range(2)] == [503, 200]
        assert len(broken.messages(person, room)) == 1


def test_faults_are_listed_and_removed(broken, room):
    """Each fault has an id under which it goes, says how often it struck, and all go together."""
    first = breaks(broken, what="timeout", on="views.*", times=3)
    second = breaks(broken, what="status", channel=room)
    with pytest.raises(SlackApiError):
        impatient(broken).conversations_info(channel=room)
    listed = broken.get("/control/faults")["faults"]
    assert [(fault["id"], fault["hits"]) for fault in listed] == [(first["id"], 0), (second["id"], 1)]
    assert listed[0]["times_left"] == 3
    assert broken.send(f"/control/faults/{first['id']}", None, method="DELETE") == (200, {"ok": True})
    assert broken.send("/control/faults/F99", None, method="DELETE")[0] == 404
    assert [fault["id"] for fault in broken.get("/control/faults")["faults"]] == [second["id"]]
    broken.send("/control/faults", None, method="DELETE")
    assert broken.get("/control/faults")["faults"] == []


def test_the_record_says_what_struck(broken, room):
    """Beside what was posted the record names each call that a fault struck."""
    fault = breaks(broken, on="chat.*", what="error", error="fatal_error", accepted=True)
    code_of(impatient(broken).chat_postMessage, channel=room, text="x")
    struck = [entry for entry in broken.get("/control/record") if entry["kind"] == "fault"]
    told = [(entry["channel"], entry["text"]) for entry in struck]
    assert told == [(room, f"chat.postMessage: error ({fault['id']}, accepted)")]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({}, "The request lacks `what`."),
        ({"what": "explode"}, "`what` must be one of drop, error, late_ack, ratelimited, redeliver, refuse,"),
        ({"what": "timeout", "on": "chat.sing"}, "Nothing that `timeout` can happen to is called `chat.sing`."),
        ({"what": "twice", "on": "chat.*"}, "Nothing that `twice` can happen to is called `chat.*`."),
        ({"what": "error"}, "The request lacks `error`."),
        ({"what": "timeout", "channel": "C404"}, "There is no channel C404."),
        ({"what": "twice", "channel": "C404"}, "Only faults of calls have a channel."),
        ({"what": "ratelimited", "accepted": True}, "`accepted` does not go with `ratelimited`."),
        ({"what": "timeout", "accepted": "yes"}, "`accepted` must be true or false."),
        ({"what": "timeout", "times": 0}, "`times` must be a whole number from 1 to 1000000."),
        ({"what": "timeout", "times": 1.5}, "`times` must be a whole number from 1 to 1000000."),
        ({"what": "timeout", "probability": 2}, "`probability` must be a number from 0 to 1."),
        ({"what": "timeout", "often": 2}, "A fault has no `often`."),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(broken, fault, sentence):
    """What cannot be done is answered with one sentence, and nothing breaks."""
    status, answer = broken.send("/control/faults", fault)
    assert status == 400
    assert answer["error"].startswith(sentence)
    assert broken.get("/control/faults")["faults"] == []


def test_slacks_limits_are_off_until_asked_for(broken, room):
    """Nothing is counted at the start; on, a channel takes a short burst and then one message a second."""
    client, other = impatient(broken), broken.channel()
    for number in range(10):
        client.chat_postMessage(channel=room, text=str(number))
    assert broken.post("/control/limits", enforced=True) == {"ok": True, "enforced": True}
    for number in range(3):
        client.chat_postMessage(channel=room, text=str(number))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=room, text="too fast")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    client.chat_postMessage(channel=other, text="elsewhere")
    time.sleep(1)
    client.chat_postMessage(channel=room, text="again")
    assert len(posted(broken)) == 15
    assert broken.post("/control/limits", enforced=False)["enforced"] is False
    for number in range(10):
        client.chat_postMessage(channel=room, text=str(number))


def test_each_method_has_its_tier(broken):
    """The twenty-first list of channels in a minute is turned away for seconds; another method is not."""
    broken.post("/control/limits", enforced=True)
    client = impatient(broken)
    for _ in range(20):
        client.conversations_list()
    with pytest.raises(SlackApiError) as caught:
        client.conversations_list()
    assert caught.value.response.headers["Retry-After"] == "3"
    client.users_list()
