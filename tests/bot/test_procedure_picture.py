"""The picture of the procedure at the page: below the heading, uploaded once; words alone where Slack takes none."""

from __future__ import annotations

from urllib.request import urlopen

import pytest

from models.documents import UploadedPicture
from sandbox.block_limits import message_problems
from tests.bot.slack import STEPS
from tests.bot.test_documents import broken
from tests.bot.test_procedure import propose

__all__ = ["broken"]


@pytest.fixture
def proposed(ada):
    """A proposal is on file."""
    propose(ada)
    ada.reads()
    return ada


def picture_of(message):
    """Return the image block of an answer, which stands below the heading and how far it has come."""
    assert message_problems(message["blocks"]) == []
    assert [block["type"] for block in message["blocks"][:3]] == ["header", "section", "image"]
    return message["blocks"][2]


def test_the_picture_stands_below_the_heading_and_is_uploaded_once(proposed, rows):
    """Asked twice it is the same file; its text says state by state what it shows; the words are all there."""
    first = proposed.asks("/alliance procedure Safe Roofs", telling=STEPS)
    image = picture_of(first)
    assert image["alt_text"].startswith(
        "From proposal to signature. Safe Roofs Alliance: area alliance, on November 23"
    )
    assert "Done: 1. Proposal and draft work plan. Next: 3. Evaluation of the proposal." in image["alt_text"]
    assert "Evaluation of the proposal: Next." in first["text"]
    assert (
        picture_of(proposed.asks("/alliance procedure Safe Roofs", telling=STEPS))["slack_file"] == image["slack_file"]
    )
    (kept,) = rows(UploadedPicture)
    assert kept.slack_file == image["slack_file"]["id"]
    address = f"{proposed.slack.address}/client/file?user={proposed.id}&file={kept.slack_file}"
    with urlopen(address, timeout=10) as answer:  # noqa: S310  # our own server
        assert answer.read().startswith(b"\x89PNG")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.upload", "files.completeUploadExternal"])
def test_where_slack_takes_none_the_words_stand_alone(proposed, broken, rows, method):
    """Without the scope, or when the upload fails, everything is said all the same."""
    fault = {"what": "error", "error": "missing_scope"} if "." in method and method != "files.upload" else None
    broken(on=method, **(fault or {"what": "status", "status": 500}))
    message = proposed.asks("/alliance procedure Safe Roofs", telling=STEPS)
    assert "image" not in [block["type"] for block in message["blocks"]]
    assert "Evaluation of the proposal: Next." in message["text"]
    assert rows(UploadedPicture) == []


def test_a_picture_that_slack_has_no_more_is_uploaded_again(proposed, broken, rows):
    """The one that is remembered is looked at first."""
    image = picture_of(proposed.asks("/alliance procedure Safe Roofs", telling=STEPS))
    broken(on="files.info", what="error", error="file_deleted", times=1)
    again = picture_of(proposed.asks("/alliance procedure Safe Roofs", telling=STEPS))
    assert again["slack_file"] != image["slack_file"]
    assert [row.slack_file for row in rows(UploadedPicture)] == [again["slack_file"]["id"]]
