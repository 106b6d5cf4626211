"""Change what an office set for itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice
from models.offices import Office
from operations.actor import Actor, offices_below, require
from operations.office_settings import read_settings
from operations.records.open_alliance import lock_alliances
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from policy.rights import Verb


def change_settings(
    session: Session, *, office_code: str, changes: Mapping[str, Any], by: Actor, now: datetime
) -> dict[str, Any]:
    """Lay changes over the settings of an office and return them; None takes a setting away.

    The rules are checked for the alliances of the office and of those below it, in the same transaction.

    Raises:
        Refused: There is no such office, or a setting is unknown, of the wrong kind or in the wrong place.
        NotAllowed: No position of the person allows it.
    """
    below = select(Office.id).where(Office.code.in_(offices_below(session, office_code)))
    led = select(AllianceOffice.alliance_id).where(AllianceOffice.rank == 0, AllianceOffice.office_id.in_(below))
    ids = sorted(session.scalars(led))
    # As everywhere: the alliances before anything else that their check takes.
    lock_alliances(session, ids)
    office = session.scalar(select(Office).where(Office.code == office_code).with_for_update(key_share=True))
    if office is None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    require(session, by, Verb.ADMINISTER, office_codes=[office_code])
    wanted = {name: value for name, value in {**office.settings, **changes}.items() if value is not None}
    root = office.parent_id is None
    office.settings = read_settings(office.name, wanted, root=root).model_dump(mode="json", exclude_defaults=True)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="office:settings-changed",
        subject=f"office:{office.code}",
        data=dict(changes),
    )
    session.flush()
    check_rules(session, now=now, by=by, ids=ids, with_program=root)
    return office.settings
