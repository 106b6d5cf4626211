"""Run the cases of `cases/gates/*.yaml`, which a program officer can read, write and sign.

Everything is on record in a case, except what its `given` says otherwise; `open` lists every gate that then stops
the step.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.criteria import Answer, checklist
from policy.editions import CSP_2020, EDITIONS
from policy.facts import Level, Recommendation
from policy.gate_facts import (
    SKIPPABLE,
    GateFacts,
    Official,
    OnRecord,
    Product,
    Signer,
    SpecialApproval,
    WorkerRepresentation,
)
from policy.gates import GATES, cited, open_gates, refusing
from policy.participants import SPECIAL, Participant, ParticipantKind, of_kinds
from policy.procedure import ESTABLISHING, ProcedureStep
from policy.strict_yaml import Entry, RefusedFileError, items

CASES = Path(__file__).parent / "cases" / "gates"
DAY = date(2026, 3, 2)
DONE = OnRecord("D. Example", DAY)

CASE = frozenset({"name", "step", "level", "edition"})
CASE_MORE = frozenset({"renewal", "participants", "given", "open"})
OPEN = frozenset({"gate", "says"})
OPEN_MORE = frozenset({"clauses", "carried_over", "modality"})

OFFICES = {Level.NATIONAL: ("DCSP",), Level.REGIONAL: ("REG-PHI",), Level.AREA: ("Wilmington", "Philadelphia")}
OFFICIALS = {
    Level.NATIONAL: Official.ASSISTANT_SECRETARY,
    Level.REGIONAL: Official.REGIONAL_ADMINISTRATOR,
    Level.AREA: Official.AREA_DIRECTOR,
}
COMMENTERS = frozenset({"REG-BOS", "REG-PHI", "DEP"})


def complete(level, edition, *, renewal=False, participants=None):
    """Give an agreement and a product of which everything is on record."""
    if participants is None:
        participants = (
            Participant("Example Builders Association", frozenset({ParticipantKind.EMPLOYER_GROUP})),
            Participant("Local 30", frozenset({ParticipantKind.LABOR_UNION})),
        )
    official = OFFICIALS[level]
    return GateFacts(
        level=level,
        edition=edition,
        offices=OFFICES[level],
        regional_offices=("REG-PHI",) if level is Level.AREA else (),
        participants=participants,
        renewal=renewal,
        proposal_on=DAY,
        draft_work_plan_on=DAY,
        evaluation=DONE,
        regional_input_on=DAY,
        directorate_input_on=DAY,
        approvals=tuple(
            OnRecord("D. Example", DAY, o) for o in (Official.DCSP_LEADERSHIP, Official.OAS, OFFICIALS[level])
        ),
        agreement_agreed_by_osha_on=DAY,
        agreement_agreed_by_participants_on=DAY,
        preliminary_work_plan_agreed_on=DAY,
        comments_due_from=COMMENTERS,
        comments_asked_of=COMMENTERS,
        conformity_review=DONE,
        regional_reviews=(OnRecord("D. Example", DAY, office="REG-PHI"),),
        solicitor_approval=OnRecord("D. Example", DAY, Official.SOLICITOR),
        workers=WorkerRepresentation(worker_involvement="Workers review each product."),
        criteria=tuple(
            Answer(c.id, "Paragraph 2 of the agreement.") for c in checklist(edition, participants, renewal=renewal)
        ),
        language_reviewed=DONE,
        special_approvals=tuple(SpecialApproval(p.name, "D. Example", DAY) for p in of_kinds(participants, SPECIAL)),
        signers=(
            *(Signer("D. Example", official, office) for office in OFFICES[level]),
            *(Signer("E. Example", Official.SENIOR_OFFICIAL, p.name) for p in participants if p.signatory),
        ),
        product=Product(
            free_of_charge=True,
            reviewers_asked=frozenset({"DEP", "DTSEM"}),
            reviewed_by=frozenset({"DEP", "DTSEM"}),
            states_responsibilities_and_rights=True,
            language_reviewed=DONE,
        ),
        performance_evaluated_on=DAY,
        evaluation_discussed_on=DAY,
        recommendation=Recommendation.RENEW,
        decided_on=DAY,
        goals_record="All goals of the agreement were met.",
    )


def read_case(entry: Entry) -> tuple[GateFacts, ProcedureStep, list[dict[str, Any]]]:
    """Turn the words of a case into facts; an unknown word is refused with file and line."""
    entry.expect(CASE, CASE_MORE)
    given = entry.values
    facts = complete(
        Level(given["level"]),
        next(e for e in EDITIONS if e.name == given["edition"]),
        renewal=given.get("renewal", False),
        participants=None if "participants" not in given else tuple(_participant(p) for p in given["participants"]),
    )
    known = {f.name for f in fields(GateFacts)} | {"unanswered", "not_relevant"}
    for name, value in (given.get("given") or {}).items():
        if name not in known:
            raise entry.refuse(f"“{name}” is nothing that is put on record.", "given")
        facts = _with(facts, name, value)
    expected = []
    for found in entry.children("open"):
        found.expect(OPEN, OPEN_MORE)
        if found.values["gate"] not in GATES:
            raise found.refuse(f"there is no gate “{found.values['gate']}”.", "gate")
        expected.append(dict(found.values))
    return facts, ProcedureStep(given["step"]), expected


def _participant(words: dict[str, Any]) -> Participant:
    kinds = frozenset(ParticipantKind(kind) for kind in words.get("is", []))
    return Participant(words["name"], kinds, signatory=words.get("signs", True))


def _on_record(words: dict[str, Any]) -> OnRecord:
    official = Official(words["official"]) if "official" in words else None
    return OnRecord(words["by"], words["day"], official, words.get("office"), words.get("for"))


def _with(facts: GateFacts, name: str, value: Any) -> GateFacts:
    if name == "unanswered":
        return replace(facts, criteria=tuple(a for a in facts.criteria if a.criterion not in value))
    if name == "not_relevant":
        changed = (replace(a, applies=False) if a.criterion in value else a for a in facts.criteria)
        return replace(facts, criteria=tuple(changed))
    readers = {
        "evaluation": _on_record,
        "conformity_review": _on_record,
        "solicitor_approval": _on_record,
        "language_reviewed": _on_record,
        "approvals": lambda v: tuple(_on_record(r) for r in v),
        "regional_reviews": lambda v: tuple(_on_record(r) for r in v),
        "workers": lambda v: WorkerRepresentation(**v),
        "signers": lambda v: tuple(
            Signer(s["name"], Official(s["official"]) if "official" in s else None, s["of"], s.get("for")) for s in v
        ),
        "special_approvals": lambda v: tuple(SpecialApproval(a["participant"], a["by"], a["day"]) for a in v),
        "product": lambda v: replace(
            facts.product, **{k: frozenset(x) if isinstance(x, list) else x for k, x in v.items()}
        ),
        "recommendation": Recommendation,
    }
    if value is not None and name in readers:
        value = readers[name](value)
    elif isinstance(value, list):
        value = frozenset(value) if isinstance(getattr(facts, name), frozenset) else tuple(value)
    return replace(facts, **{name: value})


def every_case() -> list[Any]:
    """Give all cases of all files as test parameters named as they name themselves."""
    return [
        pytest.param(entry, id=f"{path.stem}: {entry.values.get('name', f'line {entry.line}')}")
        for path in sorted(CASES.glob("*.yaml"))
        for entry in items(path)
    ]


@pytest.mark.parametrize("entry", every_case())
def test_case(entry):
    """The gates that stop the step are exactly those listed, each with its words, clauses and modality."""
    facts, step, expected = read_case(entry)
    found = open_gates(facts, step)
    assert [wanted["gate"] for wanted in expected] == [f.gate.id for f in found]
    for wanted, gate in zip(expected, found, strict=True):
        shown = {
            "gate": gate.gate.id,
            "says": gate.sentence,
            "clauses": [clause.name for clause in gate.clauses],
            "carried_over": gate.carried_over,
            "modality": gate.gate.modality.value,
        }
        assert wanted == {name: shown[name] for name in wanted}


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda g: g.id)
def test_every_gate_has_its_cases(gate):
    """Each gate has a file with cases in which it is open and closed, and one open in each of its editions."""
    cases = [read_case(entry) for entry in items(CASES / f"{gate.id}.yaml")]
    verdicts = {(facts.edition, gate.id in [o["gate"] for o in expected]) for facts, _, expected in cases}
    assert {(edition, True) for edition in gate.editions} <= verdicts
    assert any(not is_open for _, is_open in verdicts)


def test_no_file_without_a_gate():
    """Each file of cases is named after a gate."""
    assert {path.stem for path in CASES.glob("*.yaml")} == set(GATES)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.name)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("renewal", [False, True])
def test_with_everything_on_record_every_step_is_free(level, edition, renewal):
    """A complete record stops no step at any level in any edition."""
    for step in ProcedureStep:
        assert open_gates(complete(level, edition, renewal=renewal), step) == ()


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.name)
@pytest.mark.parametrize("level", Level)
def test_with_nothing_on_record_signing_is_refused(level, edition):
    """An empty record leaves open every gate of the level and edition up to signing, each with a sentence."""
    found = refusing(GateFacts(level, edition), ProcedureStep.SIGN)
    ids = {f.gate.id for f in found}
    assert ids == {
        g.id for g in GATES.values() if level in g.levels and edition in g.editions and g.before in ESTABLISHING
    }
    for gate in found:
        assert gate.sentence.endswith(".")
        assert gate.clauses
        assert str(gate).startswith(gate.gate.title)
        assert f"“{gate.clauses[0].quoted}”" in str(gate)


def test_a_later_step_passes_the_gates_of_the_earlier_ones():
    """Whoever skips a step meets its gates at the next one."""
    facts = replace(complete(Level.NATIONAL, CSP_2020), proposal_on=None)
    for step in ESTABLISHING:
        assert [f.gate.id for f in open_gates(facts, step)] == ["proposal-on-file"]
    assert open_gates(facts, ProcedureStep.PUBLISH) == ()


def test_only_reviews_can_be_left_out_of_a_renewal():
    """An office may shorten the rounds of review; what every agreement must hold, it may not leave out."""
    assert {gate.id for gate in GATES.values() if gate.skippable} == SKIPPABLE
    for gate in set(GATES) - SKIPPABLE:
        with pytest.raises(ValueError, match=re.escape(f"“{gate}” cannot be left out of a renewal")):
            replace(complete(Level.AREA, CSP_2020, renewal=True), renewal_skips=frozenset({gate}))


BLANK = GateFacts(Level.AREA, CSP_2020)
RECORDED = sorted({f.name for f in fields(GateFacts)} - {"level", "edition", "renewal"})


@given(
    level=st.sampled_from(Level),
    edition=st.sampled_from(EDITIONS),
    renewal=st.booleans(),
    step=st.sampled_from(ProcedureStep),
    missing=st.sets(st.sampled_from(RECORDED)),
    more=st.sets(st.sampled_from(RECORDED)),
)
def test_putting_something_on_record_opens_no_gate(level, edition, *, renewal, step, missing, more):
    """The gates open with less on record include those open with more."""
    facts = complete(level, edition, renewal=renewal)
    richer = replace(facts, **{name: getattr(BLANK, name) for name in missing})
    poorer = replace(facts, **{name: getattr(BLANK, name) for name in missing | more})
    assert {f.gate.id for f in open_gates(richer, step)} <= {f.gate.id for f in open_gates(poorer, step)}


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda g: g.id)
def test_every_gate_cites(gate):
    """Each gate quotes a clause at each level and in each edition in which it stands, and never the later text."""
    for level in gate.levels:
        for edition in gate.editions:
            clauses = cited(gate, level, edition)
            assert clauses
            if edition is not CSP_2020:
                assert all(clause.edition == edition.name for clause in clauses)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- {name: x, step: sign, level: area}\n", "line 1: the field “edition” is missing."),
        ("- {name: x, stepp: sign}\n", "line 1: unknown field “stepp”"),
        (
            "- name: x\n  step: sign\n  level: area\n  edition: CSP 04-01-003\n  given: {propsal_on: null}\n",
            "line 5: “propsal_on” is nothing that is put on record.",
        ),
        (
            "- {name: x, step: sign, level: area, edition: CSP 04-01-003, open: [{gate: y, says: z}]}\n",
            "line 1: there is no gate “y”.",
        ),
    ],
)
def test_a_case_with_a_slip_is_refused(tmp_path, text, sentence):
    """A word that no case has, or a missing one, is refused with the file and the line."""
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(f"bad.yaml, {sentence}")):
        [read_case(entry) for entry in items(path)]
