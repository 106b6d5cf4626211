"""What a signing would bring: every date of a new alliance or of a renewal, before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.closures import read_closures
from operations.gather_facts import Gathered, gather
from operations.office_settings import InForce, settings_in_force
from operations.read.duties import Owed
from operations.read.merged import GONE
from operations.refusals import Refused
from policy.check import check, forecast
from policy.dates import Term, add_years, terms_of
from policy.duties import Modality
from policy.facts import Agreement, Facts, Level
from policy.parameters import annual_report_days, initial_term_years, renewal_term_bounds
from policy.words import count
from policy.words import day as spelled

#: What a surface calls an alliance that does not exist yet; no record has the id 0.
NEW, NO_ID = "New alliance", 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A signing that was not made, and all that would follow from it."""

    of: Gathered
    #: The term that would begin.
    term: Term
    #: What falls due from the signing to the report of the last year that begins in the term, in order of date.
    owed: tuple[Owed, ...]
    #: What may be done in that time and need not be.
    allowed: tuple[Owed, ...]

    @property
    def renewal(self) -> bool:
        """Whether it renews an alliance on record."""
        return self.term.agreement.renewal

    @property
    def sentence(self) -> str:
        """What would be signed, for how long, and by which edition."""
        facts, term = self.of.facts, self.term
        article = "An" if facts.level is Level.AREA else "A"
        what = f"A renewal of {facts.name}" if self.renewal else f"{article} {facts.level.value} alliance"
        assumed = " (the default, as no term is given)" if term.assumed else ""
        begins = term.edition.in_force_from
        early = ""
        if term.signed_on < begins:
            early = f" (in force only from {spelled(begins)}; an older agreement is read under it)"
        return (
            f"{what} signed on {spelled(term.signed_on)} would run {count(term.years, 'year')}{assumed}, in effect "
            f"through {spelled(term.expires_on)}, under {term.edition.name}{early}."
        )


def preview_signing(
    session: Session,
    *,
    signed_on: date,
    alliance_id: int | None = None,
    level: Level | None = None,
    term_years: int | None = None,
) -> Preview:
    """Preview the original signing of a new alliance of a level, or the renewal of one on record.

    Nothing is written. What is on record of the alliance counts, and nothing is recorded after the signing.

    Raises:
        Refused: The term is not possible, the day lies before the latest agreement, or the alliance has ended;
            or neither an alliance nor a level is given.
    """
    if alliance_id is None:
        of = _new(session, signed_on, level, term_years)
    else:
        of = _renewed(session, alliance_id, signed_on, level, term_years)
    term = terms_of(of.facts)[-1]
    # The years of a renewal run on from the first signing: the last may end nearly a year after the term, and its
    # report is the last that the term asks for.
    last = add_years(term.expires_on, 1) + timedelta(days=annual_report_days(term.expires_on))
    coming = [
        due
        for due in forecast(of.facts, signed_on, last, closures=of.closures)
        # Where nobody renews, years go on to open; they are not of this term.
        if (due.opens_on if due.period is None else due.period.first) < term.expires_on
    ]
    allowed = [
        due
        for due in check(of.facts, last, closures=of.closures)
        if due.modality is Modality.PERMISSION and due.status.unsettled and signed_on <= due.opens_on
    ]
    return Preview(
        of,
        term,
        tuple(Owed(due, of, signed_on) for due in coming),
        tuple(Owed(due, of, signed_on) for due in allowed),
    )


def _new(session: Session, signed_on: date, level: Level | None, term_years: int | None) -> Gathered:
    if level is None:
        raise Refused("Choose a level for a new alliance, or the alliance on record that is renewed.", field="level")
    only = initial_term_years(signed_on)
    if term_years not in (None, only):
        raise Refused(
            f"A new alliance runs {count(only, 'year')} (CSP 04-01-002 VII.B), not {term_years}; leave the term "
            "empty, or choose the alliance that is renewed.",
            field="term",
        )
    root = session.scalars(
        select(Office).where(Office.parent_id.is_(None), Office.kind == "national").order_by(Office.id).limit(1)
    ).one_or_none()
    chosen = InForce() if root is None else settings_in_force(session)[root.id]
    facts = Facts(
        id=NO_ID,
        name=NEW,
        level=level,
        offices=(),
        tracked_from=signed_on,
        agreements=(Agreement(NO_ID, signed_on, term_years=only),),
        ambassador_option=chosen.ambassador_option,
        fiscal_year_checklist=chosen.fiscal_year_checklist,
        meetings_required=chosen.meetings_required,
        meetings_mandatory=chosen.meetings_mandatory,
        lapse_after_days=chosen.lapse_after_days,
        regime=chosen.regime,
    )
    return Gathered(
        facts=facts,
        office_id=NO_ID,
        office_name="",
        timezone="America/New_York" if root is None else root.timezone,
        signatories=(),
        closures=read_closures(session),
        asked_offices={},
    )


def _renewed(
    session: Session, alliance_id: int, signed_on: date, level: Level | None, term_years: int | None
) -> Gathered:
    found = gather(session, [alliance_id])
    if not found:
        raise Refused(GONE, field="alliance")
    of = found[0]
    facts = of.facts
    if level is not None and level is not facts.level:
        raise Refused(f"{facts.name} is {facts.level.value}; leave the level empty to renew it.", field="level")
    if facts.ending is not None:
        raise Refused(
            f"{facts.name} ended on {spelled(facts.ending.ended_on)}: what would be signed is a new alliance.",
            field="alliance",
        )
    if not facts.agreements:
        first = _new(session, signed_on, facts.level, term_years).facts.agreements
        return replace(of, facts=replace(facts, agreements=first))
    latest = max(agreement.signed_on for agreement in facts.agreements)
    if signed_on <= latest:
        raise Refused(
            f"{facts.name} has an agreement signed on {spelled(latest)}: a renewal is signed later.", field="sign"
        )
    shortest, longest = renewal_term_bounds(signed_on)
    if term_years is not None and not shortest <= term_years <= longest:
        raise Refused(
            f"A renewal runs {shortest} to {count(longest, 'year')} (CSP 04-01-002 VII.B), not {term_years}.",
            field="term",
        )
    renewal = Agreement(NO_ID, signed_on, renewal=True, term_years=term_years)
    return replace(of, facts=replace(facts, agreements=(*facts.agreements, renewal)))
