"""Which papers can be made of what is on record of an alliance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy.facts import EndingKind, Facts, Level
from policy.handed_papers import LABELS, PaperKind
from policy.words import day


@dataclass(frozen=True, slots=True)
class PaperThere:
    """A paper that can be made."""

    kind: PaperKind
    #: The number of its record; None for one that is written before anything of it is on record.
    record: int | None
    #: The day that tells it from others of its kind; None where there is no record.
    on: date | None
    label: str


def papers_there(facts: Facts) -> tuple[PaperThere, ...]:
    """List the papers of an alliance by kind, the latest of each kind first."""
    kinds = list(PaperKind)
    found = list(_papers(facts))
    found.sort(key=lambda one: (kinds.index(one.kind), -(one.on or date.max).toordinal(), -(one.record or 0)))
    return tuple(found)


def _papers(facts: Facts) -> Iterator[PaperThere]:
    ending = facts.ending
    if ending is None:
        label = "Draft renewal" if facts.agreements else LABELS[PaperKind.AGREEMENT]
        yield PaperThere(PaperKind.AGREEMENT, None, None, label)
    for agreement in facts.agreements:
        yield _of(PaperKind.TRANSMITTAL, agreement.id, agreement.signed_on, "signed on")
    for meeting in facts.meetings:
        yield _of(PaperKind.MINUTES if meeting.held else PaperKind.AGENDA, meeting.id, meeting.on, "of")
    for plan in facts.work_plans:
        yield _of(PaperKind.WORK_PLAN, plan.id, plan.first, "of the year from")
    for evaluation in facts.evaluations:
        yield _of(PaperKind.EVALUATION, evaluation.id, evaluation.period_end, "of the year to")
    if ending is None and facts.agreements:
        yield PaperThere(PaperKind.EVALUATION, None, None, f"{LABELS[PaperKind.EVALUATION]}, to fill in")
    yield from _of_the_end(facts)


def _of_the_end(facts: Facts) -> Iterator[PaperThere]:
    ending = facts.ending
    given = [notice for notice in facts.notices if notice.withdrawn_on is None]
    for notice in given:
        label = f"{LABELS[PaperKind.NOTICE]}: {notice.given_by}, {day(notice.noticed_on)}"
        yield PaperThere(PaperKind.NOTICE, notice.id, notice.noticed_on, label)
    if ending is None and facts.agreements:
        if not any(notice.given_by == "OSHA" and notice.ended_on is None for notice in given):
            yield PaperThere(PaperKind.NOTICE, None, None, f"{LABELS[PaperKind.NOTICE]} of OSHA, to fill in")
        # FAQ F-1, F-12: after the initial term and one renewal, where the office offers it.
        if len(facts.agreements) > 1 and (facts.ambassador_option or facts.level is Level.NATIONAL):
            yield PaperThere(PaperKind.AMBASSADOR, None, None, f"{LABELS[PaperKind.AMBASSADOR]}, to fill in")
    if ending is not None and ending.kind is EndingKind.AMBASSADOR:
        yield _of(PaperKind.AMBASSADOR, None, ending.ended_on, "of")
    if ending is not None and ending.kind in {EndingKind.CONCLUDED, EndingKind.TERMINATED}:
        yield _of(PaperKind.CONCLUSION, None, ending.ended_on, "of")


def _of(kind: PaperKind, record: int | None, on: date, word: str) -> PaperThere:
    return PaperThere(kind, record, on, f"{LABELS[kind]} {word} {day(on)}")
