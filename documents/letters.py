"""The letters at the end of an alliance: the written notice of 30 days, and the conclusion (IX.C; FAQ F-11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from documents.paper import Block, Column, Facts, Heading, Missing, Paper, Table, Text
from documents.said import NOT_ON_RECORD, paragraph, said_day
from policy.facts import EndingKind
from policy.handed_papers import ConclusionText, Head, NoticeText
from policy.words import capital, day, listing

_LOGO = (
    "The logo of the Alliance Program may be used only while an alliance is in effect. Please take it off web pages, "
    "products and other materials"
)
_FUTURE = "OSHA remains glad to work with you on safe and healthful workplaces, also without an alliance."


def notice(head: Head, told: NoticeText) -> Paper:
    """Lay the letter of a notice out: OSHA's own, or its answer to the notice of a participant."""
    title = ("30-DAY WRITTEN NOTICE" if told.osha else "RECEIPT OF A 30-DAY WRITTEN NOTICE", head.alliance)
    if told.osha:
        heads = _heads(head, told.noticed_on, head.participants)
    else:
        others = tuple(name for name in head.participants if name != told.given_by)
        heads = _heads(head, head.written_on, (told.given_by,), others)
    blocks = (*heads, *_notice(head, told), *_signed(head))
    return Paper(title, blocks, author=head.offices[0], dated=head.written_on)


def conclusion(head: Head, told: ConclusionText) -> Paper:
    """Lay the letter out that tells the participants that their alliance is concluded."""
    title = ("CONCLUSION OF AN ALLIANCE", head.alliance)
    blocks = (*_heads(head, head.written_on, head.participants), *_conclusion(head, told), *_signed(head))
    return Paper(title, blocks, author=head.offices[0], dated=head.written_on)


def _heads(head: Head, dated: date | None, to: Sequence[str], copy_to: Sequence[str] = ()) -> Iterator[Block]:
    rows = [
        ("Date", said_day(dated)),
        ("From", f"{listing(head.offices)}, Occupational Safety and Health Administration"),
        ("To", listing(to) or NOT_ON_RECORD),
    ]
    if copy_to:
        rows.append(("Copy to", listing(copy_to)))
    yield Facts(tuple(rows))


def _alliance(head: Head) -> str:
    signed = (
        "the day of whose signing is not on record" if head.signed_on is None else f"signed on {day(head.signed_on)}"
    )
    renewed = f" and renewed on {listing(map(day, head.renewed_on))}" if head.renewed_on else ""
    return f"the Alliance “{head.alliance}”, {signed}{renewed}"


def _notice(head: Head, told: NoticeText) -> Iterator[Block]:
    ends = "30 days after the date of this notice" if told.ends_on is None else f"on {day(told.ends_on)}"
    if told.osha:
        yield Text(
            f"OSHA gives written notice that it terminates its participation in {_alliance(head)}. By the agreement "
            f"any signatory may do so at any time with 30 days' written notice. The participation ends {ends}."
        )
    else:
        yield Text(
            f"OSHA has received the written notice of {told.given_by}, dated {said_day(told.noticed_on)}, that it "
            f"terminates its participation in {_alliance(head)}. With the 30 days' written notice of the agreement, "
            f"the participation of {told.given_by} ends {ends} at the earliest."
        )
    yield Heading("Reason")
    yield paragraph(told.reason, "A reason")
    if told.noticed_on is None:
        yield Missing("The date of the notice is not on record: record it once the letter is sent.")
    yield Heading("What follows")
    yield Text(f"{_LOGO} by the day on which the participation ends. {_FUTURE}")


def _conclusion(head: Head, told: ConclusionText) -> Iterator[Block]:
    how = "was concluded" if told.kind is EndingKind.CONCLUDED else "was terminated"
    yield Text(f"This letter confirms that {_alliance(head)}, {how} on {day(told.ended_on)}.")
    yield Heading("Reason")
    yield paragraph(capital(told.reason or ""), "A reason")
    yield Heading("What follows")
    yield Text(f"{_LOGO}. A closeout report tells what the Alliance did in its last agreement year.")
    yield Text(f"Thank you for what you did for the safety and health of workers. {_FUTURE}")


def _signed(head: Head) -> Iterator[Block]:
    yield Heading("Signature")
    columns = (Column("For", 1.6), Column("Name and position", 1.6), Column("Signature", 1.6), Column("Date"))
    yield Table("Signed for OSHA", columns, tuple((office, "", "", "") for office in head.offices))
