from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.conftest import APP

#: The smallest picture there is: one point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def attach(slack, user, name="letter.pdf", data=b"%PDF-1.7 letter"):
    """Attach a file in the page, as the input of a modal does at once."""
    address = f"{slack.address}/client/attach?user={user}&name={name}"
    with urlopen(Request(address, data, method="POST"), timeout=10) as response:  # noqa: S310
        return json.load(response)


def get(address):
    """Download a file with the app's token."""
    with urlopen(Request(address, headers={"Authorization": "Bearer xoxb-test"}), timeout=10) as response:  # noqa: S310
        return response.headers["Content-Type"], response.read()


def look(slack, user, file_id):
    """Look at a file in the page; return the status and what came."""
    try:
        with urlopen(f"{slack.address}/client/file?user={user}&file={file_id}", timeout=10) as response:  # noqa: S310
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, b""


def refusal(call, **arguments):
    """Return Slack's error and its lines."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"], caught.value.response.get("response_metadata", {}).get("messages")


def test_an_upload_into_a_channel_is_seen_there_and_nowhere_else(slack, user, channel):
    """The SDK's own upload works; the people of the channel see the file, nobody else does."""
    head = slack.client.chat_postMessage(channel=channel, text="the plan")
    given = {"filename": "plan.png", "content": PNG, "title": "The plan", "alt_txt": "A plan"}
    answer = slack.client.files_upload_v2(**given, channel=channel, thread_ts=head["ts"], initial_comment="Here it is")
    file = slack.client.files_info(file=answer["file"]["id"])["file"]
    assert (file["title"], file["mimetype"], file["size"]) == ("The plan", "image/png", len(PNG))
    (reply,) = [one for one in slack.messages(user, channel, f"&thread_ts={head['ts']}") if one["ts"] != head["ts"]]
    assert (reply["text"], reply["files"][0]["id"]) == ("Here it is", file["id"])
    assert get(file["url_private"]) == ("image/png", PNG) == get(file["url_private_download"])
    assert look(slack, user, file["id"]) == (200, PNG)
    assert look(slack, slack.person(), file["id"])[0] == 404


def test_without_a_token_a_sign_in_page_comes(slack, user):
    """Slack answers a download without the app's token with a web page and the status of a success."""
    address = attach(slack, user)["file"]["url_private"]
    with urlopen(address, timeout=10) as response:  # noqa: S310
        assert (response.status, response.headers["Content-Type"]) == (200, "text/html")


def test_uploads_that_are_not_finished_are_refused(slack, channel):
    """A file without its bytes, an unknown file, a length that is wrong: each has Slack's error."""
    promised = slack.client.files_getUploadURLExternal(filename="a.pdf", length=3)
    finish = slack.client.files_completeUploadExternal
    assert refusal(finish, files=[{"id": promised["file_id"]}])[0] == "file_not_found"
    assert refusal(slack.client.files_info, file=promised["file_id"])[0] == "file_not_found"
    with pytest.raises(HTTPError) as wrong:
        urlopen(Request(promised["upload_url"], b"four", method="POST"), timeout=10)  # noqa: S310
    wrong.value.close()
    assert wrong.value.code == 400
    with urlopen(Request(promised["upload_url"], b"abc", method="POST"), timeout=10) as response:  # noqa: S310
        assert response.read() == b"OK - 3"
    files = [{"id": promised["file_id"], "title": "A"}]
    assert refusal(finish, files=files, channel_id="C0NOWHERE")[0] == "channel_not_found"
    assert finish(files=files, channel_id=channel)["files"][0]["title"] == "A"


def test_an_image_block_shows_an_uploaded_picture(slack, user, channel):
    """A block may name a picture by its id or address, one of them; who reads the message sees the picture."""
    file = slack.client.files_upload_v2(filename="chart.png", content=PNG)["file"]
    assert look(slack, user, file["id"])[0] == 404

    def image(**reference):
        return [{"type": "image", "alt_text": "A chart", "slack_file": reference}]

    post = slack.client.chat_postMessage
    both = refusal(post, channel=channel, text="x", blocks=image(id=file["id"], url=file["permalink"]))
    assert both[0] == "invalid_blocks"
    document = attach(slack, user)["file"]
    for reference in ({"id": "F0NOTHING"}, {"id": document["id"]}):
        expected = ("invalid_blocks", ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"])
        assert refusal(post, channel=channel, text="x", blocks=image(**reference)) == expected
    post(channel=channel, text="a chart", blocks=image(url=file["url_private"]))
    assert look(slack, user, file["id"]) == (200, PNG)


def test_a_file_in_a_thread_reaches_the_app(serving, connected, wait_for):
    """The app hears of the message with its file, its thread and who began that, where it subscribed to messages."""
    with serving() as slack, connected(slack) as app:
        heard = []

        @app.event({"type": "message", "subtype": "file_share"})
        def hear(event):
            heard.append(event)

        user = slack.person()
        channel = slack.channel(user)
        head = slack.client.chat_postMessage(channel=channel, text="A reminder")

        def drop(subscribed):
            slack.post("/control/app", **APP | {"events": subscribed})
            file = attach(slack, user)["file"]
            said = {
                "user": user,
                "channel": channel,
                "text": "",
                "thread_ts": head["ts"],
                "files": [{"id": file["id"]}],
            }
            slack.post("/client/say", **said)
            return file["id"]

        drop(["message.im"])
        file = drop(["message.channels"])
        wait_for(lambda: heard)
        (event,) = heard
        assert (event["channel"], event["channel_type"], event["user"]) == (channel, "channel", user)
        assert (event["thread_ts"], event["parent_user_id"], event["text"]) == (head["ts"], "UBOT", "")
        (shared,) = event["files"]
        assert (shared["id"], shared["name"], shared["size"], shared["mode"]) == (file, "letter.pdf", 15, "hosted")
        assert get(shared["url_private"]) == ("application/pdf", b"%PDF-1.7 letter")


def test_a_file_attached_in_a_modal_reaches_the_app(slack, user, channel, does):
    """The state of a file_input is the list of the files as Slack knows them; the app downloads them."""
    element = {"type": "file_input", "action_id": "enter", "filetypes": ["pdf"], "max_files": 1}
    block = {"type": "input", "block_id": "proof", "label": {"type": "plain_text", "text": "Proof"}, "element": element}
    title, send = {"type": "plain_text", "text": "Form"}, {"type": "plain_text", "text": "Send"}
    view = {"type": "modal", "callback_id": "form", "title": title, "submit": send, "blocks": [block]}
    does.on_command = lambda ack, command, client: (
        client.views_open(trigger_id=command["trigger_id"], view=view),
        ack(),
    )
    slack.post("/client/command", user=user, channel=channel, text="/try")
    opened = slack.views(user)[-1]
    assert opened["state"]["values"] == {"proof": {"enter": {"type": "file_input", "files": []}}}

    def submit(*files):
        values = {"proof": {"enter": {"type": "file_input", "files": list(files)}}}
        return slack.post("/client/submit", user=user, view_id=opened["id"], values=values)

    assert submit()["errors"] == {"proof": "Please complete this required field."}
    first, second = attach(slack, user)["file"], attach(slack, user, "more.pdf")["file"]
    assert submit(first, second)["errors"] == {"proof": "Please attach no more than 1."}
    assert submit({"id": first["id"], "name": "made up"})["response_action"] == "close"
    (body,) = does.submitted
    state = body["view"]["state"]["values"]["proof"]["enter"]
    assert state == {"type": "file_input", "files": [first]}
    assert {"id", "name", "mimetype", "filetype", "size", "url_private", "url_private_download", "permalink"} <= set(
        first
    )
    assert get(first["url_private_download"])[1] == b"%PDF-1.7 letter"


def test_a_file_can_be_too_large_to_attach(slack, user):
    """More than ten megabytes are refused, as Slack's own client does."""
    answer = attach(slack, user, data=b"x" * 10_000_001)
    assert answer == {"ok": False, "error": "A file can have 10 MB at most."}
