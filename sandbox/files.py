"""Uploaded files: what is kept of them, who may see them, and how Slack shows them."""

from __future__ import annotations

import base64
import mimetypes
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sandbox import channels
from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.identifiers import fresh
from sandbox.shapes import wrong
from sandbox.state import Json

#: Bytes of a file that a person attaches in a modal:
#: https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
MOST_ATTACHED = 10_000_000
#: Bytes of any file.
MOST_BYTES = 1_000_000_000
#: What Slack shows inside an image block.
IMAGES = frozenset({"png", "jpg", "jpeg", "gif"})
#: Slack's names for what it calls otherwise than the ending of the file.
PRETTY = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "docx": "Word Document", "txt": "Plain Text"}


def begin(hub: Hub, name: str, length: int, user: str, alt_text: str = "") -> Json:
    """Promise a file; its bytes come later, under its secret token."""
    file: Json = {
        "id": fresh("F"),
        "name": name,
        "title": name,
        "size": length,
        "user": user,
        "created": int(hub.clock.now().timestamp()),
        "token": secrets.token_urlsafe(24),
        "alt_txt": alt_text,
        "state": "promised",
        "seen_by": [],
    }
    hub.state.files[file["id"]] = file
    return file


def receive(hub: Hub, file: Json, data: bytes) -> None:
    """Keep the bytes of a promised file."""
    hub.state.file_bytes[file["id"]] = {"base64": base64.b64encode(data).decode()}
    file |= {"state": "uploaded", "size": len(data)}
    hub.state.files.touch(file["id"])


def complete(hub: Hub, file: Json, title: str = "") -> None:
    """Make an uploaded file one that can be shown and downloaded."""
    file |= {"state": "complete", "title": title or file["title"]}
    hub.state.files.touch(file["id"])
    hub.note("file", user=file["user"], text=f"{file['id']} {file['name']}")


def data_of(hub: Hub, file: Json) -> bytes:
    """Return the bytes of a file."""
    return base64.b64decode(hub.state.file_bytes[file["id"]]["base64"])


def find(hub: Hub, file_id: str) -> Json:
    """Return a complete file.

    Raises:
        SlackError: `file_not_found`.
    """
    file = hub.state.files.get(file_id)
    if file is None or file["state"] != "complete":
        raise SlackError("file_not_found")
    return file


def media_type(file: Json) -> str:
    """Return the media type, which Slack takes from the name."""
    return mimetypes.guess_type(file["name"])[0] or "application/octet-stream"


def as_slack(hub: Hub, file: Json) -> Json:
    """Return the file as the Web API shows it."""
    team, ending = hub.state.team_of(file["user"])["id"], ending_of(file)
    private = f"{hub.base_url}/files-pri/{team}-{file['id']}"
    name = quote(file["name"].lower().replace(" ", "_"))
    return {
        "id": file["id"],
        "created": file["created"],
        "timestamp": file["created"],
        "name": file["name"],
        "title": file["title"],
        "mimetype": media_type(file),
        "filetype": ending,
        "pretty_type": PRETTY.get(ending, ending.upper()),
        "user": file["user"],
        "user_team": team,
        "editable": False,
        "size": file["size"],
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
        "media_display_type": "unknown",
        "permalink": f"{hub.base_url}/files/{file['user']}/{file['id']}/{name}",
        "alt_txt": file["alt_txt"],
        "channels": [place for place in file["seen_by"] if place.startswith("C")],
        "groups": [place for place in file["seen_by"] if place.startswith("G")],
        "ims": [place for place in file["seen_by"] if place.startswith("D")],
        "has_rich_preview": False,
        "file_access": "visible",
    }


def ending_of(file: Json) -> str:
    """Return the ending of a file's name, in small letters; `text` where there is none."""
    _, dot, ending = file["name"].rpartition(".")
    return ending.lower() if dot else "text"


def attached(hub: Hub, sent: Any) -> list[Json]:
    """Return the files that a person's page named, as Slack knows them; what it made up is left out."""
    named = [hub.state.files.get(str(one.get("id"))) for one in sent or [] if isinstance(one, dict)]
    return [as_slack(hub, file) for file in named if file is not None and file["state"] == "complete"]


def may_see(hub: Hub, file: Json, user: str) -> bool:
    """Tell whether a person uploaded a file, or was shown it."""
    if user == file["user"] or user in file["seen_by"]:
        return True
    places = [hub.state.channels[place] for place in file["seen_by"] if place in hub.state.channels]
    return any(channels.is_member(hub, place, user) for place in places)


def share(hub: Hub, file: Json, place: str) -> None:
    """Let everybody of a channel, or one person, see a file."""
    if place not in file["seen_by"]:
        file["seen_by"].append(place)
        hub.state.files.touch(file["id"])


def share_pictures(hub: Hub, blocks: Any, place: str) -> None:
    """Let everybody who reads these blocks see the files in them."""
    for _, reference in _references(blocks, ""):
        file = _referred(hub, reference)
        if file is not None:
            share(hub, file, place)


def picture_problems(hub: Hub, blocks: Any, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse in the files that blocks show; [] when nothing."""
    problems = []
    for pointer, reference in _references(blocks, at):
        file = _referred(hub, reference)
        if file is None or ending_of(file) not in IMAGES:
            problems.append(wrong("invalid slack file", pointer))
    return problems


def _references(blocks: Any, at: str) -> Iterator[tuple[str, Json]]:
    for place, block in enumerate(blocks or []):
        parts = [("", block), ("/accessory", block.get("accessory"))]
        if block["type"] == "context":
            parts += [(f"/elements/{n}", part) for n, part in enumerate(block["elements"])]
        for path, part in parts:
            if part and part.get("type") == "image" and part.get("slack_file"):
                yield f"{at}/{place}{path}/slack_file", part["slack_file"]


def _referred(hub: Hub, reference: Json) -> Json | None:
    """Return the complete file that a block names by its id, its private address or its permalink."""
    for file in hub.state.files.values():
        shown = as_slack(hub, file)
        if reference.get("id") == file["id"] or reference.get("url") in {shown["url_private"], shown["permalink"]}:
            return file if file["state"] == "complete" else None
    return None
