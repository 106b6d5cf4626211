"""Set who has to approve at an office, and at those below it; never less than the directive asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.offices import Office
from operations.actor import Actor, offices_below
from operations.change_settings import SettingsChange, change_settings
from operations.gather_facts import gather
from operations.gather_gate_facts import regional_offices
from operations.read.askable import StepAhead, preview_chain
from policy.approval import Seat
from policy.chains import Purpose
from policy.rights import Role


@dataclass(frozen=True, slots=True)
class ChainChange:
    """A change of a chain, and what it means for one of the alliances that it holds for."""

    settings: SettingsChange
    purpose: Purpose
    #: The alliance that is shown as an example, and its steps as they would be asked today; None where there is none.
    example: str | None
    steps: tuple[StepAhead, ...]


def change_chain(
    session: Session,
    *,
    office_code: str,
    purpose: Purpose,
    text: str | None,
    by: Actor,
    now: datetime,
    tried: bool = False,
    seen: str | None = None,
) -> ChainChange:
    """Set the chain of a purpose, as `policy.chain_words` reads it; None takes what holds above, or the directive's.

    What is before officials already keeps the chain that it was asked with. `seen` is what stood there when who
    changes it saw it, empty for nothing; None where nobody looked.

    Raises:
        Refused: A line cannot be read, names an office that there is none of, a step that a clause asks for could be
            passed by, or somebody else has set another one since it was seen.
        AlreadyDone: Nothing would change.
        NotAllowed: No position of the person allows it.
    """
    name = f"chains.{purpose.value}"
    done = change_settings(
        session,
        office_code=office_code,
        changes={name: text or None},
        by=by,
        now=now,
        tried=tried,
        seen=None if seen is None else {name: seen or None},
    )
    example = _example(session, office_code, purpose)
    steps: tuple[StepAhead, ...] = ()
    if example is not None:
        (of,) = gather(session, [example[0]])
        about = next(iter(regional_offices(session, of.facts.offices)), "") if purpose.terms.about == "region" else ""
        experts = (Seat(Role.DIRECTORATE_REVIEWER, "DEP"),) if purpose is Purpose.PRODUCT else ()
        steps = preview_chain(session, of, purpose, about=about, experts=experts, by=Actor(name=""), now=now)
    return ChainChange(done, purpose, None if example is None else example[1], steps)


def chain_set(session: Session, office_code: str, purpose: Purpose) -> str | None:
    """Return what an office itself set; None where it set nothing."""
    office = session.scalars(select(Office).where(Office.code == office_code)).one()
    found = (office.settings or {}).get("chains", {}).get(purpose.value)
    return None if found is None else str(found)


def _example(session: Session, office_code: str, purpose: Purpose) -> tuple[int, str] | None:
    row = session.execute(
        select(Alliance.id, Alliance.name)
        .join(AllianceOffice, AllianceOffice.alliance_id == Alliance.id)
        .join(Office, Office.id == AllianceOffice.office_id)
        .where(
            AllianceOffice.rank == 0,
            Office.code.in_(offices_below(session, office_code)),
            Alliance.level.in_([level.value for level in purpose.terms.levels]),
        )
        .order_by(Alliance.name)
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])
