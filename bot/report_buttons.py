"""What the buttons of an annual report do: another year, the files by direct message, and each step of its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from slack_sdk import WebClient

from bot.answers.report import show_report
from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.forms import FORMS
from bot.hand_over import hand_over
from bot.open_form import open_form
from bot.values import ReportValue, read
from documents.formats import FORMATS, file_name
from operations.read.askable import Askable
from operations.records.give_report import give_report
from policy.annual_report import AnnualReport, gap_words, gaps
from policy.chains import Purpose
from policy.subjects import REPORT
from policy.words import day

#: What is sent: the form that staff edit, and the one that is read.
SENT = ("docx", "pdf")


def show_year(asked: Asked, value: str) -> Reply:
    """Show the report of another year in place of this one."""
    which = read(ReportValue, value)
    return replace(show_report(asked, which.alliance, which.period_end), replaces=True)


def send(asked: Asked, value: str) -> Reply:
    """Hand the report over, in the person's direct messages."""
    which = read(ReportValue, value)
    with asked.sessions.begin() as session:
        report = give_report(
            session,
            alliance_id=which.alliance,
            period_end=which.period_end,
            by=asked.actor(session),
            now=asked.now,
        )
    said = (
        f"The annual report of *{safe(report.alliance)}* to {day(report.period.last)} comes as a direct message, as "
        "Word and PDF."
    )
    return Answer(said, later=partial(_send, report, asked.user_id))


def _send(report: AnnualReport, user_id: str, client: WebClient) -> Answer | None:
    """Make the files and upload them for one person; return what they are told where that fails."""
    comment = f"{report.alliance}, {day(report.period.first)} to {day(report.period.last)}. {gap_words(gaps(report))}"
    files = [{"filename": file_name(report, form), "content": FORMATS[form](report)} for form in SENT]
    return hand_over("The report", files, user_id, client, comment=safe(comment, 1000))


def _opens(form: str) -> Callable[[Asked, str], Reply]:
    """Return what opens a form for the year of the report."""

    def open_it(asked: Asked, value: str) -> Reply:
        which = read(ReportValue, value)
        values = {"period_end": which.period_end.isoformat()}
        return open_form(asked, FORMS[form], alliance_id=which.alliance, values=values)

    return open_it


def put_forward(asked: Asked, value: str) -> Reply:
    """Open the form that puts the report before its officials."""
    which = read(ReportValue, value)
    what = Askable(Purpose.REPORT, f"{REPORT}:{which.period_end.isoformat()}", "", "").value
    return open_form(asked, FORMS["ask_approval"], alliance_id=which.alliance, values={"what": what})


#: By action id.
REPORT_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "show:report:earlier": show_year,
    "show:report:later": show_year,
    "send:report": send,
    "ask:report": put_forward,
    "hand-over:report": _opens("hand_over_report"),
    "submit:report": _opens("submit_report"),
    "post:report": _opens("post_report"),
}
