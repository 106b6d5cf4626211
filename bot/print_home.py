"""Send a person what stands on their Home as a page to print: whole, where Home shows the first of it."""

from __future__ import annotations

from functools import partial

from slack_sdk import WebClient

from bot.answer_words import answer_lines
from bot.approval_words import asked_text, standing_text
from bot.asked import Answer, Asked, Reply
from bot.duty_words import Row, about, due_words, standing, title
from bot.hand_over import hand_over
from bot.home_words import PURPOSE, acting_lines, asked_lines, next_words, rows_of, who_gives_positions
from bot.plain_text import shown_as
from bot.state_words import state_words
from documents.work_list import TITLE, Standing, Task, WorkList, work_page
from operations.read.home import Home, read_home
from operations.read.mine import MyAlliance
from policy.meeting_year import meeting_words
from policy.words import capital

COMES = "Your page to print comes as a direct message: an HTML file that any browser opens."


def print_home(asked: Asked, _value: str) -> Reply:
    """Make the page, and send it once Slack was answered."""
    with asked.sessions.begin() as session:
        home = read_home(session, asked.user_id, now=asked.now, name=asked.user_name)
    return Answer(COMES, title="Page to print", later=partial(_send, work_page(work_list(home)), home))


def _send(page: str, home: Home, client: WebClient) -> Answer | None:
    """Upload the page for one person; return what they are told where that fails."""
    file = {"filename": f"alliance-work-{home.today}.html", "title": TITLE, "content": page}
    return hand_over("The page", [file], home.slack_id, client, comment=COMES)


def work_list(home: Home) -> WorkList:
    """Return a Home as plain text, all of it."""
    new = [PURPOSE, shown_as(who_gives_positions(home))] if not home.positions and not home.acting else []
    return WorkList(
        name=home.name,
        today=home.today,
        positions=tuple(f"{held.role}, {held.office_name}" for held in home.positions),
        tasks=tuple((by.value, tuple(map(_task, rows_of(home, duties)))) for by, duties in home.duties.items()),
        to_approve=tuple(_plain(f"{asked_text(one)} {standing_text(one)}") for one in home.to_approve),
        alliances=tuple(map(_standing, home.alliances)),
        asked=tuple(map(_plain, asked_lines(home))),
        acting=tuple(_plain(line.removeprefix("•  ")) for line in acting_lines(home)),
        notes=(*new, *(f"This list is not complete. {gap}" for gap in home.gaps)),
    )


def _task(row: Row) -> Task:
    what = "\n".join(filter(None, [title(row.rule), _plain(capital(about(row)))]))
    notes = _plain(" ".join(answer_lines(row.answers)))
    return Task(due_words(row), what, row.alliance, capital(standing(row)), notes)


def _standing(one: MyAlliance) -> Standing:
    line = one.listed
    meetings = "" if one.meetings is None else f"{capital(meeting_words(one.meetings))}."
    risk = (one.meetings.risk if one.at_risk and one.meetings is not None else None) or ""
    state = capital(state_words(line.state, line.of.facts.ending, line.term, line.on))
    return Standing(line.name, f"{state}.", meetings, capital(risk), next_words(line))


def _plain(text: str) -> str:
    return shown_as(text).replace("\n", " ")
