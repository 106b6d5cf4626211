"""Bring an alliance on record to what a row of a file says, without taking anything away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, AllianceOffice, Ending, Signatory
from models.names import FormerName
from operations.records.read_alliances import Entry, Signing
from operations.records.read_cells import name_key
from policy.editions import edition_on
from policy.facts import EndingKind

IMPORTED = "as imported"


@dataclass(frozen=True, slots=True)
class Merge:
    """A good row beside the alliance on record that bears its name."""

    entry: Entry
    alliance: Alliance
    end: Ending | None
    #: The original agreement when the file corrects its date; None when it stays.
    corrected: Agreement | None

    @property
    def signed(self) -> date:
        """The original signing according to the file."""
        return self.entry.signings[0].signed_on

    @property
    def days(self) -> list[date]:
        """All signing dates as they will stand, the original first."""
        on_record = {agreement.signed_on for agreement in self.alliance.agreements if agreement is not self.corrected}
        return sorted(on_record | {signing.signed_on for signing in self.entry.signings})


def merge_of(entry: Entry, alliance: Alliance, end: Ending | None) -> Merge:
    """Compare a row with the records, and note contradictions and what the file no longer names."""
    in_file = {signing.signed_on for signing in entry.signings}
    on_record = {agreement.signed_on for agreement in alliance.agreements}
    original = next((agreement for agreement in alliance.agreements if not agreement.renewal), None)
    # A first date that is new, while the one on record is gone: somebody corrected it.
    corrects = original and original.signed_on not in in_file and entry.signings[0].signed_on not in on_record
    merge = Merge(entry, alliance, end, original if corrects else None)
    _judge_signings(merge, on_record - in_file)
    _judge_ending(merge)
    _judge_names(merge)
    return merge


def _judge_signings(merge: Merge, vanished: set[date]) -> None:
    cells = merge.entry.cells
    if merge.corrected:
        vanished = vanished - {merge.corrected.signed_on}
        was, becomes = merge.corrected.signed_on.isoformat(), merge.signed.isoformat()
        cells.warn("signed", f"the original signing on record was {was} and becomes {becomes}")
        if merge.days[0] != merge.signed:
            cells.refuse("signed", f"{becomes} lies after the renewal of {merge.days[0].isoformat()} on record")
    for day in sorted(vanished):
        cells.warn("renewed", f"the signing of {day.isoformat()} is on record and not in the file; it stays")


def _judge_ending(merge: Merge) -> None:
    cells, end, ending = merge.entry.cells, merge.end, merge.entry.ending
    last = merge.days[-1].isoformat()
    if ending and merge.days[-1] > ending[1]:
        column = ending[0].value
        cells.refuse(column, f"{ending[1].isoformat()} lies before the agreement of {last} on record")
    if end is None or _same(ending, end):
        return
    ended = f"{end.ended_on.isoformat()} ({end.kind})"
    if ending is None:
        cells.warn("concluded", f"the end of {ended} is on record and not in the file; it stays")
        if merge.days[-1] > end.ended_on:
            cells.refuse("renewed", f"{last} lies after the end of {ended} on record")
    elif end.reason != IMPORTED:
        cells.warn(ending[0].value, f"another end is on record, {ended}: {end.reason}; it stays")


def _judge_names(merge: Merge) -> None:
    named = {name_key(name) for name in merge.entry.participants}
    for signatory in merge.alliance.signatories:
        if signatory.left_on is None and name_key(signatory.name) not in named:
            reason = f"“{signatory.name}” is on record and not in the file; it stays"
            merge.entry.cells.warn("participants", reason)


def _same(ending: tuple[EndingKind, date] | None, end: Ending) -> bool:
    """Whether both are the same end; a file cannot tell a termination from another conclusion."""
    if ending is None or ending[1] != end.ended_on:
        return False
    return (ending[0] is EndingKind.AMBASSADOR) == (end.kind == EndingKind.AMBASSADOR.value)


def write_merge(session: Session, merge: Merge) -> list[str]:
    """Write what the row says, and return the columns in which it differed from the records."""
    entry, alliance = merge.entry, merge.alliance
    changed = []
    # One of its names of before finds it, and does not give it that name again.
    if alliance.name != entry.name and name_key(alliance.name) == name_key(entry.name):
        alliance.name = entry.name
        changed.append("name")
    if alliance.level != entry.level.value:
        alliance.level = entry.level.value
        changed.append("level")
    if entry.source and alliance.source != entry.source:
        alliance.source = entry.source
        changed.append("source")
    if [office.office_id for office in alliance.offices] != [office.id for office in entry.offices]:
        alliance.offices.clear()
        session.flush()
        alliance.offices.extend(ranked_offices(entry))
        changed.append("offices")
    ids = [signatory.id for signatory in alliance.signatories]
    former = session.scalars(select(FormerName.name).where(FormerName.signatory_id.in_(ids)))
    known = {name_key(name) for name in (*(signatory.name for signatory in alliance.signatories), *former)}
    joined = [name for name in entry.participants if name_key(name) not in known]
    if joined:
        alliance.signatories.extend(Signatory(name=name) for name in joined)
        changed.append("participants")
    changed += _write_agreements(session, merge)
    if _write_ending(session, merge):
        changed.append("ending")
    return changed


def _write_agreements(session: Session, merge: Merge) -> list[str]:
    """Add agreements and terms; the oldest signing is the original, every other a renewal."""
    changed = {}
    if merge.corrected:
        merge.corrected.signed_on = merge.signed
        merge.corrected.edition = edition_on(merge.signed).name
        changed["signed"] = True
    terms = {signing.signed_on: signing.term_years for signing in merge.entry.signings}
    for agreement in merge.alliance.agreements:
        if term := terms.get(agreement.signed_on):
            changed["term_years"] = changed.get("term_years", False) or agreement.term_years != term
            agreement.term_years = term
        agreement.renewal = agreement.signed_on != merge.days[0]
    # An older original that was found later may only enter once the former one counts as a renewal.
    session.flush()
    known = {agreement.signed_on for agreement in merge.alliance.agreements}
    for signing in merge.entry.signings:
        if signing.signed_on not in known:
            original = signing.signed_on == merge.days[0]
            merge.alliance.agreements.append(new_agreement(signing, renewal=not original))
            changed["signed" if original else "renewed"] = True
    return [column for column, differs in changed.items() if differs]


def _write_ending(session: Session, merge: Merge) -> bool:
    ending, end = merge.entry.ending, merge.end
    if ending is None or (end is not None and (_same(ending, end) or end.reason != IMPORTED)):
        return False
    if end is None:
        session.add(new_ending(merge.alliance.id, ending))
    else:
        end.kind, end.ended_on = ending[0].value, ending[1]
    return True


def ranked_offices(entry: Entry) -> list[AllianceOffice]:
    """Return rows for the offices of an entry, the lead office first."""
    return [AllianceOffice(office_id=office.id, rank=rank) for rank, office in enumerate(entry.offices)]


def new_agreement(signing: Signing, *, renewal: bool) -> Agreement:
    """Return a row for a signing, under the edition in force that day."""
    return Agreement(
        signed_on=signing.signed_on,
        renewal=renewal,
        term_years=signing.term_years,
        edition=edition_on(signing.signed_on).name,
    )


def new_ending(alliance_id: int, ending: tuple[EndingKind, date]) -> Ending:
    """Return a row for the end of an alliance."""
    kind, day = ending
    return Ending(alliance_id=alliance_id, kind=kind.value, ended_on=day, reason=IMPORTED)
