"""Recognise what Slack delivers more than once, by its id: whatever it says about how often it tried."""

from __future__ import annotations

import enum
from datetime import timedelta

from sqlalchemy import String, delete, false, func, literal, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.deliveries import Delivery

#: Whoever has not come to the end after this time was killed: the next delivery is worked on instead.
GIVEN_UP = timedelta(seconds=30)
#: Slack tries for minutes at most, and takes its signatures back after five.
REMEMBERED = timedelta(days=1)


class Seen(enum.Enum):
    """Whether something was delivered before."""

    NEW = "new"
    #: Slack delivers it again, and the first delivery is worked on at this moment.
    AT_WORK = "at work"
    #: Slack delivers it again, and it is done.
    DONE = "done"
    #: Not Slack: the very request is sent a second time, with the signature that it had.
    REPLAYED = "replayed"


def recognise(session: Session, id: str, *, signature: str | None = None) -> Seen:
    """Note a delivery that is worked on now, unless it was delivered before.

    Two that come at the same time wait for each other; one of them is new.
    """
    given_up = func.clock_timestamp() - GIVEN_UP
    # Lost in a crash of the database it is worked on once more, which every operation bears: nobody waits for a disk,
    # nor for a statement of its own that says so, with every request.
    hurried = select(func.set_config("synchronous_commit", "off", true())).cte()
    fields = select(literal(id), false(), literal(signature, String)).select_from(hurried)
    made = insert(Delivery).from_select(["id", "done", "signature"], fields)
    mine = made.on_conflict_do_update(
        index_elements=[Delivery.id],
        set_={"at": func.clock_timestamp(), "signature": signature},
        where=(~Delivery.done) & (Delivery.at < given_up),
    )
    if session.scalar(mine.returning(Delivery.id)) is not None:
        return Seen.NEW
    known = session.execute(select(Delivery.signature, Delivery.done).where(Delivery.id == id)).one()
    if signature is not None and known.signature == signature:
        return Seen.REPLAYED
    return Seen.DONE if known.done else Seen.AT_WORK


def note_done(session: Session, id: str) -> None:
    """Note that a delivery was worked on to its end."""
    session.execute(text("set local synchronous_commit = off"))
    session.execute(update(Delivery).where(Delivery.id == id).values(done=True))


def forget_deliveries(session: Session) -> None:
    """Forget what was delivered more than a day ago."""
    session.execute(delete(Delivery).where(Delivery.at < func.clock_timestamp() - REMEMBERED))
