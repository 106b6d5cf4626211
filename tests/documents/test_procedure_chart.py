"""The picture of a procedure: a PNG of a size that Slack takes, whatever is to be shown."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from documents.procedure_chart import WIDTH, Chart, Step, draw
from policy.procedure_order import Stands


def drawn(*steps):
    """Draw steps; return the picture."""
    data = draw(Chart("From proposal to signature", "Cámara de Construcción: area alliance", tuple(steps)))
    assert len(data) < 1_000_000
    image = Image.open(BytesIO(data))
    assert image.format == "PNG"
    return image


def test_the_same_is_drawn_the_same_and_a_state_shows():
    """What is drawn depends on nothing else; every state looks another way, also without colour."""
    made = [drawn(Step(1, "Evaluation", stands, "", 1)).convert("L") for stands in Stands]
    assert drawn(Step(1, "Evaluation", Stands.DONE, "", 1)).convert("L").tobytes() == made[0].tobytes()
    assert len({image.tobytes() for image in made}) == len(Stands)
    assert {image.width for image in made} == {WIDTH}


@pytest.mark.parametrize("steps", [0, 1, 7, 40])
def test_any_number_of_steps_and_any_words_fit(steps):
    """Long titles and notes are broken into lines; a word without end is cut off."""
    words = "Very long title that goes on and on " * 4 + "x" * 300
    made = drawn(*(Step(n, words, list(Stands)[n % 5], words, 1 + n // 7) for n in range(steps)))
    assert made.width == WIDTH
    assert made.height < 12_000


def test_steps_of_a_row_stand_side_by_side():
    """Two that may be done in any order take less room than two that come one after the other."""
    beside = drawn(*(Step(n, "Step", Stands.NEXT, "", 1) for n in (1, 2)))
    below = drawn(*(Step(n, "Step", Stands.NEXT, "", n) for n in (1, 2)))
    assert beside.height < below.height
