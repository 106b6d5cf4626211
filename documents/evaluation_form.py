"""The form of a yearly evaluation: each criterion with its mark, its notes, and the discussion (IX.C.1-2)."""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Column, Facts, Heading, Missing, Paper, Table, Text
from documents.said import NOT_ON_RECORD, paragraph, said_day
from policy.evaluation_marks import EXPLAINED, Mark
from policy.handed_papers import EvaluationText, Head, MarkRow
from policy.words import capital, day, listing


def evaluation_form(head: Head, told: EvaluationText) -> Paper:
    """Lay an evaluation out."""
    year = "Form to fill in" if told.period_end is None else f"Year to {day(told.period_end)}"
    title = ("ALLIANCE EVALUATION", head.alliance, year)
    return Paper(title, tuple(_blocks(head, told)), author=head.offices[0], dated=head.written_on)


def _blocks(head: Head, told: EvaluationText) -> Iterator[Block]:
    yield Facts(
        (
            ("OSHA offices", listing(head.offices)),
            ("Participants", listing(head.participants) or NOT_ON_RECORD),
            ("Year to", said_day(told.period_end)),
            ("Evaluated on", said_day(told.evaluated_on)),
            ("Discussed with the participants on", said_day(told.discussed_on)),
        )
    )
    yield Heading("Marks")
    yield Text(f"Each criterion is marked {listing(mark.value for mark in Mark)}.".replace(" and ", " or "))
    columns = (Column("Criterion", 1.6), Column("Clause", 1.2), Column("Mark"), Column("Justification and notes", 2.2))
    rows = tuple(_row(one, known=told.period_end is not None) for one in told.marks)
    yield Table("Criteria of the evaluation with their marks", columns, rows)
    yield Heading("Findings")
    yield paragraph(told.findings, "A finding")
    yield Heading("Discussion with the Participants")
    yield paragraph(told.discussion, "What the participants said")
    yield Heading("Recommendation")
    if told.recommendation:
        yield Text(f"{capital(told.recommendation)}. {told.reasons or ''}".strip())
    else:
        yield Missing("A recommendation is not on record.")


def _row(one: MarkRow, *, known: bool) -> tuple[str, str, str, str]:
    absent = NOT_ON_RECORD if known else ""
    mark = absent if one.mark is None else one.mark.value
    missing = NOT_ON_RECORD if one.mark in EXPLAINED else ""
    return one.title, one.clause, mark, one.note or missing
