"""Lock what is said of alliances in one order, for who changes their duties, what is before officials, or both."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.duties import Message, NoticeStatus, Obligation
from operations.remind.plan_notices import is_history, messages_showing


def lock_messages(
    session: Session,
    alliance_ids: Collection[int | None],
    duties: Collection[uuid.UUID] | None = None,
    *,
    also: ColumnElement[bool] | None = None,
) -> set[uuid.UUID]:
    """Lock the duties of some alliances, which are locked, and then each message that shows one, or an approval.

    None among the alliances is the program. `also` are more messages, to be locked in the same round.

    Of alliances without approvals only these `duties`, where they are given: whoever changes more of them, one after
    the other, asks for all. Returns the messages that nobody began to post yet.

    Digests list duties and approvals of many alliances. Everybody takes duties before messages, and either by id:
    who took some messages, and later others for another alliance, would wait in a circle. Delivery takes messages by
    id, too, and before their notices. What is locked while it waits is claimed after our commit only, and says what we
    wrote; as the duties are locked before, no message that says anything of them is folded meanwhile.
    """
    ids = sorted(id for id in alliance_ids if id is not None)
    approvals = session.execute(select(Approval.id, Approval.alliance_id).where(Approval.alliance_id.in_(ids))).all()
    asked = [id for id, _ in approvals]
    whole = ids if duties is None else sorted({alliance for _, alliance in approvals})
    of_them = [
        *([Obligation.alliance_id.in_(whole)] if whole else []),
        *([Obligation.alliance_id.is_(None)] if None in alliance_ids else []),
        *([Obligation.id.in_(duties)] if duties else []),
    ]
    wanted = [] if also is None else [also]
    if of_them:
        locked = select(Obligation.id).where(or_(*of_them)).order_by(Obligation.id).with_for_update()
        found = messages_showing(session, session.scalars(locked).all(), asked)
        wanted.append(and_(Message.id.in_(found), ~is_history()))
    if not wanted:
        return set()
    shown = select(Message.id, Message.status).where(or_(*wanted))
    rows = session.execute(shown.order_by(Message.id).with_for_update())
    return {id for id, status in rows if status == NoticeStatus.PENDING}
