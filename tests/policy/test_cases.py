"""Run the cases of `cases/*.yaml`, which the directive's owner can read, write and sign.

A case gives the records of one alliance (or, with `calls`, of the program) and a day, and lists every duty that the
named rules then show. A permission has `due_on: null`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policy import facts as f
from policy.check import check, check_program, forecast, forecast_program
from policy.dates import state_on
from policy.duties import Due, Modality, Status
from policy.explain import as_json
from policy.meeting_numbers import MeetingNumber, read_number
from policy.rules import RULES
from policy.strict_yaml import Entry, RefusedFileError, items

CASES = Path(__file__).parent / "cases"

CASE = frozenset({"name", "today", "signed", "due"})
CASE_MORE = frozenset(
    {
        "level",
        "renewed",
        "initial_term",
        "tracked_from",
        "meetings",
        "planned",
        "reports",
        "evaluations",
        "decisions",
        "notices",
        "ended",
        "waived",
        "anchored_on",
        "meetings_required",
        "meetings_mandatory",
        "lapse_after_days",
        "offices",
        "work_plans",
        "milestones",
        "done",
        "comment_requests",
        "activities",
        "signatories",
        "ambassador_option",
        "fiscal_year_checklist",
        "regime_from",
        "calls",
        "closures",
        "rules",
        "state",
        "forecast_to",
    }
)
DUE = frozenset({"rule", "status"})
DUE_MORE = frozenset(
    {
        "due_on",
        "period",
        "subject",
        "opens_on",
        "working_day",
        "basis",
        "modality",
        "edition",
        "clauses",
        "carried_over",
        "owner",
        "required",
        "held",
        "settled_on",
        "reason",
        "scheduled",
        "needed",
        "pace_on",
        "next_by",
        "at_risk",
        "so_far",
        "alliance",
        "level",
        "offices",
        "why",
        "why_not",
    }
)
#: Words that the derivation holds, and words that it does not.
WORDS = frozenset({"why", "why_not"})


@dataclass(frozen=True)
class Case:
    """One case: records, a day, and the duties that must come out."""

    facts: f.Facts | f.ProgramFacts
    today: date
    rules: tuple[str, ...]
    closures: frozenset[date]
    state: str | None
    forecast_to: date | None
    due: tuple[dict[str, Any], ...]


def read_case(entry: Entry) -> Case:
    """Turn the words of a case into facts; an unknown word is refused with file and line."""
    entry.expect(CASE - {"due", "signed"}, CASE_MORE | {"due", "signed"})
    given = entry.values
    rules = tuple(given.get("rules", RULES))
    for rule in rules:
        if rule not in RULES:
            raise entry.refuse(f"there is no rule “{rule}”.", "rules")
    facts = _program(entry) if "calls" in given else _alliance(entry)
    expected = []
    for due in entry.children("due"):
        due.expect(DUE, DUE_MORE)
        expected.append(dict(due.values))
    return Case(
        facts=facts,
        today=given["today"],
        rules=rules,
        closures=frozenset(given.get("closures", [])),
        state=given.get("state"),
        forecast_to=given.get("forecast_to"),
        due=tuple(expected),
    )


def _program(entry: Entry) -> f.ProgramFacts:
    """Read the records of the whole program: a case with `calls`."""
    given = entry.values
    return f.ProgramFacts(given["name"], given["tracked_from"], tuple(given["calls"]), _waivers(entry, "program"))


def _alliance(entry: Entry) -> f.Facts:
    """Read the records of one alliance."""
    given = entry.values
    return f.Facts(
        id=1,
        name=given["name"],
        level=f.Level(given.get("level", "area")),
        offices=tuple(given.get("offices", ["0418800"])),
        tracked_from=given.get("tracked_from", given.get("signed", date(2000, 1, 1))),
        agreements=_agreements(entry),
        meetings=tuple(
            f.Meeting(n, on, held)
            for n, (on, held) in enumerate(
                [(on, True) for on in given.get("meetings", [])] + [(on, False) for on in given.get("planned", [])]
            )
        ),
        reports=tuple(
            f.AnnualReport(n, r["period_end"], r.get("handed_over"), r.get("submitted"), r.get("posted"))
            for n, r in _records(entry, "reports", "period_end", "handed_over", "submitted", "posted")
        ),
        evaluations=tuple(
            f.Evaluation(n, e["period_end"], e["evaluated"], e.get("discussed"))
            for n, e in _records(entry, "evaluations", "period_end", "evaluated", "discussed")
        ),
        decisions=tuple(
            f.RenewalDecision(
                n, d["agreement"], f.Recommendation(d["says"]), d["recommended"], d.get("decided"), d.get("until")
            )
            for n, d in _records(entry, "decisions", "agreement", "says", "recommended", "decided", "until")
        ),
        notices=tuple(
            f.TerminationNotice(n, r["on"], r["by"], r.get("names"), r.get("withdrawn"), r.get("ended"))
            for n, r in _records(entry, "notices", "on", "by", "names", "withdrawn", "ended")
        ),
        ending=_ending(entry),
        waivers=_waivers(entry, "alliance:1"),
        fulfilments=tuple(
            f.Fulfilment(d["rule"], d.get("subject", "alliance:1"), d.get("period"), d["on"])
            for _, d in _records(entry, "done", "rule", "subject", "period", "on")
        ),
        work_plans=tuple(
            f.WorkPlan(n, w["first"], w["finalized"]) for n, w in _records(entry, "work_plans", "first", "finalized")
        ),
        milestones=tuple(
            f.Milestone(n, m["plan"], m["title"], m["due"], m["person"], m.get("done"))
            for n, m in _records(entry, "milestones", "plan", "title", "due", "person", "done")
        ),
        comment_requests=tuple(
            f.CommentRequest(n, r["office"], r["owner"], r["asked"], r.get("answered"))
            for n, r in _records(entry, "comment_requests", "office", "owner", "asked", "answered")
        ),
        planned_activities=tuple(
            f.PlannedActivity(n, a["on"], a["place"], a["recorded"], a.get("notified"))
            for n, a in _records(entry, "activities", "on", "place", "recorded", "notified")
        ),
        signatories=tuple(
            f.Signatory(s["name"], s.get("joined"), s.get("left"))
            for _, s in _records(entry, "signatories", "name", "joined", "left")
        ),
        anchored_on=given.get("anchored_on"),
        meetings_required=_numbers(given.get("meetings_required", [])),
        meetings_mandatory=given.get("meetings_mandatory"),
        lapse_after_days=given.get("lapse_after_days"),
        ambassador_option=given.get("ambassador_option", True),
        fiscal_year_checklist=given.get("fiscal_year_checklist", False),
        regime=f.Regime(given["regime_from"]) if "regime_from" in given else None,
    )


def _numbers(given: int | list[str]) -> tuple[MeetingNumber, ...]:
    """Read one number for every agreement year, or several as they are kept."""
    return (MeetingNumber(date.min, given),) if isinstance(given, int) else tuple(map(read_number, given))


def _waivers(entry: Entry, subject: str) -> tuple[f.Waiver, ...]:
    return tuple(
        f.Waiver(w["rule"], w.get("subject", subject), w.get("period"), w["on"], w["reason"], "D. Example")
        for _, w in _records(entry, "waived", "rule", "subject", "period", "on", "reason")
    )


def _agreements(entry: Entry) -> tuple[f.Agreement, ...]:
    found = []
    if "signed" in entry.values:
        found.append(f.Agreement(1, entry.values["signed"], term_years=entry.values.get("initial_term")))
    for n, r in _records(entry, "renewed", "on", "term"):
        found.append(f.Agreement(n + 1, r["on"], renewal=True, term_years=r.get("term")))
    return tuple(found)


def _records(entry: Entry, name: str, *fields: str) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for number, record in enumerate(entry.children(name), start=1):
        record.expect(frozenset(), frozenset(fields))
        found.append((number, dict(record.values)))
    return found


def _ending(entry: Entry) -> f.Ending | None:
    ended = entry.child("ended")
    if ended is None:
        return None
    ended.expect(frozenset({"on", "how"}))
    return f.Ending(f.EndingKind(ended.values["how"]), ended.values["on"], "goals met")


def shown(due: Any, json: dict[str, Any]) -> dict[str, Any]:
    """Give a duty in the words of the cases."""
    return {
        **json,
        "period": json["period"],
        "subject": due.subject,
        "settled_on": due.settled_on,
        "reason": due.reason,
        "so_far": due.so_far,
        "pace_on": json["pace_on"] and due.meetings.pace_on,
        "next_by": json["next_by"] and due.meetings.next_by,
        "opens_on": due.opens_on,
        # A permission has no due date; elsewhere the words of a case are dates.
        "due_on": json["due_on"] and due.due_on,
        "working_day": json["working_day"] and due.working_day,
        "why": "\n".join(json["why"]),
    }


def every_case() -> list[Any]:
    """Give all cases of all files as test parameters named as they name themselves."""
    return [
        pytest.param(entry, id=f"{path.stem}: {entry.values.get('name', f'line {entry.line}')}")
        for path in sorted(CASES.glob("*.yaml"))
        for entry in items(path)
    ]


def asked(case: Case) -> tuple[Due, ...]:
    """Ask the rules what a case asks them: of an alliance or the program, on a day or ahead."""
    rules = {name: RULES[name] for name in case.rules}
    if isinstance(case.facts, f.ProgramFacts):
        if case.forecast_to is None:
            return check_program(case.facts, case.today, rules, case.closures)
        return forecast_program(case.facts, case.today, case.forecast_to, rules, case.closures)
    if case.forecast_to is None:
        return check(case.facts, case.today, rules, case.closures)
    return forecast(case.facts, case.today, case.forecast_to, rules, case.closures)


@pytest.mark.parametrize("entry", every_case())
def test_case(entry):
    """The duties of a case are exactly those listed, each with every field that the case names."""
    case = read_case(entry)
    found = asked(case)
    duties = [shown(due, as_json(case.facts, due)) for due in found]
    compared = []
    for position, duty in enumerate(duties):
        wanted = case.due[position] if position < len(case.due) else {}
        names = DUE | {"due_on"} | set(wanted)
        compared.append({name: duty[name] for name in names - WORDS})
        for words in wanted.get("why", []):
            assert words in duty["why"]
        for words in wanted.get("why_not", []):
            assert words not in duty["why"]
    assert [{k: v for k, v in wanted.items() if k not in WORDS} for wanted in case.due] == compared
    if case.state is not None and isinstance(case.facts, f.Facts):
        assert state_on(case.facts.as_of(case.today), case.today) == case.state


def all_cases():
    """Give all cases of all files."""
    return [read_case(entry) for path in CASES.glob("*.yaml") for entry in items(path)]


def test_there_are_enough_cases():
    """Every rule has cases in which it shows a duty and cases in which it shows none."""
    cases = all_cases()
    assert len(cases) >= 150
    for rule in RULES:
        shows = {any(due["rule"] == rule for due in case.due) for case in cases if rule in case.rules}
        assert shows == {True, False}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_boundary_days_and_editions(rule):
    """Every rule has a case on its first day, on its due day and on the day after, and one in each edition."""
    cases = [case for case in all_cases() if rule in case.rules and case.forecast_to is None]
    shown = [(case, due) for case in cases for due in asked(case) if due.rule == rule]
    assert any(case.today == due.opens_on for case, due in shown)
    permission = all(due.modality is Modality.PERMISSION for _, due in shown)
    if not permission:
        assert any(case.today == due.due_on and due.status is Status.OPEN for case, due in shown)
        late = {Status.OVERDUE, Status.PAST_TARGET}
        assert any(case.today == due.due_on + timedelta(days=1) and due.status in late for case, due in shown)
    # Only the edition of 2020 knows Ambassadors.
    editions = {"CSP 04-01-003"} if permission else {"CSP 04-01-002", "CSP 04-01-003"}
    assert {due.edition for _, due in shown} == editions


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- name: x\n  today: 2026-01-01\n  sighned: 2020-01-01\n", "bad.yaml, line 3: unknown field “sighned”"),
        ("- name: x\n", "bad.yaml, line 1: the field “today” is missing."),
        ("- name: x\n  today: 2026-01-01\n  due:\n    - rul: meetings\n", "bad.yaml, line 4: unknown field “rul”"),
        ("- name: x\n  today: 2026-01-01\n  reports:\n    - ended: 1\n", "bad.yaml, line 4: unknown field “ended”"),
        ("- name: x\n  name: y\n", "bad.yaml, line 2: “name” stands here twice."),
        ("name: x\n", "bad.yaml, line 1: a list is expected here."),
        ("- x\n", "bad.yaml, line 1: fields with names are expected here."),
        ("- name: [x\n", "bad.yaml, line 2: "),
        ("", "bad.yaml, line 1: the file is empty."),
    ],
)
def test_a_case_with_a_slip_is_refused(tmp_path, text, sentence):
    """A word that no case has, or a missing one, is refused with the file and the line."""
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFileError) as refused:
        [read_case(entry) for entry in items(path)]
    assert sentence in str(refused.value)
