"""What can be typed after /alliance, at the page of the local Slack, with the real app behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import why
from bot.blocks import escaped, plain, safe
from bot.commands import described
from bot.values import Page, Run
from sandbox.block_limits import message_problems
from tests.bot.conftest import ELSEWHERE
from tests.bot.slack import Person, fields_of, found, held, words


@pytest.mark.parametrize("word", [word["word"] for word in described()[0]["words"]])
def test_every_word_offered_is_answered(ada, word):
    """Each word that the composer offers opens a form, or is answered within Slack's limits."""
    ada.types(f"/alliance {word}")
    if not ada.has_modal():
        answer = ada.reads()
        assert answer["text"]
        assert message_problems(answer["blocks"]) == []


def test_no_word_opens_the_menu_with_my_duties(ada):
    """The menu has a button for each frequent word, and says in short what I owe."""
    menu = ada.asks("/alliance")
    assert "*Due for me and my offices:* 4 open duties" in menu["text"]
    assert "and 1 more: /alliance due" in menu["text"]
    assert "Evaluate the alliance" in menu["text"]
    ada.presses(menu, "run:meeting")
    assert ada.modal()["callback_id"] == "record_meeting"


def test_own_commands_do_the_same(ada):
    """The frequent words are commands of their own."""
    assert ada.opens("/alliance-meeting plaza")["callback_id"] == "record_meeting"
    ada.closes()
    assert "La Plaza" in ada.asks("/alliance-due plaza")["text"]


def test_an_unknown_word_gets_the_nearest_and_keeps_what_followed(ada):
    """A mistyped word is offered as it was meant, and the button does it."""
    answer = ada.asks("/alliance metting plaza")
    assert "meeting plaza" in answer["text"]
    ada.presses(answer, "run:meeting:0")
    assert held(ada.modal(), "alliance") is not None


def test_a_word_like_no_alliance_is_not_offered_as_a_name(ada):
    """What is neither a word nor a name leads to the nearest word and to the help, not to a search in vain."""
    answer = ada.asks("/alliance wat")
    assert "due" in answer["text"]
    assert "show" not in answer["text"]


def test_a_name_in_place_of_a_word_is_taken_for_a_name(ada):
    """Who types only a name is offered to see that alliance."""
    answer = ada.asks("/alliance NGFA")
    ada.presses(answer, "run:show:0")
    assert "National Grain and Feed Association" in ada.reads()["text"]


def test_two_matches_are_a_choice(rita, ids):
    """Where several alliances match, each gets a button; it opens the form with that one chosen."""
    answer = rita.asks("/alliance meeting roofing")
    assert "Which one" in answer["text"]
    chosen = [
        Run.model_validate_json(element["value"]).alliance for _, element in found(answer["blocks"], "run:meeting")
    ]
    rita.presses(answer, "run:meeting", chosen.index(ids["roofing"]))
    assert held(rita.modal(), "alliance") == str(ids["roofing"])


def test_no_match_offers_the_closest_names(ada):
    """A name that matches nothing is answered with the names most like it."""
    answer = ada.asks("/alliance show plaza bananas")
    assert "No alliance is called “plaza bananas”. Closest: La Plaza Alliance" in answer["text"]
    ada.presses(answer, "run:show:0")
    assert "*State:*" in ada.reads()["text"]


def test_what_is_like_no_name_leads_to_the_list(ada):
    """Names with hardly any likeness are no help: the list is."""
    answer = ada.asks("/alliance show xyzzy")
    assert "No alliance is called “xyzzy”, nor anything like it. /alliance list shows all." in answer["text"]
    ada.presses(answer, "run:list")
    assert "4 alliances" in ada.reads()["text"]


def test_help_gives_examples_of_my_own(ada, stranger):
    """Who has an alliance can type the examples as they stand."""
    text = ada.asks("/alliance help")["text"]
    assert "`/alliance report La Plaza Alliance`" in text
    assert "`/alliance why La Plaza Alliance report`" in text
    assert "`/alliance report NGFA`" in stranger.asks("/alliance help")["text"]


def test_why_names_the_rules_where_the_rest_is_none(ada):
    """A known alliance with an unknown rest is not an unknown alliance."""
    answer = ada.asks("/alliance why plaza bananas")["text"]
    assert "There is no rule “bananas”; the rules are" in answer
    assert "annual-report" in answer


def test_the_exact_name_is_never_a_choice(ada, rows, sample_engine):
    """A name that is the beginning of another one opens its own alliance."""
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from models.offices import Office  # noqa: PLC0415
    from tests.operations.conftest import Portfolio  # noqa: PLC0415

    with Session(sample_engine) as session:
        area = session.query(Office).filter_by(code="0317300").one()
        Portfolio(session).alliance("La Plaza Alliance of Dover", area)
        session.commit()
    assert "*Signatories:* La Plaza, Local Builders" in ada.asks("/alliance show la plaza alliance")["text"]


def test_due_lists_mine_by_default(ada):
    """My offices' duties come first, grouped, each with its clause and buttons."""
    answer = ada.asks("/alliance due")
    text = words(answer["blocks"])
    assert "Philadelphia" not in text
    assert text.index("In the next 30 days") < text.index("Later")
    assert "Due Wednesday, December 9, 2026. *Due in 16 days.*" in text
    assert "CSP 04-01-002 IX.C.1, IX.C.2" in text
    assert len(found(answer["blocks"], "why:obligation")) == 4


def test_due_tells_targets_from_deadlines_and_marks_advice(ada):
    """A date with basis office is a target, past but never overdue; advice is called so."""
    text = ada.asks("/alliance due all")["text"]
    assert "Target Saturday, October 31, 2026 (last working day before it: Friday, October 30, 2026)" in text
    assert "past its target by 23 days" in text
    assert "due in 16 days, advisory" in text


def test_due_turns_pages_in_place(ada):
    """A long list has pages; turning one replaces the list."""
    first = ada.asks("/alliance due all")
    assert "Page 1 of 2" in words(first["blocks"])
    ada.presses(first, "page:next")
    second = ada.reads("update")
    assert second["ts"] == first["ts"]
    assert "Page 2 of 2" in words(second["blocks"])


def test_due_of_an_office_and_of_an_alliance(ada):
    """Words after `due` name an office or an alliance; where it may be several, buttons ask."""
    assert ada.asks("/alliance due wilmington")["text"].startswith("Due: Wilmington Area Office")
    assert ada.asks("/alliance due NGFA")["text"].startswith("Due: National Grain")
    both = ada.asks("/alliance due philadelphia")
    assert "may mean several" in both["text"]
    ada.presses(both, "run:due", 0)
    assert "Due: Philadelphia Regional Office" in ada.reads()["text"]
    assert "Neither an office nor an alliance" in ada.asks("/alliance due qqqqq")["text"]


def test_list_filters_by_office_and_by_words(ada):
    """The list shows state and what comes next, of all, of an office or of a name."""
    assert "4 alliances" in ada.asks("/alliance list")["text"]
    assert "2 alliances" in ada.asks("/alliance list wilmington")["text"]
    answer = ada.asks("/alliance list grain")
    assert "active, term to August 30, 2028" in answer["text"]
    ada.presses(answer, "run:show")
    assert "*Level:* national" in ada.reads()["text"]
    assert "No alliance matches" in ada.asks("/alliance list qqqqq")["text"]


def test_show_is_a_card(ada):
    """The card has terms, duties and records, and buttons for what comes next."""
    card = ada.asks("/alliance show plaza")
    assert "Original agreement signed December 10, 2025, in effect to December 10, 2027 (2 years)" in card["text"]
    ada.presses(card, "run:record")
    assert ada.modal()["callback_id"] == "record_activity"


def test_why_quotes_the_clauses(ada):
    """The explanation goes step by step, quotes each clause and names the reading."""
    text = ada.asks("/alliance why plaza evaluation")["text"]
    assert "*1.* The original agreement was signed on December 10, 2025." in text
    assert ">CSP 04-01-002 IX.C.2: “Discuss the evaluation with the alliance participants.”" in text
    assert "Reading A02" in text


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("report", ("annual-report",)),
        ("posting report", ("report-posting",)),
        ("report handoff", ("report-handoff",)),
        ("meeting", ("meetings",)),
        ("first meeting", ("first-meeting",)),
        ("notice", ("termination-notice", "activity-notice")),
        ("termination notice", ("termination-notice",)),
        ("", ()),
    ],
)
def test_the_words_after_a_name_say_which_duty(words, rules):
    """A word that several rules share means the one that people call so, or each of them."""
    assert why._split(f"NGFA {words}") == ("NGFA", rules)


def test_why_asks_which_of_several_duties(ada):
    """Without a rule the duties are a choice; the button explains in a window."""
    answer = ada.asks("/alliance why NGFA")
    assert "which duty do you mean?" in answer["text"]
    ada.presses(answer, "why:obligation", 2)
    window = ada.modal()
    assert window["callback_id"] == "answer"
    assert "Submit the annual report" in words(window["blocks"])


def test_a_rule_that_was_never_due(ada):
    """A rule of which nothing is known is answered in words."""
    assert "nothing is due or was due" in ada.asks("/alliance why plaza renewal")["text"]


def test_a_word_without_an_alliance_lets_choose_in_the_form(ada, ids):
    """The alliance is searched in the form; my own stand first, and the rest of the form follows the choice."""
    form = ada.opens("/alliance evaluate")
    assert fields_of(form) == ["alliance"]
    assert ada.searches("alliance", "")[0] == "La Plaza Alliance"
    assert ada.searches("alliance", "NGFA") == ["National Grain and Feed Association"]


def test_answers_reach_a_channel_without_the_app(slack, sample_engine):
    """A command is answered also where the app is no member."""
    person = Person(slack, "UADA", ELSEWHERE)
    assert "La Plaza" in person.asks("/alliance due")["text"]


def test_no_alliance_at_all(slack, database, world):
    """On an empty database every word is still answered."""
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.orm import sessionmaker  # noqa: PLC0415

    engine = create_engine(database)
    world.make = sessionmaker(engine)
    person = Person(slack, "USTRANGER", "C0AREA")
    assert "no alliances on record" in person.asks("/alliance show anything")["text"]
    assert "Nothing is due" in person.asks("/alliance due")["text"]
    assert "You hold no position" in person.asks("/alliance")["text"]
    engine.dispose()


def test_commands_described_fit_slack():
    """The descriptions for manifest and composer are within Slack's limits, and name only words that work."""
    commands = described()
    assert [c["command"] for c in commands][:2] == ["/alliance", "/alliance-record"]
    assert all(0 < len(c["description"]) <= 2000 and len(c["usage_hint"]) <= 1000 for c in commands)
    assert len(commands[0]["words"]) == 37


def test_page_values_stay_within_a_button():
    """The longest words that are read still fit into a button's value."""
    assert len(Page(list="alliances", scope="words", key='"' * 500, page=99).model_dump_json()) <= 2000
    assert len(Run(word="evaluate", words='"' * 500).model_dump_json()) <= 2000


def test_no_line_of_typed_text_becomes_a_quote():
    """Slack makes a quote of a line that begins with an escaped sign, too; elsewhere nothing has to be added."""
    assert safe("> 5 members") == "\u200b&gt; 5 members"
    assert escaped("one\n>>> two\n  > three") == "one\n\u200b&gt;&gt;&gt; two\n  \u200b&gt; three"
    assert safe("a > b") == "a &gt; b"


@given(st.text("a >*_~\n\u202e&<", max_size=12))
def test_typed_text_stands_as_it_was_typed(typed):
    """Whatever is typed: without the spaces of no width it is read as before, and no line of it is a quote."""
    said = escaped(typed)
    for sign, wire in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        said = said.replace(wire, sign)
    assert said.replace("\u200b", "") == typed.replace("\u202e", "")
    assert not any(line.lstrip().startswith("&gt;") for line in escaped(typed).splitlines())


def test_typed_text_neither_turns_nor_marks_the_words_around_it(ada):
    """What turns the direction of writing is left out; marks stand as typed, also in names and addresses."""
    assert safe("abc \u202edef\u2066") == "abc def"
    assert plain("a\u202eb")["text"] == "ab"
    said = safe("*bold* (_it_) ~no~ `code` snake_case 5 * 3 https://a.gov/_x_")
    typed = "*bold* (_it_) ~no~ \u02cbcode\u02cb snake_case 5 * 3 https://a.gov/_x_"
    assert said.replace("\u200b", "") == typed
    assert all(
        marked in said for marked in ("*\u200bbold\u200b*", "_\u200bit\u200b_", " snake_case 5 * 3 https://a.gov/_x_")
    )
    assert "\u202e" not in str(ada.asks("/alliance due \u202eevil"))


@pytest.mark.parametrize("typed", ["show 😀", "due !!!", "list 😀"])
def test_a_word_without_letters_means_no_alliance(ada, typed):
    """Signs alone are no part of any name."""
    answer = str(ada.asks(f"/alliance {typed}"))
    assert "No alliance" in answer or "Neither an office nor an alliance" in answer
