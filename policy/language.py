"""Point at words that suggest endorsement or preferential treatment (XII.A, FAQ F-3); a person decides.

The phrases are data (`endorsement_phrases.yaml`). They are matched word by word, never by regular expression:
the time grows with the length of the text alone, whatever it says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy.clauses import CLAUSES, Clause
from policy.strict_yaml import Entry, series

FILE = Path(__file__).parent / "endorsement_phrases.yaml"

#: "..." in a phrase stands for up to this many words.
GAP = 6
#: A negation reaches this many words ahead, within its part of the sentence.
REACH = 16

# One class of characters, repeated: linear. Soft hyphens and zero-width characters stay inside a word, so that
# they cannot hide it.
_WORD = re.compile("[\\w'\u2019\u00ad\u200b-\u200d\u2060]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060"))
_SENTENCE_END = re.compile(r"[.!?;:]\s|[.!?;:]$|\n\s*\n|[•\t|]")
_PART_END = re.compile("[,()\u2013\u2014\\[\\]]|\\s-+\\s")
#: Words after which a negation no longer holds.
_PART_WORDS = frozenset({"and", "but", "because", "so", "while", "whereas", "yet", "although", "since", "unless"})
_NEGATIONS = frozenset({"not", "no", "nor", "never", "neither", "without", "cannot", "avoid", "avoids", "nothing"})

#: Negations of a thing or a person: their verb comes later, so any verb that carries on takes its phrase back.
_OF_THINGS = frozenset({"no", "nothing", "neither", "nor"})
#: Words between a negation and the verb that it negates.
_PASSED_OVER = frozenset(
    {
        *("a", "an", "the", "this", "these", "that", "such", "any", "all", "its", "their", "our", "your", "it", "they"),
        *("we", "you", "he", "she", "or", "of", "to", "in", "into", "by", "for", "as", "at"),
        *("be", "been", "being", "is", "are", "was", "were", "am", "do", "does", "did", "will", "would", "shall"),
        *("should", "may", "might", "can", "could", "must", "have", "has", "had"),
        *("also", "ever", "either", "even", "way", "directly", "indirectly", "explicitly", "implicitly", "thereby"),
        *("itself", "themselves", "osha", "agency", "government", "alliance", "agreement", "entering", "signing"),
    }
)

_FIELDS = frozenset({"phrase", "source"})
_MARKING = frozenset({"phrase", "why", "clause", "source"})


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that a person should look at; `text[start:end]` are the words."""

    start: int
    end: int
    words: str
    why: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class _Slot:
    #: Whole words, and beginnings of words (written `endors*`).
    words: frozenset[str]
    beginnings: tuple[str, ...]
    #: Up to `GAP` words may stand before it.
    after_gap: bool

    def takes(self, word: str) -> bool:
        return word in self.words or (bool(self.beginnings) and word.startswith(self.beginnings))


@dataclass(frozen=True, slots=True)
class _Phrase:
    slots: tuple[_Slot, ...]
    why: str = ""
    clause: Clause | None = None
    #: Marked even where a negation stands before it: "will not be inspected" is itself a promise.
    though_negated: bool = False
    #: Shown only where no other phrase marks the same words.
    broad: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    #: Whether a sentence, or a part of one, begins here.
    opens_sentence: bool
    opens_part: bool


class _Phrases:
    """Phrases by the words with which they begin."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self.by_word: dict[str, list[_Phrase]] = defaultdict(list)
        self.by_beginning: list[tuple[tuple[str, ...], _Phrase]] = []
        for phrase in phrases:
            first = phrase.slots[0]
            for word in first.words:
                self.by_word[word].append(phrase)
            if first.beginnings:
                self.by_beginning.append((first.beginnings, phrase))

    def found(self, tokens: list[_Token]) -> Iterator[tuple[int, int, _Phrase]]:
        """Give the first and last token of each phrase in a text."""
        for at, token in enumerate(tokens):
            beginning = [phrase for starts, phrase in self.by_beginning if token.word.startswith(starts)]
            for phrase in [*self.by_word.get(token.word, ()), *beginning]:
                last = _match(phrase, tokens, at)
                if last is not None:
                    yield at, last, phrase


@dataclass(frozen=True, slots=True)
class PhraseList:
    """The maintained phrases: what is marked, what is known to be harmless, what only looks like a negation."""

    marked: _Phrases
    harmless: _Phrases
    not_negations: _Phrases
    #: Verbs whose negation takes back what follows: what is not claimed, given or received.
    takes_back: _Phrases
    #: How many phrases are marked.
    count: int


def load(path: Path = FILE) -> PhraseList:
    """Read the phrases.

    Raises:
        RefusedFileError: with file and line, when a phrase has no source or no reason, cites a clause that is
            not in the register, or is empty.
    """
    lists = dict(series(path))
    marked = [_read(entry, _MARKING) for entry in lists.get("marked", [])]
    return PhraseList(
        marked=_Phrases(marked),
        harmless=_Phrases(_read(entry, _FIELDS) for entry in lists.get("harmless", [])),
        not_negations=_Phrases(_read(entry, _FIELDS) for entry in lists.get("not_negations", [])),
        takes_back=_Phrases(_read(entry, _FIELDS) for entry in lists.get("takes_back", [])),
        count=len(marked),
    )


def _read(entry: Entry, fields: frozenset[str]) -> _Phrase:
    entry.expect(fields, frozenset({"though_negated", "broad"}) if "why" in fields else frozenset())
    clause = str(entry.values.get("clause", ""))
    if clause and clause not in CLAUSES:
        raise entry.refuse(f"there is no clause “{clause}” in the register.", "clause")
    slots = tuple(_slots(str(entry.values["phrase"])))
    if not slots or slots[0].after_gap:
        raise entry.refuse("a phrase begins with a word.", "phrase")
    return _Phrase(
        slots=slots,
        why=str(entry.values.get("why", "")),
        clause=CLAUSES.get(clause),
        though_negated=entry.values.get("though_negated") is True,
        broad=entry.values.get("broad") is True,
    )


def _slots(phrase: str) -> Iterator[_Slot]:
    gap = False
    for part in phrase.split():
        if part == "...":
            gap = True
            continue
        choices = [_plain(choice) for choice in part.split("/") if choice]
        yield _Slot(
            words=frozenset(choice for choice in choices if not choice.endswith("*")),
            beginnings=tuple(choice[:-1] for choice in choices if choice.endswith("*")),
            after_gap=gap,
        )
        gap = False


def _plain(word: str) -> str:
    """Give a word as it is compared: no capitals, no possessive, no invisible characters."""
    plain: Any = word.translate(_INVISIBLE).replace("\u2019", "'").casefold().strip("'_")
    return str(plain.removesuffix("'s"))


def find_marks(text: str, phrases: PhraseList | None = None) -> tuple[Mark, ...]:
    """Give the words of a text that suggest endorsement or preferential treatment, in order of place.

    A phrase whose own verb is negated in the same part of the sentence is not marked (`find_negated` gives it). No
    mark lies within another, and a broad one gives way to any exact one on its words. An empty answer is no
    clearance: it says that none of the known phrases occurs.
    """
    tokens, found, _ = _search(text, PHRASES if phrases is None else phrases)
    return tuple(_marks(text, tokens, found))


def find_negated(text: str) -> tuple[Mark, ...]:
    """Give the words that would be marked if their verb were not negated, in order of place; a person looks."""
    tokens, found, negated = _search(text, PHRASES)
    taken = {position for first, last in found for position in range(first, last + 1)}
    alone = {
        (first, last): phrase
        for (first, last), phrase in negated.items()
        if taken.isdisjoint(range(first, last + 1)) and not phrase.broad
    }
    return tuple(_marks(text, tokens, alone))


Spans = dict[tuple[int, int], _Phrase]


def _search(text: str, known: PhraseList) -> tuple[list[_Token], Spans, Spans]:
    """Give the words of a text, the spans of the phrases in it, and of those whose verb is negated."""
    tokens = list(_tokens(text))
    negation_of = _negations(tokens, known.not_negations)
    carrying = {first for first, _, _ in known.takes_back.found(tokens)}
    harmless = [(first, last) for first, last, _ in known.harmless.found(tokens)]
    covered = {position for first, last in harmless for position in range(first, last + 1)}
    found: Spans = {}
    negated: Spans = {}
    for first, last, phrase in known.marked.found(tokens):
        if last in covered:
            continue
        by = None if phrase.though_negated else negation_of[last]
        spans = found if by is None or not _takes_back(tokens, by, first, last, carrying) else negated
        known_here = spans.setdefault((first, last), phrase)
        if known_here.broad:
            spans[first, last] = phrase
    return tokens, found, negated


def _takes_back(tokens: list[_Token], negation: int, first: int, last: int, carrying: set[int]) -> bool:
    """Whether what a negation negates is the phrase itself, or a verb that carries on to it."""
    between = range(negation + 1, last)
    verb = next((at for at in between if tokens[at].word not in _PASSED_OVER or at == first), last)
    if verb in (first, last) or verb in carrying:
        return True
    return tokens[negation].word in _OF_THINGS and not carrying.isdisjoint(between)


def _tokens(text: str) -> Iterator[_Token]:
    before, previous = 0, ""
    for found in _WORD.finditer(text):
        word = _plain(found.group())
        if not word:
            continue
        between = text[before : found.start()]
        if len(previous) == 1:
            # "U.S. Department", "e.g. a union": the stop belongs to the abbreviation.
            between = between.removeprefix(".")
        sentence = before == 0 or _SENTENCE_END.search(between) is not None
        part = sentence or _PART_END.search(between) is not None
        yield _Token(word, found.start(), found.end(), sentence, part)
        before, previous = found.end(), word


def _match(phrase: _Phrase, tokens: list[_Token], at: int) -> int | None:
    """Give the last token of a phrase that begins at a token; a phrase stays within its sentence."""
    places = {at}
    for slot in phrase.slots[1:]:
        following: set[int] = set()
        for place in places:
            for ahead in range(place + 1, min(place + 2 + (GAP if slot.after_gap else 0), len(tokens))):
                if tokens[ahead].opens_sentence:
                    break
                if slot.takes(tokens[ahead].word):
                    following.add(ahead)
        if not following:
            return None
        places = following
    return min(places)


def _negations(tokens: list[_Token], not_negations: _Phrases) -> list[int | None]:
    """Give for each token the negation before it that reaches it."""
    apparent = {first for first, _, _ in not_negations.found(tokens)}
    answers: list[int | None] = []
    reach, latest = 0, 0
    for at, token in enumerate(tokens):
        if token.opens_part or token.word in _PART_WORDS:
            reach = 0
        answers.append(latest if reach > 0 else None)
        if (token.word in _NEGATIONS or token.word.endswith("n't")) and at not in apparent:
            reach, latest = REACH, at
        else:
            reach = max(0, reach - 1)
    return answers


def _marks(text: str, tokens: list[_Token], found: dict[tuple[int, int], _Phrase]) -> Iterator[Mark]:
    exact = _outermost(span for span, phrase in found.items() if not phrase.broad)
    taken = {position for first, last in exact for position in range(first, last + 1)}
    broad = _outermost(
        (first, last)
        for (first, last), phrase in found.items()
        if phrase.broad and taken.isdisjoint(range(first, last + 1))
    )
    for first, last in sorted([*exact, *broad]):
        phrase = found[first, last]
        if phrase.clause is not None:
            start, end = tokens[first].start, tokens[last].end
            yield Mark(start, end, text[start:end], phrase.why, phrase.clause)


def _outermost(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the spans that lie in no other."""
    kept: list[tuple[int, int]] = []
    for first, last in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or last > kept[-1][1]:
            kept.append((first, last))
    return kept


PHRASES = load()
