"""Who bears a name already, which names are near it, and for which offices a person may propose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz, utils
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, AllianceOffice, Ending, Signatory
from models.offices import Office
from operations.actor import Actor
from operations.approve.drafts import latest_draft
from operations.read.names_now import with_names_now
from policy.facts import EndingKind, Level
from policy.proposal import Proposal, proposal_of
from policy.rights import Verb, may
from policy.subjects import DRAFT, PROPOSAL

#: A name this much like another (of 100) is told before a proposal is put on file.
NEAR = 88
MOST_NEAR = 5
#: What kind of office leads at a level.
LEADS = {Level.NATIONAL: ("national",), Level.REGIONAL: ("region",), Level.AREA: ("area", "district")}


def held_by(session: Session, name: str) -> str:
    """Say whose a name is: level, lead office and state in short."""
    row = session.execute(_named().where(func.lower(Alliance.name) == name.lower())).one_or_none()
    return "an alliance" if row is None else _called(row)


def near_names(session: Session, name: str, participants: Sequence[str]) -> list[str]:
    """List alliances that may be the same: their names are near, or a participant takes part in them already."""
    typed = utils.default_process(name)
    found: dict[int, tuple[float, str]] = {}
    for row in session.execute(_named()):
        likeness = fuzz.token_sort_ratio(typed, utils.default_process(row.name))
        if likeness >= NEAR:
            found[row.id] = (-likeness, f"“{row.name}”: {_called(row)}")
    wanted = {participant.casefold() for participant in participants}
    members = select(Signatory.alliance_id, Signatory.name).where(Signatory.left_on.is_(None))
    taking_part = {id: who for id, who in session.execute(members) if who.casefold() in wanted}
    for row in session.execute(_named().where(Alliance.id.in_(taking_part))):
        if row.kind is None:
            found.setdefault(row.id, (0, f"{taking_part[row.id]} takes part in “{row.name}”: {_called(row)}"))
    return [said for _, said in sorted(found.values())][:MOST_NEAR]


def proposable(session: Session, by: Actor) -> dict[Level, list[tuple[str, str]]]:
    """Return for each level (code, name) of the offices for which a person may propose an alliance, by name."""
    lines = office_lines(session)
    there = select(Office.code, Office.name, Office.kind).where(Office.closed_on.is_(None))
    rows = session.execute(there.order_by(Office.name)).all()
    return {
        level: [
            (code, name) for code, name, kind in rows if kind in kinds and may(Verb.PROPOSE, by.positions, lines[code])
        ]
        for level, kinds in LEADS.items()
    }


def offices_at(session: Session, level: Level) -> list[tuple[str, str]]:
    """Return (code, name) of all offices that may sign at a level, by name."""
    there = select(Office.code, Office.name).where(Office.kind.in_(LEADS[level]), Office.closed_on.is_(None))
    return [(code, name) for code, name in session.execute(there.order_by(Office.name))]


def office_lines(session: Session) -> dict[str, tuple[str, ...]]:
    """Return for each office, by its code, its own code and those of the offices above it, nearest first."""
    rows = {
        id: (code, parent) for id, code, parent in session.execute(select(Office.id, Office.code, Office.parent_id))
    }
    lines = {}
    for code, parent in rows.values():
        line, above = [code], parent
        while above is not None:
            next_code, above = rows[above]
            line.append(next_code)
        lines[code] = tuple(line)
    return lines


def _named() -> Any:
    signed = select(Agreement.id).where(Agreement.alliance_id == Alliance.id).exists()
    return (
        select(Alliance.id, Alliance.name, Alliance.level, Office.name.label("office"), Ending.kind)
        .add_columns(signed.label("signed"))
        .join(AllianceOffice, (AllianceOffice.alliance_id == Alliance.id) & (AllianceOffice.rank == 0))
        .join(Office, Office.id == AllianceOffice.office_id)
        .outerjoin(Ending, Ending.alliance_id == Alliance.id)
        .order_by(Alliance.name)
    )


def _called(row: Any) -> str:
    article = "an" if row.level == Level.AREA else "a"
    what = f"{article} {row.level} alliance of {row.office}"
    if row.kind is not None:
        return f"{what}, {'withdrawn' if row.kind == EndingKind.WITHDRAWN else 'ended'}"
    return what if row.signed else f"{what}, proposed"


def proposal_on_file(session: Session, alliance_id: int) -> tuple[Proposal, int] | None:
    """Return the latest version of a proposal, with the names of today, and its number; None when none is on file."""
    draft = latest_draft(session, alliance_id, PROPOSAL)
    if draft is None:
        return None
    return proposal_of(with_names_now(session, alliance_id, PROPOSAL, draft.content)), draft.version


def agreement_on_file(session: Session, alliance_id: int) -> tuple[dict[str, Any], int] | None:
    """Return the latest version of the draft agreement in preparation with its number; None when none is on file."""
    draft = latest_draft(session, alliance_id, DRAFT)
    return None if draft is None else (draft.content, draft.version)
