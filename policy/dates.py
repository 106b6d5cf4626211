"""The calendar of one alliance: its terms, its agreement years and its state on a day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from policy.calendar import NO_CLOSURES, Closures
from policy.duties import Period
from policy.editions import Edition, edition_on
from policy.facts import Agreement, Ending, EndingKind, Facts, Recommendation, RenewalDecision
from policy.parameters import initial_term_years, lapse_after_days, renewal_term_years

_DAY = timedelta(days=1)
_FEBRUARY = 2


class State(StrEnum):
    """Where an alliance stands on a day."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    PAST_DUE = "past-due"
    LAPSED = "lapsed"
    AMBASSADOR = "ambassador"
    CONCLUDED = "concluded"


#: The states in which a new agreement year is opened.
RUNNING = frozenset({State.ACTIVE, State.PAST_DUE})


@dataclass(frozen=True, slots=True)
class Term:
    """The time for which one agreement is in effect, its last day included (A05)."""

    agreement: Agreement
    edition: Edition
    years: int
    #: True when no term of a renewal is on record and the default of its edition is taken.
    assumed: bool
    expires_on: date
    #: Conditional extensions: the day each was decided, and the last day it grants.
    extensions: tuple[tuple[date, date], ...] = ()

    @property
    def signed_on(self) -> date:
        """The day of the last OSHA signature (A24)."""
        return self.agreement.signed_on

    def in_effect_until(self, day: date) -> date:
        """The last day of the term as known on a day, conditional extensions included."""
        if not self.extensions:
            return self.expires_on
        granted = [until for decided_on, until in self.extensions if decided_on <= day]
        return max([self.expires_on, *granted])


@dataclass(frozen=True, slots=True)
class AgreementYear:
    """An agreement year that was opened; number 0 begins on the anchor's signing day."""

    number: int
    #: The whole year, also when the alliance ended within it.
    period: Period
    #: The signing day whose anniversaries cut the years.
    anchor: date
    #: The day on which the alliance ended within this year; None for a finished or running year.
    ended_on: date | None = None

    @property
    def first(self) -> date:
        """The year's first day: the signing, an anniversary of it or the new anchor."""
        return self.period.first

    @property
    def last(self) -> date:
        """The year's last day: the day before the next anniversary."""
        return self.period.last

    @property
    def anniversary(self) -> date:
        """The day after the year's last day."""
        return self.last + _DAY


@dataclass(frozen=True, slots=True)
class Timeline:
    """What every rule needs to know of an alliance's calendar, computed once for a check."""

    closures: Closures
    #: In order of signing.
    terms: tuple[Term, ...]
    #: The opened agreement years that have begun, in order; long finished ones may be left out.
    years: tuple[AgreementYear, ...]
    ending: Ending | None

    def term_on(self, day: date) -> Term:
        """Give the latest term signed on or before a day, which also names the edition that governs."""
        governing = self.terms[0]
        for term in self.terms:
            if term.agreement.signed_on > day:
                break
            governing = term
        return governing

    def edition_on(self, day: date) -> Edition:
        """Give the edition that governs on a day; before the first signing the one in force on that day."""
        if self.terms and self.terms[0].signed_on <= day:
            return self.term_on(day).edition
        return edition_on(day)


def add_years(day: date, years: int) -> date:
    """Give the same month and day of another year; February 29 becomes February 28 in a common year.

    Always count from the anchor (`add_years(anchor, n)`), so that February 29 comes back in leap years.
    """
    if day.month == _FEBRUARY:
        try:
            return day.replace(year=day.year + years)
        except ValueError:
            return date(day.year + years, _FEBRUARY, 28)
    return date(day.year + years, day.month, day.day)


def add_months(day: date, months: int) -> date:
    """Give the same day of a later month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def expiry(signed_on: date, term_years: int) -> date:
    """Give the last day on which an agreement is in effect: same month and day, years later (A05)."""
    return add_years(signed_on, term_years)


def terms_of(facts: Facts) -> tuple[Term, ...]:
    """Give the term of each agreement in order of signing.

    An initial agreement runs two years (VII.B); a renewal without a term on record is assumed to run the
    default of the edition in force on its signing day.
    """
    terms = []
    for agreement in sorted(facts.agreements, key=lambda a: (a.signed_on, a.renewal, a.id)):
        signed_on, years = agreement.signed_on, agreement.term_years
        default = renewal_term_years if agreement.renewal else initial_term_years
        length = default(signed_on) if years is None else years
        terms.append(
            Term(
                agreement,
                edition_on(signed_on),
                length,
                years is None and agreement.renewal,
                expiry(signed_on, length),
                _extensions(facts.decisions, agreement.id),
            )
        )
    return tuple(terms)


def _extensions(decisions: tuple[RenewalDecision, ...], agreement_id: int) -> tuple[tuple[date, date], ...]:
    return tuple(
        (d.decided_on, d.extended_until)
        for d in decisions
        if d.agreement_id == agreement_id
        and d.recommendation is Recommendation.EXTEND
        and d.decided_on is not None
        and d.extended_until is not None
    )


def state_on(facts: Facts, day: date) -> State:
    """Give the state of an alliance on a day, by the records dated on or before it.

    On the day recorded as the end the alliance has ended. A conditional extension keeps it active; a decided
    but unsigned renewal does not, because only a signature starts a term.
    """
    return _state(terms_of(facts), facts.ending, facts.lapse_after_days, day)


def timeline(facts: Facts, today: date, closures: Closures = NO_CLOSURES) -> Timeline:
    """Compute the calendar of an alliance as its records show it; reduce them with `as_of` first."""
    terms = terms_of(facts)
    return Timeline(
        closures=closures,
        terms=terms,
        years=_opened_years(facts, terms, today),
        ending=facts.ending,
    )


def _state(terms: tuple[Term, ...], ending: Ending | None, lapse_after: int | None, day: date) -> State:
    if ending is not None and ending.ended_on <= day:
        over = ending.relationship_ended_on is not None and ending.relationship_ended_on < day
        return State.AMBASSADOR if ending.kind is EndingKind.AMBASSADOR and not over else State.CONCLUDED
    current = None
    for term in terms:
        if term.agreement.signed_on > day:
            break
        current = term
    if current is None:
        return State.PROPOSED
    in_effect_until = current.in_effect_until(day)
    past_days = (day - in_effect_until).days
    if past_days <= 0:
        return State.ACTIVE
    if lapse_after is None:
        lapse_after = lapse_after_days(in_effect_until)
    return State.PAST_DUE if past_days <= lapse_after else State.LAPSED


def _opened_years(facts: Facts, terms: tuple[Term, ...], today: date) -> tuple[AgreementYear, ...]:
    """Give the years that were opened: active or past-due on the year's second day.

    So an expiry, an end or a lapse that falls on an anniversary opens no one-day year; nor does a year that
    a new anchor cuts down to a single day, since its second day belongs to the next year.
    """
    if not terms:
        return ()
    ending, lapse_after = facts.ending, facts.lapse_after_days
    ended_on = None if ending is None else ending.ended_on
    years = []
    for number, first, next_first, anchor in _year_bounds(facts, terms[0].signed_on, today):
        second = first + _DAY
        if second < next_first and _state(terms, ending, lapse_after, second) in RUNNING:
            last = next_first - _DAY
            ended_within = ended_on is not None and first <= ended_on <= last
            years.append(AgreementYear(number, Period(first, last), anchor, ended_on if ended_within else None))
    return tuple(years)


def year_of(facts: Facts, signed_on: date, day: date) -> Period | None:
    """Give the agreement year that holds a day, however old and opened or not; None before the signing."""
    if day < signed_on:
        return None
    anchored_on = facts.anchored_on
    if anchored_on is None or anchored_on <= signed_on:
        return _year_from(signed_on, day)
    if anchored_on <= day:
        return _year_from(anchored_on, day)
    year = _year_from(signed_on, day)
    return Period(year.first, min(year.last, anchored_on - _DAY))


def _year_from(anchor: date, day: date) -> Period:
    n = day.year - anchor.year
    if day < add_years(anchor, n):
        n -= 1
    return Period(add_years(anchor, n), add_years(anchor, n + 1) - _DAY)


def _year_bounds(facts: Facts, signed_on: date, today: date) -> list[tuple[int, date, date, date]]:
    """Give number, first day, next year's first day and anchor of each year begun by `today`.

    Years whose every due date lies before `tracked_from` are left out. A new anchor cuts the running year
    short: it ends on the day before the new anchor, and the next year begins on the anchor itself. (Read so
    because the report then covers every day exactly once; the alternative, one long year up to the anchor's
    first anniversary, would leave more than twelve months without meetings or a report.)
    """
    since = facts.tracked_from
    anchored_on = facts.anchored_on
    if anchored_on is None or anchored_on <= signed_on:
        return _anniversaries(signed_on, 0, since, None, today)
    before = _anniversaries(signed_on, 0, since, anchored_on, today)
    cut = anchored_on.year - signed_on.year
    first_number = cut if anchored_on <= add_years(signed_on, cut) else cut + 1
    return before + _anniversaries(anchored_on, first_number, since, None, today)


def _anniversaries(
    anchor: date, first_number: int, since: date, until: date | None, today: date
) -> list[tuple[int, date, date, date]]:
    # The latest yearly duty is due some 61 days after its year, so two years back leave nothing out.
    n = max(0, since.year - anchor.year - 2)
    starts = [add_years(anchor, n)]
    while starts[-1] <= today and (until is None or starts[-1] < until):
        n += 1
        starts.append(add_years(anchor, n))
    begin = first_number + n - len(starts) + 1
    return [
        (begin + i, first, following if until is None else min(following, until), anchor)
        for i, (first, following) in enumerate(pairwise(starts))
    ]
