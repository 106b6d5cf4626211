"""A paper as a tagged PDF that declares PDF/UA-1.

The template gets the paper as data: nothing that people wrote is ever read as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import typst

from documents.paper import Block, Paper, printable

_TEMPLATE = Path(__file__).with_name("paper.typ")
#: Characters of a paper from which on it is worth the time to have typst forget it.
_LARGE = 50_000
#: For so many further compilations typst remembers all of one: of 500 rows that is 60 MB each.
_REMEMBERED = 11


def pdf(paper: Paper) -> bytes:
    """Return a PDF with headings, lists and tables tagged, a title and a language.

    It declares PDF/UA-1 unless the paper holds characters for which this machine has no font: the standard forbids
    those, and a name in another script is better boxes than nothing.
    """
    paper = printable(paper)
    told = {
        "title": list(paper.title),
        "name": paper.name,
        "author": paper.author,
        "landscape": paper.landscape,
        "blocks": [_told(block) for block in paper.blocks],
    }
    inputs, dated = {"paper": json.dumps(told)}, datetime.combine(paper.dated, time(), UTC)
    try:
        return _compile(inputs, "ua-1", dated)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _compile(inputs, "1.7", dated)
    finally:
        if len(inputs["paper"]) > _LARGE:
            _forget()


def _compile(inputs: dict[str, str], standard: Literal["ua-1", "1.7"], dated: datetime) -> bytes:
    return typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", pdf_standards=standard, sys_inputs=inputs, timestamp=dated
    )


def _forget() -> None:
    """Have typst forget what it remembers of the paper before: it has no word for that, and counts compilations."""
    compiler = typst.Compiler(b"", ignore_system_fonts=True)
    for _ in range(_REMEMBERED):
        compiler.compile(input=b"", format="pdf", pdf_tags=False)


def _told(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__, **asdict(block)}
