"""A proposal with the names of today: who was renamed since is the same one, and what was kept stays as it was."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, Signatory
from models.names import FormerName
from operations.records.read_cells import name_key
from policy.drafts import Content, Value
from policy.subjects import PROPOSAL


def participants_now(session: Session, alliance_id: int) -> Mapping[str, str]:
    """Return what participants of an alliance that were renamed are called, by `name_key` of their names before."""
    rows = session.execute(select(Signatory.id, Signatory.name).where(Signatory.alliance_id == alliance_id)).all()
    current = {name_key(name) for _, name in rows}
    names = {id: name for id, name in rows}  # noqa: C416 - a Row
    former = select(FormerName.name, FormerName.signatory_id).where(FormerName.signatory_id.in_(names))
    return {
        name_key(before): names[id or 0]
        for before, id in session.execute(former.order_by(FormerName.id))
        if name_key(before) not in current
    }


def alliance_now(session: Session, alliance_id: int, name: str) -> str:
    """Return what an alliance is called, where `name` is one that it had before; else `name`."""
    known = session.scalars(select(FormerName.name).where(FormerName.alliance_id == alliance_id))
    before = {name_key(former) for former in known}
    return session.get_one(Alliance, alliance_id).name if name_key(name) in before else name


def with_names_now(session: Session, alliance_id: int, subject: str, content: Content) -> dict[str, Value]:
    """Return what a version of a paper says, with the names of today where it is a proposal."""
    said = dict(content)
    if subject != PROPOSAL:
        return said
    if isinstance(name := said.get("name"), str):
        said["name"] = alliance_now(session, alliance_id, name)
    if isinstance(lines := said.get("participants"), list):
        renamed = participants_now(session, alliance_id)
        # Of two that were merged the first line counts.
        named = [_line(line, renamed) for line in lines]
        said["participants"] = list({name_key(_name(line)): line for line in reversed(named)}.values())[::-1]
    return said


def _line(line: str, renamed: Mapping[str, str]) -> str:
    name = _name(line)
    return f"{renamed.get(name_key(name), name)}{line.removeprefix(name)}"


def _name(line: str) -> str:
    return line.rpartition(":")[0] if ":" in line else line
