"""Find an alliance by what a person types: a part of its name, its acronym, or something like it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, utils
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice, Ending, Signatory
from models.names import FormerName
from models.offices import Office

#: Words that may be a name or an acronym, by their capitals; one of fewer letters names nothing.
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9&.-]+\b|\b[A-Z][a-z]{4,}\b")
SHORTEST = 3
_ASIDE = re.compile(r"\([^()]*\)")
#: Below this likeness (of 100) a name is not offered at all.
LIKELY = 55
#: Below this likeness (of 100) a name is not even told as the closest.
HARDLY = 60
#: One word at least has to be this much like one of the name: many that are a little so make no likeness.
CLOSE = 75
#: The very name, the name of a signatory, or an acronym.
EXACT = 100.0
#: Every word that was typed begins a word of the name.
HOLDS = 90.0
#: What is only spelled alike weighs less than what holds every word: a clear lead for the latter.
ALIKE = 0.75
#: A best match this far ahead of the next one is taken without asking.
CLEAR_LEAD = 12
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Found:
    """An alliance as a choice."""

    id: int
    name: str
    level: str
    office: str
    ended: bool
    #: How well it matches, of 100.
    likeness: float = EXACT


def find_alliances(session: Session, words: str, *, limit: int = OFFERED) -> list[Found]:
    """Rank the alliances that the words may mean, the best first; no words list all by name.

    Signs alone, without a letter or figure, are part of no name.
    """
    typed = utils.default_process(words)
    if not typed and words.strip():
        return []
    everything = _all(session)
    if not typed:
        return [_found(row) for row, _ in everything][:limit]
    # Where names hold every word, what is only spelled alike would be noise; to compare the spelling takes its time.
    likely = _likely(_holding(everything, typed), _held(typed)) or _likely(everything, _alike(typed))
    return [replace(_found(row), likeness=score) for row, score in likely[:limit]]


def _holding(everything: list[Named], typed: str) -> list[Named]:
    """Leave out at once what cannot hold every word."""
    parts = typed.split()
    return [named for named in everything if all(part in named[1].whole for part in parts)]


def _likely(named: list[Named], likeness: Callable[[str], float]) -> list[tuple[Entered, float]]:
    """Return the alliances with a name that is like enough, the most alike first."""
    scored = ((row, max(map(likeness, called.texts))) for row, called in named)
    return sorted(
        ((row, score) for row, score in scored if score >= LIKELY),
        key=lambda pair: (-pair[1], pair[0].ended, pair[0].name),
    )


def the_one(found: list[Found]) -> Found | None:
    """Return the alliance that the words clearly mean; None when a person has to choose, or nothing matches."""
    if not found:
        return None
    exact = found[0].likeness == EXACT
    lead = found[0].likeness - (found[1].likeness if len(found) > 1 else 0)
    return found[0] if lead >= CLEAR_LEAD or (exact and lead > 0) else None


def closest_names(session: Session, words: str, *, limit: int = 3) -> list[str]:
    """Return the names most like the words; none where there is hardly any likeness."""
    typed = utils.default_process(words).split()
    if not typed:
        return []
    scored = [
        (_spelled_alike(typed, utils.default_process(name).split()), name)
        for name in session.scalars(select(Alliance.name).where(Alliance.merged_into_id.is_(None)))
    ]
    likely = sorted((-score, name) for score, name in scored if score >= HARDLY and _has_close_word(typed, name))
    return [name for _, name in likely[:limit]]


def named_in(session: Session, text: str) -> list[int]:
    """List the ids of the alliances that a text names in full, by a participant or by the acronym; none that ended.

    A name of one word counts where it is written with capitals: "are" is no acronym. A name that is a part of a longer
    one in the text names nothing of its own.
    """
    said = f" {utils.default_process(text)} "
    capital = {word.lower().rstrip(".") for word in _CAPITALS.findall(text)}
    names: dict[str, set[int]] = defaultdict(set)
    for row, known in _all(session):
        found = _found(row)
        # What stands in parentheses behind a name is seldom said.
        called = (*known.texts, utils.default_process(_ASIDE.sub("", found.name)))
        for name in {t for text in called for t in (text, text.removesuffix(" alliance"))} if not found.ended else ():
            if f" {name} " in said and (" " in name or (len(name) >= SHORTEST and name in capital)):
                names[name].add(found.id)
    longest = [name for name in names if not any(name != other and f" {name} " in f" {other} " for other in names)]
    return sorted({id for name in longest for id in names[name]})


class Called(NamedTuple):
    """What an alliance may be called, as names are compared."""

    texts: tuple[str, ...]
    #: All of them in one.
    whole: str


class Entered(NamedTuple):
    """An alliance as it is read; nearly all of them are looked at and left."""

    id: int
    name: str
    level: str
    office: str
    ended: bool
    signatories: list[str] | None


#: An alliance, and what it may be called.
Named = tuple[Entered, Called]


def _all(session: Session) -> list[Named]:
    signed = select(Signatory.alliance_id, func.array_agg(Signatory.name).label("names"))
    signatories = signed.group_by(Signatory.alliance_id).subquery()
    rows = session.execute(
        select(
            Alliance.id,
            Alliance.name,
            Alliance.level,
            Office.name,
            Ending.alliance_id.is_not(None),
            signatories.c.names,
        )
        .join(AllianceOffice, (AllianceOffice.alliance_id == Alliance.id) & (AllianceOffice.rank == 0))
        .join(Office, Office.id == AllianceOffice.office_id)
        .outerjoin(Ending, Ending.alliance_id == Alliance.id)
        .outerjoin(signatories, signatories.c.alliance_id == Alliance.id)
        .order_by(func.lower(Alliance.name))
    )
    # Names of before find it too, its own and those of its participants.
    former: dict[int, list[str]] = defaultdict(list)
    of_signatory = select(Signatory.alliance_id, FormerName.name).join(
        FormerName, FormerName.signatory_id == Signatory.id
    )
    own = select(FormerName.alliance_id, FormerName.name).where(FormerName.alliance_id.is_not(None))
    for id, name in [*session.execute(own), *session.execute(of_signatory)]:
        former[id].append(name)
    everything = map(Entered._make, rows)
    return [(row, _called((row.name, *(row.signatories or ()), *former.get(row.id, ())))) for row in everything]


def _found(row: Entered) -> Found:
    return Found(row.id, row.name, row.level, row.office, row.ended)


@lru_cache(maxsize=50_000)
def _called(names: tuple[str, ...]) -> Called:
    """Return names and their acronyms as they are compared; remembered, as every search asks for all of them."""
    acronyms = [acronym for name in names if len(acronym := _acronym(name)) > 1]
    texts = tuple(map(utils.default_process, (*names, *acronyms)))
    return Called(texts, "\n".join(texts))


def _held(typed: str) -> Callable[[str], float]:
    """Return what tells how well a text holds the words, 0 where it does not hold each of them."""
    parts = [f" {part}" for part in typed.split()]
    word = f" {typed} "

    def likeness(text: str) -> float:
        within = f" {text} "
        if not all(part in within for part in parts):
            return 0.0
        if typed == text:
            return EXACT
        return 95.0 if text.startswith(typed) or (len(parts) == 1 and word in within) else HOLDS

    return likeness


def _alike(typed: str) -> Callable[[str], float]:
    """Return what tells how much like the words a text is spelled; each two words are compared once."""
    parts = typed.split()
    ratio = cache(fuzz.ratio)
    return lambda text: ALIKE * _spelled_alike(parts, text.split(), ratio)


def _spelled_alike(typed: list[str], words: list[str], ratio: Callable[[str, str], float] = fuzz.ratio) -> float:
    """Compare each word typed with the word most like it, long ones weighing more: "of" alone means nothing."""
    letters = sum(map(len, typed))
    return sum(len(part) * max(ratio(part, word) for word in words) for part in typed) / letters if words else 0.0


def _has_close_word(typed: list[str], name: str) -> bool:
    words = utils.default_process(name).split()
    return any(fuzz.ratio(part, word) >= CLOSE for part in typed for word in words)


def _acronym(text: str) -> str:
    """Return the initials of the capitalised words: "National Grain and Feed Association" → "NGFA"."""
    return "".join(word[0] for word in re.findall(r"[A-Z][\w.&-]*", text))
