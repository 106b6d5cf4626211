"""The clauses that duties rest on, each with the words of its own edition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from policy.strict_yaml import entries

REGISTER = Path(__file__).parent / "register" / "clauses.yaml"

#: The publications that clauses stand in; a section is never cited under another edition's number.
EDITIONS = ("CSP 04-01-002", "FAQ")

MODALITIES = frozenset({"mandatory", "advisory", "permission", "prohibition", "criterion", "statement"})

_FIELDS = frozenset({"quote", "modality", "responsible"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered passage of a publication, quoted word for word (white space aside)."""

    name: str
    edition: str
    number: str
    quote: str
    modality: str
    responsible: str

    def __str__(self) -> str:
        return self.name


class UnknownClauseError(LookupError):
    """Raised when code cites a clause that is not in the register."""


def load(path: Path = REGISTER) -> dict[str, Clause]:
    """Read the register of clauses, by name and in the order of the texts.

    Raises:
        RefusedFileError: with file and line, when an entry is incomplete or names another edition.
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
        )
    return register


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
