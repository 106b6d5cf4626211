"""The rows of the right matrix for addresses of calendars."""

from __future__ import annotations

from models.calendars import CalendarFeed
from operations.calendars.make_address import make_address
from operations.calendars.stop_address import stop_address
from policy.rights import Verb
from tests.operations.conftest import NOW
from tests.operations.right_matrix import OF_THE_NATIONAL, Row, World


def address(w: World) -> int:
    """Put the address that somebody else has of a calendar on record."""
    return w.add(CalendarFeed(person_id=w.ada.person_id, token_hash="0" * 64, made_at=NOW))


ROWS: list[Row] = [
    Row(
        make_address,
        Verb.SUBSCRIBE,
        lambda w, by: make_address(w.session, calendar=f"alliance:{w.area.id}", **by),
        what="of an alliance",
    ),
    Row(
        make_address,
        Verb.SUBSCRIBE,
        lambda w, by: make_address(w.session, calendar="office:0317300", **by),
        what="of an office",
    ),
    Row(
        stop_address,
        Verb.ADMINISTER,
        lambda w, by: stop_address(w.session, address_id=w.kept["prepared"], **by),
        seats=OF_THE_NATIONAL,
        prepare=address,
        what="somebody else's",
    ),
]
