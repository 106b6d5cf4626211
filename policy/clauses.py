"""The clauses that duties rest on, each with the words of its own edition, and what sees to each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policy.strict_yaml import Entry, entries

REGISTER = Path(__file__).parent / "register" / "clauses.yaml"

#: The publications that clauses stand in; a section is never cited under another edition's number.
EDITIONS = ("CSP 04-01-002", "FAQ")

MODALITIES = frozenset({"mandatory", "advisory", "permission", "prohibition", "criterion", "statement"})

#: What can see to a clause; `reason` says why nothing does.
REFERENCES = frozenset({"rule", "gate", "chain", "form", "document", "state", "parameter", "reason"})

_SENTENCE_ENDS = frozenset('.:;!?"”')

_FIELDS = frozenset({"quote", "modality", "responsible", "honoured_by"})


@dataclass(frozen=True, slots=True)
class Reference:
    """What sees to a clause: a rule, a gate or another part of the program by name, or why nothing does."""

    kind: str
    #: The name; for the kind "reason" a sentence.
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered passage of a publication, quoted word for word (white space aside)."""

    name: str
    edition: str
    number: str
    quote: str
    modality: str
    responsible: str
    #: Never empty.
    honoured_by: tuple[Reference, ...]

    @property
    def quoted(self) -> str:
        """The quote as it is shown: an ellipsis stands where it begins or ends within a sentence."""
        begins = "… " if self.quote[0].islower() else ""
        ends = "" if self.quote[-1] in _SENTENCE_ENDS else " …"
        return f"{begins}{self.quote}{ends}"

    def __str__(self) -> str:
        return self.name


class UnknownClauseError(LookupError):
    """Raised when code cites a clause that is not in the register."""


def load(path: Path = REGISTER) -> dict[str, Clause]:
    """Read the register of clauses, by name and in the order of the texts.

    Raises:
        RefusedFileError: with file and line, when an entry is incomplete, names another edition, or
            says neither what sees to the clause nor why nothing does.
    """
    register: dict[str, Clause] = {}
    for name, entry in entries(path):
        entry.expect(_FIELDS)
        edition = next((e for e in EDITIONS if name.startswith(e + " ")), None)
        if edition is None:
            raise entry.refuse(f"“{name}” does not begin with {' or '.join(EDITIONS)}.")
        modality = str(entry.values["modality"])
        if modality not in MODALITIES:
            raise entry.refuse(f"“{modality}” is none of {', '.join(sorted(MODALITIES))}.", "modality")
        register[name] = Clause(
            name=name,
            edition=edition,
            number=name.removeprefix(edition + " "),
            quote=" ".join(str(entry.values["quote"]).split()),
            modality=modality,
            responsible=str(entry.values["responsible"]),
            honoured_by=tuple(_references(entry)),
        )
    return register


def _references(entry: Entry) -> Iterator[Reference]:
    for child in entry.children("honoured_by"):
        if len(child.values) != 1:
            raise child.refuse("one kind and one name are expected here, as in “rule: meetings”.")
        ((kind, name),) = child.values.items()
        if kind not in REFERENCES:
            raise child.refuse(f"“{kind}” is none of {', '.join(sorted(REFERENCES))}.")
        if not isinstance(name, str) or not name.strip():
            raise child.refuse(f"“{kind}” has no name.")
        yield Reference(kind, " ".join(name.split()))


CLAUSES = load()


def cite(name: str) -> Clause:
    """Give the clause of that name, as in "CSP 04-01-002 VIII.F.3".

    Raises:
        UnknownClauseError: when the register has no such clause; rules cite at import, so that a
            program with a wrong citation does not start.
    """
    try:
        return CLAUSES[name]
    except KeyError:
        raise UnknownClauseError(f"There is no clause “{name}” in {REGISTER.name}.") from None
