"""A duty has one date: on every surface the one that the rules computed, for every rule of the sample."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from bot.answers.due import due_page
from bot.answers.listing import alliances_page
from bot.answers.show import show
from bot.answers.why import why_duty
from bot.asked import Asked
from bot.duty_words import due_words, row_of_owed
from bot.find_duty import find_duty
from bot.form_types import Opening
from bot.forms import FORMS
from bot.messages import duty_blocks
from bot.print_home import work_list
from bot.values import Page
from cli.load_sample import load_sample
from models.duties import Notice, Obligation
from models.offices import Office, Person, Position
from operations.read.alliances import list_alliances
from operations.read.duties import list_due, list_forecast
from operations.read.home import read_home
from operations.read.message import show_obligation
from operations.read.pick_duty import explain_duty
from operations.remind.check_rules import check_rules
from policy.duties import Modality
from policy.explain import as_json
from policy.rules import RULES
from policy.words import day

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MOST_PAGES = 12


@pytest.fixture
def records(session):
    """The sample, checked on its first day."""
    load_sample(session, now=NOW)
    check_rules(session, now=NOW)
    return session


@pytest.fixture
def person(records):
    """Gives what somebody of an office asks."""
    sessions = sessionmaker(records.connection(), join_transaction_mode="create_savepoint")

    def of(office_id: int) -> Asked:
        # DCSP, which runs the program, has its people at the National Office.
        offices = (office_id, records.get(Office, office_id).parent_id)
        works_there = select(Person).join(Position, Position.person_id == Person.id)
        chosen = works_there.where(Position.office_id.in_(offices)).order_by(Position.office_id != office_id, Person.id)
        found = records.scalars(chosen).first()
        return Asked(sessions, NOW, found.slack_id, found.name)

    return of


def pages(one):
    """Give all pages of a list, as text: a page past the end is the last one."""
    shown = [str(one(1))]
    while len(shown) < MOST_PAGES and (following := str(one(len(shown) + 1))) != shown[-1]:
        shown.append(following)
    return "".join(shown)


def lists_of(records, asked, code):
    """Give the lists of duties that somebody of an office sees."""
    return {
        "due": pages(lambda n: due_page(asked, Page(list="due", scope="office", key=code, page=n)).blocks),
        "page to print": str(work_list(read_home(records, asked.user_id, now=NOW))),
    }


def one_of_each_rule(records):
    """Give an unsettled duty of each rule: one that falls on no working day where there is such a one."""
    found = {}
    for owed in list_due(records, as_of=NOW):
        if owed.due.rule not in found or owed.due.working_day != owed.due.due_on:
            found[owed.due.rule] = owed
    assert set(found) == set(RULES)
    return found.values()


def test_what_is_on_record_is_what_is_computed(records):
    """The obligation, its reminder and its forecast carry the computed dates, settled ones included."""
    owed = list_due(records, as_of=NOW, settled=True)
    assert len(owed) > 100
    last = max(o.due.due_on for o in owed)
    ahead = {o.due.id: o.due for o in list_forecast(records, first=TODAY, last=last)}
    on_record = {row.id: row for row in records.scalars(select(Obligation))}
    assert set(on_record) == {o.due.id for o in owed}
    for o in owed:
        due, row = o.due, on_record[o.due.id]
        shown = show_obligation(records, due.id, now=NOW)
        dates = (due.due_on, due.working_day, due.basis, due.status)
        assert (shown.due_on, shown.working_day, shown.basis, shown.status) == dates
        assert (row.due_on, row.opens_on, row.edition) == (due.due_on, due.opens_on, due.edition)
        if due.status.unsettled and due.due_on >= TODAY and due.modality is not Modality.PERMISSION:
            assert (ahead[due.id].due_on, ahead[due.id].working_day) == (due.due_on, due.working_day)


def test_a_stage_is_counted_from_the_computed_date(records):
    """Each reminder that is planned names the days to the date that the rules computed."""
    owed = {o.due.id: o.due for o in list_due(records, as_of=NOW)}
    planned = records.scalars(select(Notice).where(Notice.stage.startswith("before:"))).all()
    assert planned
    for notice in planned:
        ahead = (owed[notice.obligation_id].due_on - notice.day).days
        # It may go out some days before its own day, never after: weekends and holidays.
        assert 0 <= ahead - int(notice.stage.removeprefix("before:")) <= 4


def test_every_surface_words_the_same_date(records, person):
    """Reminder, list, card, page to print, explanation, form and command: each says the date in the same words."""
    first_of = {line.id: line.next_due for line in list_alliances(records, now=NOW)}
    lists: dict[int, dict[str, str]] = {}
    for o in one_of_each_rule(records):
        due, facts, asked = o.due, o.of.facts, person(o.of.office_id)
        words = due_words(row_of_owed(o))
        assert day(due.due_on) in words
        found = find_duty(records, due.id, now=NOW)
        opening = Opening(records, asked.actor(records), NOW, {}, None, found)
        if o.of.office_id not in lists:
            code = records.get(Office, o.of.office_id).code
            lists[o.of.office_id] = lists_of(records, asked, code)
        surfaces = {
            "reminder": duty_blocks(show_obligation(records, due.id, now=NOW)),
            "form": FORMS["pass_on"].open(opening).intro,
            "why": why_duty(asked, due.id),
            **lists[o.of.office_id],
        }
        if o.of.alliance_id is not None:
            surfaces["show"] = show(asked, "", o.of.alliance_id).text
            if first_of[o.of.alliance_id].id == due.id:
                surfaces["list"] = alliances_page(asked, Page(list="alliances", scope="words", key=facts.name)).blocks
        assert {name for name, shown in surfaces.items() if words not in str(shown)} == set(), due.rule
        explained = explain_duty(
            records,
            name="program" if o.of.alliance_id is None else facts.name,
            rule=due.rule,
            period=str(due.period) if due.period else None,
            about=o.of.detail(due),
            as_of=TODAY,
        ).owed.due
        assert explained.id == due.id
        answer = as_json(facts, explained)
        assert answer["due_on"] in {due.due_on.isoformat(), None}
        assert day(due.due_on) in " ".join(answer["why"])
