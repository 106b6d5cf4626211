"""Show how long records are kept and what is on hold, and open the forms that change it; for who keeps the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, paragraphs, safe, section
from bot.forms import FORMS
from bot.open_form import open_form
from operations.actor import office_day, require
from operations.change_closures import top_office
from operations.read.retention import EndedAlliance, Keeping, Retention, read_retention
from policy.retention import ABOUT
from policy.rights import Verb
from policy.words import capital, count, day

TITLE = "Retention and holds"
#: Alliances that ended, and holds, that are said.
SHOWN = 30
NEVER = "Nothing is deleted by this program: what the schedule lets go is for a records officer to say."


def retention(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Show what the records schedule says, what is on hold, and what may go."""
    with asked.sessions.begin() as session:
        top = top_office(session)
        require(session, asked.actor(session), Verb.KEEP_RECORDS, office_codes=[top.code])
        found, code, zone = read_retention(session), top.code, top.timezone
    parts = paragraphs(list(_lines(found, office_day(asked.now, zone), zone)))
    blocks: list[Json] = [header(TITLE), *map(section, parts), context(NEVER), actions(*_buttons(found, code))]
    return Answer("\n".join([f"*{TITLE}*", *parts, NEVER]), blocks, title=TITLE)


def _lines(found: Retention, today: date, zone: str) -> Iterator[str]:
    yield "*How long records are kept*"
    yield from (f"•  {_keeping(each)}" for each in found.kinds)
    yield "*On hold*" if found.holds else "*On hold:* nothing."
    for hold in found.holds[:SHOWN]:
        whose = f"*{safe(hold.alliance)}*" if hold.alliance else "everything"
        placed = f"by {safe(hold.placed_by)} on {day(office_day(hold.placed_at, zone))}"
        yield f"•  Hold {hold.id}: {whose}, {placed}: {safe(hold.reason, 300)}"
    ended = [one for one in found.ended if one.kept_until is not None]
    if ended:
        yield "*Ended alliances*"
        yield from (f"•  {_ended(one, today)}" for one in ended[:SHOWN])
    if len(ended) > SHOWN:
        yield f"and {len(ended) - SHOWN} more: alliance retention show has all of them."


def _keeping(each: Keeping) -> str:
    about = ABOUT[each.kind]
    holds = f"{capital(each.kind.value)} ({about.holds}; counted from {about.counted_from})"
    if each.schedule is None:
        return f"{holds}: kept without limit, nothing is set"
    years = "permanent" if each.keep_years is None else count(each.keep_years, "year")
    return f"{holds}: {safe(each.schedule)}, {years}"


def _ended(one: EndedAlliance, today: date) -> str:
    until = one.kept_until or date.max
    state = "on hold" if one.held else "may go by the schedule" if until < today else "to be kept"
    return f"{safe(one.name)}: ended {day(one.ended_on)}, kept until {day(until)}: {state}"


def _buttons(found: Retention, code: str) -> Iterator[Json]:
    yield button("Say how long", "set:retention", code)
    yield button("Put on hold", "place:hold", code)
    if found.holds:
        yield button("Lift a hold", "lift:hold", code)
    yield button("Redact the audit", "redact:audit", code, style="danger")


def _opens(form: str) -> Callable[[Asked, str], Reply]:
    """Return what opens a form of the National Office."""
    return lambda asked, value: open_form(asked, FORMS[form], office=value)


#: By action id.
BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "set:retention": _opens("set_retention"),
    "place:hold": _opens("place_hold"),
    "lift:hold": _opens("lift_hold"),
    "redact:audit": _opens("redact_audit"),
}
