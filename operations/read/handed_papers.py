"""Read what a paper of an alliance is made of, by the names of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from operations.gather_facts import Gathered
from operations.read.agreement_text import read_draft, read_signed
from operations.read.annual_report import office_names
from operations.read.end_texts import read_ambassador, read_conclusion, read_notice
from operations.read.work_texts import read_evaluation, read_meeting, read_plan
from operations.refusals import Refused
from policy.handed_papers import HandedPaper, Head, PaperKind, Told, parties_on
from policy.papers_there import PaperThere, papers_there

#: What is read: of whom, of which record, on the office's day.
Reader = Callable[[Session, Gathered, PaperThere, Head], tuple[Head, Told]]

READERS: Mapping[PaperKind, Reader] = {
    PaperKind.AGREEMENT: read_draft,
    PaperKind.TRANSMITTAL: read_signed,
    PaperKind.AGENDA: read_meeting,
    PaperKind.MINUTES: read_meeting,
    PaperKind.WORK_PLAN: read_plan,
    PaperKind.NOTICE: read_notice,
    PaperKind.CONCLUSION: read_conclusion,
    PaperKind.EVALUATION: read_evaluation,
    PaperKind.AMBASSADOR: read_ambassador,
}


def read_paper(session: Session, of: Gathered, *, kind: PaperKind, record: int | None, today: date) -> HandedPaper:
    """Read a paper of the record with a number, on the office's `today`; None where there is no record yet.

    Raises:
        Refused: There is nothing on record to make it of.
    """
    there = next((one for one in listed(of) if (one.kind, one.record) == (kind, record)), None)
    gone = f"What this paper was made of is not on record of {of.facts.name} any more; look at it anew."
    if there is None:
        raise Refused(gone)
    try:
        head, told = READERS[kind](session, of, there, _head(session, of, there.on or today, today))
    except NoResultFound:
        # Somebody took it back since the facts were read.
        raise Refused(gone) from None
    return HandedPaper(kind, head, told, there.on or today)


def listed(of: Gathered) -> tuple[PaperThere, ...]:
    """List the papers that can be made."""
    return papers_there(of.facts)


def _head(session: Session, of: Gathered, on: date, today: date) -> Head:
    facts = of.facts
    signed = [agreement.signed_on for agreement in facts.agreements]
    return Head(
        alliance=facts.name,
        level=facts.level,
        offices=office_names(session, facts.id),
        participants=parties_on(facts, on),
        signed_on=signed[0] if signed else None,
        renewed_on=tuple(signed[1:]),
        written_on=today,
    )
