"""The local Slack of the sample: its people, a channel for each office, and the walk for a newcomer."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any

#: Whom a newcomer acts as: the Alliance Coordinator of the Philadelphia Region.
DEFAULT_USER = "U0SAMPLE001"
DEFAULT_OFFICE = "REG-PHI"

#: Our app's user; it is in the channel of every office, as an office would invite it.
BOT = {"id": "U0ALLIANCEBOT", "name": "alliance", "real_name": "Alliance Bot"}
TEAM = {"id": "T0SAMPLE001", "name": "OSHA Alliance Program (sample)", "domain": "alliance-sample"}
#: Owes what the program as a whole owes.
PROGRAM_OFFICE = "DCSP"
PROGRAM_CHANNEL = "C0SAMPLEPROGRAM"

WELCOME = """\
*Welcome: a walk of five minutes*
This Slack runs on this machine only. The offices and most alliances are real; all people, and all their \
work, are made up. You act as *{name}*, {title} (change it under “Acting as”). The clock stands at Monday, \
November 23, 2026, 9:00 in New York.

*1.* Open {channel}. There the bot says what is due, by when, and which clause of the directive asks for it.
*2.* Find the meetings of the Mid-Atlantic Scaffold Safety Coalition: one of two was held, the other is due \
by December 11. Press *Record it*. Give a date in the future first: the form says what is wrong and keeps \
what you typed. Correct the date and submit: the message now says that the duty is met.
*3.* Type `/alliance record` to enter a training, an event or a publication. The form asks for what the \
annual report will need.
*4.* Type `/alliance meeting` to record a meeting of any of your alliances, or to plan one.
*5.* Type `/alliance due` to see all that your offices owe. Press *Why?* beside a line: it shows each step \
to the date, and quotes the clause.
*6.* Move the clock on by a month (top right) and look into the channel again: the next reminders are \
there, each of them once.

`/alliance help` explains the other words. Nothing can break here: `Ctrl-C` in the terminal stops it all. \
To start over: stop it and delete `var/`.
"""


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel of an office."""

    id: str
    #: Without the number sign.
    name: str
    office: str


@cache
def read_sample(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one of the sample's CSV files."""
    return tuple(csv.DictReader(StringIO(files("cli.sample").joinpath(name).read_text("utf-8"))))


@cache
def channels() -> dict[str, Channel]:
    """Return the channels: of the National Office, DCSP, each region, and each area office with an alliance."""
    alliances = [*read_sample("alliances.csv"), *read_sample("invented.csv")]
    with_alliance = {code.strip() for row in alliances for code in row["offices"].split(";")}
    return {
        row["code"]: Channel(f"C0SAMPLE{re.sub('[^A-Z0-9]', '', row['code'])}", channel_name(row), row["code"])
        for row in read_sample("offices.csv")
        if row["kind"] in {"national", "region"} or row["code"] in with_alliance | {PROGRAM_OFFICE}
    }


def channel_name(office: dict[str, str]) -> str:
    """Return a name that Slack allows: lower case, digits, hyphens, 80 characters at most."""
    if office["kind"] == "national":
        return "alliances-national"
    if office["code"] == PROGRAM_OFFICE:
        return "alliances-dcsp"
    plain = office["name"].casefold().removesuffix(" area office")
    return f"alliances-{re.sub('[^a-z0-9]+', '-', plain).strip('-')}"[:80]


def workspace() -> dict[str, Any]:
    """Return the body that makes the local Slack into the sample's workspace."""
    offices = {row["code"]: row for row in read_sample("offices.csv")}
    program = {
        "id": PROGRAM_CHANNEL,
        "name": "alliance-program",
        "topic": "Start here: the welcome is pinned",
        "purpose": "Everybody who works with the Alliance Program",
        "members": "everyone",
    }
    return {
        "team": TEAM,
        "users": [_user(person, offices) for person in read_sample("people.csv")],
        "channels": [program, *(_channel(channel, offices) for channel in channels().values())],
        "default_user": DEFAULT_USER,
    }


def welcome() -> dict[str, str]:
    """Return the body that pins the welcome in the channel that everybody is in."""
    person = next(row for row in read_sample("people.csv") if row["slack_id"] == DEFAULT_USER)
    offices = {row["code"]: row for row in read_sample("offices.csv")}
    channel = f"<#{channels()[DEFAULT_OFFICE].id}|{channels()[DEFAULT_OFFICE].name}>"
    text = WELCOME.format(name=person["name"], title=_title(person, offices), channel=channel)
    return {"channel": PROGRAM_CHANNEL, "text": text.strip()}


def _user(person: dict[str, str], offices: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        "id": person["slack_id"],
        "name": person["email"].partition("@")[0],
        "real_name": person["name"],
        "title": _title(person, offices),
        "email": person["email"],
        "tz": offices[person["office"]]["timezone"],
    }


def _title(person: dict[str, str], offices: dict[str, dict[str, str]]) -> str:
    designee = " (designee)" if person["acting_for"] else ""
    position = person["position"][:1].upper() + person["position"][1:]
    office = offices[person["office"]]["name"]
    return office if office.startswith(position) else f"{position}{designee}, {office}"


def _channel(channel: Channel, offices: dict[str, dict[str, str]]) -> dict[str, Any]:
    office = offices[channel.office]
    return {
        "id": channel.id,
        "name": channel.name,
        "topic": f"Alliances of the {office['name']}: what is due, and what was done",
        "purpose": f"Reminders and records of the {office['name']}",
        "members": [
            BOT["id"],
            *(
                person["slack_id"]
                for person in read_sample("people.csv")
                if person["position"] == "administrator" or _belongs(offices[person["office"]], office)
            ),
        ],
    }


def _belongs(own: dict[str, str], office: dict[str, str]) -> bool:
    """Whether people of one office are in the channel of another: their own, the one above, those below."""
    if own["code"] == office["code"] or own["parent"] == office["code"]:
        return True
    if office["kind"] == "national":
        return own["kind"] == "external"
    return own["kind"] == "region" and office["parent"] == own["code"]
