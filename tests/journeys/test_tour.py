"""Every word's answer and every form, gone to in the sample and seen in the browser; their pictures for the docs."""

from __future__ import annotations

import os

import pytest

from tests.journeys.camera import ROOM, Camera
from tests.journeys.hands import EVERYBODYS
from tests.journeys.product import Product
from tests.journeys.tour import PAGE, ROSA, TOUR, words_page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_every_word_is_answered_and_every_form_opens_where_the_page_of_words_says(own_product: Product, visit):
    """Each way of the tour leads to its answer or its form, and the browser shows it."""
    hand = Camera(visit(own_product, f"U0SAMPLE001/{EVERYBODYS}", viewport=ROOM), own_product, ROSA, EVERYBODYS)
    for stop in TOUR:
        if stop.first is not None:
            stop.first(hand)
        hand.home = stop.channel
        hand.become(stop.who)
        hand.go(stop.way)
        assert hand.opened() == (stop.name if stop.form else None), (stop, hand.told(""))
        hand.take(stop.name)
        hand.close()
        hand.home = EVERYBODYS
    if os.environ.get("ALLIANCE_PICTURES"):
        PAGE.write_text(words_page(), encoding="utf-8")
