"""Proposals for tests, and what takes one through the procedure step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.offices import Office
from operations.actor import Actor
from operations.establish.draft_agreement import draft_agreement
from operations.establish.propose import propose
from operations.establish.record_gates import record_gates
from operations.gather_facts import gather
from operations.gather_gate_facts import regional_offices
from operations.records.gate_records import Done
from policy.agreement_draft import draft_from
from policy.criteria import CRITERIA
from policy.facts import Level
from policy.gate_records import RecordKind as Kind
from policy.participants import Participant, ParticipantKind
from policy.proposal import Proposal
from tests.operations.conftest import NOW, TODAY

GUILD = Participant("Roofers Guild", frozenset({ParticipantKind.LABOR_UNION}))
CONSULATE = Participant("Consulate of Mexico", frozenset({ParticipantKind.CONSULATE}))


def a_proposal(*offices: Office, level: Level = Level.AREA, **more: object) -> Proposal:
    """Return a complete proposal of some offices."""
    made = Proposal(
        name="Safe Roofs Alliance",
        level=level,
        offices=tuple(office.code for office in offices),
        participants=(GUILD,),
        goals="Fewer falls from roofs.",
        objectives="Train 200 roofers.",
        work_plan="Two courses and a poster.",
    )
    return replace(made, **more)


def proposed(session: Session, proposal: Proposal, by: Actor) -> Alliance:
    """Put a proposal on file and return its alliance."""
    outcome = propose(session, proposal=proposal, by=by, now=NOW)
    return session.get_one(Alliance, outcome.of.facts.id)


def approve_proposal(session: Session, alliance: Alliance, by: Actor, *, on: date = TODAY) -> None:
    """Put on record what an approved proposal has: its evaluation and the approvals, as a chain writes them."""
    from operations.records.gate_records import write_gate_records  # noqa: PLC0415

    officials = {
        "national": ("leadership of DCSP", "Office of the Assistant Secretary"),
        "regional": ("Regional Administrator",),
        "area": ("Area Director",),
    }[alliance.level]
    digest = _digest(session, alliance.id, "proposal")
    done = [
        Done(Kind.PROPOSAL_EVALUATED, on=on, by="Eva Evaluator", text="Worth it."),
        *(
            Done(
                Kind.PROPOSAL_APPROVAL,
                official,
                on=on,
                by="Olga Official",
                details={"official": official, "digest": digest},
            )
            for official in officials
        ),
    ]
    if alliance.level == "national":
        done += [
            Done(Kind.REGIONAL_INPUT, "REG-PHI", on=on, by="A region", text="Yes."),
            Done(Kind.DIRECTORATE_INPUT, "DEP", on=on, by="A directorate", text="Yes."),
        ]
    write_gate_records(session, alliance.id, "proposal", done, by=by, now=NOW)


def prepare_to_sign(session: Session, alliance: Alliance, by: Actor, *, on: date = TODAY) -> None:
    """Keep a draft and put on record all that a signing asks for, but for who signs."""
    facts = gather(session, [alliance.id])[0].facts
    proposal = a_proposal(name=alliance.name)
    draft_agreement(session, alliance_id=alliance.id, content=draft_from(proposal), by=by, now=NOW)
    evidence = {"on": on, "text": "Letter of that day", "details": {"digest": _digest(session, alliance.id, "draft")}}
    done = [
        *(Done(kind, on=on) for kind in (Kind.AGREED_BY_OSHA, Kind.AGREED_BY_PARTICIPANTS, Kind.WORK_PLAN_AGREED)),
        *(Done(Kind.CRITERION, about=criterion.id, text="Section 2 of the agreement") for criterion in CRITERIA),
        Done(Kind.LANGUAGE_REVIEW, on=on, by="Lara Language"),
    ]
    if alliance.level == "regional":
        done.append(Done(Kind.CONFORMITY_REVIEW, by="Cleo Conformity", **evidence))
    if alliance.level != "area":
        done.append(Done(Kind.SOLICITOR_APPROVAL, by="Sol Solicitor", **evidence))
    else:
        done += [
            Done(Kind.REGIONAL_REVIEW, about=code, by="Rudi Reviewer", **evidence)
            for code in regional_offices(session, facts.offices)
        ]
    done += [
        Done(Kind.SPECIAL_APPROVAL, about=s.name, by="Odo Director", **evidence)
        for s in facts.signatories
        if "Consulate" in s.name
    ]
    record_gates(session, alliance_id=alliance.id, done=done, by=by, now=NOW)


def _digest(session: Session, alliance_id: int, subject: str) -> str | None:
    from models.drafts import Draft  # noqa: PLC0415

    return session.scalar(
        select(Draft.digest)
        .where(Draft.alliance_id == alliance_id, Draft.subject == subject)
        .order_by(Draft.version.desc())
        .limit(1)
    )
