"""The document of an Ambassador relationship (FAQ F-1, F-12)."""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Bullets, Column, Facts, Heading, Missing, Paper, Table, Text
from documents.said import NOT_ON_RECORD, said_day
from policy.agreement_draft import ENDORSEMENT
from policy.handed_papers import AmbassadorText, Head
from policy.words import capital, day, listing

_OSHA = (
    "communicate with the Ambassador routinely",
    "invite the Ambassador to events, and to speak where that fits",
    "share information, and work together on special projects",
    "keep the status of the Ambassador on its web page",
)
_AMBASSADOR = (
    "go on sharing timely and relevant safety and health information with members",
    "work with OSHA on issues that emerge among its membership",
)


def ambassador(head: Head, told: AmbassadorText) -> Paper:
    """Lay the document out; its day is a gap while it is not signed."""
    title = (
        "ESTABLISHING AN ALLIANCE PROGRAM AMBASSADOR RELATIONSHIP",
        f"BETWEEN {listing(head.offices)}, OCCUPATIONAL SAFETY AND HEALTH ADMINISTRATION, U.S. DEPARTMENT OF LABOR",
        f"AND {listing(head.participants) or NOT_ON_RECORD}",
    )
    return Paper(title, tuple(_blocks(head, told)), author=head.offices[0], dated=head.written_on)


def _blocks(head: Head, told: AmbassadorText) -> Iterator[Block]:
    yield Facts(
        (
            ("Alliance", head.alliance),
            ("Signed on", said_day(head.signed_on)),
            ("Renewed on", listing(map(day, head.renewed_on)) if head.renewed_on else NOT_ON_RECORD),
            ("Date of this document", said_day(told.document_on)),
        )
    )
    if told.document_on is None:
        yield Missing("This document is not signed: its date is not on record.")
    names = listing(head.participants) or "the participant"
    several = len(head.participants) > 1
    go_on = "continue as Alliance Program Ambassadors" if several else "continues as an Alliance Program Ambassador"
    renewed = "a renewal" if len(head.renewed_on) == 1 else "its renewals"
    yield Heading("Background")
    yield Text(
        f"OSHA and {names} completed the initial agreement of their Alliance and {renewed}. With this document {names} "
        f"{go_on}. The relationship lasts as long as both sides cooperate in good faith; the data reporting and other "
        "requirements of a formal Alliance end with this document."
    )
    yield Heading("OSHA will")
    yield Bullets(_OSHA)
    yield Heading(f"{capital(names)} will")
    yield Bullets(_AMBASSADOR)
    yield Heading("No Endorsement")
    yield Text(ENDORSEMENT)
    yield Heading("Signatures")
    columns = (Column("For", 1.6), Column("Name and position", 1.6), Column("Signature", 1.6), Column("Date"))
    yield Table("Those who sign", columns, tuple((party, "", "", "") for party in (*head.offices, *head.participants)))
