"""The papers that are put before officials and the forms in which they are typed agree."""

from __future__ import annotations

import pytest

from bot.form_types import FormModel
from bot.forms import FORMS
from policy.agreement_draft import FIELDS
from policy.papers import PROPOSED, RECOMMENDED, REVIEWED


@pytest.mark.parametrize(
    ("form", "paper"),
    [
        ("propose", PROPOSED),
        ("revise_proposal", PROPOSED),
        ("draft_agreement", FIELDS),
        ("decide_renewal", RECOMMENDED),
        ("ask_approval", REVIEWED),
    ],
)
def test_a_paper_has_the_order_and_the_labels_of_its_form(form, paper):
    """Every field of a paper stands in its form, in the same order and under the same label."""
    model: type[FormModel] = FORMS[form].model
    asked = {name: info.title for name, info in model.model_fields.items() if name in paper}
    assert list(asked.items()) == list(paper.items())
