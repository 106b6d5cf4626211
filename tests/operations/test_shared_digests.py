"""Two alliances in the same digests: whoever changes one takes the messages in the order in which everybody does."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.approvals import Approval
from models.duties import Message, MessageKind, NoticeStatus, Obligation
from models.offices import Office, Person
from operations.actor import Actor, identify
from operations.approve.cards import rewrite_cards
from operations.approve.keep_draft import keep_draft
from operations.hands.follow_hands import follow_hands
from operations.hands.rename import rename_office
from operations.records.open_alliance import lock_alliances
from operations.remind.check_rules import check_rules, recheck
from operations.remind.make_message import make_message
from policy.approval import Chain, Seat, Step, write_chain
from policy.chains import Purpose
from policy.rights import Role
from tests.operations.approving import an_approval
from tests.operations.conftest import NOW, TODAY, Portfolio, floors
from tests.operations.meanwhile import in_thread, wait_until_blocked


@pytest.fixture
def sessions(committed):
    """Sessions on a database with two alliances, each of which owes something and has a draft before officials."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        region, area = floors(portfolio, channel="C0AREA")
        ada = portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area))
        portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, region))
        for name in ("First", "Second"):
            made = portfolio.alliance(name, area)
            content = {"goals": "Fewer falls"}
            draft = keep_draft(session, by=ada, now=NOW, alliance=made.id, subject="draft", content=content)
            session.add(an_approval(draft, ada, purpose=Purpose.SOLICITOR.value))
    with committed.begin() as session:
        check_rules(session, now=NOW)
    return committed


def owed(session: Session, name: str) -> uuid.UUID:
    """Return a duty of an alliance."""
    found = select(Obligation.id).join(Alliance, Alliance.id == Obligation.alliance_id).where(Alliance.name == name)
    return session.scalars(found.order_by(Obligation.id)).first()


def asked(session: Session, name: str) -> uuid.UUID:
    """Return what is before officials for an alliance."""
    found = select(Approval.id).join(Alliance, Alliance.id == Approval.alliance_id).where(Alliance.name == name)
    return session.scalars(found).one()


def digest(session: Session, id: int, slack_id: str, *shows: uuid.UUID, status: NoticeStatus) -> uuid.UUID:
    """Make a digest of a person that lists something of each alliance."""
    office = session.scalars(select(Office).where(Office.code == "0317300")).one()
    person = session.scalars(select(Person).where(Person.slack_id == slack_id)).one()
    made = make_message(
        session,
        MessageKind.OWN,
        office=office,
        to=person,
        day=TODAY,
        now=NOW,
        id=uuid.UUID(int=id),
        period=TODAY,
        shows=list(shows),
    )
    made.status = status.value
    if status is NoticeStatus.SENT:
        made.ts, made.sent_at, made.shown_version = f"{id}.1", NOW, 1
    return made.id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NoticeStatus.SENT, NoticeStatus.SENT),
        (NoticeStatus.PENDING, NoticeStatus.PENDING),
        (NoticeStatus.SENT, NoticeStatus.PENDING),
    ],
)
def test_two_who_change_what_shared_digests_list_take_turns(sessions, one, other):
    """Each changes a duty and an approval, which stand in two digests the other way about: both go through."""
    with sessions.begin() as session:
        digests = [
            digest(session, 1, "U0COORD01", owed(session, "First"), asked(session, "Second"), status=one),
            digest(session, 2, "U0ADMIN01", owed(session, "Second"), asked(session, "First"), status=other),
        ]

    def duty(session: Session, id: int, name: str) -> None:
        lock_alliances(session, [id])
        recheck(session, id, by=by(session), now=NOW, record="test", changed=[owed(session, name)])

    def by(session: Session) -> Actor:
        return identify(session, "U0COORD01", now=NOW)

    def second(session: Session) -> None:
        duty(session, 2, "Second")
        rewrite_cards(session, [asked(session, "Second")])

    with sessions.begin() as session:
        duty(session, 1, "First")
        thread, raised = in_thread(sessions, second)
        wait_until_blocked(sessions)
        rewrite_cards(session, [asked(session, "First")])
    thread.join(timeout=20)
    assert (raised, thread.is_alive()) == ([], False)
    with sessions() as session:
        for id in digests:
            message = session.get_one(Message, id)
            assert message.version > 2 or message.status == NoticeStatus.PENDING
            assert message.version > 1


def test_what_goes_back_from_who_left_takes_the_messages_in_order(sessions):
    """Without approvals, too: of several duties the messages are taken at once, whichever duty comes first."""
    with sessions.begin() as session:
        session.execute(delete(Approval))
        first, last = session.scalars(
            select(Obligation).where(Obligation.alliance_id == 1).order_by(Obligation.id).limit(2)
        )
        gone = Portfolio(session).person("U0GONE001", name="Gone")
        for row in (first, last):
            row.assigned_to_id, row.assigned_as, row.assigned_by = gone.person_id, "Gone", "Ada"
        other, sent = owed(session, "Second"), NoticeStatus.SENT
        low = digest(session, 1, "U0COORD01", last.id, other, status=sent)
        digest(session, 2, "U0ADMIN01", first.id, other, status=sent)
        ids = [first.id, last.id]

    def check(session: Session) -> None:
        lock_alliances(session, [2])
        by = identify(session, "U0COORD01", now=NOW)
        recheck(session, 2, by=by, now=NOW, record="test", changed=[owed(session, "Second")])

    with sessions.begin() as session:
        # Both wait for the first of the two messages; the check is the first to get it.
        session.execute(select(Message.id).where(Message.id == low).with_for_update())
        checking, raised = in_thread(sessions, check)
        wait_until_blocked(sessions)
        following, raised_too = in_thread(sessions, lambda session: follow_hands(session, now=NOW))
        wait_until_blocked(sessions, 2)
    for thread in (checking, following):
        thread.join(timeout=20)
    assert (raised, raised_too) == ([], [])
    with sessions() as session:
        held = session.scalars(select(Obligation.assigned_to_id).where(Obligation.id.in_(ids))).all()
        assert held == [None, None]


def test_an_office_is_renamed_after_who_changes_what_is_before_it(sessions):
    """The alliances whose cards name it are locked first, as by everybody who rewrites a card."""
    chain = write_chain(Chain((Step("one", "One", (Seat(Role.AREA_DIRECTOR, "0317300"),), 1),)))
    with sessions.begin() as session:
        for approval in session.scalars(select(Approval)):
            approval.about, approval.chain = "0317300", chain
        national = session.scalars(select(Office).where(Office.code == "OSHA-NO")).one()
        Portfolio(session).person("U0CHIEF01", (Role.ADMINISTRATOR, national))

    def rename(session: Session) -> None:
        by = identify(session, "U0CHIEF01", now=NOW)
        rename_office(session, office_code="0317300", name="Dover Area Office", by=by, now=NOW)

    with sessions.begin() as session:
        lock_alliances(session, [2])
        thread, raised = in_thread(sessions, rename)
        wait_until_blocked(sessions)
        # Nobody waits for a message or an office that the renaming holds already.
        rewrite_cards(session, [asked(session, "Second")])
        session.execute(select(Office.id).where(Office.code == "0317300").with_for_update(nowait=True))
    thread.join(timeout=20)
    assert (raised, thread.is_alive()) == ([], False)
    with sessions() as session:
        assert session.scalars(select(Office.name).where(Office.code == "0317300")).one() == "Dover Area Office"
