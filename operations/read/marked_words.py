"""The texts that go out, and the words in them that the check of language marked and nobody decided on (XII.A)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.gates import GateRecord
from models.plans import Milestone, WorkPlan, WorkPlanVersion
from models.products import Product, SuccessStory
from models.work import Activity, AnnualReport
from operations.approve.drafts import latest_draft
from policy.clauses import Clause
from policy.gate_records import RecordKind
from policy.language import find_marks
from policy.papers import paper_title
from policy.subjects import DRAFT, PROPOSAL
from policy.words import day as spelled

#: What of an activity's details is told outside OSHA.
PUBLIC_DETAILS = ("presentation", "info")
#: The papers that are kept version by version, as a sentence calls them; their record bears the alliance's number.
PAPERS = {PROPOSAL: "proposal", DRAFT: "draft agreement"}
#: What of a proposal names somebody or something, and says nothing of them.
NAMING = frozenset({"name", "level", "offices", "participants"})
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
    kind, _, number = _plan_of(session, record).partition(":")
    tables: dict[str, Any] = {
        "work-plan": WorkPlan,
        "activity": Activity,
        "report": AnnualReport,
        "gate": GateRecord,
        "product": Product,
        "story": SuccessStory,
    }
    if kind in PAPERS and number.isdecimal():
        # Of these the number is the alliance's.
        return session.scalar(select(Alliance.id).where(Alliance.id == int(number)))
    # Another kind of record, such as "comments:asked", has no text that goes out.
    if kind not in tables or not number.isdecimal():
        return None
    table = tables[kind]
    found: int | None = session.scalar(select(table.alliance_id).where(table.id == int(number)))
    return found


def texts_of(session: Session, record: str) -> list[Text]:
    """Return the texts that a record holds, such as those of "work-plan:12"; none for a record without any."""
    kind, _, number = _plan_of(session, record).partition(":")
    id = int(number) if number.isdecimal() else 0
    readers: dict[str, Callable[[Session, int], Iterable[Text]]] = {
        "work-plan": lambda session, number: _of_plan(session, session.get(WorkPlan, number)),
        "activity": lambda session, number: _of_activity(session.get(Activity, number)),
        "report": _of_report,
        "product": _of_product,
        "story": _of_story,
        "gate": _of_sheet,
        **{paper: partial(_of_paper, subject=paper) for paper in PAPERS},
    }
    read = readers.get(kind)
    return [] if read is None else list(read(session, id))


def _plan_of(session: Session, record: str) -> str:
    """Name the work plan that a version is of: "work-plan:3" for "plan-version:12"; any other record as it is."""
    kind, _, number = record.partition(":")
    if kind != "plan-version" or not number.isdecimal():
        return record
    version = session.get(WorkPlanVersion, int(number))
    return record if version is None else f"work-plan:{version.work_plan_id}"


def texts_of_draft(session: Session, alliance_id: int, plan_id: int | None, *, subject: str = DRAFT) -> list[Text]:
    """Return the texts of an agreement in preparation: its answers, and the work plan that goes with it.

    `subject` names a signed one ("agreement:12"), whose texts are called what they were called before.
    """
    rows = session.scalars(
        _standing().where(GateRecord.alliance_id == alliance_id, GateRecord.subject == subject).order_by(GateRecord.id)
    )
    latest = {(row.kind, row.about): row for row in rows}
    plan = None if plan_id is None else session.get(WorkPlan, plan_id)
    return [
        *_drafted(latest.values()),
        *_of_paper(session, alliance_id, DRAFT, kept_as=subject),
        *_of_plan(session, plan),
    ]


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
    for activity in plan.activities:
        yield Text(f"work-plan:{plan.id}", f"activity of the {what}", "; ".join(filter(None, activity.values())))
    titles = select(Milestone.title).where(Milestone.work_plan_id == plan.id).order_by(Milestone.id)
    for title in session.scalars(titles):
        yield Text(f"work-plan:{plan.id}", f"milestone of the {what}", title)


def _of_activity(activity: Activity | None) -> Iterator[Text]:
    if activity is None:
        return
    for words in (activity.title, *(activity.details.get(name) for name in PUBLIC_DETAILS)):
        if words:
            yield Text(f"activity:{activity.id}", f"activity “{activity.title}”", str(words))


def _of_report(session: Session, id: int) -> Iterator[Text]:
    report = session.get(AnnualReport, id)
    if report is not None and report.remarks:
        yield Text(f"report:{id}", f"report of the year to {spelled(report.period_end)}", report.remarks)


def _of_product(session: Session, id: int) -> Iterator[Text]:
    product = session.get(Product, id)
    if product is None:
        return
    for words in (product.title, product.purpose):
        yield Text(f"product:{id}", "proposal of the product", words)
    draft = latest_draft(session, product.alliance_id, f"product:{id}")
    if draft is not None and draft.content.get("summary"):
        yield Text(f"product:{id}", "product as its experts saw it", str(draft.content["summary"]))


def _of_story(session: Session, id: int) -> Iterator[Text]:
    story = session.get(SuccessStory, id)
    for words in () if story is None else (story.title, story.story):
        yield Text(f"story:{id}", "success story", words)


def _of_paper(session: Session, alliance_id: int, subject: str, *, kept_as: str | None = None) -> Iterator[Text]:
    """Yield what the latest version of a proposal or a draft agreement says, field by field."""
    draft = latest_draft(session, alliance_id, kept_as or subject)
    for name, value in () if draft is None else draft.content.items():
        if name not in NAMING:
            what = f"{PAPERS[subject]}, {paper_title(subject, name)}"
            yield Text(f"{subject}:{alliance_id}", what, value if isinstance(value, str) else "\n".join(value))


def _of_sheet(session: Session, id: int) -> list[Text]:
    sheet = select(GateRecord.sheet).where(GateRecord.id == id).scalar_subquery()
    return _drafted(session.scalars(_standing().where(GateRecord.sheet == sheet)))
