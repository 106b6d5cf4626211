"""The program as a workbook: regions, offices, emphasis areas, and how it was counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from openpyxl import Workbook

from documents.rows import add_sheet
from policy.program_picture import Picture, Unit

NUMBERS = (
    "Alliances active",
    "Duties due",
    "In time",
    "Afterwards",
    "Late",
    "In time, %",
    "Days late, average",
    "Days late, longest",
    "Activities",
    "People reached",
)


def book(picture: Picture) -> bytes:
    """Return an .xlsx file; what people wrote is never a formula in it."""
    made = Workbook(write_only=True)
    add_sheet(made, "Regions", ("Code", "Region", *NUMBERS), _units(picture.regions, "Region"))
    add_sheet(made, "Offices", ("Code", "Office", "Belongs to", *NUMBERS), _units(picture.offices, "Office"))
    areas = (
        {"Emphasis area": area.name, "Activities": area.activities, "People reached": area.reached}
        for area in picture.areas
    )
    add_sheet(made, "Emphasis areas", ("Emphasis area", "Activities", "People reached"), areas)
    add_sheet(made, "About", ("What", "How"), ({"What": what, "How": how} for what, how in _about(picture)))
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _units(units: Iterable[Unit], label: str) -> Iterator[Mapping[str, object]]:
    for unit in units:
        found = unit.compliance
        values = (
            unit.alliances,
            found.due,
            found.in_time,
            found.afterwards,
            found.late,
            found.percent,
            round(found.average, 1),
            found.longest,
            unit.activities,
            unit.reached,
        )
        yield {"Code": unit.code, label: unit.name, "Belongs to": unit.region} | dict(zip(NUMBERS, values, strict=True))


def _about(picture: Picture) -> Iterator[tuple[str, object]]:
    yield "Office", f"{picture.office} ({picture.code}) and the offices below it"
    yield "Year", picture.year if picture.period is None else f"{picture.year}: {picture.period}"
    yield "As of the end of", picture.on
    yield "Duties due", "Those that fell due within the year by that day; of agreement years, those that run on it"
    yield "Not counted", "Permissions, and duties that were waived or lifted"
    yield "Days late", "Calendar days from the due date to the day it was done, or to that day"
    yield "Emphasis areas", "An activity of several areas counts in each; in the other sheets once"
    yield "Activities without a number reached", picture.unknown
