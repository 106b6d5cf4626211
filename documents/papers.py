"""The papers of an alliance beside its annual report, each laid out and written as Word or PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from documents.agreement import agreement
from documents.ambassador import ambassador
from documents.docx import docx
from documents.evaluation_form import evaluation_form
from documents.file_names import file_name
from documents.letters import conclusion, notice
from documents.meeting_papers import meeting_paper
from documents.paper import Paper
from documents.pdf import pdf
from documents.work_plan import work_plan
from policy.handed_papers import (
    AgreementText,
    AmbassadorText,
    ConclusionText,
    EvaluationText,
    HandedPaper,
    MeetingText,
    NoticeText,
    PlanText,
)

#: By the ending of the file.
WRITERS: Mapping[str, Callable[[Paper], bytes]] = {"docx": docx, "pdf": pdf}


def lay_out(made: HandedPaper) -> Paper:
    """Lay a paper out."""
    head = made.head
    match made.told:
        case AgreementText() as told:
            paper = agreement(head, told)
        case MeetingText() as told:
            paper = meeting_paper(head, told)
        case PlanText() as told:
            paper = work_plan(head, told)
        case NoticeText() as told:
            paper = notice(head, told)
        case ConclusionText() as told:
            paper = conclusion(head, told)
        case EvaluationText() as told:
            paper = evaluation_form(head, told)
        case AmbassadorText() as told:
            paper = ambassador(head, told)
    return paper


def paper_name(made: HandedPaper, form: str) -> str:
    """Name the file of a paper: "minutes-La-Plaza-2026-09-14.docx"."""
    return file_name(made.kind.value, made.head.alliance, made.on, form)
