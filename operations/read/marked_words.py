"""The texts that go out, and the words in them that the check of language marked and nobody decided on (XII.A)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.gates import DRAFT, GateRecord
from models.plans import Milestone, WorkPlan
from models.work import Activity, AnnualReport
from policy.clauses import Clause
from policy.gate_records import RecordKind
from policy.language import find_marks
from policy.words import day as spelled

#: What of an activity's details is told outside OSHA.
PUBLIC_DETAILS = ("presentation", "info")
#: What the draft of an agreement says in its own words.
DRAFTED = (RecordKind.CRITERION, RecordKind.WORKERS, RecordKind.GOALS)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that goes out, and the record that holds it."""

    record: str
    #: What a sentence calls it.
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of a text that wait for a person's decision."""

    text: Text
    words: str
    why: str
    clause: Clause

    @property
    def about(self) -> str:
        """What the decision on them is about: these words in this text; another text asks for another decision."""
        return sha256(f"{self.text.words}\0{self.words.casefold()}".encode()).hexdigest()[:32]


def alliance_of(session: Session, record: str) -> int | None:
    """Return the alliance that a record with a text belongs to; None when there is no such record."""
    kind, _, number = record.partition(":")
    tables: dict[str, Any] = {"work-plan": WorkPlan, "activity": Activity, "report": AnnualReport, "gate": GateRecord}
    # Another kind of record, such as "comments:asked", has no text that goes out.
    if kind not in tables or not number.isdecimal():
        return None
    table = tables[kind]
    found: int | None = session.scalar(select(table.alliance_id).where(table.id == int(number)))
    return found


def texts_of(session: Session, record: str) -> list[Text]:
    """Return the texts that a record holds, such as those of "work-plan:12"; none for a record without any."""
    kind, _, number = record.partition(":")
    id = int(number) if number.isdecimal() else 0
    if kind == "work-plan":
        return list(_of_plan(session, session.get(WorkPlan, id)))
    if kind == "activity":
        return list(_of_activity(session.get(Activity, id)))
    if kind == "report":
        report = session.get(AnnualReport, id)
        if report is None or not report.remarks:
            return []
        return [Text(record, f"report of the year to {spelled(report.period_end)}", report.remarks)]
    if kind == "gate":
        sheet = select(GateRecord.sheet).where(GateRecord.id == id).scalar_subquery()
        return _drafted(session.scalars(_standing().where(GateRecord.sheet == sheet)))
    return []


def texts_of_draft(session: Session, alliance_id: int, plan_id: int | None) -> list[Text]:
    """Return the texts of an agreement in preparation: its answers, and the work plan that goes with it."""
    rows = session.scalars(
        _standing().where(GateRecord.alliance_id == alliance_id, GateRecord.subject == DRAFT).order_by(GateRecord.id)
    )
    latest = {(row.kind, row.about): row for row in rows}
    plan = None if plan_id is None else session.get(WorkPlan, plan_id)
    return [*_drafted(latest.values()), *_of_plan(session, plan)]


def undecided(session: Session, alliance_id: int, texts: Iterable[Text]) -> list[Marked]:
    """Return the words of some texts that the check marks and nobody has decided on, each once a text."""
    found = {
        marked.about: marked
        for text in texts
        for mark in find_marks(text.words)
        for marked in [Marked(text, mark.words, mark.why, mark.clause)]
    }
    if not found:
        return []
    decided = session.scalars(
        select(GateRecord.about).where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.kind == RecordKind.WORDS.value,
            GateRecord.withdrawn_at.is_(None),
        )
    )
    for about in decided:
        found.pop(about, None)
    return list(found.values())


def undecided_of(session: Session, record: str) -> list[Marked]:
    """Return the words of one record that wait for a decision."""
    alliance_id = alliance_of(session, record)
    return [] if alliance_id is None else undecided(session, alliance_id, texts_of(session, record))


def _standing() -> Any:
    drafted = [kind.value for kind in DRAFTED]
    return select(GateRecord).where(GateRecord.withdrawn_at.is_(None), GateRecord.kind.in_(drafted))


def _drafted(rows: Iterable[GateRecord]) -> list[Text]:
    names = {RecordKind.WORKERS: "worker representation", RecordKind.GOALS: "record of goals met"}
    return [
        Text(f"gate:{row.id}", names.get(RecordKind(row.kind), f"answer to {row.about}"), row.text)
        for row in rows
        if row.text
    ]


def _of_plan(session: Session, plan: WorkPlan | None) -> Iterator[Text]:
    if plan is None:
        return
    what = f"work plan of the year from {spelled(plan.first)}"
    yield Text(f"work-plan:{plan.id}", what, plan.summary)
    titles = select(Milestone.title).where(Milestone.work_plan_id == plan.id).order_by(Milestone.id)
    for title in session.scalars(titles):
        yield Text(f"work-plan:{plan.id}", f"milestone of the {what}", title)


def _of_activity(activity: Activity | None) -> Iterator[Text]:
    if activity is None:
        return
    for words in (activity.title, *(activity.details.get(name) for name in PUBLIC_DETAILS)):
        if words:
            yield Text(f"activity:{activity.id}", f"activity “{activity.title}”", str(words))
