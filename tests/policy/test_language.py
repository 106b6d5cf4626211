"""The check for language of endorsement and preferential treatment points at words; a person decides."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policy.language import PHRASES, find_marks, find_negated, load
from policy.strict_yaml import RefusedFileError

HERE = Path(__file__).parent
BAD = yaml.safe_load((HERE / "language" / "bad.yaml").read_text(encoding="utf-8"))
HARMLESS = yaml.safe_load((HERE / "language" / "harmless.yaml").read_text(encoding="utf-8"))
MISSES = yaml.safe_load((HERE / "language" / "known_misses.yaml").read_text(encoding="utf-8"))
WORDS = sorted({word for sentences in BAD.values() for sentence in sentences for word in sentence.split()})

MARKED = "{phrase: OSHA ... endors*, why: It says so., clause: FAQ F-3, source: FAQ F-3}"


@pytest.mark.parametrize(("clause", "sentence"), [(c, s) for c, sentences in BAD.items() for s in sentences])
def test_a_bad_sentence_is_marked_under_its_clause(clause, sentence):
    """Each bad sentence gets a mark of its clause, with the words as they stand and a reason."""
    marks = find_marks(sentence)
    assert clause in [mark.clause.name for mark in marks]
    for mark in marks:
        assert sentence[mark.start : mark.end] == mark.words
        assert mark.why


@pytest.mark.parametrize("sentence", HARMLESS)
def test_a_harmless_sentence_is_not_marked(sentence):
    """Disclaimers and the plain business of an alliance pass."""
    assert find_marks(sentence) == ()


@pytest.mark.parametrize("sentence", MISSES)
def test_what_only_a_person_sees_is_not_marked(sentence):
    """The limits are on record: an empty answer is no clearance, so a person reads every text."""
    assert find_marks(sentence) == ()


@pytest.mark.parametrize("name", ["csp-04-01-002.txt", "alliance-faq.txt"])
def test_the_texts_themselves_are_harmless(name):
    """The directive and the FAQ speak of endorsement and preference only to forbid them."""
    assert find_marks((HERE / "sources" / name).read_text(encoding="utf-8")) == ()


def test_there_are_enough_sentences():
    """The bad set is large, and each kind of mark has sentences of its own."""
    assert sum(len(sentences) for sentences in BAD.values()) >= 40
    assert all(BAD.values())
    assert PHRASES.count >= 40


def test_a_bad_sentence_is_found_in_a_long_text():
    """A mark points into the whole text, also among pages of harmless words."""
    pages = (HERE / "sources" / "alliance-faq.txt").read_text(encoding="utf-8")
    text = f"{pages}\n\nOSHA endorses our gloves.\n\n{pages}"
    (mark,) = find_marks(text)
    assert text[mark.start : mark.end] == mark.words == "OSHA endorses"


def test_a_negation_holds_for_its_part_of_the_sentence_only():
    """What a negation takes back is not marked; what stands after the next comma or "and" is."""
    assert find_marks("We do not claim that OSHA endorses us.") == ()
    assert find_marks("We are not a union, and OSHA endorses us.")
    assert find_marks("We do not charge and OSHA endorses us.")
    assert find_marks("We do not charge. OSHA endorses us.")


@pytest.mark.parametrize(
    "sentence",
    [
        "This agreement does not limit the preferential treatment that members receive.",
        "Nothing limits the preferential treatment of members.",
        "The parties will never end the preferential treatment of members.",
        "OSHA does not hesitate to endorse our gloves.",
        "Benefits include, but are not limited to preferential treatment.",
        "OSHA will not withdraw its endorsement of our gloves.",
    ],
)
def test_only_a_negation_of_its_own_verb_takes_a_phrase_back(sentence):
    """What is not limited, ended or withdrawn goes on."""
    assert find_marks(sentence)
    assert find_negated(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("OSHA does not endorse our gloves.", "OSHA does not endorse"),
        ("The parties receive no preferential treatment.", "preferential treatment"),
        ("No member will receive preferential treatment.", "preferential treatment"),
        ("We do not claim that OSHA endorses us.", "OSHA endorses"),
    ],
)
def test_what_is_negated_is_shown_to_look_at(sentence, words):
    """It is no mark, and it is not hidden."""
    assert find_marks(sentence) == ()
    assert [mark.words for mark in find_negated(sentence)] == [words]


def test_a_line_break_hides_nothing():
    """Wrapped lines are one sentence; a blank line, a bullet or a table cell ends it."""
    assert find_marks("Our gloves are endorsed\nby OSHA.")
    assert find_marks("Our gloves are endorsed\n\nby OSHA.") == ()
    assert find_marks("• endorsed • by OSHA") == ()


def test_no_mark_lies_within_another():
    """Of two phrases on the same words the longer is shown."""
    (mark,) = find_marks("The Alliance logo shows that the agency endorses us.")
    assert mark.words == "logo shows that the agency endorses"


@given(st.text() | st.lists(st.sampled_from([*WORDS, "not", ",", ".", "\n\n", "-", "\u2019"])).map(" ".join))
def test_never_raises_and_spans_lie_in_the_text(text):
    """Whatever the text, the marks are in order, lie inside it and cite a clause."""
    marks = find_marks(text)
    assert list(marks) == sorted(marks, key=lambda m: m.start)
    for mark in marks:
        assert 0 <= mark.start < mark.end <= len(text)
        assert text[mark.start : mark.end] == mark.words
        assert mark.clause.quote
    for earlier, later in pairwise(marks):
        assert earlier.end < later.end


@pytest.mark.parametrize(
    "unit",
    [
        "endorsed by by by ",
        "not ",
        "OSHA ",
        "- ",
        "\n",
        "'\u2019",
        "exempt from inspection ",
        ". ",
        "priority ",
        " ",
        "a",
    ],
)
def test_time_grows_with_the_length_alone(unit):
    """Text made to provoke a search without end is read in a time that grows with its length."""
    short, long = unit * 800, unit * 8_000

    def seconds(text):
        # Of this thread alone: what else the machine is doing is no property of the search.
        begun = time.thread_time()
        find_marks(text)
        return time.thread_time() - begun

    took = min(seconds(short) for _ in range(3))
    assert seconds(long) < 40 * max(took, 0.005)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (", source: FAQ F-3", "", "line 2: the field “source” is missing."),
        (", why: It says so.", "", "line 2: the field “why” is missing."),
        ("clause: FAQ F-3", "clause: FAQ F-33", "line 2: there is no clause “FAQ F-33”"),
        ("OSHA ... endors*", "... endors*", "line 2: a phrase begins with a word."),
        ("why:", "reason:", "line 2: unknown field “reason”"),
    ],
)
def test_a_slip_in_the_phrases_is_refused(tmp_path, old, new, sentence):
    """A phrase without reason, source or known clause is refused with its place."""
    path = tmp_path / "phrases.yaml"
    path.write_text(f"marked:\n  - {MARKED.replace(old, new, 1)}\n", encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(f"phrases.yaml, {sentence}")):
        load(path)


def test_an_office_may_read_another_list(tmp_path):
    """A list of one's own is used when it is given."""
    path = tmp_path / "phrases.yaml"
    path.write_text(
        f"marked:\n  - {MARKED}\nharmless:\n  - {{phrase: OSHA now endorses, source: a}}\n", encoding="utf-8"
    )
    phrases = load(path)
    assert [mark.words for mark in find_marks("OSHA endorses. OSHA now endorses.", phrases)] == ["OSHA endorses"]
