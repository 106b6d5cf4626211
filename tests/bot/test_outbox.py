"""The outbox in Slack."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.duties import Notice
from sandbox.block_limits import message_problems
from tests.bot.slack import words


def test_my_outbox_says_what_goes_out_and_why(ada):
    """Each message to come with its moment and its duties; it fits into Slack's limits."""
    answer = ada.asks("/alliance outbox")
    assert answer["text"].startswith("Outbox of my offices. 0 on the way; ")
    assert "nothing undelivered in the last 30 days" in answer["text"]
    assert "Monday, November 23, 2026, 9:00 AM EST" in words(answer["blocks"])
    assert message_problems(answer["blocks"]) == []


def test_an_office_is_found_by_a_part_of_its_name(ada):
    """One office is shown; among several one chooses; none is said plainly."""
    assert "Outbox of REG-PHI" in ada.asks("/alliance outbox REG-PHI")["text"]
    several = ada.asks("/alliance outbox office")
    assert "Several offices match “office”. Which one do you mean?" in several["text"]
    ada.presses(several, "run:outbox")
    assert ada.reads()["text"].startswith("Outbox of ")
    assert "No office is called “xyzzy”" in ada.asks("/alliance outbox xyzzy")["text"]


def test_who_holds_no_position_reads_all(stranger):
    """Reading is open to everyone in the workspace."""
    assert stranger.asks("/alliance outbox")["text"].startswith("Outbox of all offices.")


def test_an_outbox_without_a_reminder_names_the_next(ada, sample_engine):
    """Day, time and office of the next message, so that nobody has to try other days."""
    with Session(sample_engine) as session:
        session.execute(update(Notice).where(Notice.day < date(2027, 1, 1)).values(status="skipped"))
        session.commit()
    text = ada.asks("/alliance outbox")["text"]
    assert "No reminder goes out in the next 7 days. The next one, unless recorded before:\n" in text
    assert re.search(r"\*[A-Z][a-z]+day, [A-Z][a-z]+ \d+, 2027, 9:00 AM E[SD]T: Wilmington Area Office\*\n•  ", text)
