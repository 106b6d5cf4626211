"""What is on its way to Slack, what could not be delivered, and what goes out in the next days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, context, header, paragraphs, safe, section
from bot.choose import which_office
from bot.duty_list import pager, pages
from bot.duty_words import full_day, title
from bot.values import Page
from bot.words import ALL_WORDS, MY_WORDS
from operations.actor import offices_below
from operations.approve.remind_approvals import ReminderAhead
from operations.read.outbox import FAILED_DAYS, InHand, Outbox, Planned, ToSay, Undelivered, read_outbox
from policy.words import clock, count, day, listing

DAYS = 7
#: Messages on one page; one has seldom more than a few lines.
A_PAGE = 10
MOST_LINES = 12
_KINDS = {
    "direct": "direct message",
    "undeliverable": "list of what could not be delivered",
    "request": "question for a decision",
    "decided": "answer to what was asked",
    "assigned": "message about an assignment",
    "approval": "question for an approval",
    "approval-news": "message about an approval",
    "returned": "message about duties that came back",
    "week": "digest of the week",
    "month": "digest of the month",
    "own": "own digest",
}


def outbox(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Show the outbox of my offices, of all offices, or of the office that the words mean."""
    typed = " ".join(words.split())
    if not typed or typed.casefold() in MY_WORDS:
        return outbox_page(asked, Page(list="outbox", scope="mine"))
    if typed.casefold() in ALL_WORDS:
        return outbox_page(asked, Page(list="outbox", scope="all"))
    with asked.sessions.begin() as session:
        meant = which_office(session, typed, "outbox")
    return meant if isinstance(meant, Answer) else outbox_page(asked, Page(list="outbox", scope="office", key=meant))


def outbox_page(asked: Asked, page: Page) -> Answer:
    """Show one page of the outbox."""
    with asked.sessions.begin() as session:
        heading, codes = _offices(session, asked, page)
        found = read_outbox(session, now=asked.now, days=DAYS, offices=codes)
    parts = list(_parts(found))
    last = pages(len(parts), A_PAGE)
    first = (min(max(page.page, 1), last) - 1) * A_PAGE
    shown = parts[first : first + A_PAGE]
    counted = _summary(found)
    blocks: list[Json] = [header(heading), context(counted)]
    blocks += [section(text) for part in shown for text in paragraphs(part)]
    blocks += pager(page, len(parts), A_PAGE)
    return Answer("\n".join([f"{safe(heading)}. {counted}", *(line for part in shown for line in part)]), blocks)


def _offices(session: Any, asked: Asked, page: Page) -> tuple[str, set[str] | None]:
    if page.scope == "office":
        return f"Outbox of {page.key} and the offices below it", offices_below(session, page.key)
    mine = asked.actor(session).offices if page.scope == "mine" else ()
    codes = {code for office in mine for code in offices_below(session, office)}
    # Who holds no position may read everything.
    return ("Outbox of my offices", codes) if codes else ("Outbox of all offices", None)


def _summary(found: Outbox) -> str:
    ahead = f"{count(len(found.planned), 'message')} in the next {DAYS} days, unless recorded before"
    failed = "nothing" if not found.undelivered else count(len(found.undelivered), "message")
    return f"{len(found.in_hand)} on the way; {ahead}; {failed} undelivered in the last {FAILED_DAYS} days."


def _parts(found: Outbox) -> Iterator[list[str]]:
    yield from map(_of_undelivered, found.undelivered)
    yield from map(_of_in_hand, found.in_hand)
    yield from map(_of_planned, found.planned)
    if not found.planned:
        yield from _of_next(found)
    if found.approvals:
        lines = map(approval_line, found.approvals)
        yield ["*Approvals that are brought to mind, unless decided before*", *lines]
    if found.digests:
        yield ["*Digests, for whom there is anything to say*", *(f"•  {ahead}" for ahead in found.digests)]


def _of_undelivered(failed: Undelivered) -> list[str]:
    what = f"*Not delivered: {safe(failed.office_name)}*, {day(failed.day)}: {safe(failed.why, 300)}"
    return [what, *_said(failed.said)]


def _of_in_hand(message: InHand) -> list[str]:
    why, until = message.why, message.held_until
    if until is not None:
        why = f"waits until {full_day(until.date())}, {clock(until.time())} there: {why}"
    what = f"{safe(message.office_name)}*, {day(message.day)}, {safe(what_goes(message))}"
    return [f"*On the way: {what}: {safe(why, 300)}"]


def what_goes(message: InHand) -> str:
    """Say what kind a message is and for whom, as in "direct message to Bob Lee"."""
    said = _KINDS.get(message.kind, message.kind)
    if message.person is not None:
        said += f" to {message.person}"
    return said if message.thread is None else f"{said} in the thread of {day(message.thread)}"


def _of_next(found: Outbox) -> Iterator[list[str]]:
    nothing = f"No reminder goes out in the next {DAYS} days"
    if found.next is None:
        yield [f"{nothing}, and none is planned for later."]
    else:
        yield [f"{nothing}. The next one, unless recorded before:", *_of_planned(found.next)]


def _of_planned(planned: Planned) -> list[str]:
    when = f"{full_day(planned.at.date())}, {clock(planned.at.time())} {planned.at.tzname()}"
    return [f"*{when}: {safe(planned.office_name)}*", *_said(planned.said)]


def approval_line(ahead: ReminderAhead) -> str:
    """Say when an approval is brought to mind, and to whom."""
    above = "; the official above is told, too" if ahead.climbs else ""
    what = f"{safe(ahead.alliance)}, {ahead.purpose.terms.title}"
    return (
        f"•  {day(ahead.on)}, {safe(ahead.office_name)}: {what}, waits for {safe(listing(ahead.waits_for), 600)}{above}"
    )


def _said(said: Sequence[ToSay]) -> Iterator[str]:
    for to_say in said[:MOST_LINES]:
        yield f"•  {title(to_say.rule)}, {safe(to_say.alliance)}: {to_say.why}"
    if len(said) > MOST_LINES:
        yield f"and {len(said) - MOST_LINES} more"
