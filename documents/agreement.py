"""An agreement or renewal with the clauses of the standard skeleton: as a draft to sign, or as it was signed.

The copy of a signed agreement has the same words and shows no signature, as OSHA's web pages ask for.
"""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Column, Facts, Heading, Missing, Paper, Table, Text
from documents.said import NOT_ON_RECORD, paragraph, points, said
from policy.agreement_clauses import PARTNERS, TERMINATION, framework, renews, term
from policy.agreement_draft import ENDORSEMENT, TEAM
from policy.facts import Level
from policy.handed_papers import AgreementText, Head, Signer
from policy.words import day, listing

#: Where a copy goes (VIII.D.3, VIII.F.2; OSHA's FAQ on the directive).
_TO = {
    Level.AREA: "Regional Alliance Program Coordinator, for DCSP",
    Level.REGIONAL: "Directorate of Cooperative and State Programs (DCSP)",
    Level.NATIONAL: "Directorate of Cooperative and State Programs (DCSP)",
}


def agreement(head: Head, told: AgreementText) -> Paper:
    """Lay an agreement out; of a signed one with where it is sent, and who signed when."""
    word = "ARRANGEMENT" if told.arrangement else "AGREEMENT"
    doing = "RENEWING" if told.renewal else "ESTABLISHING"
    title = (
        f"{word} {doing} AN ALLIANCE",
        f"BETWEEN {listing(head.offices)}, OCCUPATIONAL SAFETY AND HEALTH ADMINISTRATION, U.S. DEPARTMENT OF LABOR",
        f"AND {listing(head.participants) or NOT_ON_RECORD}",
    )
    return Paper(title, tuple(_blocks(head, told)), author=head.offices[0], dated=head.written_on)


def _blocks(head: Head, told: AgreementText) -> Iterator[Block]:
    if told.signed_on is None:
        version = "none is on record yet" if told.version is None else f"version {told.version} on record"
        yield Facts((("Draft", version), ("Printed on", day(head.written_on))))
        yield from text_of(head, told)
        yield from _to_sign(told)
        return
    yield from _transmittal(head, told)
    if told.content:
        yield from text_of(head, told)
    else:
        yield Missing(
            "The text of this agreement is not on record: it was not drafted here. Copy it from the signed original."
        )
    yield from _signed(told)


def text_of(head: Head, told: AgreementText) -> Iterator[Block]:
    """Yield the words that are agreed to: the same before the signing and after."""
    content = told.content
    yield Heading("Purpose")
    if told.renewal and head.signed_on is not None:
        yield Text(renews(head.participants, head.signed_on, head.renewed_on, in_part=told.in_part is not None))
        if told.in_part:
            yield Text(f"What is renewed or changed: {told.in_part}")
    yield paragraph(content.get("recognition"), "What OSHA and the participants recognize")
    yield Text(framework(told.edition, head.participants))
    yield Text(PARTNERS)
    yield Heading("Goals and Activities")
    yield Heading("Goals", 2)
    yield points(content.get("goals"), "A goal")
    yield Heading("Objectives", 2)
    yield points(content.get("objectives"), "An objective")
    yield Heading("Planned activities and their audiences", 2)
    yield points(content.get("activities"), "A planned activity")
    yield Heading("No Endorsement")
    yield Text(content.get("endorsement") or ENDORSEMENT)
    yield Heading("Implementation Team")
    yield Text(content.get("team") or TEAM)
    yield Heading("Term, Termination and Changes")
    if told.term_years is None:
        yield Missing("How many years the agreement runs is not on record.")
        yield Text(TERMINATION)
    else:
        yield Text(term(told.term_years))
    yield Heading("Preliminary Work Plan of the First Year")
    yield points(content.get("work_plan"), "A preliminary work plan")


def _transmittal(head: Head, told: AgreementText) -> Iterator[Block]:
    text = "none on record" if told.version is None else f"version {told.version} on record, which was signed"
    yield Facts(
        (
            ("Copy of the agreement signed", "not on record" if told.signed_on is None else day(told.signed_on)),
            ("From", listing(head.offices)),
            ("To", _TO[head.level]),
            ("Text", f"{text}; signatures are not shown"),
        )
    )


def _to_sign(told: AgreementText) -> Iterator[Block]:
    yield Heading("Signatures")
    columns = (Column("For", 1.6), Column("Name and position", 1.6), Column("Signature", 1.6), Column("Date"))
    rows = tuple(
        (one.party, _who(one) if one.by else f"{NOT_ON_RECORD} ({one.position})", "", "") for one in told.signers
    )
    yield Table("Those who sign; OSHA signs last", columns, rows)


def _signed(told: AgreementText) -> Iterator[Block]:
    yield Heading("Signed by")
    if not told.signers:
        yield Missing("Who signed is not on record.")
        return
    columns = (Column("For", 1.6), Column("Name", 1.6), Column("Date"))
    rows = tuple(
        (
            one.party,
            _who(one),
            NOT_ON_RECORD if one.on is None else day(one.on),
        )
        for one in told.signers
    )
    yield Table("Those who signed, without their signatures", columns, rows)


def _who(one: Signer) -> str:
    return f"{said(one.by)}, for {one.acting_for}" if one.acting_for else said(one.by)
