"""What the buttons of the picture of the program do: another year, and its files by direct message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from slack_sdk import WebClient

from bot.answers.program import show_picture
from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.hand_over import hand_over
from bot.values import PictureValue, read
from documents.program_book import book
from documents.program_chart import alt_text, draw, summary, title
from operations.read.picture import read_picture
from policy.program_picture import Picture


def show_another(asked: Asked, value: str) -> Reply:
    """Show another year in place of this one."""
    return replace(show_picture(asked, read(PictureValue, value)), replaces=True)


def send(asked: Asked, value: str) -> Reply:
    """Send picture and workbook, in the person's direct messages."""
    which = read(PictureValue, value)
    with asked.sessions.begin() as session:
        picture = read_picture(session, which.office, view=which.view, year=which.year, now=asked.now)
    said = f"*{safe(title(picture))}* comes as a direct message, as a picture and as a workbook."
    return Answer(said, later=partial(_send, picture, asked.user_id))


def _send(picture: Picture, user_id: str, client: WebClient) -> Answer | None:
    """Make the files and upload them for one person; return what they are told where that fails."""
    name = f"alliance-program-{picture.code}-{picture.on}"
    files = [
        {"filename": f"{name}.png", "title": title(picture), "content": draw(picture), "alt_txt": alt_text(picture)},
        {"filename": f"{name}.xlsx", "title": title(picture), "content": book(picture)},
    ]
    comment = safe(f"{title(picture)}. {summary(picture)}", 1000)
    return hand_over("The picture", files, user_id, client, comment=comment)


#: By action id.
PROGRAM_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "show:program:view": show_another,
    "show:program:earlier": show_another,
    "send:program": send,
}
