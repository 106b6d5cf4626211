"""Take personal words out of the audit for good; the chain stays whole, for a new entry seals what is left."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, func, select, text, update
from sqlalchemy.orm import Session

from models import audit
from models.audit import REDACTED, REDACTING, AuditEntry
from models.base import Base
from models.locks import AUDIT_CHAIN
from operations.actor import Actor, require
from operations.change_closures import top_office
from operations.records.holds import holds_of_entries
from operations.refusals import AlreadyDone, Refused
from policy.rights import Verb

INSTEAD = "[redacted]"
#: Characters; what is shorter stands in too many other words.
SHORTEST = 3
#: Signs that nobody sees, such as those that turn the direction of writing; they part no word.
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_ANY_UNSEEN = f"[{UNSEEN}]*"
#: What the program itself reads in an entry, and no person wrote: records, days, ids; and names of fields.
_OURS = re.compile(r"[a-z-]+:[0-9a-f-]+|\d{4}-\d\d-\d\d([ T][\d:.+-]+Z?)?|[0-9a-f-]{36}|[0-9a-f]{64}")
_FIELD = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class Lost:
    """An entry of the audit, with what it says once the words are gone."""

    seq: int
    at: datetime
    actor: str
    action: str
    #: The texts in which the words stood, without them.
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is redacted, and what is not."""

    entries: tuple[Lost, ...]
    #: (table, rows) in which the words stand as well and stay.
    elsewhere: tuple[tuple[str, int], ...]


def redact_audit(
    session: Session, *, words: str, reason: str, by: Actor, now: datetime, entry: int | None = None
) -> Redaction:
    """Take words out of what the audit's entries say, in all of them or in one; it cannot be undone.

    They go as whole words, in capitals or not, with or without signs that nobody sees. Who acted, when and on what
    stays, as do the entries of redactions.

    Raises:
        Refused: The words are too short or stand in the reason, no reason is given, there is no such entry, or an
            entry in which they stand is on hold.
        AlreadyDone: They stand in no entry.
        NotAllowed: The person is no administrator of the National Office.
    """
    require(session, by, Verb.KEEP_RECORDS, office_codes=[top_office(session).code])
    words = " ".join(_seen(words).split())
    if len(words) < SHORTEST:
        raise Refused(f"Give at least {SHORTEST} characters to redact.", field="words")
    pattern = _pattern(words)
    if not reason.strip():
        raise Refused("Say why the words are redacted.", field="reason")
    if pattern.search(reason):
        raise Refused("The reason stays in the audit, so it cannot say the words that go.", field="reason")
    if entry is not None and session.scalar(select(AuditEntry.seq).where(AuditEntry.seq == entry)) is None:
        raise Refused(f"The audit has no entry {entry}.", field="entry")
    # Before the chain is locked: it looks through everything, and nobody could record anything meanwhile.
    elsewhere = tuple(_elsewhere(session, words))
    # Whoever reads the end of the chain from here on sees entries as they are left.
    session.execute(text("select audit_head(:chain)"), {"chain": AUDIT_CHAIN})
    found = _redact(session, words, pattern, entry)
    if not found:
        raise AlreadyDone("These words stand in nothing that people wrote into the audit; nothing changed.")
    told = [{"entry": row.seq, "remains": audit.remains(row)} for row, _ in found]
    data = {"entries": told, "reason": reason.strip()}
    audit.record(session, at=now, actor=by.name, action=REDACTED, subject="audit", data=data)
    lost = tuple(Lost(row.seq, row.at, row.actor, row.action, tuple(left)) for row, left in found)
    return Redaction(lost, elsewhere)


def _seen(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, UNSEEN)))


def _pattern(words: str) -> re.Pattern[str]:
    spelled = (_ANY_UNSEEN.join(map(re.escape, word)) for word in words.split())
    spaced = rf"[\s{UNSEEN}]+".join(spelled)
    # An underscore beside a word is a mark of Slack's, for italics.
    return re.compile(rf"(?<![^\W_]){spaced}(?![^\W_])", re.IGNORECASE)


def _redact(
    session: Session, words: str, pattern: re.Pattern[str], entry: int | None
) -> list[tuple[AuditEntry, list[str]]]:
    said = func.translate(cast(AuditEntry.data, Text), UNSEEN, "")
    stands = said.icontains(_in_json(max(words.split(), key=len)), autoescape=True)
    query = select(AuditEntry).where(stands, AuditEntry.action != REDACTED).order_by(AuditEntry.seq)
    found = []
    holds = holds_of_entries(session)
    session.execute(text("select set_config(:name, 'on', true)"), {"name": REDACTING})
    for row in session.scalars(query if entry is None else query.where(AuditEntry.seq == entry)).all():
        left: list[str] = []
        data = _without(row.data, pattern, left)
        if not left:
            continue
        if (held := holds.get(None) or holds.get(row.subject)) is not None:
            whose = f"what stands of {held.alliance}" if held.alliance else "everything"
            raise Refused(f"Entry {row.seq} is on hold: {held.placed_by} had {whose} kept as it is ({held.reason}).")
        session.execute(update(AuditEntry).where(AuditEntry.seq == row.seq).values(data=data, salt=""))
        found.append((row, left))
    session.execute(text("select set_config(:name, 'off', true)"), {"name": REDACTING})
    for row, _ in found:
        session.refresh(row)
    return found


def _without(value: Any, pattern: re.Pattern[str], left: list[str]) -> Any:
    """Return what an entry says without the words; each text that lost some is noted as it is left."""
    if isinstance(value, Mapping):
        return {
            name if _FIELD.fullmatch(name) else _without(name, pattern, left): _without(each, pattern, left)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_without(each, pattern, left) for each in value]
    if not isinstance(value, str) or _OURS.fullmatch(value) or not pattern.search(value):
        return value
    left.append(pattern.sub(INSTEAD, value))
    return left[-1]


def _in_json(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]


def _elsewhere(session: Session, words: str) -> list[tuple[str, int]]:
    """Count the rows of other tables in which the words stand: a correction of the records takes them away there."""
    found = []
    quote = session.get_bind().dialect.identifier_preparer.quote
    for name in sorted(Base.metadata.tables.keys() - {AuditEntry.__tablename__}):
        row = "translate(lower(t::text), :unseen, '')"
        query = text(f"select count(*) from {quote(name)} t where strpos({row}, lower(:words)) > 0")  # noqa: S608 - a table's own name, quoted
        if number := session.scalar(query, {"words": words, "unseen": UNSEEN}):
            found.append((name, number))
    return found
