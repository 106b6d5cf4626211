"""What a proposal says, and how people write it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from policy.agreement_draft import draft_from
from policy.facts import Level
from policy.participant_lines import participant_lines, read_participants
from policy.participants import Participant, ParticipantKind
from policy.proposal import PlannedMilestone, Proposal, proposal_of

ROOFERS = Proposal(
    name="Roofing Alliance",
    level=Level.AREA,
    offices=("0317300",),
    participants=(
        Participant("Roofers: Local 30", frozenset({ParticipantKind.LABOR_UNION})),
        Participant("Guild", frozenset({ParticipantKind.EMPLOYER_GROUP, ParticipantKind.EDUCATIONAL_INSTITUTION})),
    ),
    goals="Fewer falls.",
    objectives="Train.",
    work_plan="Two courses.",
    milestones=(PlannedMilestone(date(2027, 3, 15), "Ada Coordinator", "Poster; in Spanish"),),
)


def test_what_is_kept_reads_the_same():
    """A proposal read from what was kept of it is the same; what is empty is left out."""
    content = ROOFERS.content()
    assert proposal_of(content) == ROOFERS
    assert "background" not in content
    assert content["milestones"] == ["2027-03-15; Ada Coordinator; Poster; in Spanish"]


def test_a_draft_names_all_who_recognize_something():
    """The words that a draft proposes read as a sentence, however many take part."""
    words = draft_from(ROOFERS)["recognition"]
    assert words.startswith("OSHA, Roofers: Local 30 and Guild recognize the value")


def test_participants_are_read_line_by_line():
    """The last colon parts the name from the kinds; common words for a kind are understood."""
    read = read_participants("Roofers: Local 30: Union\n\nDelaware College: college, employer.\n")
    assert read == (
        Participant("Roofers: Local 30", frozenset({ParticipantKind.LABOR_UNION})),
        Participant("Delaware College", frozenset({ParticipantKind.EDUCATIONAL_INSTITUTION, ParticipantKind.EMPLOYER})),
    )
    assert read_participants("\n".join(participant_lines(read))) == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Roofers", "Line 1: write the name, a colon and what kind of organization it is: employer, "),
        ("A: labor union\nB: wizard", "Line 2: “wizard” is no kind of organization; write one of: "),
        ("A: labor union\na : tribe", "“a” stands there twice."),
        (": labor union", "Line 1: write the name"),
        ("A:", "Line 1: write the name"),
        ("\n".join(f"P{n}: employer" for n in range(21)), "At most 20 participants; these are 21."),
    ],
)
def test_a_line_that_says_too_little_is_named(text, says):
    """A wrong line is refused by its number, with what can be written."""
    with pytest.raises(ValueError, match=re.escape(says)):
        read_participants(text)
