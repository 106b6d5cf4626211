"""The pages of the handbook, as Markdown, from the register, the rules, the gates and the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from policy.chains import Purpose
from policy.clauses import EDITIONS as TEXTS
from policy.clauses import Clause, Reference
from policy.criteria import CRITERIA, Criterion
from policy.duties import Basis, Modality
from policy.editions import EDITIONS
from policy.examples import EXAMPLES, worked_example
from policy.gates import Gate
from policy.handbook_prose import EVERYWHERE, NEVER
from policy.parameters import Parameter, value_in_words
from policy.procedure import ProcedureStep
from policy.rule_notes import RuleNotes
from policy.rules import Rule
from policy.stages import StageSettings
from policy.words import count, day, listing

GENERATED = (
    "<!-- Written by `alliance docs`. Change the register or the rules and write it again; never edit it here. -->"
)

#: What each basis means to a reader.
BASES = {
    Basis.DIRECTIVE: "CSP 04-01-002",
    Basis.FAQ: "the FAQ",
    Basis.OSHA_WEB: "an OSHA web page",
    Basis.OFFICE: "a target of the office (never called overdue)",
}

_TEXTS = {
    "CSP 04-01-002": "CSP 04-01-002, effective July 29, 2015",
    "FAQ": "Frequently asked questions, under CSP 04-01-003, effective March 4, 2020",
}


def obligations_page(
    rules: Mapping[str, Rule],
    notes: Mapping[str, RuleNotes],
    gates: Mapping[str, Gate],
    parameters: Mapping[str, Parameter],
    *,
    settings: StageSettings,
    forms: Mapping[str, str],
) -> str:
    """Write the handbook of duties, gates and numbers; `forms` gives the title of each form that exists."""
    return _page(
        "Obligations",
        _opening(rules, gates, parameters),
        _contents(rules),
        NEVER,
        EVERYWHERE,
        _overview(rules, notes),
        *(_duty(rule, notes[rule.id], parameters, settings, forms) for rule in rules.values()),
        _gates(gates),
        _criteria(),
        _numbers(parameters),
    )


def clauses_page(
    clauses: Mapping[str, Clause],
    rules: Mapping[str, Rule],
    gates: Mapping[str, Gate],
    parameters: Mapping[str, Parameter],
    forms: Mapping[str, str],
) -> str:
    """Write the register: each clause in its own words, and what sees to it or why nothing does."""
    named = {
        "rule": lambda name: f"duty [{rules[name].title}](obligations.md#{name})",
        "gate": lambda name: f"gate [{gates[name].title}](obligations.md#{name})",
        "form": lambda name: f"form “{forms[name]}”",
        "parameter": lambda name: f"number `{name}` ({_latest(parameters[name])})",
        "state": lambda name: f"state *{name}*",
        "chain": lambda name: f"the approval “{Purpose(name).terms.title}”",
    }
    silent = [c for c in clauses.values() if c.honoured_by[0].kind == "reason"]
    opening = (
        f"{count(len(clauses), 'clause')}, quoted word for word. For each: how strongly it asks, whom, and what in "
        f"this software sees to it. For {len(silent)} of them nothing runs; the reason is given.\n\n"
        "A word in parentheses picks a sentence of a longer clause. VIII.A of the directive has no item 7.\n\n"
        "The text of CSP 04-01-003 itself is not at hand; it is known through the FAQ. Where the FAQ is silent, the "
        "text of CSP 04-01-002 is applied and the duty is marked as carried over."
    )
    return _page("Clauses", opening, *(_text(text, clauses.values(), named) for text in TEXTS))


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", GENERATED, *parts]) + "\n"


def _text(edition: str, clauses: Iterable[Clause], named: Mapping[str, Callable[[str], str]]) -> str:
    written = [
        f"### {clause.number}\n\n> {clause.quoted}\n\n"
        f"{clause.modality.capitalize()}; {clause.responsible}. {_honoured(clause.honoured_by, named)}"
        for clause in clauses
        if clause.edition == edition
    ]
    return "\n\n".join([f"## {_TEXTS[edition]}", *written])


def _honoured(references: Sequence[Reference], named: Mapping[str, Callable[[str], str]]) -> str:
    if references[0].kind == "reason":
        return f"Nothing runs: {references[0].name}"
    return f"Seen to by {listing(_named(reference, named) for reference in references)}."


def _named(reference: Reference, named: Mapping[str, Callable[[str], str]]) -> str:
    word = named.get(reference.kind)
    return f"{reference.kind} `{reference.name}`" if word is None else word(reference.name)


def _opening(rules: Mapping[str, Rule], gates: Mapping[str, Gate], parameters: Mapping[str, Parameter]) -> str:
    checked = [value.last_checked_on for p in parameters.values() for value in p.values]
    editions = listing(f"{edition.name} from {day(edition.in_force_from)}" for edition in EDITIONS)
    return (
        f"What the Alliance Program asks, as this software reads it: {count(len(rules), 'rule')} with dates and "
        f"{count(len(gates), 'gate')} without. Each rests on clauses that are quoted here; all of them stand in "
        "[clauses.md](clauses.md).\n\n"
        f"The editions in force are {editions}. An agreement is governed by the edition in force on the day it was "
        "signed; agreements signed before July 29, 2015, are read under CSP 04-01-002.\n\n"
        "A date says where it comes from. A *target* is set by an office: after it a duty is past its target, never "
        "overdue. A *mandatory* duty is one that the text demands, an *advisory* one it advises or the reading "
        "softens; a *permission* is never chased. A date does not move for a weekend or a holiday; the last federal "
        "working day on or before it is shown beside it. Duties that were due before the office began to track an "
        "alliance are not created. A waiver on record, with its reason, ends any duty.\n\n"
        f"Every number was last compared with its source on or after {day(min(checked))}; each says when, "
        "[below](#numbers)."
    )


def _contents(rules: Mapping[str, Rule]) -> str:
    parts = [
        "- [What is never done](#never)",
        "- [How every date is read](#everywhere)",
        "- [At a glance](#glance)",
        "- The rules",
        *(f"  - [{rule.title}](#{rule.id})" for rule in rules.values()),
        "- [Gates](#gates)",
        "- [Criteria](#criteria)",
        "- [Numbers](#numbers)",
    ]
    return "\n".join(["## Contents", "", *parts])


def _overview(rules: Mapping[str, Rule], notes: Mapping[str, RuleNotes]) -> str:
    lines = [
        '<a id="glance"></a>',
        "",
        "## At a glance",
        "",
        "| duty | who | due | asks | date from |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| [{rule.title}](#{rule.id}) | {rule.owner} | {_first_sentence(notes[rule.id].when)} | "
        f"{_either(m.value for m in notes[rule.id].modality)} | {_either(b.value for b in notes[rule.id].basis)} |"
        for rule in rules.values()
    ]
    return "\n".join(lines)


def _duty(
    rule: Rule,
    said: RuleNotes,
    parameters: Mapping[str, Parameter],
    settings: StageSettings,
    forms: Mapping[str, str],
) -> str:
    form = f" The form is “{forms[rule.resolved_by]}”." if rule.resolved_by in forms else ""
    lines = [
        f'<a id="{rule.id}"></a>',
        f"## {rule.title}",
        f"`{rule.id}`. {said.what}",
        _bullets(
            ("Who", f"{rule.owner}; {said.levels}."),
            ("Opens", said.opens),
            ("Due", said.when),
            ("How strongly", said.binds),
            ("Date from", f"{_either(BASES[basis] for basis in said.basis)}."),
            ("Reminders", _reminders(rule, said, settings)),
            ("Done when", f"{said.fulfilled}{form}"),
            ("No longer owed", said.ends),
            ("Numbers", _numbers_of(said, parameters)),
        ),
        f"**Example.** {worked_example(rule.id)}",
        "**The text.**",
        _quotes(rule.clauses),
        "**How it is read.**",
        "\n".join(f"- **{r.about}.** {r.chosen} *The alternative:* {r.instead}" for r in said.readings),
    ]
    return "\n\n".join(lines)


def _numbers_of(said: RuleNotes, parameters: Mapping[str, Parameter]) -> str:
    told = [
        f"`{name}` {value_in_words(value)} ({value.basis}, last checked on {day(value.last_checked_on)})"
        for name in said.parameters
        for value in parameters[name].values[-1:]
    ]
    return f"{'; '.join(told) or 'none; every date is a day of the records'}."


def _reminders(rule: Rule, said: RuleNotes, settings: StageSettings) -> str:
    if said.modality == (Modality.PERMISSION,):
        return "None; a permission is never chased."
    plan = settings.by_rule.get(rule.id, settings.default)
    before = [days for days in sorted(set(plan.days_before), reverse=True) if days and _opens_before(rule)]
    first = ["when it opens"] if plan.on_receipt else []
    first += [f"{listing(map(str, before))} calendar days before"] if before else []
    first += ["on the day"] if 0 in plan.days_before else []
    return f"{_sentence(listing(first) or 'none before its day')} {_afterwards(said, settings)}"


def _opens_before(rule: Rule) -> bool:
    """Whether there are days between the opening of a duty and its date, as its example has them."""
    due = EXAMPLES[rule.id].due(rule.id)
    return due.opens_on < due.due_on


def _afterwards(said: RuleNotes, settings: StageSettings) -> str:
    told = [f"after {count(days, 'day')} the {who.value}" for days, who in settings.days_after]
    if settings.repeat_every_days:
        told.append(f"then again every {count(settings.repeat_every_days, 'day')}")
    climbing = f"Afterwards: {', '.join(told)}."
    if said.modality == (Modality.ADVISORY,) or said.basis == (Basis.OFFICE,):
        return f"Afterwards {_same_days(settings)}, to the owner alone: it never climbs."
    if Modality.ADVISORY in said.modality or Basis.OFFICE in said.basis:
        return f"{climbing} Where it is advisory or a target, the owner alone is told on those days."
    return climbing


def _same_days(settings: StageSettings) -> str:
    after = f"after {listing(str(days) for days, _ in settings.days_after)} days"
    if not settings.repeat_every_days:
        return after
    return f"{after} and then every {count(settings.repeat_every_days, 'day')}"


def _gates(gates: Mapping[str, Gate]) -> str:
    opening = (
        "A gate stops a step of the procedure until something is on record; it has no date. A step is refused while "
        "a mandatory gate before it, or before an earlier step, is open, and the refusal lists what is missing with "
        "its clause. A renewal passes the gates of signing again, but not those of the proposal; an office may leave "
        "out of it only the rounds of review that are marked so."
    )
    parts = ['<a id="gates"></a>', "## Gates", opening]
    for step in ProcedureStep:
        standing = [gate for gate in gates.values() if gate.before is step]
        if standing:
            parts.append(f"### Before the step: {step.value}")
            parts += [_gate(gate) for gate in standing]
    return "\n\n".join(parts)


def _gate(gate: Gate) -> str:
    editions = "every edition" if gate.editions == EDITIONS else listing(e.name for e in gate.editions)
    renewal = "passed again by a renewal" if gate.on_renewal else "not asked of a renewal"
    if gate.skippable:
        renewal += ", unless the office leaves it out"
    if gate.before is ProcedureStep.PUBLISH:
        renewal = "asked of every product"
    if gate.before is ProcedureStep.RENEW:
        renewal = "asked at the end of a term"
    return (
        f'<a id="{gate.id}"></a>\n\n**{gate.title}** (`{gate.id}`): {listing(level.value for level in gate.levels)}; '
        f"{editions}; {gate.modality.value}; {renewal}.\n\n{_quotes(gate.clauses)}"
    )


def _criteria() -> str:
    opening = (
        "What the agreement or the work plan must answer. Of the criteria *all or part*, “not relevant”, with the "
        "reason, is an answer, but at least one must be addressed."
    )
    lines = [
        '<a id="criteria"></a>',
        "",
        "## Criteria",
        "",
        opening,
        "",
        "| criterion | words | asks | of whom |",
        "|---|---|---|---|",
    ]
    lines += [f"| {c.clause.name} | {c.quote} | {c.need.value} | {_of_whom(c)} |" for c in CRITERIA]
    return "\n".join(lines)


def _of_whom(criterion: Criterion) -> str:
    who = "alliances with an " + _either(sorted(kind.value for kind in criterion.kinds)) if criterion.kinds else "all"
    if criterion.renewals_only:
        who = "renewals"
    if criterion.editions == EDITIONS:
        return who
    return f"{who}, under {listing(edition.name for edition in criterion.editions)}"


def _numbers(parameters: Mapping[str, Parameter]) -> str:
    lines = [
        '<a id="numbers"></a>',
        "",
        "## Numbers",
        "",
        "Each holds from its date until the next; days before the first date get the first value.",
        "",
        "| number | from | value | date from | source | last checked on |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{parameter.name}` | {day(value.in_force_from)} | {value_in_words(value)} | {value.basis} | "
        f"{value.clause.name} | {day(value.last_checked_on)} |"
        for parameter in parameters.values()
        for value in parameter.values
    ]
    return "\n".join(lines)


def _bullets(*said: tuple[str, str]) -> str:
    return "\n".join(f"- **{name}:** {sentence}" for name, sentence in said)


def _quotes(clauses: Iterable[Clause]) -> str:
    return "\n>\n".join(f"> **{clause.name}**: “{clause.quoted}”" for clause in clauses)


def _either(words: Iterable[str]) -> str:
    *most, last = list(dict.fromkeys(words))
    return f"{', '.join(most)} or {last}" if most else last


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _first_sentence(text: str) -> str:
    return text.split(". ", 1)[0].removesuffix(".")


def _latest(parameter: Parameter) -> str:
    return value_in_words(parameter.values[-1])
