"""Put a version of a draft before the officials who have to approve it, or take that back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.approvals import Approval
from models.drafts import Draft
from models.work import Activity
from operations.actor import Actor, require
from operations.approve.cards import ask_seats, rewrite_cards
from operations.approve.drafts import latest_draft
from operations.approve.ended_words import ended_words
from operations.approve.terms_of import chain_today
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.gather_gate_facts import gather_gate_facts, regional_offices
from operations.operate.open_product import product_on_its_way
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.approval import ApprovalStatus, Chain, Seat, Waiting, next_step, write_chain
from policy.chains import Purpose
from policy.facts import Level
from policy.rights import Verb
from policy.subjects import DEVELOPED, PRODUCT, PROPOSAL, RENEWAL, REPORT

#: What something asked that can be taken back is called: "approval:" and its id.
RECORD = "approval"


def ask_approval(
    session: Session,
    *,
    by: Actor,
    now: datetime,
    alliance_id: int,
    purpose: Purpose,
    subject: str,
    about: str = "",
    note: str | None = None,
    experts: Sequence[Seat] = (),
    needs: int = 0,
) -> Approval:
    """Ask for the approval of the latest version of a draft: a card goes to everybody whose turn it is.

    `about` is a Regional Office by its code, or a participant, where the purpose is asked for each. A product is
    reviewed by `experts`, of whom `needs` have to approve (0: all).

    Raises:
        GatesOpen: A gate before the step is open: nothing is asked out of turn.
        Refused: There is no draft, the purpose does not fit the alliance, or there is nobody to ask.
        NotAllowed: No position of the person allows it.
        AlreadyDone: This version is before them, or approved.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    if purpose is not Purpose.REPORT:
        # The closeout report of an alliance is written after its end.
        refuse_ended(opened)
    if by.person_id is None:
        raise NotAllowed(
            "It takes a person on record to ask: who decides has to know for whom. An administrator can add you."
        )
    _refuse_unfit(session, opened, purpose, subject, about)
    draft = latest_draft(session, alliance_id, subject)
    if draft is None:
        raise Refused(_NO_DRAFT.get(purpose.terms.subject, _NO_DRAFT[""]))
    _refuse_again(session, opened, purpose, about, draft)
    if purpose.terms.after is not None:
        refuse_open_gates(session, opened.of, step=purpose.terms.after, on=opened.today)
    try:
        chain = chain_today(session, opened.of, purpose, about=about, experts=experts, needs=needs)
    except ValueError:
        raise Refused(
            "Choose at least one expert, and not more approvals than there are experts.", field="experts"
        ) from None
    approval = Approval(
        id=uuid.uuid4(),
        alliance_id=alliance_id,
        subject=subject,
        purpose=purpose.value,
        about=about,
        draft_id=draft.id,
        digest=draft.digest,
        chain=write_chain(chain),
        asked_by_id=by.person_id,
        asked_by=by.name,
        asked_at=now,
        note=(note or "").strip() or None,
    )
    session.add(approval)
    session.flush()
    ask_seats(session, approval, _first_seats(chain, draft.digest), occasion=f"asked:{chain.steps[0].id}", now=now)
    note_approval(session, approval, "asked", by=by.name, now=now, version=draft.version, note=approval.note)
    return approval


_NO_DRAFT = {
    PROPOSAL: "There is no proposal on file yet: write it first, then it can be put forward.",
    REPORT: "There is no version of this report yet: open it with /alliance report, and put it forward there.",
    RENEWAL: "There is no recommendation on record for this term: record it with /alliance renew.",
    PRODUCT: "What is to be reviewed is not on file yet: say where it is, and it is put forward.",
    "": "There is no draft agreement on file yet: write it first, then it can be put forward.",
}


def withdraw_approval(session: Session, *, approval_id: uuid.UUID, by: Actor, now: datetime) -> Approval:
    """Take back what one asked; what was decided so far stays readable.

    Raises:
        NotAllowed: Somebody else asked, or no position of the person allows it any more.
        AlreadyDone: It ended before; the sentence says how.
    """
    approval, opened = open_approval(session, approval_id, by=by, now=now)
    if approval.status != ApprovalStatus.OPEN:
        raise AlreadyDone(f"{ended_words(approval, opened.of.timezone)}; nothing changed.")
    if by.person_id != approval.asked_by_id:
        raise NotAllowed(f"{approval.asked_by} asked for this: who asked can take it back, an official can decline it.")
    require(session, by, Verb.PREPARE, office_codes=opened.of.facts.offices)
    approval.status, approval.ended_at, approval.ended_by = ApprovalStatus.WITHDRAWN.value, now, by.name
    note_approval(session, approval, "withdrawn", by=by.name, now=now)
    rewrite_cards(session, [approval.id])
    return approval


def open_approval(session: Session, approval_id: uuid.UUID, *, by: Actor, now: datetime) -> tuple[Approval, Opened]:
    """Return an approval as it stands once its alliance is locked; the caller checks the right.

    Raises:
        Refused: There is none of that id.
    """
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise Refused("This approval is no longer on record.")
    opened = open_alliance(session, approval.alliance_id, by=by, verb=None, now=now)
    session.refresh(approval)
    return approval, opened


def note_approval(session: Session, approval: Approval, what: str, *, by: str, now: datetime, **more: object) -> None:
    """Tell the audit what happened to an approval."""
    data = {"approval": approval.id, "purpose": approval.purpose, "for": approval.subject, "digest": approval.digest}
    if approval.about:
        data["about"] = approval.about
    said = {name: value for name, value in more.items() if value is not None}
    subject = f"alliance:{approval.alliance_id}"
    audit.record(session, at=now, actor=by, action=f"approval:{what}", subject=subject, data=data | said)


def _first_seats(chain: Chain, digest: str) -> tuple[Seat, ...]:
    standing = next_step(chain, (), digest)
    return standing.seats if isinstance(standing, Waiting) else ()


def _refuse_unfit(session: Session, opened: Opened, purpose: Purpose, subject: str, about: str) -> None:
    """Refuse what cannot be asked of this alliance, or not for this subject."""
    terms, facts = purpose.terms, opened.of.facts
    if facts.level not in terms.levels:
        raise Refused(f"{opened.row.name}: no {terms.title} is asked for at the {facts.level} level.", field="purpose")
    if not terms.fits(subject):
        raise Refused(f"The {terms.title} is asked for another paper; open the form again.", field="purpose")
    _refuse_other(session, opened, subject)
    if terms.subject == PROPOSAL and facts.agreements:
        raise Refused(f"{opened.row.name} has a signed agreement: a renewal needs no proposal.", field="purpose")
    if purpose is Purpose.SOLICITOR and facts.level is Level.AREA:
        asked_for = gather_gate_facts(session, opened.of, on=opened.today).solicitor_asked_for
        if not asked_for:
            raise Refused(
                f"{opened.row.name} is an area alliance: the Solicitor approves it only where an administrator asks "
                "for that (reading A07). Record that first with /alliance gates.",
                field="purpose",
            )
    known = {
        "region": set(regional_offices(session, facts.offices)),
        "participant": {signatory.name for signatory in facts.signatories if signatory.left_on is None},
        "": {""},
    }[terms.about]
    if about not in known:
        what = {"region": "the Regional Office", "participant": "the participant", "": "nothing"}[terms.about]
        raise Refused(f"Choose {what} that this is about.", field="about")


def _refuse_other(session: Session, opened: Opened, subject: str) -> None:
    """Refuse a product or a recommendation that is not one of this alliance, or is past."""
    kind, _, number = subject.partition(":")
    id = int(number) if number.isdecimal() else 0
    if kind == PRODUCT:
        product_on_its_way(session, opened.row.id, id)
    elif kind == DEVELOPED:
        made = session.get(Activity, id)
        if made is None or made.alliance_id != opened.row.id or made.kind != "product" or made.withdrawn_at is not None:
            raise Refused("This product is no longer on record; look at the products with /alliance product.")
    elif kind == RENEWAL and id not in {agreement.id for agreement in opened.of.facts.agreements[-1:]}:
        raise Refused("This term is no longer on record; open the form again.")


def _refuse_again(session: Session, opened: Opened, purpose: Purpose, about: str, draft: Draft) -> None:
    """Refuse what is before them, or what they approved and still counts.

    What management approved is decided: a recommendation that waits is another one, whatever it says.
    """
    rows = session.scalars(
        select(Approval)
        .where(
            Approval.alliance_id == draft.alliance_id,
            Approval.subject == draft.subject,
            Approval.purpose == purpose.value,
            Approval.about == about,
            Approval.status.in_([ApprovalStatus.OPEN.value, ApprovalStatus.APPROVED.value]),
        )
        .order_by(Approval.asked_at)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        if row.status == ApprovalStatus.OPEN:
            raise AlreadyDone(
                f"{row.asked_by} asked for the {purpose.terms.title} of this version already; it is before them.",
                field="purpose",
            )
        if row.digest == draft.digest and purpose is not Purpose.RENEWAL:
            raise AlreadyDone(f"{ended_words(row, opened.of.timezone)}; nothing changed.", field="purpose")
