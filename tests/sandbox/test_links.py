"""Links to the domains of the app: told to it wherever somebody writes one, with its cards below them."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

OWN = "https://links.example.gov/a?b=1&c=2"
CARD = {"fallback": "A page", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*A page*"}}]}


@pytest.fixture(scope="module")
def heard(app):
    """What the app hears of links."""
    seen = []

    @app.event("link_shared")
    def on_link(body):
        seen.append(body)

    return seen


@pytest.fixture
def says(slack, heard, user, wait_for):
    """Write a message; give its timestamp and what the app heard of it."""

    def write(text, channel):
        ts = slack.post("/client/say", user=user, channel=channel, text=text)["ts"]
        return ts, wait_for(lambda: next((b["event"] for b in heard if b["event"]["message_ts"] == ts), None))

    return write


def test_links_to_registered_domains_are_told_wherever_they_stand(slack, says, heard, user):
    """Each once, as it was written, of the domain or one below it, also where the app is no member; no other."""
    elsewhere = slack.channel(user, is_ext_shared=True)
    slack.post("/control/channel", channel=elsewhere, with_app=False)
    links = [OWN, "http://127.0.0.1:8480/x.ics", "https://deep.links.example.gov/"]
    foreign = "https://links.example.gov.example.com/ https://example.gov http://[::1 https://u@elsewhere.example/"
    slack.post("/client/say", user=user, channel=elsewhere, text=foreign)
    ts, event = says(f"See {links[0]}, ({links[1]}) and {links[2]} {links[0]} {foreign}", elsewhere)
    assert [link["url"] for link in event["links"]] == links
    assert [link["domain"] for link in event["links"]] == ["links.example.gov", "127.0.0.1", "links.example.gov"]
    assert (event["channel"], event["is_bot_user_member"]) == (elsewhere, False)
    assert heard[-1]["is_ext_shared_channel"]
    assert [b["event"]["message_ts"] for b in heard if b["event"]["channel"] == elsewhere] == [ts]


def test_cards_stand_below_the_message(slack, says, user, channel):
    """By the unfurl's id, or by channel and time; a second card for a link takes the place of the first."""
    ts, event = says(f"See {OWN}", channel)
    slack.client.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls={OWN: CARD})
    slack.client.chat_unfurl(channel=channel, ts=ts, unfurls={OWN: CARD | {"fallback": "Another"}})
    ((card,),) = [m["attachments"] for m in slack.messages(user, channel) if m["ts"] == ts]
    assert (card["fallback"], card["from_url"], card["is_app_unfurl"]) == ("Another", OWN, True)
    assert card["blocks"][0]["block_id"]


@pytest.mark.parametrize(
    ("unfurls", "error"),
    [
        ({"https://links.example.gov/other": CARD}, "cannot_unfurl_url"),
        ({}, "invalid_unfurls_format"),
        ({OWN: "words"}, "invalid_unfurls_format"),
        ({OWN: {"blocks": [{"type": "section"}]}}, "invalid_blocks"),
    ],
)
def test_what_slack_would_not_show_is_refused(slack, says, channel, unfurls, error):
    """A card for a link that is not there, none, no card at all, and blocks that are none."""
    ts, _ = says(f"See {OWN}", channel)
    with pytest.raises(SlackApiError, match=error):
        slack.client.chat_unfurl(channel=channel, ts=ts, unfurls=unfurls)
    with pytest.raises(SlackApiError, match="cannot_find_message"):
        slack.client.chat_unfurl(channel=channel, ts="1.000000", unfurls={OWN: CARD})
