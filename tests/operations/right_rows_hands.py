"""The rows of the right matrix for who holds what, and for offices and alliances that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from models.alliances import Signatory
from operations.hands.change_position import end_position, name_designee, undo_position
from operations.hands.merge_alliances import merge_alliances
from operations.hands.merge_offices import merge_offices
from operations.hands.merge_participants import merge_participants, undo_merger
from operations.hands.move_alliance import move_alliance, undo_move
from operations.hands.rename import rename_alliance, rename_office, rename_participant, undo_rename
from operations.hands.split_office import split_office
from policy.rights import RIGHTS, Role, Verb
from tests.operations.conftest import TODAY
from tests.operations.right_matrix import (
    ABOVE,
    BELOW,
    BESIDE,
    OWN,
    UNIT,
    Row,
    World,
    chief,
    of_area,
    position,
    undo,
)


def two(w: World) -> dict[str, int]:
    """Return the participant of the area alliance, and another one that takes part from now on."""
    other = Signatory(alliance_id=w.area.id, name="Another Guild")
    w.session.add(other)
    w.session.flush()
    ids = w.session.scalars(select(Signatory.id).where(Signatory.alliance_id == w.area.id).order_by(Signatory.id)).all()
    return {"alliance_id": w.area.id, "signatory_id": ids[-1], "into_id": ids[0]}


ROWS: list[Row] = [
    Row(
        end_position,
        Verb.NAME_PEOPLE,
        lambda w, by: end_position(w.session, position_id=position(w), last_day=TODAY, **by),
    ),
    Row(
        name_designee,
        Verb.NAME_DESIGNEE,
        lambda w, by: name_designee(
            w.session,
            position_id=position(w),
            slack_id="U0NEWONE1",
            name="Nina New",
            held_from=TODAY,
            held_until=TODAY + timedelta(days=3),
            **by,
        ),
        # Who holds another position names nobody for it, unless they say who holds positions there.
        barred=frozenset((role, at) for role in Role for at in (OWN, BELOW) if not {Verb.NAME_PEOPLE} <= RIGHTS[role]),
    ),
    undo(
        undo_position,
        Verb.NAME_PEOPLE,
        lambda w: end_position(w.session, position_id=position(w), last_day=TODAY, **chief(w)).record,
    ),
    Row(
        rename_office,
        Verb.ADMINISTER,
        lambda w, by: rename_office(w.session, office_code="0317300", name="Another Name", **by),
    ),
    of_area(rename_alliance, Verb.REARRANGE, name="Another Name"),
    Row(
        rename_participant,
        Verb.REARRANGE,
        lambda w, by: rename_participant(
            w.session,
            alliance_id=w.area.id,
            signatory_id=w.session.scalars(select(Signatory.id).where(Signatory.alliance_id == w.area.id)).one(),
            name="Another Guild",
            **by,
        ),
    ),
    Row(
        merge_participants,
        Verb.REARRANGE,
        lambda w, by: merge_participants(w.session, **two(w), **by),
    ),
    undo(
        undo_merger,
        Verb.REARRANGE,
        lambda w: merge_participants(w.session, **two(w), **chief(w)).record,
    ),
    undo(
        undo_rename,
        Verb.REARRANGE,
        lambda w: rename_alliance(w.session, alliance_id=w.area.id, name="Another Name", **chief(w)).record,
        "an alliance",
    ),
    undo(
        undo_rename,
        Verb.ADMINISTER,
        lambda w: rename_office(w.session, office_code="0317300", name="Another Name", **chief(w)).record,
        "an office",
    ),
    Row(
        move_alliance,
        Verb.REARRANGE,
        lambda w, by: move_alliance(
            w.session, alliance_id=w.area.id, lead="0317301", alone=True, reason="They run it", **by
        ),
    ),
    replace(
        undo(
            undo_move,
            Verb.REARRANGE,
            lambda w: (
                move_alliance(
                    w.session, alliance_id=w.area.id, lead="0317301", alone=True, reason="They run it", **chief(w)
                ).record
            ),
        ),
        # Who may at the office where it is now may not yet at the one to which it goes back.
        barred=frozenset((role, ABOVE) for role in Role),
    ),
    Row(
        merge_alliances,
        Verb.REARRANGE,
        lambda w, by: merge_alliances(w.session, alliance_id=w.fresh.id, into_id=w.area.id, **by),
    ),
    Row(
        merge_offices,
        Verb.ADMINISTER,
        lambda w, by: merge_offices(w.session, office_code="0317301", into_code="0317300", **by),
        {OWN: "0317300", BELOW: "REG-PHI", BESIDE: "0418800", UNIT: "DCSP"},
    ),
    Row(
        split_office,
        Verb.ADMINISTER,
        lambda w, by: split_office(
            w.session,
            office_code="0317300",
            new_code="0317302",
            new_name="Another Office",
            alliance_ids=[w.area.id],
            **by,
        ),
    ),
]
