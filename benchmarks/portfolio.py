"""A made-up portfolio of any size, the same in every run: years of records, copied into an empty database."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from psycopg import Connection, sql

from policy.dates import add_years
from policy.editions import edition_on

#: Alliances of one region's area office: as many offices as the program has serve any number of alliances.
AREA_OFFICES = 91
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Guam")
#: Rows that one alliance may have in a table: their ids begin with its number.
ROOM = 1000
#: Duties before this day are not on record.
TRACKED_FROM = date(2024, 1, 1)
#: In how many of a hundred cases something is done in time.
DILIGENCE = 95

Rows = dict[str, list[tuple[Any, ...]]]


class Made(NamedTuple):
    """The columns of a table that are filled."""

    table: str
    columns: tuple[str, ...]


def filled(table: str, columns: str) -> Made:
    """Name the columns of a table that are filled, in one line."""
    return Made(table, tuple(columns.split()))


TABLES = (
    filled("alliances", "id name level tracked_from created_at"),
    filled("alliance_offices", "alliance_id office_id rank"),
    filled("signatories", "id alliance_id name"),
    filled("agreements", "id alliance_id signed_on renewal term_years edition"),
    filled("meetings", "id alliance_id on_day held format recorded_at"),
    filled("evaluations", "id alliance_id period_end evaluated_on discussed_on findings recorded_at"),
    filled("annual_reports", "id alliance_id period_end handed_over_on submitted_on posted_on recorded_at"),
    filled(
        "renewal_decisions",
        "id alliance_id agreement_id recommendation reasons recommended_on decided_on decided_by",
    ),
    filled("work_plans", "id alliance_id first finalized_on summary recorded_at"),
    filled("milestones", "id work_plan_id title due_on person done_on"),
    filled("fulfilments", "id alliance_id rule subject period done_on recorded_at"),
    filled("endings", "alliance_id kind ended_on reason"),
)
OFFICES = filled("offices", "id code name kind parent_id timezone channel")


def offices() -> list[tuple[Any, ...]]:
    """Make the National Office, ten regions and their area offices."""
    rows: list[tuple[Any, ...]] = [(1, "OSHA-NO", "OSHA National Office", "national", None, ZONES[0], "C0000000")]
    rows += [(1 + n, f"REG-{n:02}", f"Region {n}", "region", 1, ZONES[n % 5], f"C00000{n:02}") for n in range(1, 11)]
    for n in range(AREA_OFFICES):
        region = 2 + n % 10
        rows.append((12 + n, f"AREA-{n:03}", f"Area Office {n}", "area", region, rows[region - 1][5], f"C0000{n:03}"))
    return rows


def rows_of(numbers: Sequence[int], today: date) -> Rows:
    """Make the records of some alliances up to a day."""
    rows: Rows = {made.table: [] for made in TABLES}
    for number in numbers:
        _Alliance(number, today, rows).make()
    return rows


def copy(connection: Connection[Any], made: Made, rows: Sequence[tuple[Any, ...]]) -> None:
    """Copy rows into a table as they are."""
    names = sql.SQL(", ").join(map(sql.Identifier, made.columns))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(made.table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


class _Alliance:
    """One alliance in the making."""

    def __init__(self, number: int, today: date, rows: Rows) -> None:
        self.number, self.today, self.rows = number, today, rows
        # The same whatever else is made, and no secret.
        self.random = random.Random(number)  # noqa: S311
        self.level = self.random.choices(("area", "regional", "national"), (60, 25, 15))[0]
        self.signed = today - timedelta(days=self.random.randint(100, 4300))
        self.ended: date | None = None
        if self.random.randrange(100) >= DILIGENCE:
            self.ended = self.signed + timedelta(days=self.random.randint(60, (today - self.signed).days))

    def make(self) -> None:
        """Make all its rows."""
        lead = {"national": 1, "regional": 2 + self.number % 10, "area": 12 + self.number % AREA_OFFICES}[self.level]
        created = self._moment(max(self.signed, TRACKED_FROM))
        self._add("alliances", self.number, f"Alliance {self.number}", self.level, created.date(), created)
        self._add("alliance_offices", self.number, lead, 0)
        if self.random.randrange(4) == 0:
            self._add("alliance_offices", self.number, lead - 1 if lead > 1 else 2, 1)
        for n in range(self.random.randint(1, 3)):
            self._with_id("signatories", f"Signatory {n}")
        self._terms()
        for first, following in self._years():
            self._year(first, following)
        if self.ended is not None:
            self._add("endings", self.number, "concluded", self.ended, "Its goals were met.")
            self._done("logo-withdrawal", f"alliance:{self.number}", self.ended + timedelta(days=1))

    def _terms(self) -> None:
        on, renewal = self.signed, False
        while True:
            modern = on >= date(2020, 3, 4)
            years = 2 if not renewal else self.random.randint(2, 5) if modern else 2
            agreement = self._with_id("agreements", on, renewal, years, edition_on(on).name)
            copied = self._by(on + timedelta(days=self.random.randint(5, 28)))
            if copied is not None:
                self._done("signed-copy", f"agreement:{agreement}", copied)
            expires = add_years(on, years)
            decided = self._by(expires - timedelta(days=self.random.randint(20, 150)))
            if decided is None:
                return
            recommended = decided - timedelta(days=14)
            self._with_id("renewal_decisions", agreement, "renew", "Goals met.", recommended, decided, "Director")
            renewed = self._by(expires - timedelta(days=self.random.randint(0, 14)))
            if renewed is None:
                return
            on, renewal = renewed, True

    def _years(self) -> Iterator[tuple[date, date]]:
        n = 0
        while (first := add_years(self.signed, n)) < min(self.today, self.ended or self.today):
            n += 1
            yield first, add_years(self.signed, n)

    def _year(self, first: date, following: date) -> None:
        last = following - timedelta(days=1)
        plan = self._by(first + timedelta(days=self.random.randint(1, 28)))
        if plan is not None:
            key = self._with_id("work_plans", first, plan, "As agreed.", self._moment(plan))
            for n in range(2):
                due = first + timedelta(days=120 + 120 * n)
                self._row("milestones", key, f"Milestone {n}", due, "Coordinator", self._in_time(due))
        for day in (45, 170, 290):
            met = self._in_time(first + timedelta(days=day))
            if met is not None:
                self._with_id("meetings", met, True, "both", self._moment(met))
        evaluated = self._in_time(last - timedelta(days=21))
        if evaluated is not None:
            discussed = self._by(evaluated + timedelta(days=14))
            self._with_id("evaluations", last, evaluated, discussed, "Goals met.", self._moment(evaluated))
        handed = self._in_time(following + timedelta(days=42)) if self.level == "area" else None
        submitted = self._in_time(following + timedelta(days=57))
        if handed is not None or submitted is not None:
            posted = None if submitted is None else self._in_time(submitted + timedelta(days=28))
            self._with_id("annual_reports", last, handed, submitted, posted, self._moment(handed or submitted))

    def _by(self, day: date) -> date | None:
        """Give the day if it is past by now, and the alliance runs on it."""
        return day if day < self.today and (self.ended is None or day <= self.ended) else None

    def _in_time(self, day: date) -> date | None:
        """Give a day shortly before; now and then one some weeks late."""
        late = self.random.randrange(100) >= DILIGENCE
        return self._by(day + timedelta(days=self.random.randint(20, 80) if late else -self.random.randint(0, 20)))

    def _done(self, rule: str, subject: str, on: date) -> None:
        if on < self.today:
            self._with_id("fulfilments", rule, subject, None, on, self._moment(on))

    def _with_id(self, table: str, *values: Any) -> int:
        return self._row(table, self.number, *values)

    def _row(self, table: str, *values: Any) -> int:
        """Add a row with an id of its own."""
        taken = self.rows[table]
        start = self.number * ROOM
        id = taken[-1][0] + 1 if taken and taken[-1][0] >= start else start
        taken.append((id, *values))
        return id

    def _add(self, table: str, *values: Any) -> None:
        self.rows[table].append(values)

    @staticmethod
    def _moment(day: date | None) -> datetime:
        return datetime.combine(day or date.min, time(17), UTC)


def fit_sequences(connection: Connection[Any]) -> None:
    """Let the next id that the database gives follow the highest copied one."""
    for made in TABLES:
        if made.columns[0] == "id":
            name = sql.Identifier(made.table)
            connection.execute(
                sql.SQL("select setval(pg_get_serial_sequence({}, 'id'), (select max(id) from {}))").format(
                    sql.Literal(made.table), name
                )
            )
