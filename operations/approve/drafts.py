"""The versions of a paper in preparation, as they are read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.drafts import Draft
from operations.refusals import Refused


def latest_draft(session: Session, alliance_id: int, subject: str) -> Draft | None:
    """Return the latest version of a subject; None where none was kept."""
    return session.scalar(
        select(Draft)
        .where(Draft.alliance_id == alliance_id, Draft.subject == subject)
        .order_by(Draft.version.desc())
        .limit(1)
    )


def refuse_overwriting(session: Session, alliance_id: int, subject: str, seen: int | None) -> None:
    """Let pass who saw the latest version of a subject; `seen` is its number, 0 for none, None where nobody looked.

    The alliance is locked.

    Raises:
        Refused: Somebody has kept another version since.
    """
    latest = latest_draft(session, alliance_id, subject)
    if seen is not None and latest is not None and latest.version != seen:
        raise Refused(
            f"{latest.made_by} kept version {latest.version} since you opened this, and nothing of yours is kept yet. "
            "Copy what you changed, close this, and open it again: it shows what stands there now."
        )


def latest_drafts(session: Session, alliance_id: int, subjects: Collection[str]) -> dict[str, Draft]:
    """Return the latest version of each of some subjects, by subject: one query for all."""
    rows = session.scalars(
        select(Draft).where(Draft.alliance_id == alliance_id, Draft.subject.in_(subjects)).order_by(Draft.version)
    )
    return {row.subject: row for row in rows}


def latest_digests(session: Session, alliance_id: int, subjects: Collection[str]) -> dict[str, str]:
    """Return what proves the latest version of some subjects, by subject."""
    rows = session.execute(
        select(Draft.subject, Draft.digest)
        .where(Draft.alliance_id == alliance_id, Draft.subject.in_(subjects))
        .order_by(Draft.version)
    )
    return {subject: digest for subject, digest in rows}  # noqa: C416 - a Row


def version_before(session: Session, draft: Draft) -> Draft | None:
    """Return the version before another; None for the first."""
    return session.scalar(
        select(Draft).where(
            Draft.alliance_id == draft.alliance_id, Draft.subject == draft.subject, Draft.version == draft.version - 1
        )
    )


def rename_subject(session: Session, alliance_id: int, before: str, after: str) -> None:
    """Let the versions of a subject belong to another, as when an agreement was signed: the next begins anew."""
    session.execute(
        update(Draft)
        .where(Draft.alliance_id == alliance_id, Draft.subject == before)
        .values(subject=after)
        .execution_options(synchronize_session=False)
    )
