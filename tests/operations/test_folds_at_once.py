"""The messages of two offices are folded at once: neither waits for the other in a circle."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

from sqlalchemy import event, select

from models.duties import Message, MessageKind
from models.offices import Office
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from policy.rights import Role
from tests.operations.conftest import Portfolio
from tests.operations.escalating import PLUS_7, at
from tests.operations.meanwhile import in_thread


def test_two_offices_with_the_same_officials_take_turns(committed):
    """Two people hold two positions each, the other way round at the other region: both regions are folded."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        national = portfolio.office("OSHA-NO", kind="national", channel="C0NATIONAL")
        regions = [
            portfolio.office(code, kind="region", parent=national, channel=f"C0{code[4:]}")
            for code in ("REG-PHI", "REG-BOS")
        ]
        for one, other, slack_id in ((*regions, "U0FIRST01"), (*reversed(regions), "U0SECOND1")):
            portfolio.person(slack_id, (Role.REGIONAL_COORDINATOR, one), (Role.REGIONAL_ADMINISTRATOR, other))
        for region in regions:
            area = portfolio.office(f"AREA-{region.code}", parent=region, channel=f"C0AREA{region.id}")
            # The coordinator hears of what an area office owes, the administrator of what the region itself does.
            portfolio.alliance(f"Of {area.code}", area, signed=date(2025, 12, 9))
            portfolio.alliance(f"Of {region.code}", region, signed=date(2025, 12, 10), level="regional")
    with committed.begin() as session:
        check_rules(session, now=at(PLUS_7))
        ids = session.scalars(select(Office.id).where(Office.kind == "region")).all()
    both, met = threading.Barrier(2), threading.local()

    def meet(_connection, _cursor, statement, *_more):
        """Let each wait for the other, for as long as that can be, once it has taken the row of one person."""
        if "FROM people" in statement and "FOR NO KEY UPDATE" in statement:
            if getattr(met, "before", False):
                with suppress(threading.BrokenBarrierError):
                    both.wait(1)
            met.before = True

    event.listen(committed.kw["bind"], "before_cursor_execute", meet)

    def fold(office_id):
        return in_thread(
            committed, lambda session: fold_messages(session, office_id=office_id, day=PLUS_7, now=at(PLUS_7))
        )

    for thread, raised in [fold(id) for id in ids]:
        thread.join(20)
        assert raised == []
    with committed() as session:
        directs = session.scalars(select(Message).where(Message.kind == MessageKind.DIRECT)).all()
        assert len({message.person_id for message in directs}) == len(directs) == len(ids)
