"""Papers at the page: listed for an alliance, and handed over as Word or PDF from where their record is shown."""

from __future__ import annotations

from sandbox.block_limits import message_problems
from tests.bot.slack import found
from tests.bot.test_documents import downloads

MEETING = {"held": "held", "on": "2026-11-02", "format": "both", "attendees": "Ada, Ben", "notes": "Ladders"}


def listed(person):
    """Return the list of the papers of an alliance."""
    person.presses(person.asks("/alliance show plaza"), "show:papers")
    return person.reads(telling="Papers of")


def test_the_papers_of_an_alliance_come_by_direct_message(ada, stranger, slack):
    """The list has one row a paper, with Word and PDF; who holds no position gets none."""
    papers = listed(ada)
    assert message_problems(papers["blocks"]) == []
    assert "Draft renewal" in papers["text"]
    assert "Signed copy for transmittal signed on" in papers["text"]
    ada.presses(papers, "send:paper:docx")
    assert "comes as a direct message, as Word" in ada.reads()["text"]
    ada.reads("post")
    private, name, data = downloads(slack, ada)[-1]
    assert (private, name.startswith("agreement-"), name.endswith(".docx"), data[:2]) == (True, True, True, b"PK")
    stranger.presses(listed(stranger), "send:paper:pdf")
    assert stranger.reads()["text"].startswith("You may not get documents: it takes one of these positions:")


def test_minutes_come_from_the_list_of_meetings(ada, slack):
    """Each meeting that was held has its minutes at its side."""
    ada.opens("/alliance meeting plaza")
    ada.sends(**MEETING)
    ada.reads(telling="Recorded")
    ada.presses(ada.asks("/alliance show plaza"), "show:meetings")
    shown = ada.reads(telling="Ladders")
    assert message_problems(shown["blocks"]) == []
    labels = [one["accessibility_label"] for _, one in found(shown["blocks"], "send:paper:pdf")]
    assert labels[0] == "As PDF: Minutes of November 2, 2026"
    ada.presses(shown, "send:paper:pdf")
    assert "Minutes of *La Plaza" in ada.reads(telling="comes as a direct message, as PDF")["text"]
    ada.reads("post")
    assert downloads(slack, ada)[-1][1].startswith("minutes-La-Plaza")
