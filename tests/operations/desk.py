"""Proposals with the people around them: each method of a desk is a click, which may be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.approvals import Approval, ApprovalDecision
from models.gates import GateRecord
from models.plans import CommentRequest
from operations.actor import Actor
from operations.approve.ask_approval import ask_approval, withdraw_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.record_outside import record_outside
from operations.approve.undo_decision import undo_decision
from operations.establish.answer_comment import answer_comment
from operations.establish.ask_comments import ask_comments
from operations.establish.draft_agreement import draft_agreement
from operations.establish.evaluate_proposal import evaluate_proposal
from operations.establish.record_gates import record_gates
from operations.establish.revise_proposal import revise_proposal
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.gather_gate_facts import commenting_offices
from operations.records.gate_records import Done
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from policy.agreement_draft import draft_from
from policy.approval import Verdict
from policy.chains import Purpose
from policy.criteria import CRITERIA
from policy.facts import Level
from policy.gate_records import RecordKind as Kind
from policy.proposal import Proposal
from policy.rights import Role
from policy.subjects import PROPOSAL
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, proposed

#: What the directive asks officials for at each level, beside the proposal's own approval.
REVIEWS = {
    Level.NATIONAL: (Purpose.SOLICITOR,),
    Level.REGIONAL: (Purpose.CONFORMITY, Purpose.SOLICITOR),
    Level.AREA: (Purpose.CONSISTENCY,),
}


@dataclass
class Desk:
    """One proposal and the people around it."""

    session: Any
    alliance_id: int
    proposal: Proposal
    #: Who prepares it, and who decides.
    ada: Actor
    officials: tuple[Actor, ...]
    edits: int = 0

    @property
    def more(self) -> dict[str, Any]:
        """What every operation takes."""
        return {"alliance_id": self.alliance_id, "by": self.ada, "now": NOW}

    def evaluate(self) -> None:
        """Record the evaluation."""
        told = {"evaluated_by": "Eva", "findings": "Worth it.", "shared_on": None}
        evaluate_proposal(self.session, evaluated_on=TODAY, **told, **self.more)

    def ask_input(self) -> None:
        """Ask every region and directorate for input on the proposal."""
        self._ask_offices(subject=PROPOSAL)

    def ask_comments(self) -> None:
        """Ask them for comments on the draft."""
        self._ask_offices()

    def _ask_offices(self, **more: Any) -> None:
        codes = [code for code, _ in commenting_offices(self.session)]
        ask_comments(self.session, office_codes=codes, asked_on=TODAY, **more, **self.more)

    def answer_all(self) -> None:
        """Let every office that was asked answer."""
        for request in self._requests(CommentRequest.answered_on.is_(None)):
            answer_comment(self.session, request_id=request.id, answered_on=TODAY, answer="Yes.", **self.more)

    def undo_comments(self) -> None:
        """Take back what was asked last, or its answer."""
        request = self._requests()[-1]
        record = "answer" if request.answered_on is not None else "comments"
        withdraw_record(self.session, record=f"{record}:{request.id}", by=self.ada, now=NOW)

    def _requests(self, *where: Any) -> list[CommentRequest]:
        query = select(CommentRequest).where(CommentRequest.alliance_id == self.alliance_id, *where)
        found = self.session.scalars(query.order_by(CommentRequest.id)).all()
        if not found:
            raise Refused("Nobody was asked.")
        return list(found)

    def _ask(self, purpose: Purpose, about: str = "") -> None:
        ask_approval(self.session, purpose=purpose, subject=purpose.terms.subject, about=about, **self.more)

    def ask_proposal(self) -> None:
        """Ask for the approval of the proposal."""
        national = self.proposal.level is Level.NATIONAL
        self._ask(Purpose.NATIONAL_PROPOSAL if national else Purpose.FIELD_PROPOSAL)

    def ask_first_review(self) -> None:
        """Ask for the first review of the draft."""
        purpose = REVIEWS[self.proposal.level][0]
        self._ask(purpose, "REG-PHI" if purpose is Purpose.CONSISTENCY else "")

    def ask_solicitor(self) -> None:
        """Ask for the approval of the Solicitor."""
        self._ask(Purpose.SOLICITOR)

    def ask_special(self) -> None:
        """Ask for the additional approval of the consulate."""
        self._ask(Purpose.SPECIAL, CONSULATE.name)

    def decide(self, verdict: Verdict = Verdict.APPROVE) -> None:
        """Let everybody who may decide what is open, in Slack or on paper."""
        for approval in self.session.scalars(select(Approval).where(Approval.status == "open")).all():
            for who in self.officials:
                about = {"approval_id": approval.id, "verdict": verdict, "reason": "Because"}
                self._try(decide_approval, by=who, **about)
            paper = {"seat": "outside:Solicitor of Labor", "name": "Sol Solicitor", "on": TODAY, "evidence": "Letter"}
            self._try(record_outside, by=self.ada, **about, **paper)

    def _try(self, operation: Callable[..., Any], **told: Any) -> None:
        try:
            with self.session.begin_nested():
                operation(self.session, now=NOW, **told)
        except Refused:
            return

    def decline(self) -> None:
        """Let somebody decline what is open."""
        self.decide(Verdict.DECLINE)

    def send_back(self) -> None:
        """Let somebody return what is open."""
        self.decide(Verdict.RETURN)

    def withdraw(self) -> None:
        """Take back what was asked last."""
        last = self.session.scalars(select(Approval).order_by(Approval.asked_at.desc(), Approval.id)).first()
        if last is not None:
            withdraw_approval(self.session, approval_id=last.id, by=self.ada, now=NOW)

    def undo_decision(self) -> None:
        """Let who decided last take that back."""
        query = select(ApprovalDecision).where(ApprovalDecision.withdrawn_at.is_(None))
        last = self.session.scalars(query.order_by(ApprovalDecision.id.desc())).first()
        if last is not None:
            ids = {last.decided_by_id, last.recorded_by_id}
            by = next(who for who in (*self.officials, self.ada) if who.person_id in ids)
            undo_decision(self.session, record=f"approval-decision:{last.id}", by=by, now=NOW)

    def draft(self) -> None:
        """Keep a version of the draft; now and then another one, which voids what was approved."""
        self.edits += 1
        content = draft_from(self.proposal) | {"goals": f"Fewer falls, {self.edits // 3}."}
        draft_agreement(self.session, content=content, **self.more)

    def redraft(self) -> None:
        """Keep another version of the draft."""
        self.edits += 3
        self.draft()

    def change(self) -> None:
        """Change the proposal."""
        self.edits += 1
        self.proposal = replace(self.proposal, goals=f"Goals, {self.edits}.")
        revise_proposal(self.session, proposal=self.proposal, **self.more)

    def agree(self) -> None:
        """Record what both sides agreed on, and the review of the language."""
        kinds = (Kind.AGREED_BY_OSHA, Kind.AGREED_BY_PARTICIPANTS, Kind.WORK_PLAN_AGREED)
        done = [*(Done(kind, on=TODAY) for kind in kinds), Done(Kind.LANGUAGE_REVIEW, on=TODAY, by="Lara")]
        record_gates(self.session, done=done, **self.more)

    def answer(self) -> None:
        """Answer the criteria."""
        done = [Done(Kind.CRITERION, about=c.id, text="Section 2") for c in CRITERIA]
        record_gates(self.session, done=done, **self.more)

    def record_by_hand(self) -> None:
        """Record on paper what officials would decide here."""
        paper = {"on": TODAY, "by": "Paula Paper", "text": "Letter"}
        for kind, about in (
            (Kind.CONFORMITY_REVIEW, ""),
            (Kind.REGIONAL_REVIEW, "REG-PHI"),
            (Kind.SOLICITOR_APPROVAL, ""),
            (Kind.SPECIAL_APPROVAL, CONSULATE.name),
        ):
            done = [Done(kind, about, **paper)]
            self._try(record_gates, alliance_id=self.alliance_id, done=done, by=self.ada)

    def undo(self) -> None:
        """Undo the latest record."""
        latest = self.session.scalars(
            select(GateRecord)
            .where(GateRecord.alliance_id == self.alliance_id, GateRecord.withdrawn_at.is_(None))
            .order_by(GateRecord.id.desc())
        ).first()
        if latest is None:
            raise Refused("Nothing is on record.")
        withdraw_record(self.session, record=f"gate:{latest.id}", by=self.ada, now=NOW)

    def sign_outside(self) -> None:
        """Record the signatures of those outside."""
        day = TODAY - timedelta(days=1)
        self._sign(*(Signature(one.name, "E. Outside", day) for one in self.proposal.participants))

    def sign_first(self) -> None:
        """Record the signature of the office that leads."""
        self._sign(Signature(self.proposal.offices[0], "Olga Official", TODAY))

    def sign_last(self) -> None:
        """Record the signature of the last office."""
        self._sign(Signature(self.proposal.offices[-1], "Omar Official", TODAY))

    def _sign(self, *signatures: Signature) -> None:
        sign_agreement(self.session, signatures=signatures, term_years=2, **self.more)


Click = Callable[[Desk], None]
SIGNING: tuple[Click, ...] = (Desk.sign_outside, Desk.sign_first, Desk.sign_last)
_EVALUATED = {Level.NATIONAL: (Desk.ask_input, Desk.answer_all, Desk.evaluate)}
_REVIEWED: dict[Level, tuple[Click, ...]] = {
    Level.NATIONAL: (Desk.ask_comments, Desk.ask_first_review, Desk.decide),
    Level.REGIONAL: (Desk.ask_first_review, Desk.decide, Desk.ask_solicitor, Desk.decide),
    Level.AREA: (Desk.ask_first_review, Desk.decide),
}
#: What takes a step back, or aside.
ASIDE: tuple[Click, ...] = (
    *(Desk.undo, Desk.undo_decision, Desk.undo_comments, Desk.withdraw, Desk.decline, Desk.send_back),
    *(Desk.change, Desk.redraft, Desk.record_by_hand),
)


def straight_way(proposal: Proposal) -> tuple[Click, ...]:
    """Return the clicks that lead to the signature, in their order."""
    special: tuple[Click, ...] = (Desk.ask_special,) if CONSULATE in proposal.participants else ()
    return (
        *_EVALUATED.get(proposal.level, (Desk.evaluate,)),
        *(Desk.ask_proposal, Desk.decide, Desk.draft, Desk.agree, Desk.answer),
        *special,
        *_REVIEWED[proposal.level],
        *SIGNING,
    )


#: The alliances of the directive's procedures: level, whether several offices sign, who takes part.
PROCEDURES = {
    "national": (Level.NATIONAL, False, (GUILD,)),
    "regional": (Level.REGIONAL, True, (GUILD,)),
    "area": (Level.AREA, True, (GUILD,)),
    "consulate": (Level.AREA, False, (GUILD, CONSULATE)),
    "national consulate": (Level.NATIONAL, False, (GUILD, CONSULATE)),
    "regional consulate": (Level.REGIONAL, False, (CONSULATE, GUILD)),
}


def a_desk(session: Any, portfolio: Any, field: Any, procedure: str) -> Desk:
    """Put a proposal on file, with everybody who decides about it."""
    level, several, participants = PROCEDURES[procedure]
    lead = {Level.NATIONAL: field.national, Level.REGIONAL: field.region, Level.AREA: field.area}[level]
    offices, people = [lead], []
    if several and level is Level.AREA:
        offices.append(portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office"))
    if several and level is Level.REGIONAL:
        offices.append(portfolio.office("REG-BOS", kind="region", parent=field.national, name="Boston Region"))
    portfolio.office("DEP", kind="directorate", parent=field.national, name="Enforcement")
    chief = {Level.REGIONAL: Role.REGIONAL_ADMINISTRATOR, Level.AREA: Role.AREA_DIRECTOR}.get(level)
    for number, office in enumerate(offices):
        people += [] if chief is None else [portfolio.person(f"U0CHIEF{number}", (chief, office))]
    if level is Level.AREA:
        people.append(portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region)))
    people.append(portfolio.person("U0OOSA", (Role.OOSA_DIRECTOR, field.national)))
    people.append(portfolio.person("U0SECRET", (Role.ASSISTANT_SECRETARY, field.national)))
    ada = portfolio.person("U0ADA0001", (Role.ALLIANCE_COORDINATOR, lead), name="Ada Author")
    proposal = a_proposal(*offices, level=level, participants=participants)
    alliance = proposed(session, proposal, ada)
    return Desk(session, alliance.id, proposal, ada, tuple(people))
