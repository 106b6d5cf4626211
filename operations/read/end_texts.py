"""Read what the papers at the end of an alliance say: a notice, its conclusion, the document of an Ambassador."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.alliances import TerminationNotice
from operations.gather_facts import Gathered
from operations.records.merge_alliance import IMPORTED
from operations.refusals import Refused
from policy.handed_papers import AmbassadorText, ConclusionText, Head, NoticeText
from policy.papers_there import PaperThere
from policy.rules.termination_notice import OSHA, earliest_end


def read_notice(session: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, NoticeText]:
    """Read a notice; without one on record, what OSHA's own would say."""
    if there.record is None:
        return head, NoticeText(OSHA, osha=True, noticed_on=None, ends_on=None, reason=None)
    row = session.get_one(TerminationNotice, there.record)
    given_by = next(one.given_by for one in of.facts.notices if one.id == there.record)
    return head, NoticeText(
        given_by,
        osha=row.signatory_id is None,
        noticed_on=row.noticed_on,
        ends_on=earliest_end(row.noticed_on, row.named_end_on),
        reason=row.reason,
    )


def read_conclusion(_: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, ConclusionText]:
    """Read how an alliance ended."""
    ending = of.facts.ending
    if ending is None:
        raise Refused(f"{of.facts.name} has not ended: {there.label} is not on record.")
    # What was imported says nothing of why.
    return head, ConclusionText(ending.kind, ending.ended_on, None if ending.reason == IMPORTED else ending.reason)


def read_ambassador(_: Session, __: Gathered, there: PaperThere, head: Head) -> tuple[Head, AmbassadorText]:
    """Read the day of the document, where it is on record."""
    return head, AmbassadorText(there.on)
