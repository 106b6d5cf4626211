"""Read a YAML file that people edit: every refusal names the file and the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# libyaml reads the same language ten times faster; it is missing from a few builds of PyYAML.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RefusedFileError(ValueError):
    """Raised when a file that people edit says something the program does not understand."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of a file, with the line on which it and each of its fields stand."""

    path: Path
    line: int
    values: Mapping[str, Any]
    nodes: Mapping[str, yaml.Node]

    def refuse(self, sentence: str, name: str = "") -> RefusedFileError:
        """Word a refusal that points at the entry, or at one of its fields."""
        line = _line(self.nodes[name]) if name in self.nodes else self.line
        return RefusedFileError(f"{self.path.name}, line {line}: {sentence}")

    def children(self, name: str) -> list[Entry]:
        """Give the mappings of the list in a field; none when the field is missing."""
        return list(listed(self.path, self.nodes[name])) if name in self.nodes else []

    def child(self, name: str) -> Entry | None:
        """Give the mapping in a field; None when the field is missing."""
        return entry(self.path, self.nodes[name]) if name in self.nodes else None

    def expect(self, required: frozenset[str], optional: frozenset[str] = frozenset()) -> None:
        """Check the names of the fields.

        Raises:
            RefusedFileError: when a required field is missing or empty, or a field is unknown.
        """
        for name in self.values:
            if name not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise self.refuse(f"unknown field “{name}”; the fields are {known}.", name)
        for name in sorted(required):
            if self.values.get(name) in (None, "", []):
                raise self.refuse(f"the field “{name}” is missing.", name)


def entries(path: Path) -> Iterator[tuple[str, Entry]]:
    """Give the named entries of a file whose top is a mapping of mappings, in the file's order.

    Raises:
        RefusedFileError: when the file has another shape, or names an entry or a field twice.
    """
    for name, node in _pairs(path, _root(path)):
        yield name, entry(path, node)


def series(path: Path) -> Iterator[tuple[str, list[Entry]]]:
    """Give the named lists of a file whose top is a mapping of lists of mappings, in the file's order.

    Raises:
        RefusedFileError: when the file has another shape, or names a list or a field twice.
    """
    for name, node in _pairs(path, _root(path)):
        yield name, list(listed(path, node))


def items(path: Path) -> Iterator[Entry]:
    """Give the entries of a file whose top is a list of mappings, in the file's order.

    Raises:
        RefusedFileError: when the file has another shape, or an entry names a field twice.
    """
    yield from listed(path, _root(path))


def listed(path: Path, node: yaml.Node) -> Iterator[Entry]:
    """Give the mappings of a list."""
    if not isinstance(node, yaml.SequenceNode):
        raise RefusedFileError(f"{path.name}, line {_line(node)}: a list is expected here.")
    for child in node.value:
        yield entry(path, child)


def entry(path: Path, node: yaml.Node) -> Entry:
    """Read one mapping; nested values are plain Python, with dates as dates."""
    loader = _LOADER("")
    try:
        pairs = dict(_pairs(path, node))
        values = {name: loader.construct_object(value, deep=True) for name, value in pairs.items()}
    finally:
        loader.dispose()
    return Entry(path, _line(node), values, pairs)


def _pairs(path: Path, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise RefusedFileError(f"{path.name}, line {_line(node)}: fields with names are expected here.")
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            raise RefusedFileError(f"{path.name}, line {_line(key)}: “{name}” stands here twice.")
        seen.add(name)
        yield name, value


def _root(path: Path) -> yaml.Node:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        reason = getattr(error, "problem", None) or "this is not YAML"
        raise RefusedFileError(f"{path.name}, line {line}: {reason}.") from None
    if node is None:
        raise RefusedFileError(f"{path.name}, line 1: the file is empty.")
    return node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
