"""One explanation for every surface: the terminal, its JSON and Slack say the same of every rule."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.answers.why import explanation
from bot.blocks import escaped
from cli import main
from cli.load_sample import load_sample
from models.offices import Office
from operations.gather_program import PROGRAM
from operations.read.duties import list_due
from operations.read.explanation import explain_owed
from operations.read.pick_duty import explain_duty, first_to_look_at
from policy.rules import RULES
from sandbox.block_limits import message_problems

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


@pytest.fixture
def sample(database, monkeypatch):
    """A session on the sample, which the commands see too."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.delenv("ALLIANCE_CLOCK_URL", raising=False)
    engine = create_engine(database)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        session.commit()
        yield session
    engine.dispose()


def one_of_each_rule(session):
    """Give a duty of each rule: the one that the terminal explains when no period is named."""
    found = {}
    for owed in list_due(session, as_of=DAY, settled=True):
        found.setdefault(owed.due.rule, []).append(owed)
    assert set(found) == set(RULES)
    for rule, duties in found.items():
        yield rule, first_to_look_at([o for o in duties if o.of.facts.name == duties[0].of.facts.name])[0]


def test_terminal_json_and_slack_give_the_same_steps_records_and_reminders(sample, capsys):
    """For each of the rules every step, its quote, every record and every reminder stands on all three."""
    for rule, owed in one_of_each_rule(sample):
        told = explain_owed(sample, owed)
        slack = explanation(told)
        name = "program" if owed.of.facts.name == PROGRAM else owed.of.facts.name
        asked = ["explain", "--alliance", name, "--rule", rule, "--as-of", DAY.isoformat()]
        assert main.run(asked) == 0
        terminal = capsys.readouterr().out
        assert main.run([*asked, "--format", "json"]) == 0
        plain = json.loads(capsys.readouterr().out)
        assert plain["id"] == str(owed.due.id)
        assert plain["why"] == [str(step) for step in told.steps]
        assert (plain["records"], plain["reminders"]) == ([*told.records], [*told.reminders])
        for number, step in enumerate(told.steps, 1):
            assert f"{number}. {step.text}\n" in terminal
            assert f"*{number}.* {escaped(step.text)}\n" in slack.text
            if step.clause is not None:
                assert f"{step.clause.name}: “{step.clause.quoted}”" in terminal
                assert f">{step.clause.name}: “{escaped(step.clause.quoted)}”" in slack.text
        for line in (*told.records, *told.reminders):
            assert f"- {line}\n" in terminal
            assert f"•  {escaped(line)}\n" in slack.text
        assert message_problems([*slack.blocks]) == []


def test_the_records_say_who_entered_them(sample):
    """Of each record that the steps name it is told who entered it, and of nothing else."""
    told = {
        (o.of.facts.name, o.due.rule, str(o.due.period)): explain_owed(sample, o).records
        for o in list_due(sample, as_of=DAY, settled=True)
    }
    assert not [line for records in told.values() for line in records if "not on record" in line]
    assert told["Georgia Struck By Alliance", "meetings", "2025-12-05/2026-12-04"] == (
        "Original agreement signed on December 5, 2006: imported by sample on November 23, 2026.",
        "Renewal signed on April 6, 2022: imported by sample on November 23, 2026.",
        "Meeting held on May 12, 2026: entered by Marta Inkwell on November 23, 2026.",
        "Meeting planned for December 2, 2026: entered by Marta Inkwell on November 23, 2026.",
    )


def test_what_is_said_next_follows_the_office_that_holds_the_duty(sample):
    """The next three reminders with their channel; a comment's go to the office asked; a permission has none."""
    told = {}
    for o in list_due(sample, as_of=DAY):
        told.setdefault((o.due.rule, o.of.detail(o.due)), explain_owed(sample, o).reminders)
    assert told["coordinator-call", None][0].endswith(
        "30 days before December 31, 2026; in the channel of Directorate of Cooperative and State Programs."
    )
    asked = told["draft-comment", "asked of Chicago Region"]
    assert len(asked) == 3
    assert all(line.endswith("in the channel of Chicago Region.") for line in asked)
    assert told["ambassador-eligible", None] == ()


def test_what_is_late_climbs_by_position_and_name(sample):
    """Who hears of it besides the office stands there with position and office; no sentence has an office's code."""
    asked = {"name": "Georgia Struck By Alliance", "rule": "evaluation", "period": "2025-12-05/2026-12-04"}
    late = explain_owed(sample, explain_duty(sample, **asked, as_of=date(2026, 12, 8)).owed).reminders
    where = "in the channel of Atlanta East Area Office"
    assert [line.rpartition("; ")[2] for line in late] == [
        f"{where} and to the Regional Alliance Program Coordinator of Atlanta Region.",
        f"{where} and in the channel of OSHA National Office.",
        f"{where} and in the channel of OSHA National Office.",
    ]
    everything = [explain_owed(sample, o) for o in list_due(sample, as_of=DAY)]
    sentences = " ".join(words for told in everything for words in (*told.reminders, *(s.text for s in told.steps)))
    codes = sample.scalars(select(Office.code).where(Office.code.like("REG-%") | (Office.kind == "area")))
    assert [code for code in codes if code in sentences] == []
