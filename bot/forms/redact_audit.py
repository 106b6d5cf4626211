"""Take personal words out of the audit for good, after showing the entries as they will be left."""

from __future__ import annotations

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.actor import office_day
from operations.change_closures import top_office
from operations.records.redact_audit import Redaction, redact_audit
from policy.rights import Verb
from policy.words import day

#: Entries that are said before it is done; of each so many characters of what is left.
SHOWN = 15
CHARACTERS = 300
NEVER_BACK = "It cannot be undone by anybody."
WHAT = (
    "The words go out of what the audit says, for good; who acted, when and on what stays, and the chain stays whole. "
    "It changes the audit alone: correct the records themselves first (/alliance correct). Messages in Slack, "
    "documents and backups keep the words. What is on hold is not redacted."
)


class RedactAudit(OfficeForm):
    """What is taken out of the audit, and why."""

    words: str = Field(
        title="Words to take out",
        max_length=300,
        description="As whole words, in capitals or not. You see every entry as it will be left, and confirm it.",
    )
    reason: str = Field(
        title="Reason", max_length=1000, description="It stays in the audit, so it must not say the words that go."
    )
    entry: int | None = Field(
        None, title="Only in this entry", ge=1, lt=2**63, description="Its number; left empty, all entries."
    )


def _open(_opening: Opening) -> Draft:
    return Draft(intro=[f"{WHAT} {NEVER_BACK}"])


def _submit(submitting: Submitting, typed: RedactAudit) -> Said:
    found = redact_audit(
        submitting.session,
        words=typed.words,
        reason=typed.reason,
        entry=typed.entry,
        by=submitting.by,
        now=submitting.now,
    )
    number = len(found.entries)
    entries = f"{number:,} {'entry' if number == 1 else 'entries'} of the audit"
    # The words themselves are said nowhere: this answer is kept, and would keep them.
    zone = top_office(submitting.session).timezone
    return Said(f"Redacted for good: {entries}.{_elsewhere(found)}", _preview(found, entries, zone))


def _preview(found: Redaction, entries: str, zone: str) -> str:
    lines = [f"*{entries} would be left like this. {NEVER_BACK}*"]
    for one in found.entries[:SHOWN]:
        left = safe(" | ".join(" ".join(text.split()) for text in one.left), CHARACTERS)
        on = day(office_day(one.at, zone))
        lines.append(f"•  Entry {one.seq}, {on}, {safe(one.actor)}, {safe(one.action)}: {left}")
    if len(found.entries) > SHOWN:
        lines.append(f"and {len(found.entries) - SHOWN} more")
    return "\n".join([*lines, *filter(None, [_elsewhere(found).strip()])])


def _elsewhere(found: Redaction) -> str:
    if not found.elsewhere:
        return ""
    tables = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in found.elsewhere)
    return f" The words also stand in records, which this does not change (rows by table): {tables}."


FORM = Form(
    name="redact_audit",
    title="Redact the audit",
    model=RedactAudit,
    verb=Verb.KEEP_RECORDS,
    open=_open,
    submit=_submit,
    submit_label="Show what is left",
    confirm=lambda said: said.preview,
    confirm_title="Redact for good?",
    confirm_label="Redact for good",
)
