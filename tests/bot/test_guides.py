"""The guides for staff say what the product has: words, buttons, pictures."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from bot.forms import FORMS
from bot.words import BY_WORD, WORDS
from tests.journeys.tour import PAGE, TOUR, words_page

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
#: A picture of a guide is read on slow lines, too.
MOST_BYTES = 100_000
#: The pictures of the page of words together.
ALL_WORDS_BYTES = 3_000_000
WORD = re.compile(r"`/alliance ([a-z]+)")
LINK = re.compile(r"\]\(([^)#]+)")
#: What is set in italics is a button, a choice or a mark.
PRESSED = re.compile(r"(?<![*\w])\*([^\s*][^*\n]*)\*(?!\*)")


def test_every_word_of_the_product_stands_in_a_guide():
    """Somebody who reads the guides meets each word, and none that does not exist."""
    named = set(chain.from_iterable(WORD.findall(guide.read_text()) for guide in GUIDES))
    assert named == {word.word for word in WORDS} == set(BY_WORD)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_links_and_pictures_of_a_guide_are_there(guide):
    """Each link leads to a file, and each picture is small."""
    for link in LINK.findall(guide.read_text()):
        target = (guide.parent / link).resolve()
        assert target.is_file(), link
        assert target.suffix != ".png" or target.stat().st_size <= MOST_BYTES, link


def test_every_picture_of_the_guides_is_shown():
    """No picture is left that no guide shows."""
    text = "".join(guide.read_text() for guide in GUIDES)
    assert [one.name for one in (ROOT / "docs" / "images").glob("guide-*.png") if one.name not in text] == []


def test_every_word_and_form_has_its_way_and_its_picture():
    """A new word or form is gone to by the journey that makes the page of words, and the page shows it."""
    assert {stop.word for stop in TOUR if len(stop.way) == 1} == set(BY_WORD) | {""}
    assert {stop.name for stop in TOUR if stop.form} == set(FORMS)
    pictures = {path.stem: path.stat().st_size for path in (ROOT / "docs" / "images" / "words").glob("*.png")}
    assert set(pictures) == {stop.name for stop in TOUR}
    assert max(pictures.values()) <= MOST_BYTES
    assert sum(pictures.values()) <= ALL_WORDS_BYTES
    assert PAGE.read_text() == words_page(), "ALLIANCE_PICTURES=1 ./test tests/journeys/test_tour.py writes it anew"


def test_what_the_guides_press_is_on_a_button():
    """Each label in italics is written in the code that shows it."""
    code = "".join(path.read_text() for room in ("bot", "policy") for path in (ROOT / room).rglob("*.py"))
    pressed = {label for guide in GUIDES for label in PRESSED.findall(guide.read_text())}
    assert len(pressed) > len(GUIDES)
    assert sorted(label for label in pressed if label not in code) == []
