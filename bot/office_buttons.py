"""What the buttons about offices and alliances as such do: their settings, positions, closures and arrangement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.answers.office import closures
from bot.asked import Asked, Reply
from bot.forms import FORMS
from bot.open_form import open_form
from bot.values import STALE, read_number
from operations.refusals import Refused


def _of_office(form: str, asked: Asked, value: str) -> Reply:
    return open_form(asked, FORMS[form], office=value)


def change_alliance(asked: Asked, value: str) -> Reply:
    """Open the settings of an alliance."""
    return open_form(asked, FORMS["change_alliance"], alliance_id=read_number(value))


def add_signatory(asked: Asked, value: str) -> Reply:
    """Open the form for an organization that joined."""
    return open_form(asked, FORMS["add_signatory"], alliance_id=read_number(value))


def list_closures(asked: Asked, _value: str) -> Reply:
    """List the federal closures."""
    return closures(asked)


def arrange_office(asked: Asked, value: str) -> Reply:
    """Open the form that was chosen in an office's menu: another name, a merger, a split."""
    what, _, code = value.partition(":")
    if what not in {"rename_office", "merge_offices", "split_office"}:
        raise Refused(STALE)
    return open_form(asked, FORMS[what], office=code)


def arrange_alliance(asked: Asked, value: str) -> Reply:
    """Open the form that was chosen in an alliance's menu: another name, another office, a merger."""
    what, _, id = value.partition(":")
    if what not in {"rename_alliance", "move_alliance", "merge_alliances", "merge_participants"}:
        raise Refused(STALE)
    return open_form(asked, FORMS[what], alliance_id=read_number(id))


#: By action id.
OFFICE_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "change:chain": partial(_of_office, "change_chain"),
    "change:office": partial(_of_office, "change_office"),
    "change:program": partial(_of_office, "change_program"),
    "change:alliance": change_alliance,
    "add:signatory": add_signatory,
    "give:position": partial(_of_office, "hold_position"),
    "end:position": partial(_of_office, "end_position"),
    "name:designee": partial(_of_office, "name_designee"),
    "arrange:office": arrange_office,
    "arrange:alliance": arrange_alliance,
    "list:closures": list_closures,
    "enter:closure": partial(_of_office, "enter_closure"),
    "remove:closure": partial(_of_office, "remove_closure"),
}
