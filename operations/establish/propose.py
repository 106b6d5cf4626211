"""Put the proposal of an alliance on file, with the draft of its work plan (CSP 04-01-002 IX.A.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance, AllianceOffice, Signatory
from models.offices import Office
from operations.actor import Actor, office_day, require
from operations.approve.keep_draft import keep_draft
from operations.hands.lock_hands import lock_hands
from operations.hands.refuse_closed import refuse_closed
from operations.read.proposals import LEADS, held_by, near_names
from operations.records.gate_records import Done, write_gate_records
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Level
from policy.gate_records import RecordKind
from policy.proposal import Proposal
from policy.rights import Verb
from policy.subjects import DRAFT, PROPOSAL

_CALLED = {
    Level.NATIONAL: "A national alliance is one of the National Office.",
    Level.REGIONAL: "A regional alliance is one of Regional Offices.",
    Level.AREA: "An area alliance is one of area or district offices.",
}


def propose(session: Session, *, proposal: Proposal, by: Actor, now: datetime, different: bool = False) -> Outcome:
    """Make an alliance that is proposed: its offices, who is to sign, and the first version of the proposal.

    Duties are followed from today on, a local day of the lead office; there are none before an agreement is signed.
    `different` says that it is none of those on record whose name or participants are similar.

    Raises:
        Refused: Something is missing, the offices do not fit the level or are closed, an alliance of that name is
            on record, or a similar one is and nobody said that this is another.
        NotAllowed: No position of the person allows it for the lead office.
    """
    # No office is closed meanwhile.
    lock_hands(session)
    offices = fitting_offices(session, proposal)
    require(session, by, Verb.PROPOSE, office_codes=[offices[0].code])
    refuse_incomplete(session, proposal, but=None)
    near = [] if different else near_names(session, proposal.name, [p.name for p in proposal.participants])
    if near:
        raise Refused(
            f"There may be such an alliance already: {'; '.join(near)}. Look at it with /alliance show; if this is "
            "another one, say so here.",
            field="different",
        )
    row = Alliance(
        name=proposal.name,
        level=proposal.level.value,
        tracked_from=office_day(now, offices[0].timezone),
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Somebody else proposed it while this one was being checked.
        raise _taken(session, proposal.name) from None
    session.add_all(
        AllianceOffice(alliance_id=row.id, office_id=office.id, rank=rank) for rank, office in enumerate(offices)
    )
    session.add_all(Signatory(alliance_id=row.id, name=participant.name) for participant in proposal.participants)
    session.flush()
    write_gate_records(session, row.id, DRAFT, kinds_of(proposal), by=by, now=now)
    draft = keep_draft(session, by=by, now=now, alliance=row.id, subject=PROPOSAL, content=proposal.content())
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="alliance:proposed",
        subject=f"alliance:{row.id}",
        data={"version": draft.version, "digest": draft.digest, "proposal": proposal.content()},
    )
    return recheck(session, row.id, by=by, now=now, record=f"proposal:{row.id}")


def fitting_offices(session: Session, proposal: Proposal) -> Sequence[Office]:
    """Return the offices of a proposal in their order, when they are of the kind that signs at its level.

    Raises:
        Refused: There is none, or one is of another kind or closed.
    """
    chosen = select(Office).where(Office.code.in_(proposal.offices)).execution_options(populate_existing=True)
    known = {row.code: row for row in session.scalars(chosen)}
    offices = [known[code] for code in dict.fromkeys(proposal.offices) if code in known]
    wrong = next((office for office in offices if office.kind not in LEADS[proposal.level]), None)
    if wrong is not None:
        raise Refused(f"{_CALLED[proposal.level]} {wrong.name} is none.", field="lead")
    for office in offices:
        refuse_closed(session, office, field="lead" if office is offices[0] else "others")
    if not offices or len(offices) < len(set(proposal.offices)):
        raise Refused("Choose the office that leads the alliance.", field="lead")
    if proposal.level is Level.NATIONAL and len(offices) > 1:
        raise Refused(_CALLED[Level.NATIONAL], field="others")
    return offices


def refuse_incomplete(session: Session, proposal: Proposal, *, but: int | None) -> None:
    """Refuse a proposal without what IX.A.1 asks for, or with a name that another alliance than `but` bears.

    Raises:
        Refused: The sentence says what is missing, or who holds the name.
    """
    if not proposal.name.strip():
        raise Refused("Give the alliance a name.", field="name")
    for field, what in (("goals", "its goals"), ("objectives", "its objectives"), ("work_plan", "a draft work plan")):
        if not getattr(proposal, field).strip():
            raise Refused(f"A proposal defines {what} (CSP 04-01-002 IX.A.1).", field=field)
    if not proposal.participants:
        raise Refused("A proposal names the projected participants (CSP 04-01-002 IX.A.1).", field="participants")
    same = session.scalar(select(Alliance.id).where(func.lower(Alliance.name) == proposal.name.lower()))
    if same is not None and same != but:
        raise _taken(session, proposal.name)


def kinds_of(proposal: Proposal) -> list[Done]:
    """Return what the gates read of the participants: of what kind each is."""
    return [
        Done(RecordKind.PARTICIPANT, p.name, details={"kinds": sorted(kind.value for kind in p.kinds)})
        for p in proposal.participants
    ]


def _taken(session: Session, name: str) -> Refused:
    holder = held_by(session, name)
    return Refused(
        f"“{name}” is on record already: {holder}. Open it with /alliance show, or choose another name.", field="name"
    )
