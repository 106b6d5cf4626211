"""A paper in preparation in words: every surface reads its fields here."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from policy.drafts import Change, Content, Value
from policy.papers import OFFICES, paper_changes, paper_words


def tell_paper(session: Session, subject: str, content: Content) -> tuple[tuple[str, Value], ...]:
    """Return label and words of each field of a paper, in the order of its form."""
    return tuple(paper_words(subject, content, _names(session, content)).items())


def tell_changes(session: Session, subject: str, before: Content, after: Content) -> tuple[Change, ...]:
    """Return the fields in which two versions of a paper differ, in the order and the words of its form."""
    return paper_changes(subject, before, after, _names(session, before, after))


def _names(session: Session, *contents: Content) -> Mapping[str, str]:
    codes = {code for content in contents for code in content.get(OFFICES, ())}
    if not codes:
        return {}
    rows = session.execute(select(Office.code, Office.name).where(Office.code.in_(codes)))
    return {code: name for code, name in rows}  # noqa: C416 - a Row
