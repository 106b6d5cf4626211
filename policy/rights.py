"""What a position may do. Everyone in the workspace may read; the rest is denied unless it stands here.

What a position may do, it may do for its office and the offices below. Three additions, two of them because DCSP
is a unit of the National Office and not an office above it:

- a position held at DCSP or OOSA also counts for the alliances that the National Office itself leads (VI.F:
  the National Alliance Coordinator is “the staff person within DCSP”);
- a document may be had by whoever holds a position, wherever that is;
- DCSP staff and the director of OOSA may record for any office what reaches DCSP or goes out from there: the
  submission and posting of annual reports (VIII.A.2, VI.E), and the copies of agreements (VIII.F.2); the director
  also decides for any office what goes past a legal date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A position that a person may hold at an office."""

    ALLIANCE_COORDINATOR = "Alliance Coordinator"
    REGIONAL_COORDINATOR = "Regional Alliance Program Coordinator"
    AREA_DIRECTOR = "Area Director"
    REGIONAL_ADMINISTRATOR = "Regional Administrator"
    DCSP_STAFF = "DCSP staff"
    OOSA_DIRECTOR = "OOSA director"
    DIRECTORATE_HEAD = "directorate head"
    DIRECTORATE_REVIEWER = "directorate reviewer"
    SOLICITOR = "Office of the Solicitor"
    ASSISTANT_SECRETARY = "Assistant Secretary"
    ADMINISTRATOR = "administrator"


class Verb(StrEnum):
    """Something that not everyone may do; its label completes the sentence "You may not …"."""

    RECORD = "record"
    SUBMIT_REPORT = "submit-report"
    EVALUATE = "evaluate"
    DECIDE_RENEWAL = "decide-renewal"
    GIVE_NOTICE = "give-notice"
    END_ALLIANCE = "end-alliance"
    SNOOZE = "snooze"
    PASS_ON = "pass-on"  # noqa: S105 - handing a duty on, not a secret
    ASSIGN = "assign"
    ASK = "ask"
    DECIDE = "decide"
    WAIVE = "waive"
    PLAN = "plan"
    HAND_OVER = "hand-over"
    POST_REPORT = "post-report"
    RECORD_COPY = "record-copy"
    SETTLE = "settle"
    ANNOUNCE = "announce"
    ASK_COMMENTS = "ask-comments"
    COMMENT = "comment"
    HOLD_CALL = "hold-call"
    PROPOSE = "propose"
    PREPARE = "prepare"
    CHANGE_TEAM = "change-team"
    SIGN = "sign"
    CHANGE_SETTINGS = "change-settings"
    NAME_PEOPLE = "name-people"
    NAME_DESIGNEE = "name-designee"
    REARRANGE = "rearrange"
    ADMINISTER = "administer"
    KEEP_RECORDS = "keep-records"
    IMPORT = "import"
    VIEW = "view"
    SUBSCRIBE = "subscribe"

    @property
    def label(self) -> str:
        """The words for a sentence."""
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A position that a person holds today, in their own right or as designee."""

    role: Role
    office_code: str


_LABELS = {
    Verb.RECORD: "record activities and meetings",
    Verb.SUBMIT_REPORT: "record an annual report as submitted",
    Verb.EVALUATE: "record an evaluation",
    Verb.DECIDE_RENEWAL: "record a renewal decision",
    Verb.GIVE_NOTICE: "record a notice of termination",
    Verb.END_ALLIANCE: "record the end of an alliance",
    Verb.SNOOZE: "snooze a reminder",
    Verb.PASS_ON: "pass a duty on",
    Verb.ASSIGN: "assign a duty to a person",
    Verb.ASK: "ask an official to decide on a duty",
    Verb.DECIDE: "decide what is asked for a duty",
    Verb.WAIVE: "waive a duty",
    Verb.PLAN: "record work plans and milestones",
    Verb.HAND_OVER: "record that an annual report was handed over",
    Verb.POST_REPORT: "record an annual report as posted",
    Verb.RECORD_COPY: "record where the copy of an agreement is",
    Verb.SETTLE: "record a duty as done",
    Verb.ANNOUNCE: "record planned activities and the notices of them",
    Verb.ASK_COMMENTS: "ask for comments on a draft agreement",
    Verb.COMMENT: "record a comment on a draft agreement",
    Verb.HOLD_CALL: "record a call with the coordinators",
    Verb.PROPOSE: "propose an alliance",
    Verb.PREPARE: "record what a signing or a publication needs",
    Verb.CHANGE_TEAM: "change who is on an Implementation Team",
    Verb.SIGN: "record a signed agreement",
    Verb.CHANGE_SETTINGS: "change settings",
    Verb.NAME_PEOPLE: "say who holds a position",
    Verb.NAME_DESIGNEE: "name a designee",
    Verb.REARRANGE: "rename, move or merge an alliance",
    Verb.ADMINISTER: "change offices and people, or enter a federal closure",
    Verb.KEEP_RECORDS: "redact the audit, or say how long records are kept and what is on hold",
    Verb.IMPORT: "import alliances",
    Verb.VIEW: "get documents",
    Verb.SUBSCRIBE: "subscribe to calendars",
}

_WORK = frozenset(
    {
        Verb.RECORD,
        Verb.SUBMIT_REPORT,
        Verb.EVALUATE,
        Verb.SNOOZE,
        Verb.PASS_ON,
        Verb.ASSIGN,
        Verb.ASK,
        Verb.PLAN,
        Verb.HAND_OVER,
        Verb.POST_REPORT,
        Verb.RECORD_COPY,
        Verb.SETTLE,
        Verb.ANNOUNCE,
        Verb.ASK_COMMENTS,
        Verb.COMMENT,
        Verb.HOLD_CALL,
        Verb.PROPOSE,
        Verb.PREPARE,
        Verb.CHANGE_TEAM,
    }
)
#: What belongs to the order of an office: who works there, and what its alliances are called.
_ORDER = frozenset({Verb.CHANGE_SETTINGS, Verb.NAME_PEOPLE, Verb.NAME_DESIGNEE, Verb.REARRANGE})
#: Who records how alliances begin and end imports them, too; so does who sets up the records.
_OUTCOME = frozenset({Verb.DECIDE_RENEWAL, Verb.GIVE_NOTICE, Verb.END_ALLIANCE, Verb.SIGN, Verb.IMPORT})

#: Who waives answers for the office: an official, never the one who owes the duty. So does who changes settings, says
#: who works there, or renames its alliances. Whoever holds a position names a designee for it.
_BESIDE_VIEW: dict[Role, frozenset[Verb]] = {
    Role.ALLIANCE_COORDINATOR: _WORK | _OUTCOME | {Verb.NAME_DESIGNEE},
    Role.REGIONAL_COORDINATOR: _WORK | _OUTCOME | {Verb.DECIDE, Verb.NAME_DESIGNEE},
    Role.AREA_DIRECTOR: _WORK | _OUTCOME | _ORDER | {Verb.DECIDE, Verb.WAIVE},
    Role.REGIONAL_ADMINISTRATOR: _WORK | _OUTCOME | _ORDER | {Verb.DECIDE, Verb.WAIVE},
    Role.DCSP_STAFF: _WORK | _OUTCOME | {Verb.NAME_DESIGNEE},
    Role.OOSA_DIRECTOR: _WORK | _OUTCOME | _ORDER | {Verb.DECIDE, Verb.WAIVE},
    Role.DIRECTORATE_HEAD: frozenset(
        {Verb.COMMENT, Verb.SNOOZE, Verb.PASS_ON, Verb.ASSIGN, Verb.ASK, Verb.NAME_DESIGNEE}
    ),
    Role.DIRECTORATE_REVIEWER: frozenset({Verb.COMMENT, Verb.SNOOZE, Verb.PASS_ON, Verb.ASSIGN, Verb.ASK}),
    Role.SOLICITOR: frozenset(),
    Role.ASSISTANT_SECRETARY: _OUTCOME | {Verb.DECIDE, Verb.WAIVE, Verb.NAME_DESIGNEE},
    Role.ADMINISTRATOR: _ORDER | {Verb.ADMINISTER, Verb.KEEP_RECORDS, Verb.IMPORT},
}
#: Documents are shown to whoever holds a position; to read what is on record takes none. A calendar is read without
#: anybody looking who reads it: only the people of an office and of those above it get an address.
RIGHTS: dict[Role, frozenset[Verb]] = {
    role: verbs | {Verb.VIEW, Verb.SUBSCRIBE} for role, verbs in _BESIDE_VIEW.items()
}

#: The units of the National Office that run its alliances.
DCSP_OFFICES = frozenset({"DCSP", "OOSA"})

_COLLECTS = frozenset({Role.DCSP_STAFF, Role.OOSA_DIRECTOR})
_COLLECTED = frozenset({Verb.SUBMIT_REPORT, Verb.POST_REPORT, Verb.RECORD_COPY, Verb.DECIDE})


def may(verb: Verb, held: Iterable[HeldPosition], office_line: tuple[str, ...]) -> bool:
    """Whether one of these positions allows the verb for an office.

    Args:
        verb: What is to be done.
        held: The positions that the person holds on that day.
        office_line: The code of the office and of each office above it, nearest first.
    """
    return any(verb in RIGHTS[p.role] and _reaches(p, verb, office_line) for p in held)


def owes(owner: str, name: str, held: Iterable[HeldPosition], offices: Collection[str]) -> bool:
    """Whether a person owes a duty: by the owing position at one of these offices, or by name.

    `name` is the person's with those for whom they act, as in "Ben Doe (for Ann Roe, Cy Poe)": each of them counts.
    """
    named = name.removesuffix(")").replace(" (for ", ", ").casefold().split(", ")
    return owner.casefold() in named or any(p.role == owner and p.office_code in offices for p in held)


def who_may(verb: Verb) -> tuple[Role, ...]:
    """Give the positions that allow a verb, for the sentence that refuses it."""
    return tuple(role for role, verbs in RIGHTS.items() if verb in verbs)


def _reaches(position: HeldPosition, verb: Verb, office_line: tuple[str, ...]) -> bool:
    if position.office_code in office_line or verb is Verb.VIEW:
        return True
    if position.role in _COLLECTS and verb in _COLLECTED:
        return bool(office_line)
    # Only the National Office has no office above it.
    return position.office_code in DCSP_OFFICES and len(office_line) == 1
