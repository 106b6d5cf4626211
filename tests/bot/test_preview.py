"""What-if at the page: the dates of a signing that nobody has made."""

from __future__ import annotations

import pytest

from models.alliances import Agreement
from models.audit import AuditEntry
from sandbox.block_limits import message_problems
from tests.bot.slack import fields_of, held, words


def test_words_with_a_date_are_answered_with_every_date(ada, rows):
    """An alliance, a day and a term: the answer counts to the last report, as text and as blocks."""
    before = len(rows(AuditEntry)), len(rows(Agreement))
    answer = ada.asks("/alliance preview NGFA 2027-03-01 5")
    text = answer["text"]
    assert "A renewal of National Grain and Feed Association" in text
    assert "signed on March 1, 2027 would run 5 years, in effect through March 1, 2032, under CSP 04-01-003" in text
    assert "Due Monday, March 1, 2032: Decide on renewal" in text
    assert "Nothing was saved." in text
    assert "meetings held" not in text
    assert message_problems(answer["blocks"]) == []
    assert len(answer["blocks"]) <= 50
    assert text.count("•") == words(answer["blocks"]).count("•") > 10
    assert (len(rows(AuditEntry)), len(rows(Agreement))) == before


def test_a_level_with_a_date_previews_a_new_alliance(ada):
    """A word for a level in place of a name."""
    text = ada.asks("/alliance preview area 2027-03-01")["text"]
    assert "A area alliance" not in text
    assert "An area alliance signed on March 1, 2027 would run 2 years" in text
    assert "Send the copy of the signed agreement to DCSP" in text


def test_without_a_date_a_small_form_asks(ada, ids):
    """The form knows the alliance; its answer stands in a window above, and closing that leads back to the form."""
    form = ada.opens("/alliance preview plaza")
    assert fields_of(form) == ["alliance", "level", "sign", "term"]
    assert held(form, "alliance") == str(ids["plaza"])
    ada.sends(sign="2027-12-10", term="3")
    shown = words(ada.modal()["blocks"])
    assert "A renewal of La Plaza" in shown
    assert "in effect through December 10, 2030" in shown


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"level": "regional", "term": "3", "sign": "2027-01-01"}, "term", "A new alliance runs 2 years"),
        ({"sign": "2027-01-01"}, "level", "Choose a level"),
        ({"level": "regional", "term": "50", "sign": "2027-01-01"}, "term", "not 50"),
    ],
)
def test_what_cannot_be_signed_is_said_at_its_field(ada, typed, field, sentence):
    """The form stays, with one sentence at the field that it is about."""
    ada.opens("/alliance preview")
    errors = ada.sends(**typed)["errors"]
    assert [*errors] == [field]
    assert sentence in errors[field]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Mid-Atlantic 2026-13-45 5", "There is no day “2026-13-45”"),
        ("plaza 2026-02-30", "There is no day “2026-02-30”"),
        ("area 3/1/2027", "is no date. Write year, month and day"),
    ],
)
def test_a_date_that_is_none_is_blamed_not_the_name(ada, typed, sentence):
    """What looks like a date and is none is named, whatever stands before and after it."""
    said = ada.asks(f"/alliance preview {typed}")["text"]
    assert sentence in said
    assert not ada.has_modal()


@pytest.mark.parametrize(
    ("term", "sentence"),
    [("1", "A renewal runs 2 to 5 years"), ("6", "not 6."), ("2.5", "A term is counted in whole years, not 2.5.")],
)
def test_a_term_that_cannot_be_is_refused_in_one_sentence(ada, term, sentence):
    """Too short, too long, or half a year over."""
    assert sentence in ada.asks(f"/alliance preview plaza 2027-12-10 {term}")["text"]


def test_a_day_before_the_latest_agreement_is_refused(ada):
    """A renewal follows what it renews."""
    assert "a renewal is signed later" in ada.asks("/alliance preview plaza 2020-01-01")["text"]
