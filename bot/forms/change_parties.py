"""Say who joins and who leaves with a renewal, and whether it renews the alliance in part."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Choice, Draft, Form, Opening, Submitting
from bot.form_types import Done as Told
from operations.establish.record_gates import record_gates
from operations.read.choices import alliance_choices
from operations.read.renewal_parties import renewal_parties
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.gate_records import RecordKind
from policy.rights import Verb
from policy.words import day, listing

MOST_JOINING = 20


class ChangeParties(AllianceForm):
    """Who signs the renewal, and what it renews (CSP 04-01-002 VI.D, VII.B)."""

    leaving: Annotated[list[int] | None, Ask(offered=True)] = Field(
        None,
        title="Signatories that do not sign the renewal",
        description="They leave on the day on which it is signed. Who leaves before gives 30 days' notice: "
        "/alliance notice.",
    )
    joining: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Organizations that join with it", max_length=2000, description="One to a line."
    )
    in_part: Annotated[str | None, Ask(multiline=True)] = Field(
        None,
        title="Renewed in part",
        max_length=1000,
        description="What changes, where goals or emphasis change; empty where the whole is renewed.",
    )


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.latest_agreement is None:
        raise Refused(f"{about.name} has no signed agreement yet: there is nothing to renew.")
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} ended on {day(about.of.facts.ending.ended_on)}: it cannot be renewed.")
    planned = renewal_parties(opening.session, about.of)
    return Draft(
        values={
            "leaving": [str(id) for id, name in about.signatories if name in planned.leaving],
            "joining": "\n".join(planned.joining),
            "in_part": planned.in_part,
        },
        choices={"leaving": [Choice(str(id), name) for id, name in about.signatories]},
        hidden=frozenset() if about.signatories else frozenset({"leaving"}),
        intro=["Nothing of this holds before the renewal is signed; the gates before its signing follow at once."],
    )


def _submit(submitting: Submitting, typed: ChangeParties) -> Told:
    choices = alliance_choices(submitting.session, typed.alliance, now=submitting.now)
    planned = renewal_parties(submitting.session, choices.of)
    leaving = {name for id, name in choices.signatories if id in (typed.leaving or [])}
    joining = dict.fromkeys(" ".join(line.split()) for line in (typed.joining or "").splitlines() if line.strip())
    if len(joining) > MOST_JOINING:
        raise Refused(f"At most {MOST_JOINING} organizations; these are {len(joining)}.", field="joining")
    done = [
        Done(kind, name, details={"yes": name in wanted}, field=kind.value)
        for kind, wanted, before in (
            (RecordKind.LEAVING, leaving, planned.leaving),
            (RecordKind.JOINING, set(joining), planned.joining),
        )
        for name in sorted(wanted ^ set(before))
    ]
    if (typed.in_part or None) != planned.in_part:
        done.append(Done(RecordKind.IN_PART, text=typed.in_part or None, field="in_part"))
    outcome = record_gates(
        submitting.session, alliance_id=typed.alliance, done=done, by=submitting.by, now=submitting.now
    )
    said = [
        f"{listing(map(safe, names))} {verb}"
        for names, verb in ((joining, "will join"), (sorted(leaving), "will leave"))
        if names
    ]
    said += ["it is renewed in part"] if typed.in_part else []
    what = "; ".join(said) or "the same parties renew the whole"
    return Told(
        outcome,
        f"Recorded for the renewal of *{safe(outcome.of.facts.name)}*: {what}. `/alliance gates` shows what its "
        "signing asks for.",
        undoable=True,
    )


FORM = Form(
    name="change_parties",
    title="Parties to the renewal",
    model=ChangeParties,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
