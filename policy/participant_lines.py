"""The organizations of a proposal as people write them: one to a line, each with what kind it is."""

from __future__ import annotations

from collections.abc import Iterable

from policy.participants import Participant, ParticipantKind
from policy.words import listing

MOST_PARTICIPANTS = 20
NAME_CHARACTERS = 200

#: What else people write for a kind.
_ALSO = {
    "union": ParticipantKind.LABOR_UNION,
    "trade association": ParticipantKind.EMPLOYER_GROUP,
    "association of employers": ParticipantKind.EMPLOYER_GROUP,
    "company": ParticipantKind.FOR_PROFIT,
    "business": ParticipantKind.FOR_PROFIT,
    "for-profit": ParticipantKind.FOR_PROFIT,
    "school": ParticipantKind.EDUCATIONAL_INSTITUTION,
    "college": ParticipantKind.EDUCATIONAL_INSTITUTION,
    "university": ParticipantKind.EDUCATIONAL_INSTITUTION,
    "consulate general": ParticipantKind.CONSULATE,
    "tribe": ParticipantKind.TRIBE,
    "community group": ParticipantKind.COMMUNITY_GROUP,
    "faith-based organization": ParticipantKind.COMMUNITY_GROUP,
    "agency": ParticipantKind.GOVERNMENT_AGENCY,
    "consultation": ParticipantKind.CONSULTATION,
    "other": ParticipantKind.OTHER,
}
_KINDS = {kind.value.casefold(): kind for kind in ParticipantKind} | _ALSO
KINDS = listing(kind.value for kind in ParticipantKind)


def read_participants(text: str) -> tuple[Participant, ...]:
    """Read organizations, one to a line, each "name: kind" or "name: kind, kind".

    Raises:
        ValueError: A line says no kind, or one that there is not, or a name stands twice; the sentence names the line.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_PARTICIPANTS:
        raise ValueError(f"At most {MOST_PARTICIPANTS} participants; these are {len(lines)}.")
    found = tuple(_participant(number, line) for number, line in enumerate(lines, start=1))
    names = [participant.name.casefold() for participant in found]
    twice = next((found[i].name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise ValueError(f"“{twice}” stands there twice.")
    return found


def participant_lines(participants: Iterable[Participant]) -> list[str]:
    """Write organizations as `read_participants` reads them."""
    return [f"{p.name}: {', '.join(sorted(kind.value for kind in p.kinds))}" for p in participants]


def _participant(number: int, line: str) -> Participant:
    name, _, kinds = line.rpartition(":")
    name = " ".join(name.split())
    if not name or not kinds.strip():
        raise ValueError(f"Line {number}: write the name, a colon and what kind of organization it is: {KINDS}.")
    if len(name) > NAME_CHARACTERS:
        raise ValueError(f"Line {number}: a name has at most {NAME_CHARACTERS} characters; this has {len(name)}.")
    return Participant(name, frozenset(_kind(number, part) for part in kinds.split(",") if part.strip()))


def _kind(number: int, typed: str) -> ParticipantKind:
    kind = _KINDS.get(" ".join(typed.split()).rstrip(".").casefold())
    if kind is None:
        raise ValueError(f"Line {number}: “{typed.strip()[:60]}” is no kind of organization; write one of: {KINDS}.")
    return kind
