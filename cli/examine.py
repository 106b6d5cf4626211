"""What the doctor looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from redis import RedisError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.scopes import bot_scopes
from bot.slack_errors import SLACK_ERRORS
from models.alliances import AllianceOffice
from models.duties import Message, NoticeStatus
from models.migrate import is_current
from models.offices import Office
from operations.remind.deliver_message import waiting_messages
from operations.remind.fold_messages import channel_of
from runtime.clock import clock_from, system_clock
from runtime.errors import SetupError
from runtime.settings import Settings
from workers.broker import Jobs, connect
from workers.clock import heartbeat_age
from workers.jobs import QUEUES
from workers.metrics import HEARTBEAT_LIMIT
from workers.slack import bot_client, code_of

#: Clocks further apart than this put reminders on wrong days and make the search for a message miss it.
SKEW_LIMIT = timedelta(seconds=60)
#: More jobs than this wait for workers that are not there, or too slow.
DEPTH_LIMIT = 1_000
#: A message that waits longer than this is stuck.
WAIT_LIMIT = timedelta(minutes=15)
#: Names listed in one line.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at."""

    what: str
    says: str
    wrong: bool = False


def examine_database(engine: Engine, now: datetime) -> Iterator[Finding]:
    """Examine the database, its tables, its clock and the sign of life that our clock leaves in it."""
    try:
        with engine.connect() as connection:
            told = connection.scalar(select(func.clock_timestamp()))
            current = is_current(connection)
    except DBAPIError as error:
        yield Finding("database", f"cannot be reached: {_line(error.orig)}", wrong=True)
        return
    yield Finding("database", "reached")
    if not current:
        yield Finding("tables", "are not at the newest revision: run `alliance migrate`", wrong=True)
        return
    yield Finding("tables", "at the newest revision")
    yield _skew("the database's clock", told)
    with Session(engine) as session:
        yield _heartbeat(heartbeat_age(session))
        yield from _messages(session, now)


def _heartbeat(age: timedelta | None) -> Finding:
    if age is None:
        return Finding("clock", "never ticked: start `alliance clock`, or `alliance up`", wrong=True)
    if age > HEARTBEAT_LIMIT:
        ago = timedelta(seconds=round(age.total_seconds()))
        return Finding("clock", f"last ticked {ago} (h:mm:ss) ago: start `alliance clock`", wrong=True)
    return Finding("clock", f"ticked {age.total_seconds():.0f} s ago")


def _messages(session: Session, now: datetime) -> Iterator[Finding]:
    waiting = waiting_messages(session, now=now)
    counted = func.clock_timestamp() - WAIT_LIMIT
    stuck = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.id.in_(waiting), Message.created_at < counted, Message.attempts > 1)
    )
    if stuck:
        yield Finding("outbox", f"{stuck} messages wait and were tried in vain: see the worker's log", wrong=True)
    else:
        yield Finding("outbox", f"{len(waiting)} messages wait")
    failed = session.scalar(
        select(func.count()).select_from(Message).where(Message.status == NoticeStatus.FAILED.value)
    )
    if failed:
        # No alarm for ever: where the cause persists, the channels below say so.
        yield Finding("outbox", f"{failed} messages were refused by Slack for good (see the ledger of notices)")


def examine_queue(url: str) -> Iterator[Finding]:
    """Examine the queue and whether a worker is at it."""
    broker = connect(url)
    try:
        jobs = Jobs(broker)
        depth = jobs.depth(QUEUES)
        yield Finding("queue", f"reached; {depth} jobs wait or run", wrong=depth > DEPTH_LIMIT)
        if jobs.has_worker():
            yield Finding("worker", "at work")
        else:
            yield Finding("worker", "none is at work: start `alliance worker`, or `alliance up`", wrong=True)
    except RedisError as error:
        yield Finding("queue", f"cannot be reached: {_line(error)}", wrong=True)
    finally:
        broker.close()


def examine_slack(settings: Settings, session: Session | None) -> Iterator[Finding]:
    """Examine the token, what it allows, Slack's clock, and the offices' channels (`session` None: not those)."""
    try:
        slack = bot_client(settings)
    except SetupError as error:
        yield Finding("token", str(error), wrong=True)
        return
    found = list(examine_token(slack, "SLACK_BOT_TOKEN"))
    yield from found
    if found[0].wrong:
        return
    yield from travelling(settings)
    if session is not None:
        yield from _channels(slack, session)


def examine_token(slack: WebClient, whose: str) -> Iterator[Finding]:
    """Examine a token, what it allows, and Slack's clock; the first finding is whether Slack takes it."""
    try:
        answer = slack.auth_test()
    except SlackApiError as error:
        yield Finding("token", f"Slack does not take {whose}: {code_of(error)}", wrong=True)
        return
    except SLACK_ERRORS as error:
        yield Finding("token", f"Slack cannot be reached at {slack.base_url}: {_line(error)}", wrong=True)
        return
    yield Finding("token", f"{answer['user']} in {answer['team']}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if "x-oauth-scopes" in headers:
        missing = set(bot_scopes()) - set(headers["x-oauth-scopes"].replace(" ", "").split(","))
        said = f"missing: {', '.join(sorted(missing))}" if missing else "all that are needed"
        yield Finding("scopes", said, wrong=bool(missing))
    if "date" in headers:
        yield _skew("Slack's clock", parsedate_to_datetime(headers["date"]))


def travelling(settings: Settings) -> Iterator[Finding]:
    """Examine the travelling clock, where there is one."""
    if settings.alliance_clock_url is None:
        return
    try:
        now = clock_from(settings)()
    except SetupError as error:
        yield Finding("time", str(error), wrong=True)
    else:
        yield Finding("time", f"travels: it is {now:%Y-%m-%d %H:%M} UTC")


def _skew(whose: str, told: datetime | None) -> Finding:
    skew = abs((told or datetime.min.replace(tzinfo=UTC)) - system_clock()())
    away = f"{whose} is {skew.total_seconds():.0f} s away from this machine's"
    return Finding("time", away, wrong=skew > SKEW_LIMIT)


def _channels(slack: WebClient, session: Session) -> Iterator[Finding]:
    try:
        known = {channel["id"]: channel for channel in _pages(slack.conversations_list)}
    except SLACK_ERRORS as error:
        yield Finding("channels", f"cannot be listed: {_line(error)}", wrong=True)
        return
    yield from examine_channels(session, known.get)


def examine_channels(session: Session, find: Callable[[str], dict[str, Any] | None]) -> Iterator[Finding]:
    """Examine the offices' channels; `find` returns one as Slack shows it, None where it shows none."""
    offices = session.scalars(select(Office).where(Office.channel.is_not(None)).order_by(Office.code)).all()
    reached = 0
    for office in offices:
        channel = find(office.channel or "")
        if channel is None:
            where = f"{office.channel} of {office.name} is not there, or is private without the bot in it"
            yield Finding("channels", where, wrong=True)
        elif channel.get("is_archived"):
            yield Finding("channels", f"#{channel['name']} of {office.name} is archived", wrong=True)
        else:
            reached += 1
    yield Finding("channels", f"{reached} of {len(offices)} channels of offices are reachable")
    mute = [name for id, name in _leading(session) if channel_of(session, id) is None]
    if mute:
        named = ", ".join(mute[:NAMED]) + (", …" if len(mute) > NAMED else "")
        yield Finding("channels", f"no channel is set for {named}, nor for an office above", wrong=True)


def _leading(session: Session) -> list[tuple[int, str]]:
    query = select(Office.id, Office.name).join(AllianceOffice, AllianceOffice.office_id == Office.id)
    leads = query.where(AllianceOffice.rank == 0).distinct().order_by(Office.name)
    return [(row.id, row.name) for row in session.execute(leads)]


def _pages(ask: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = ask(types="public_channel,private_channel", limit=1000, cursor=cursor)
        yield from page["channels"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _line(error: object) -> str:
    return " ".join(str(error).split())
