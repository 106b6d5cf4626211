"""Show the program as a picture: compliance by region or office, days late, activities and people reached."""

from __future__ import annotations

import re

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, paragraphs, safe, section
from bot.chart import MOST_BARS, Chart, chart_block, short_labels
from bot.choose import which_office
from bot.values import PictureValue
from documents.program_chart import activities, numbers, title
from operations.change_closures import top_office
from operations.read.picture import FIRST_YEAR, read_picture
from operations.refusals import Refused
from policy.program_picture import Picture, Unit, View, percent_words
from policy.words import count, day

TITLE = "Program"
#: Offices and emphasis areas that are said in words; the workbook has all of them.
SHOWN = 20
#: What people write for agreement years.
_AGREEMENT = re.compile(r"\b(?:agreement|alliance)[ -]?years?\b", re.IGNORECASE)
_FISCAL = re.compile(r"\b(?:fiscal(?:[ -]?year)?|fy) ?(?P<year>20\d\d|\d\d)?\b|\b(?P<alone>20\d\d)\b", re.IGNORECASE)


def program(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Show the picture of the office that the words mean, or of the program; of a fiscal year or of agreement years."""
    view = View.AGREEMENT if _AGREEMENT.search(words) else View.FISCAL
    found = _FISCAL.search(words)
    named = found and (found["year"] or found["alone"])
    if named and view is View.AGREEMENT:
        raise Refused("Agreement years are those that run today; name a fiscal year alone to see what was.")
    year = int(named) % 2000 + 2000 if named else None
    rest = _FISCAL.sub("", _AGREEMENT.sub("", words)).strip()
    with asked.sessions.begin() as session:
        office = which_office(session, rest, "program") if rest else top_office(session).code
    if isinstance(office, Answer):
        return office
    return show_picture(asked, PictureValue(office=office, view=view, year=year))


def show_picture(asked: Asked, which: PictureValue) -> Answer:
    """Show one picture."""
    with asked.sessions.begin() as session:
        picture = read_picture(session, which.office, view=which.view, year=which.year, now=asked.now)
    return picture_answer(picture, which, newer_blocks=asked.newer_blocks)


def picture_answer(picture: Picture, which: PictureValue, *, newer_blocks: bool) -> Answer:
    """Return a picture in words and blocks, with a chart."""
    found = picture.compliance
    lines = [
        f"As of {day(picture.on)}: {count(picture.alliances, 'alliance')} active. "
        f"{found.due} {'duty' if found.due == 1 else 'duties'} fell due, {numbers(found)}."
        if found.due
        else f"As of {day(picture.on)}: {count(picture.alliances, 'alliance')} active; no duty fell due.",
        f"{activities(picture.activities)}, {picture.reached:,} people reached"
        + (f"; of {picture.unknown} no number is on record." if picture.unknown else "."),
    ]
    units = [f"•  {_unit(unit)}" for unit in picture.units[:SHOWN]]
    areas = [
        f"•  {safe(area.name)}: {_reached(area.reached)}, {activities(area.activities)}"
        for area in picture.areas[:SHOWN]
    ]
    blocks: list[Json] = [header(title(picture)), section("\n".join(lines))]
    if found.due:
        blocks.append(chart_block(_chart(picture), newer_blocks=newer_blocks))
    said = ["*By region or office*", *units] if units else ["No alliance is active."]
    reached = ["*People reached by emphasis area*", *areas] if areas else []
    blocks += map(section, [*paragraphs(said), *paragraphs(reached)])
    if len(picture.units) > SHOWN or len(picture.areas) > SHOWN:
        blocks.append(context("The workbook has all of them."))
    blocks.append(actions(*_buttons(picture, which)))
    text = [f"*{safe(title(picture))}*", *lines, *units, *areas]
    return Answer("\n".join(text), blocks, title=TITLE)


def _unit(unit: Unit) -> str:
    found = unit.compliance
    late = found.afterwards + found.late
    days = f"; on average {found.average:.0f} days late, at most {found.longest}" if late else ""
    reached = f"; {activities(unit.activities)}, {_reached(unit.reached)}" if unit.activities else ""
    return f"{safe(unit.name)}: {count(unit.alliances, 'alliance')}, {numbers(found)}{days}{reached}"


def _reached(people: int) -> str:
    # Where nobody wrote a number down, none is known to be zero.
    return f"{people:,} people reached" if people else "number of people not on record"


def _chart(picture: Picture) -> Chart:
    units = picture.units[:MOST_BARS]
    parts = [unit.compliance for unit in units]
    series = (
        ("In time", tuple(part.in_time for part in parts)),
        ("Afterwards", tuple(part.afterwards for part in parts)),
        ("Late", tuple(part.late for part in parts)),
    )
    labels = short_labels([(unit.code, unit.name) for unit in units])
    return Chart(f"Duties that fell due, {percent_words(picture.compliance)}", labels, series, "Duties")


def _buttons(picture: Picture, which: PictureValue) -> list[Json]:
    def value(**told: object) -> str:
        return which.model_copy(update=told).model_dump_json(exclude_none=True)

    buttons = [button("Send me picture and workbook", "send:program", value())]
    if which.view is View.FISCAL:
        year = picture.on.year + (picture.on.month >= 10)  # noqa: PLR2004 - October
        buttons.append(button("Agreement years", "show:program:view", value(view=View.AGREEMENT, year=None)))
        if year > FIRST_YEAR:
            buttons.append(button(f"Fiscal year {year - 1}", "show:program:earlier", value(year=year - 1)))
    else:
        buttons.append(button("Fiscal year", "show:program:view", value(view=View.FISCAL)))
    return buttons
