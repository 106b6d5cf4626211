"""The clauses that every agreement has beside what its parties write (CSP 04-01-002 VI.B, VII.B, IX.C; FAQ F-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policy.editions import CSP_2015, Edition
from policy.words import count, day, listing

# FAQ F-9: "Fundamental Requirements"; agreements of the older directive summarized their activities in a work plan.
_OF_2015 = (
    "Alliance participants will summarize specific activities and timeframes for completion in a written work plan."
)
_OF_2020 = (
    "to meet the Fundamental Requirements of the Alliance Program, and to follow the Guidelines for OSHA's "
    "Alliance Program Participants: Alliance Products and Other Alliance Projects."
)
#: VI.A, VIII.C.9, IX.C.1.
PARTNERS = (
    "OSHA and the participants will share information on the activities of the Alliance and on what came of them, and "
    "evaluate the Alliance every year. OSHA State Plans and On-Site Consultation Projects are encouraged to take part."
)
#: IX.C, last sentence.
TERMINATION = (
    "Any signatory may terminate its participation for any reason at any time with 30 days' written notice. The "
    "agreement may be modified at any time with the concurrence of all signatories."
)


def framework(edition: Edition, participants: Sequence[str]) -> str:
    """Say what the participants agree to under an edition."""
    if edition is CSP_2015:
        return _OF_2015
    agree = "agrees" if len(participants) == 1 else "agree"
    return f"{listing(participants) or 'The participants'} {agree} {_OF_2020}"


def renews(participants: Sequence[str], signed_on: date, renewed_on: Sequence[date], *, in_part: bool) -> str:
    """Say which agreement is renewed, and whether in part."""
    before = f" and renewed on {listing(map(day, renewed_on))}" if renewed_on else ""
    part = " in part" if in_part else ""
    who = listing(participants) or "the participants"
    return f"OSHA and {who} hereby renew{part} the Alliance signed on {day(signed_on)}{before}."


def term(years: int) -> str:
    """Say how long an agreement is in effect."""
    return (
        f"This agreement takes effect on the day of the last OSHA signature and remains in effect for "
        f"{count(years, 'year')}. {TERMINATION}"
    )
