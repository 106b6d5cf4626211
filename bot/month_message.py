"""The words of the National Office's monthly digest: pure, and complete as plain text too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.blocks import Json, clip, context, header, safe
from bot.chart import MOST_BARS, Chart, chart_block, short_labels
from bot.duty_words import full_day, title
from bot.escalations import why_here
from bot.grouped import grouped
from operations.read.message import ShownMessage
from operations.read.month import OTHER, Month, Term, Unit
from policy.dates import State
from policy.words import capital, count, day, month_of

WHY = "It comes with the first reminders of a month and is not rewritten; the office's settings turn it off."


BARS = "Of each two bars the first is what is late, the second what is not."


def month_message(shown: ShownMessage, month: Month, *, newer_blocks: bool) -> Json:
    """Return `text` and `blocks` of the digest; the chart is Slack's own where newer blocks are switched on."""
    heading = f"{clip(' '.join(shown.office.split()), 60)}: the program as of {full_day(month.on)}"
    active = sum(unit.active for unit in month.units)
    late = sum(_late(unit) for unit in month.units)
    open_ = sum(unit.open for unit in month.units)
    counted = f"{count(active, 'alliance')} active, {count(open_, 'duty')} open, {late} of them late."
    here = why_here(shown)
    groups, lines = grouped([(name, said) for name, said in _groups(month) if said], "")
    blocks = [header(heading), context(counted), *([context(here)] if here else [])]
    if open_:
        blocks += [chart_block(_chart(month), newer_blocks=newer_blocks), context(BARS)]
    text = [f"{safe(heading)}. {counted}", *([here] if here else []), *lines]
    return {"text": "\n".join(text), "blocks": [*blocks, *groups, context(WHY)]}


def _late(unit: Unit) -> int:
    return sum(unit.late.values())


def _chart(month: Month) -> Chart:
    units = month.units[:MOST_BARS]
    late = tuple(map(_late, units))
    rest = tuple(unit.open - _late(unit) for unit in units)
    labels = short_labels([(unit.code, unit.name) for unit in units])
    # The totals stand in the names, so that they can be read where a chart shows no numbers.
    series = ((f"Late: {sum(late)}", late), (f"Not late: {sum(rest)}", rest))
    return Chart(f"Open duties on {day(month.on)}", labels, series, "Duties")


def _groups(month: Month) -> Iterator[tuple[str, list[str]]]:
    yield "By region, and what the National Office leads itself", [_unit(unit) for unit in month.units]
    yield "Late, by kind", _kinds(month.units)
    yield (
        f"Annual reports submitted in {month_of(month.reported_in)}: {len(month.reported)}",
        [f"{safe(name)}, {day(on)}: {_distance((due_on - on).days)}" for name, on, due_on in month.reported],
    )
    yield f"Terms that end within 180 days: {len(month.expiring)}", [_term(term) for term in month.expiring]
    to_decide = [term for term in month.expired if term.state is State.PAST_DUE]
    lapsed = len(month.expired) - len(to_decide)
    rest = [f"and {lapsed} lapsed: nothing is asked for them any more"] if lapsed else []
    yield f"Terms that have ended and wait for a decision: {len(to_decide)}", [*map(_term, to_decide), *rest]
    missed = []
    if month.undelivered:
        missed.append(f"{count(month.undelivered, 'duty')} reached nobody in the last 30 days")
    if month.out_of_reach:
        missed.append(f"{month.out_of_reach} out of reach, channels and people; /alliance outbox all shows more")
    yield "Undeliverable", missed


def _kinds(units: Iterable[Unit]) -> list[str]:
    """Count what is late by kind; where the other duties are the most, also by what they ask for."""
    families: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for unit in units:
        families.update(unit.late)
        others.update(unit.others)
    ranked = families.most_common()
    lines = [f"{capital(name)}: {number}" for name, number in ranked]
    if ranked and ranked[0][0] == OTHER:
        lines[0] += f" ({'; '.join(f'{title(rule)} {number}' for rule, number in others.most_common())})"
    return lines


def _unit(unit: Unit) -> str:
    kinds = ", ".join(f"{name} {number}" for name, number in sorted(unit.late.items(), key=lambda kind: -kind[1]))
    late = f"{_late(unit)} late{f' ({kinds})' if kinds else ''}"
    return f"{safe(unit.name)}: {count(unit.active, 'alliance')} active, {count(unit.open, 'duty')} open, {late}"


def _distance(days: int) -> str:
    if not days:
        return "on its date"
    return f"{count(abs(days), 'day')} {'before' if days > 0 else 'after'} its date"


def _term(term: Term) -> str:
    state = ", past due" if term.state is State.PAST_DUE else ""
    return f"{safe(term.alliance)}: {day(term.in_effect_until)}{state}"
