"""Papers of an alliance are read from its records, with the names of today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Ending, TerminationNotice
from models.audit import AuditEntry, write_noted
from operations.conclude.give_notice import give_notice
from operations.conclude.settle_notice import settle_notice
from operations.establish.record_gates import record_gates
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.gather_facts import gather
from operations.hands.move_alliance import move_alliance
from operations.hands.rename import rename_participant
from operations.operate.record_evaluation import Marked, record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.record_work_plan import Planned, Promise, record_work_plan
from operations.read.choices import alliance_choices
from operations.read.handed_papers import listed, read_paper
from operations.records.gate_records import Done
from operations.records.give_paper import give_paper
from operations.records.merge_alliance import IMPORTED
from operations.refusals import Refused
from policy.evaluation_marks import Mark
from policy.gate_records import RecordKind
from policy.handed_papers import PaperKind
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed

DAY = timedelta(days=1)


def all_papers(session, alliance):
    """Read every paper that an alliance has, by kind; what is on record rather than what is to be filled in."""
    session.flush()
    of = gather(session, [alliance.id])[0]
    found = {}
    for one in sorted(listed(of), key=lambda one: one.on is not None):
        found[one.kind] = read_paper(session, of, kind=one.kind, record=one.record, today=TODAY)
    return found


def test_the_signed_copy_has_the_text_of_the_draft(session, portfolio, field, director, administrator):
    """What was drafted is what the copy says; who signs, when it was, and the names are those of today.

    It is between those who signed, wherever the alliance has moved since.
    """
    alliance = proposed(session, a_proposal(field.area, participants=(GUILD,)), field.coordinator)
    approve_proposal(session, alliance, field.coordinator, on=TODAY - 9 * DAY)
    prepare_to_sign(session, alliance, field.coordinator, on=TODAY - 9 * DAY)
    signers = (
        Done(RecordKind.SIGNER, "Roofers Guild", by="Gus Guild", text="President"),
        Done(RecordKind.SIGNER, field.area.code, by="Ben Doe", acting_for="Ann Roe", text="Deputy"),
    )
    record_gates(session, alliance_id=alliance.id, done=signers, by=field.coordinator, now=NOW)
    draft = all_papers(session, alliance)[PaperKind.AGREEMENT]
    assert (draft.told.signed_on, draft.told.term_years, draft.told.renewal) == (None, 2, False)
    assert [(one.party, one.by, one.acting_for, one.on) for one in draft.told.signers] == [
        (field.area.name, "Ben Doe, Deputy", "Ann Roe", None),
        ("Roofers Guild", "Gus Guild, President", None, None),
    ]
    signatures = (
        Signature("Roofers Guild", "Gus Guild, President", TODAY - DAY),
        Signature(field.area.code, "Dora Director, Area Director", TODAY),
    )
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    sign_agreement(session, signatures=signatures, term_years=2, **told)
    participant = next(id for id, _ in alliance_choices(session, alliance.id, now=NOW).signatories)
    rename_participant(session, signatory_id=participant, name="Guild of Roofers", **told | {"by": director})
    found = all_papers(session, alliance)
    copy = found[PaperKind.TRANSMITTAL]
    assert (copy.told.content, copy.told.version) == (draft.told.content, draft.told.version)
    assert copy.told.content["goals"]
    assert copy.head.participants == ("Guild of Roofers",)
    assert {(one.by, one.on) for one in copy.told.signers} == {(one.by, one.on) for one in signatures}
    portfolio.office("0317400", parent=field.region, name="Harrisburg Area Office")
    moved = {"alliance_id": alliance.id, "lead": "0317400", "alone": True, "reason": "Closer"}
    move_alliance(session, **moved, by=administrator, now=NOW)
    papers = all_papers(session, alliance)
    offices = {kind: papers[kind].head.offices for kind in (PaperKind.TRANSMITTAL, PaperKind.AGREEMENT)}
    assert offices == {PaperKind.TRANSMITTAL: (field.area.name,), PaperKind.AGREEMENT: ("Harrisburg Area Office",)}
    # The next draft is a renewal of which nothing is on record yet.
    assert (found[PaperKind.AGREEMENT].told.renewal, found[PaperKind.AGREEMENT].told.version) == (True, None)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose agreement was not drafted here."""
    return portfolio.alliance("La Plaza", field.area, signed=date(2025, 9, 15), signatories=("Builders", "Roofers"))


def test_papers_of_a_year_come_from_its_records(session, alliance, field):
    """Minutes, agenda, plan, evaluation and notice say what was recorded; a gap is no text."""
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    first = date(2025, 9, 15)
    promise = Promise(date(2026, 12, 1), "Ben", "Leaflet")
    planned = Planned("Seminar", "Roofers")
    record_work_plan(
        session,
        first=first,
        finalized_on=date(2025, 10, 1),
        summary="As agreed",
        activities=[planned],
        milestones=[promise],
        **told,
    )
    held = {"held": True, "format": "both", "attendees": "Ada, Ben"}
    record_meeting(session, on=date(2026, 3, 3), notes="Ladders", **held, **told)
    record_meeting(session, on=date(2026, 12, 9), held=False, format="both", attendees=None, notes=None, **told)
    record_evaluation(
        session,
        period_end=date(2026, 9, 14),
        evaluated_on=date(2026, 10, 1),
        discussed_on=None,
        findings="Met",
        marks={"goals": Marked(Mark.MEETS, None)},
        **told,
    )
    signatories = {name: id for id, name in alliance_choices(session, alliance.id, now=NOW).signatories}
    noticed = {"noticed_on": date(2026, 11, 2), "named_end_on": None, "reason": "Other plans"}
    give_notice(session, signatory_id=signatories["Builders"], **noticed, **told)
    found = all_papers(session, alliance)
    assert found[PaperKind.TRANSMITTAL].told.content == {}
    minutes, agenda = found[PaperKind.MINUTES].told, found[PaperKind.AGENDA].told
    assert (minutes.notes, minutes.attendees, minutes.next_on) == ("Ladders", "Ada, Ben", agenda.on)
    assert (agenda.before, [one.title for one in agenda.milestones]) == (minutes.on, ["Leaflet"])
    plan = found[PaperKind.WORK_PLAN].told
    assert (plan.first, plan.last, plan.lines) == (first, date(2026, 9, 14), (("Seminar", "Roofers", "", ""),))
    marks = {one.title: one.mark for one in found[PaperKind.EVALUATION].told.marks}
    assert (marks["Goals of the agreement"], marks["Worker participation"]) == (Mark.MEETS, None)
    notice = found[PaperKind.NOTICE].told
    assert (notice.given_by, notice.ends_on, notice.osha) == ("Builders", date(2026, 12, 2), False)


def test_papers_name_who_took_part_on_their_day(session, alliance, field):
    """Who left since stands in the minutes of before, not in the later ones; a notice keeps the day that it named."""
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    signatories = {name: id for id, name in alliance_choices(session, alliance.id, now=NOW).signatories}
    noticed = {"noticed_on": date(2026, 9, 1), "named_end_on": date(2026, 10, 5), "reason": "Other plans"}
    give_notice(session, signatory_id=signatories["Builders"], **noticed, **told)
    notice = session.scalars(select(TerminationNotice)).one()
    settle_notice(session, notice_id=notice.id, withdrawn=False, on=date(2026, 11, 2), **told)
    held = {"held": True, "format": "both", "attendees": "Ada", "notes": None}
    for on in (date(2026, 9, 9), date(2026, 11, 9)):
        record_meeting(session, on=on, **held, **told)
    session.flush()
    of = gather(session, [alliance.id])[0]
    minutes = [one for one in listed(of) if one.kind is PaperKind.MINUTES]
    read = {one.on: read_paper(session, of, kind=one.kind, record=one.record, today=TODAY) for one in minutes}
    assert {on: made.head.participants for on, made in read.items()} == {
        date(2026, 9, 9): ("Builders", "Roofers"),
        date(2026, 11, 9): ("Roofers",),
    }
    letter = all_papers(session, alliance)[PaperKind.NOTICE]
    assert (letter.told.ends_on, letter.head.participants) == (date(2026, 10, 5), ("Builders", "Roofers"))
    # Taken back by somebody else while it is read.
    session.delete(notice)
    session.flush()
    with pytest.raises(Refused, match="is not on record of La Plaza any more"):
        read_paper(session, of, kind=PaperKind.NOTICE, record=notice.id, today=TODAY)


def test_the_letter_of_an_imported_end_has_a_gap(session, alliance):
    """What an import put in the place of a reason is no reason to tell anybody."""
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=date(2026, 11, 2), reason=IMPORTED))
    assert all_papers(session, alliance)[PaperKind.CONCLUSION].told.reason is None


def test_who_got_a_paper_is_kept_and_one_that_is_gone_refused(session, alliance, field):
    """The audit says which paper went to whom; a number of another record makes none."""
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    give_paper(session, kind=PaperKind.AGREEMENT, record=None, **told)
    write_noted(session)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "paper:given"))
    assert (entry.actor, entry.data["paper"]) == (field.coordinator.name, "agreement")
    with pytest.raises(Refused, match="is not on record of La Plaza any more"):
        give_paper(session, kind=PaperKind.MINUTES, record=999_999, **told)
