"""Show the latest work plan of an alliance: its lines, its milestones, and what was corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.asked import Answer, Asked, Reply
from bot.blocks import actions, button, clip, escaped, header, paragraphs, safe, section
from bot.paper_buttons import paper_buttons
from bot.values import PlanValue, Run
from operations.actor import office_day
from operations.read.choices import AllianceChoices, alliance_choices
from operations.read.work_plans import Mark, PlanShown, Version, read_work_plans
from policy.handed_papers import PaperKind
from policy.words import day

TITLE = "Work plan"
SUMMARY_CHARACTERS = 2500


def work_plan(asked: Asked, alliance: int) -> Reply:
    """Show the latest plan of an alliance, and name the earlier ones."""
    with asked.sessions.begin() as session:
        choices = alliance_choices(session, alliance, now=asked.now)
        plans = read_work_plans(session, choices.id)
    value = Run(word="workplan", alliance=choices.id).model_dump_json(exclude_none=True)
    record = button("Record a work plan", "run:workplan", value, about=choices.name)
    if not plans:
        text = f"*{safe(choices.name)}* has no work plan on record."
        return Answer(text, [section(text), actions(record)], title=TITLE)
    which = PlanValue(alliance=choices.id, first=plans[0].first).model_dump_json()
    correct = button("Correct it", "correct:plan", which, about=f"year from {day(plans[0].first)}")
    due = any(one.status.unsettled for one in choices.of_rule("work-plan"))
    papers = paper_buttons(choices.id, PaperKind.WORK_PLAN, plans[0].id, f"work plan, year from {day(plans[0].first)}")
    buttons = actions(correct, *([record] if due else []), *papers)
    lines = list(_lines(plans[0], choices))
    if plans[1:]:
        lines.append(f"Earlier plans: {', '.join(f'year from {day(plan.first)}' for plan in plans[1:])}")
    blocks = [header(f"Work plan of {choices.name}"), *map(section, paragraphs(lines)), buttons]
    return Answer("\n".join([f"*Work plan of {safe(choices.name)}*", *lines]), blocks, title=TITLE)


def _lines(plan: PlanShown, choices: AllianceChoices) -> Iterator[str]:
    content = plan.content
    yield f"*Year from {day(plan.first)}*, final on {day(content.finalized_on)}"
    yield clip(escaped(content.summary), SUMMARY_CHARACTERS)
    if content.activities:
        yield "*Activities*"
    for one in content.activities:
        more = ((" for ", one.audience), ("; responsible: ", one.person), ("; metric: ", one.metric))
        yield f"•  {safe(one.what, 300)}{''.join(f'{word}{safe(said, 300)}' for word, said in more if said)}"
    if plan.milestones:
        yield "*Milestones*"
    for mark in plan.milestones:
        yield f"•  {day(mark.due_on)}: {safe(mark.title, 300)}, {safe(mark.person)}: {_stands(mark, choices.today)}"
    if plan.versions[1:]:
        yield "*Corrections*"
    for version in plan.versions[1:]:
        yield f"•  {_correction(version, choices)}"


def _stands(mark: Mark, today: date) -> str:
    if mark.done_on is not None:
        return f"reached on {day(mark.done_on)}"
    return "not reached, past its date" if mark.due_on < today else "not reached yet"


def _correction(version: Version, choices: AllianceChoices) -> str:
    on = day(office_day(version.at, choices.of.timezone))
    text = f"{on}, {safe(version.by)}: {safe(version.reason or '', 500)}"
    return f"{text} (undone)" if version.withdrawn else text
