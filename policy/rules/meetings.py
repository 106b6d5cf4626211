"""Two Implementation Team meetings in each agreement year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.clauses import cite
from policy.dates import AgreementYear, Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts, Level
from policy.meeting_numbers import number_on
from policy.meeting_year import MeetingYear
from policy.parameters import area_meetings_modality, meetings_a_year
from policy.standing import carried, stand
from policy.steps import due_steps, edition_steps, ended_because, ended_step, number_step, year_steps
from policy.words import count, day, listing

RULE = "meetings"

VI_H = cite("CSP 04-01-002 VI.H")
VIII_D_4 = cite("CSP 04-01-002 VIII.D.4")
IX_B_2 = cite("CSP 04-01-002 IX.B.2")

CLAUSES = {
    Level.NATIONAL: (VI_H, cite("CSP 04-01-002 VIII.A.1"), cite("CSP 04-01-002 VIII.E.3"), IX_B_2),
    Level.REGIONAL: (VI_H, cite("CSP 04-01-002 VIII.C.6"), IX_B_2),
    Level.AREA: (VI_H, VIII_D_4, IX_B_2),
}


# VI.H: "The group of representatives from OSHA and the signatory organization(s) who meet in person or
# teleconference at least twice per year"
# VIII.D.4: "Implementing Area Office Alliances, including holding implementation team meetings as necessary"
def meetings(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each agreement year needs its meetings held by its last day; planned ones never count."""
    for year in timeline.years:
        if year.last < facts.tracked_from:
            continue
        required = _required(facts, year)
        if required == 0:
            continue
        held = _held(facts, year)
        edition = timeline.term_on(year.first).edition
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"alliance:{facts.id}",
            period=year.period,
            opens_on=year.first,
            due_on=year.last,
            basis=Basis.DIRECTIVE,
            modality=_modality(facts, year.first),
            edition=edition,
            clauses=CLAUSES[facts.level],
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=held[required - 1] if len(held) >= required else None,
            lifted_on=year.ended_on,
            lifted_because=ended_because(timeline.ending),
            meetings=MeetingYear(
                year.first, year.last, required, len(held), _planned(facts, year), today, timeline.closures
            ),
            why=partial(_why, facts, today, timeline, year),
        )


def _required(facts: Facts, year: AgreementYear) -> int:
    asked, chosen = meetings_a_year(year.first), number_on(facts.meetings_required, year.first)
    if chosen is None or chosen.number is None:
        return asked
    # Nobody sets a mandatory duty lower than the text has it.
    return chosen.number if _modality(facts, year.first) is Modality.ADVISORY else max(asked, chosen.number)


def _held(facts: Facts, year: AgreementYear) -> list[date]:
    last = year.last if year.ended_on is None else year.ended_on
    return sorted(m.on for m in facts.meetings if m.held and year.first <= m.on <= last)


def _modality(facts: Facts, on: date) -> Modality:
    if facts.level is not Level.AREA or facts.meetings_mandatory:
        return Modality.MANDATORY
    return Modality.ADVISORY if facts.meetings_mandatory is False else Modality(area_meetings_modality(on))


def _planned(facts: Facts, year: AgreementYear) -> tuple[date, ...]:
    return tuple(sorted(m.on for m in facts.meetings if not m.held and m.on in year.period))


def _why(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, year))


def _steps(facts: Facts, today: date, timeline: Timeline, year: AgreementYear) -> Iterator[Step]:
    required = _required(facts, year)
    term = timeline.term_on(year.first)
    yield from year_steps(timeline, year)
    yield from edition_steps(term.edition, term, year.first, carried_over=carried(term.edition))
    yield from _number_steps(facts, year, required)
    for clause in CLAUSES[facts.level][1:]:
        if clause is VIII_D_4:
            continue
        yield Step(
            "Reading A23: the same meetings satisfy this clause too, and each counts once. The alternative, separate "
            "meetings for each clause, is asked for nowhere.",
            clause,
        )
    if facts.level is Level.AREA:
        yield Step(_area_sentence(facts, year.first), VIII_D_4)
        if facts.meetings_mandatory is None:
            yield number_step("area_meetings_modality", year.first)
    yield from due_steps(
        facts,
        timeline,
        year.last,
        Basis.DIRECTIVE,
        sentence=f"The last day for them is the last day of the agreement year, {day(year.last)}.",
    )
    yield from _found(facts, today, year)


def _number_steps(facts: Facts, year: AgreementYear, required: int) -> Iterator[Step]:
    numbers = facts.meetings_required
    chosen = number_on(numbers, year.first)
    if chosen is None or chosen.number is None:
        yield number_step("meetings_a_year", year.first)
    else:
        since = "" if chosen.since == date.min else f" for agreement years that begin on or after {day(chosen.since)}"
        are = "is" if chosen.number == 1 else "are"
        floor = f" The count is mandatory here, so the text's number is the least: {required} hold."
        yield Step(
            f"For this alliance {count(chosen.number, 'meeting')} a year {are} set{since}; the text asks for two."
            f"{floor if required > chosen.number else ''}",
            VI_H,
        )
    if numbers and numbers[-1].since > year.first:
        yield Step(
            f"What was set last holds for agreement years that begin on or after {day(numbers[-1].since)}; this one "
            f"began on {day(year.first)}."
        )


def _area_sentence(facts: Facts, on: date) -> str:
    reading = (
        "Reading A01: VI.H asks every team for two meetings a year, VIII.D.4 asks area offices for meetings as "
        "necessary. The alternatives are that the second frees area offices of the count, or that the first binds them "
        "like every other team. "
    )
    if _modality(facts, on) is Modality.ADVISORY:
        return reading + "The count is advisory for an area office unless the office makes it mandatory."
    return reading + "In this alliance the office has made the count mandatory; the default is advisory."


def _found(facts: Facts, today: date, year: AgreementYear) -> Iterator[Step]:
    required, held = _required(facts, year), _held(facts, year)
    dates = f": {listing(day(on) for on in held)}" if held else ""
    yield Step(
        f"Held within the year and on or before {day(today)}: {len(held)} of {required}{dates}. "
        "Planned meetings do not count until they are recorded as held."
    )
    if len(held) >= required:
        yield Step(f"Met on {day(held[required - 1])}, the day of the last meeting required.")
    elif facts.ending is not None and year.ended_on is not None:
        yield ended_step(facts.ending, "meetings")
