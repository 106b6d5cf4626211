"""Change a proposal: a new version, with what differs from the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice, Signatory
from operations.actor import Actor, require
from operations.approve.drafts import latest_draft, refuse_overwriting
from operations.approve.keep_draft import keep_draft
from operations.approve.papers import tell_changes
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.propose import fitting_offices, kinds_of, refuse_incomplete
from operations.gather_gate_facts import read_records
from operations.hands.lock_hands import lock_hands
from operations.read.names_now import alliance_now, participants_now, with_names_now
from operations.records.gate_records import write_gate_records
from operations.records.open_alliance import Opened, open_alliance
from operations.records.read_cells import name_key
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.drafts import Change
from policy.proposal import Proposal
from policy.rights import Verb
from policy.subjects import DRAFT, PROPOSAL
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Revised:
    """A new version of a proposal, and what it changes."""

    outcome: Outcome
    version: int
    changes: tuple[Change, ...]


def revise_proposal(
    session: Session, *, alliance_id: int, proposal: Proposal, seen: int | None = None, by: Actor, now: datetime
) -> Revised:
    """Keep a new version of a proposal; what was approved of the one before no longer counts.

    `seen` is the version that was changed; None where nobody looked.

    Raises:
        Refused: It is signed, something is missing, the name is another's, or somebody has kept another version since,
            or has renamed the alliance.
        AlreadyDone: Nothing differs, or the proposal was withdrawn.
        NotAllowed: No position of the person allows it for the lead office, as it was and as it becomes.
    """
    # No office is closed meanwhile.
    lock_hands(session)
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PROPOSE, now=now)
    refuse_ended(opened)
    refuse_signed(opened)
    refuse_overwriting(session, alliance_id, PROPOSAL, seen)
    offices = fitting_offices(session, proposal)
    for lead in (opened.of.facts.offices[0], offices[0].code):
        require(session, by, Verb.PROPOSE, office_codes=[lead])
    refuse_incomplete(session, proposal, but=alliance_id)
    last = latest_draft(session, alliance_id, PROPOSAL)
    # Who was renamed since is the same one, under whichever of its names it was typed.
    proposal = _as_named_now(session, opened, proposal)
    before: Mapping[str, Any] = {} if last is None else with_names_now(session, alliance_id, PROPOSAL, last.content)
    after = proposal.content()
    if before == after:
        raise AlreadyDone("Nothing differs from the version on file; nothing was changed.")
    row = opened.row
    row.level = proposal.level.value
    try:
        with session.begin_nested():
            row.name = proposal.name
    except IntegrityError:
        raise Refused(f"“{proposal.name}” was just put on record by somebody else.", field="name") from None
    if opened.of.facts.offices != tuple(office.code for office in offices):
        session.execute(delete(AllianceOffice).where(AllianceOffice.alliance_id == alliance_id))
        session.add_all(
            AllianceOffice(alliance_id=alliance_id, office_id=office.id, rank=rank)
            for rank, office in enumerate(offices)
        )
    _write_participants(session, alliance_id, proposal)
    standing = read_records(session, alliance_id, DRAFT)
    kinds = [
        kind
        for kind in kinds_of(proposal)
        if (known := standing.get((kind.kind, kind.about))) is None or known.details != dict(kind.details)
    ]
    write_gate_records(session, alliance_id, DRAFT, kinds, by=by, now=now)
    draft = keep_draft(session, by=by, now=now, alliance=alliance_id, subject=PROPOSAL, content=after)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="proposal:revised",
        subject=opened.subject,
        data={
            "version": draft.version,
            "digest": draft.digest,
            "before": {name: value for name, value in before.items() if after.get(name) != value},
            "after": {name: value for name, value in after.items() if before.get(name) != value},
        },
    )
    outcome = recheck(session, alliance_id, by=by, now=now, record=f"proposal:{alliance_id}")
    return Revised(outcome, draft.version, tell_changes(session, PROPOSAL, before, after))


def refuse_signed(opened: Opened) -> None:
    """Let pass an alliance that is proposed.

    Raises:
        Refused: An agreement is signed; the sentence says when.
    """
    agreements = opened.of.facts.agreements
    if agreements:
        raise Refused(
            f"{opened.row.name} was signed on {spelled(agreements[0].signed_on)}: it is no proposal any more."
        )


def _as_named_now(session: Session, opened: Opened, proposal: Proposal) -> Proposal:
    """Return a proposal whose participants are called as they are today.

    Raises:
        Refused: The alliance itself was renamed since, and the proposal would give the name of before back.
    """
    name = opened.row.name
    if proposal.name != name and alliance_now(session, opened.row.id, proposal.name) != proposal.name:
        raise Refused(
            f"“{proposal.name}” was renamed; it is called “{name}” now. Write that here; another name is given with "
            "Rename, in /alliance show.",
            field="name",
        )
    renamed = participants_now(session, opened.row.id)
    named = [replace(p, name=renamed.get(name_key(p.name), p.name)) for p in proposal.participants]
    # Of two that were merged the first one counts.
    once = {name_key(p.name): p for p in reversed(named)}
    return replace(proposal, participants=tuple(once.values())[::-1])


def _write_participants(session: Session, alliance_id: int, proposal: Proposal) -> None:
    """Bring the signatories to what the proposal names; nobody has signed yet, so who is left out is taken away."""
    rows = {row.name: row for row in session.scalars(select(Signatory).where(Signatory.alliance_id == alliance_id))}
    named = [participant.name for participant in proposal.participants]
    for name, row in rows.items():
        if name not in named:
            session.delete(row)
    session.add_all(Signatory(alliance_id=alliance_id, name=name) for name in named if name not in rows)
    session.flush()
