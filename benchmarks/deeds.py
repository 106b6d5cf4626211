"""What people do most in Slack: ten things, each as Slack tells the app of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.clients import Deed, Json
from bot.asked import Asked
from bot.forms import FORMS
from bot.open_form import open_form
from models.alliances import Alliance, AllianceOffice
from models.duties import Obligation
from models.offices import Office, Person, Position
from policy.rights import Role
from policy.rules.meetings import RULE
from sandbox.view_state import values

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
FORM = "record_activity"
RECORD, RECORD_IT = "/alliance record NAME", "“Record it”"
#: What opens a form.
OPENING = frozenset({RECORD, RECORD_IT})


class Member(NamedTuple):
    """An alliance coordinator of an area office, and one of its alliances."""

    slack_id: str
    channel: str
    alliance_id: int
    alliance: str
    #: Its meetings of the year.
    obligation: str


def make_members(sessions: sessionmaker[Session], number: int) -> list[Member]:
    """Make so many coordinators, each of another area office."""
    members: dict[int, Member] = {}
    with sessions.begin() as session:
        rows = session.execute(
            select(Office.id, Office.channel, Alliance.id, Alliance.name, Obligation.id)
            .join(AllianceOffice, (AllianceOffice.office_id == Office.id) & (AllianceOffice.rank == 0))
            .join(Alliance, Alliance.id == AllianceOffice.alliance_id)
            .join(Obligation, Obligation.alliance_id == Alliance.id)
            .where(Office.kind == "area", Obligation.rule == RULE, Obligation.settled.is_(None))
            .order_by(Alliance.id)
        )
        for office_id, channel, alliance_id, alliance, obligation in rows:
            if office_id not in members and len(members) < number:
                members[office_id] = Member(f"U{office_id:08}", channel or "", alliance_id, alliance, str(obligation))
        for office_id, member in members.items():
            person = Person(slack_id=member.slack_id, name=f"Coordinator {office_id}")
            session.add(person)
            session.flush()
            position = {"office_id": office_id, "role": Role.ALLIANCE_COORDINATOR.value}
            session.add(Position(person_id=person.id, held_from=date(2020, 1, 1), **position))
    return list(members.values())


class Deeds:
    """Makes what people do; nothing comes twice."""

    def __init__(self, sessions: sessionmaker[Session], members: list[Member]) -> None:
        self._sessions, self._members, self._numbers = sessions, members, count(1)
        self._makers: tuple[Callable[[Member], Deed], ...] = (
            lambda who: _command("/alliance", "", who, "Record an activity"),
            lambda who: _command("/alliance due", "due", who, "Due for me and my offices"),
            lambda who: _command("/alliance list", "list", who, "All alliances"),
            lambda who: _command("/alliance show NAME", f"show {who.alliance}", who, who.alliance),
            lambda who: _command(RECORD, f"record {who.alliance}", who, FORM),
            lambda who: _press(RECORD_IT, "record:obligation", who, "record_meeting"),
            lambda who: _press("“Why?”", "why:obligation", who, "CSP 04-01-002"),
            _search,
            self._send,
            self._open_home,
        )

    def of(self, client: int, times: int) -> list[Deed]:
        """Return what one of them does: each thing so often, and each of them begins with another."""
        who = self._members[client % len(self._members)]
        first = client % len(self._makers)
        makers = self._makers[first:] + self._makers[:first]
        return [make(who) for _ in range(times) for make in makers]

    def _send(self, who: Member) -> Deed:
        """Send the form for an activity, filled in."""
        asked = Asked(self._sessions, NOW, who.slack_id, who.slack_id, who.channel)
        typed = {"kind": "dissemination", "on": "2026-11-20", "title": f"Newsletter {next(self._numbers)}"}
        view = open_form(asked, FORMS[FORM], alliance_id=who.alliance_id, values=typed).view
        for number, block in enumerate(view["blocks"]):
            block.setdefault("block_id", f"b{number}")
        view |= {"id": f"V{next(self._numbers)}", "state": {"values": values(view["blocks"])}}
        payload = {**_basis(who), "type": "view_submission", "view": view}
        return Deed("a form is sent", "interactive", payload, *_of(who), "Recorded")

    def _open_home(self, who: Member) -> Deed:
        event = {"type": "app_home_opened", "user": who.slack_id, "channel": "D1", "tab": "home", "event_ts": "1.1"}
        payload = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{next(self._numbers)}", "event": event}
        return Deed("Home is opened", "events_api", payload, *_of(who), "home")


def _command(name: str, text: str, who: Member, telling: str) -> Deed:
    payload = {
        "command": "/alliance",
        "text": text,
        "user_id": who.slack_id,
        "user_name": who.slack_id.lower(),
        "channel_id": who.channel,
        "channel_name": who.channel.lower(),
        "team_id": "T1",
    }
    return Deed(name, "slash_commands", payload, *_of(who), telling)


def _press(name: str, action_id: str, who: Member, telling: str) -> Deed:
    """Press a button below a reminder."""
    action = {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.2", "value": who.obligation}
    container = {"type": "message", "message_ts": "1.1", "channel_id": who.channel, "is_ephemeral": False}
    payload = {**_basis(who), "type": "block_actions", "actions": [action], "container": container}
    return Deed(name, "interactive", payload | {"channel": {"id": who.channel}}, *_of(who), telling)


def _search(who: Member) -> Deed:
    """Type a part of an alliance's name into a form."""
    view = {"id": "V0", "type": "modal", "callback_id": FORM, "private_metadata": f'{{"form": "{FORM}"}}'}
    field = {"block_id": "alliance", "action_id": "enter:alliance", "value": who.alliance}
    payload = {**_basis(who), "type": "block_suggestion", "view": view, **field}
    return Deed("a name is searched", "interactive", payload, *_of(who), who.alliance)


def _basis(who: Member) -> Json:
    user = {"id": who.slack_id, "name": who.slack_id.lower(), "username": who.slack_id.lower(), "team_id": "T1"}
    return {"user": user, "team": {"id": "T1", "domain": "osha"}, "enterprise": None, "is_enterprise_install": False}


def _of(who: Member) -> tuple[str, str]:
    return who.slack_id, who.channel
