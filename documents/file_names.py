"""What files are called that are handed over."""

from __future__ import annotations

import re
from datetime import date

#: Characters of an alliance's name in that of a file.
_NAME = 80


def file_name(kind: str, alliance: str, on: date, form: str) -> str:
    """Name a file by what it is, of which alliance and day: "annual-report-La-Plaza-2026-09-14.docx"."""
    plain = re.sub(r"[^\w]+", "-", alliance)[:_NAME].strip("-")
    return f"{'-'.join(filter(None, (kind, plain, str(on))))}.{form}"
