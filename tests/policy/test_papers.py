"""A paper in preparation as a person reads it, whatever order its fields were kept in."""

from __future__ import annotations

from policy.agreement_draft import FIELDS
from policy.drafts import Change
from policy.papers import paper_changes, paper_title, paper_words
from tests.policy.test_proposal import ROOFERS

OFFICES = {"0317300": "Wilmington Area Office", "0336000": "Harrisburg Area Office"}


def shuffled(content):
    """Return content as the database gives it back: by the length of the names."""
    return {name: content[name] for name in sorted(content, key=lambda name: (len(name), name))}


def test_a_proposal_is_told_in_the_order_and_the_words_of_its_form():
    """Offices by name, the level by its label, days as words; an unknown field and an unknown office are not lost."""
    content = shuffled(ROOFERS.content() | {"offices": ["0317300", "0336000", "XX"], "old_field": "Kept"})
    told = paper_words("proposal", content, OFFICES)
    assert list(told)[:3] == ["Level", "Office that leads", "Further OSHA offices"]
    assert list(told)[-3:] == ["Draft work plan of the first year", "Milestones", "Old field"]
    assert told["Level"] == "Area: signed by Area Directors"
    assert told["Office that leads"] == "Wilmington Area Office"
    assert told["Further OSHA offices"] == ["Harrisburg Area Office", "XX"]
    assert told["Milestones"] == ["March 15, 2027; Ada Coordinator; Poster; in Spanish"]


def test_what_is_recommended_is_told_in_words():
    """Days and the choice read as in the form."""
    kept = {"reasons": "Late", "extended_until": "2027-05-31", "recommendation": "conditional extension"}
    assert paper_words("renewal:3", kept, {}) == {
        "Recommendation": "Conditional extension",
        "Reasons": "Late",
        "Last day of the extension": "May 31, 2027",
    }


def test_what_changed_follows_the_form():
    """A new lead office is told by name, what is gone stands where the form has it."""
    before = shuffled(ROOFERS.content() | {"background": "Long ago"})
    after = shuffled(ROOFERS.content() | {"offices": ["0336000", "0317300"], "work_plan": "Three courses."})
    assert paper_changes("proposal", before, after, OFFICES) == (
        Change("Office that leads", "Wilmington Area Office", "Harrisburg Area Office"),
        Change("Further OSHA offices", None, ["Wilmington Area Office"]),
        Change("Background", "Long ago", None),
        Change("Draft work plan of the first year", "Two courses.", "Three courses."),
    )


def test_a_signed_draft_keeps_its_words():
    """The draft of an agreement is called the same once the agreement bears its number; a product has its own."""
    assert list(paper_words("agreement:7", shuffled(dict.fromkeys(FIELDS, "x")), {})) == list(FIELDS.values())
    assert paper_title("product:3", "document") == paper_title("activity:3", "document") == "Where the document is"


def test_what_has_no_words_is_told_as_it_stands():
    """A level, a day or a recommendation that nobody knows any more."""
    content = {"level": "county", "milestones": ["soon; Ada; Poster"], "offices": "0317300"}
    told = paper_words("proposal", content, OFFICES)
    assert told == {"Level": "county", "Milestones": ["soon; Ada; Poster"], "Offices": "0317300"}
    assert paper_words("renewal:3", {"recommendation": "wait"}, {}) == {"Recommendation": "wait"}
