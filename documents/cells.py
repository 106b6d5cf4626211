"""What stands in the cell of a table that a spreadsheet may open."""

from __future__ import annotations

#: What a spreadsheet would take for a formula, the wide forms of its signs, too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutral(cell: str) -> str:
    """Return text that a spreadsheet will not take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
