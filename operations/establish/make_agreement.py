"""Turn a signed draft into an agreement: the original of an alliance, or a renewal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement, Signatory
from models.gates import GateRecord
from operations.actor import Actor
from operations.approve.close_draft import close_draft
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.read.renewal_parties import RenewalParties, renewal_parties
from operations.records.open_alliance import Opened
from operations.refusals import Refused
from policy.editions import edition_on
from policy.parameters import initial_term_years, renewal_term_bounds
from policy.procedure import ProcedureStep
from policy.subjects import PROPOSAL
from policy.words import count
from policy.words import day as spelled


def make_agreement(
    session: Session, opened: Opened, *, signed_on: date, term_years: int, by: Actor, now: datetime
) -> Agreement:
    """Write the agreement that was signed on the day of the last OSHA signature, a local day.

    What was recorded for the draft belongs to the agreement from then on.

    Raises:
        GatesOpen: A mandatory gate is open on that day.
        Refused: The term is out of its bounds.
    """
    renewal = bool(opened.of.facts.agreements)
    refuse_term(signed_on, term_years, renewal=renewal)
    parties = renewal_parties(session, opened.of)
    if renewal and not set(opened.of.signatories) - set(parties.leaving) and not parties.joining:
        raise Refused("Everybody would leave with this renewal: somebody has to sign it (/alliance renew).")
    shown = refuse_open_gates(session, opened.of, step=ProcedureStep.SIGN, on=signed_on)
    agreement = Agreement(
        alliance_id=opened.row.id,
        signed_on=signed_on,
        renewal=renewal,
        term_years=term_years,
        edition=edition_on(signed_on).name,
        in_part=parties.in_part,
    )
    returned = _change_parties(session, opened, parties, signed_on)
    session.add(agreement)
    session.flush()
    close_draft(session, opened.row.id, agreement.id, by=by, now=now)
    # The proposal it came from is told by the audit and by its versions; it cannot be undone any more.
    session.execute(
        update(GateRecord)
        .where(GateRecord.alliance_id == opened.row.id, GateRecord.subject == PROPOSAL)
        .values(counted_at=now)
    )
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="renewal:signed" if renewal else "agreement:signed",
        subject=opened.subject,
        data={
            "agreement": agreement.id,
            "signed_on": signed_on,
            "term_years": term_years,
            "in_part": parties.in_part,
            "joined": list(parties.joining),
            "left": list(parties.leaving),
            "returned": returned,
            "gates_passed": [passed.gate.id for passed in shown.gates],
        },
    )
    return agreement


def refuse_term(signed_on: date, term_years: int, *, renewal: bool) -> None:
    """Let pass a term within its bounds: of an initial agreement exactly what VII.B says, of a renewal its range.

    Raises:
        Refused: It is another one.
    """
    if renewal and term_years % 1:
        raise Refused(f"A term is counted in whole years, not {term_years}.", field="term_years")
    if not renewal:
        exactly = initial_term_years(signed_on)
        if term_years != exactly:
            raise Refused(
                f"An initial agreement runs exactly {count(exactly, 'year')} (CSP 04-01-002 VII.B), not {term_years}.",
                field="term_years",
            )
        return
    shortest, longest = renewal_term_bounds(signed_on)
    if not shortest <= term_years <= longest:
        raise Refused(
            f"A renewal runs {shortest} to {count(longest, 'year')} (CSP 04-01-002 VII.B), not {term_years}.",
            field="term_years",
        )


def _change_parties(session: Session, opened: Opened, parties: RenewalParties, on: date) -> dict[str, date]:
    """Have join and leave who is to, on the day of the signing; return who came back, with when they had left."""
    returned: dict[str, date] = {}
    rows = session.scalars(select(Signatory).where(Signatory.alliance_id == opened.row.id)).all()
    for signatory in rows:
        if signatory.name in parties.leaving and signatory.left_on is None:
            if signatory.joined_on is not None and signatory.joined_on > on:
                raise Refused(
                    f"{signatory.name} joined on {spelled(signatory.joined_on)}: it cannot leave with a renewal signed "
                    f"on {spelled(on)}.",
                    field="signed_on",
                )
            signatory.left_on = on
    known = {signatory.name.casefold(): signatory for signatory in rows}
    for name in parties.joining:
        back = known.get(name.casefold())
        if back is None:
            session.add(Signatory(alliance_id=opened.row.id, name=name, joined_on=on))
        elif back.left_on is not None:
            # Somebody who was there before takes part again.
            returned[name] = back.left_on
            back.left_on = None
    return returned
