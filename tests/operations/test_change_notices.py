"""How the notices of messages are locked when their state changes."""

from __future__ import annotations

from psycopg import ClientCursor
from sqlalchemy import text

from models.duties import NoticeStatus
from operations.remind.change_notices import CHANGE
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio, floors


def times_locked(plan):
    """Yield how often each step of a plan that locks rows was gone through."""
    if plan["Node Type"] == "LockRows":
        yield plan["Actual Loops"]
    for step in plan.get("Plans", ()):
        yield from times_locked(step)


def test_a_plan_from_before_the_first_notice_locks_each_once(committed):
    """A connection keeps its plans: one that was made when there were no notices has to do when there are many."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        _, area = floors(portfolio, channel="C0AREA")
        portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area))
        portfolio.alliance("La Plaza", area)
        check_rules(session, now=NOW)
        made = fold_messages(session, office_id=area.id, day=TODAY, now=NOW)
    values = {"messages": made, "others": [NoticeStatus.PENDING], "to": NoticeStatus.CLAIMED, "why": None, "at": NOW}
    engine = committed.kw["bind"].execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("create table kept as table notices"))
        connection.execute(text("truncate notices"))
        connection.execute(text("vacuum analyze notices"))
        plain = ClientCursor(connection.connection.driver_connection)
        change = plain.mogrify(str(CHANGE.compile(engine)), values)
        connection.exec_driver_sql(f"prepare change as {change}")
        connection.execute(text("execute change"))
        connection.execute(text("insert into notices table kept"))
        plan = connection.exec_driver_sql("explain (analyze, format json) execute change").scalar_one()
    assert list(times_locked(plan[0]["Plan"])) == [1]
