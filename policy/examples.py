"""One worked example for each rule: the records of a made-up alliance and a day; the rules compute the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policy import facts as f
from policy.check import check, check_program
from policy.duties import Due, Modality, Status
from policy.meeting_year import meeting_words
from policy.rules import extension_terms
from policy.steps import MEANING
from policy.words import capital, count, day


@dataclass(frozen=True, slots=True)
class Example:
    """What is on record, in words and as facts, and the day on which it is looked at."""

    situation: str
    facts: f.Facts | f.ProgramFacts
    today: date

    def due(self, rule: str) -> Due:
        """Give the latest duty of a rule on the day."""
        found = (
            check(self.facts, self.today) if isinstance(self.facts, f.Facts) else check_program(self.facts, self.today)
        )
        return [due for due in found if due.rule == rule][-1]


_SIGNED, _YEAR_END = date(2025, 6, 13), date(2026, 6, 12)
_RENEWED = date(2027, 6, 10)


def _alliance(level: f.Level = f.Level.AREA, **records: object) -> f.Facts:
    return f.Facts(
        id=1,
        name="Example Alliance",
        level=level,
        offices=("EXAMPLE",),
        tracked_from=_SIGNED,
        **({"agreements": (f.Agreement(1, _SIGNED),)} | records),  # type: ignore[arg-type]
    )


def _of(words: str, level: f.Level = f.Level.AREA, *, on: date, **records: object) -> Example:
    article = "An" if level is f.Level.AREA else "A"
    start = f"{article} {level.value} alliance is signed on {day(_SIGNED)}."
    return Example(f"{start} {words}".strip(), _alliance(level, **records), on)


_HELD, _PLANNED, _PLAN, _MILESTONE = date(2025, 9, 9), date(2026, 5, 12), date(2025, 8, 5), date(2025, 11, 11)
_SENT, _EVALUATED, _EXTENDED, _UNTIL = date(2026, 8, 3), date(2026, 5, 20), date(2027, 5, 27), date(2027, 12, 31)
_NOTICE, _ENDED, _ASKED, _ACTIVITY = date(2026, 11, 2), date(2026, 12, 4), date(2026, 11, 18), date(2027, 1, 22)
_NEXT = date(2029, 7, 2)
_QUARTER = date(2026, 10, 1)

_PLANS = (f.WorkPlan(1, _SIGNED, _PLAN),)
_EXTENSION = f.RenewalDecision(1, 1, f.Recommendation.EXTEND, _EXTENDED, _EXTENDED, _UNTIL)
_TWO = (f.Agreement(1, _SIGNED), f.Agreement(2, _RENEWED, renewal=True, term_years=2))

EXAMPLES: Mapping[str, Example] = {
    "meetings": _of(
        f"A meeting is held on {day(_HELD)}, and one is planned for {day(_PLANNED)}.",
        f.Level.REGIONAL,
        on=date(2026, 3, 2),
        meetings=(f.Meeting(1, _HELD), f.Meeting(2, _PLANNED, held=False)),
    ),
    "first-meeting": _of("No meeting is held yet.", on=date(2025, 8, 1)),
    "work-plan": _of("The second year has begun, and its plan is not final.", on=date(2026, 6, 22)),
    "milestone": _of(
        f"Its work plan, final on {day(_PLAN)}, names P. Example for a toolbox talk by {day(_MILESTONE)}.",
        on=date(2025, 11, 13),
        work_plans=_PLANS,
        milestones=(f.Milestone(1, 1, "Toolbox talk", _MILESTONE, "P. Example"),),
    ),
    "report-handoff": _of("The first year is over, and nothing is handed over.", on=date(2026, 7, 1)),
    "annual-report": _of("The first year is over, and no report is submitted.", on=date(2026, 8, 14)),
    "report-posting": _of(
        f"The report on the first year is submitted on {day(_SENT)}.",
        on=date(2026, 9, 8),
        reports=(f.AnnualReport(1, _YEAR_END, None, _SENT),),
    ),
    "evaluation": _of(
        f"It is evaluated on {day(_EVALUATED)}; the discussion is still to come.",
        on=date(2026, 6, 1),
        evaluations=(f.Evaluation(1, _YEAR_END, _EVALUATED),),
    ),
    "renewal-decision": _of("Nothing is recommended yet.", on=date(2027, 1, 4)),
    "extension-terms": _of(
        f"On {day(_EXTENDED)} management grants a conditional extension to {day(_UNTIL)}.",
        on=date(2027, 11, 1),
        decisions=(_EXTENSION,),
    ),
    "signed-copy": _of("DCSP does not have the copy yet.", on=date(2025, 7, 1)),
    "termination-notice": _of(
        f"OSHA gives written notice dated {day(_NOTICE)}.",
        on=date(2026, 11, 23),
        notices=(f.TerminationNotice(1, _NOTICE, "OSHA"),),
    ),
    "logo-withdrawal": _of(
        f"It is concluded on {day(_ENDED)}.",
        on=date(2026, 12, 7),
        ending=f.Ending(f.EndingKind.CONCLUDED, _ENDED, "goals met"),
    ),
    "draft-comment": _of(
        f"A new draft is sent to the Atlanta Region for comment on {day(_ASKED)}, a week before Thanksgiving.",
        f.Level.NATIONAL,
        on=date(2026, 11, 23),
        comment_requests=(f.CommentRequest(1, "REG-ATL", "Regional Administrator", _ASKED),),
    ),
    "activity-notice": _of(
        f"An activity in Michigan is planned for {day(_ACTIVITY)}, the week of the birthday of Martin Luther King, Jr.",
        f.Level.NATIONAL,
        on=date(2026, 12, 1),
        planned_activities=(f.PlannedActivity(1, _ACTIVITY, "Michigan", date(2026, 11, 16)),),
    ),
    "coordinator-call": Example(
        f"The quarter begins on {day(_QUARTER)}. No call is held yet.",
        f.ProgramFacts("The program", _QUARTER),
        date(2026, 11, 23),
    ),
    "ambassador-eligible": _of(f"It is renewed for two years on {day(_RENEWED)}.", on=_NEXT, agreements=_TWO),
}


def worked_example(rule: str) -> str:
    """Tell the example of a rule with its date as the rule itself computes it."""
    example = EXAMPLES[rule]
    due, today = example.due(rule), example.today
    dated = due.modality is not Modality.PERMISSION
    told = f"{example.situation} {_derived(due)}"
    if dated and due.working_day != due.due_on:
        told += f" The last federal working day on or before {day(due.due_on)} is {day(due.working_day)}."
    if due.meetings is not None:
        return f"{told} On {day(today)}: {meeting_words(due.meetings)}."
    return f"{told} It opened on {day(due.opens_on)}; on {day(today)} it is {_standing(due, today)}." if dated else told


#: What is said right after the sentence that names the date.
_MEANINGS = frozenset({*MEANING.values(), extension_terms.MEANS})


def _derived(due: Due) -> str:
    """Give the sentence of the derivation that names the date, the calculation where there is one."""
    steps = [step.text for step in due.why()]
    said = next((n for n, text in enumerate(steps) if text in _MEANINGS), len(steps))
    sentences = [s for text in steps[:said] for s in re.split(r"(?<=\.) ", text) if day(due.due_on) in s]
    calculations = [part for s in sentences for part in re.split(r"(?<=[:;]) ", s) if " = " in part]
    told = re.sub(r"^Reading \S+: ", "", (calculations or sentences)[-1])
    return f"{capital(told).rstrip('.:;')}."


def _standing(due: Due, today: date) -> str:
    if due.status is Status.OPEN:
        return f"open, with {count((due.due_on - today).days, 'day')} to go"
    return f"{due.status.value.replace('-', ' its ')} by {count((today - due.due_on).days, 'day')}"
