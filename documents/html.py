"""A paper as a web page: headings, captions and header cells for screen readers, and a style that prints."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from documents.paper import Block, Bullets, Facts, Heading, Missing, Paper, Table, Text, printable

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; } h3 { font-size: 1.05rem; }
.block { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; font-style: italic; padding: .25rem 0; }
th, td { border: 1px solid #8a8f98; padding: .3rem .5rem; text-align: left; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.missing { border-left: .3rem solid #b00020; padding-left: .7rem; }
p { white-space: pre-line; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } thead { display: table-header-group; }
  tr { break-inside: avoid; } @page { size: PAGE; margin: 1.5cm; } }
"""


def html(paper: Paper) -> str:
    """Return a whole page; it refers to nothing outside itself."""
    paper = printable(paper)
    size = "letter landscape" if paper.landscape else "letter"
    head = [
        '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(paper.name)}</title>",
        f'<meta name="author" content="{escape(paper.author)}">',
        f"<style>{_STYLE.replace('PAGE', size)}</style>\n</head>\n<body>\n<main>",
    ]
    title = "<br>".join(escape(line) for line in paper.title)
    return "\n".join([*head, f"<h1>{title}</h1>", *_blocks(paper), "</main>\n</body>\n</html>\n"])


def _blocks(paper: Paper) -> Iterator[str]:
    for block in paper.blocks:
        yield _block(block)


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Missing(text):
            return f'<p class="missing"><strong>Missing:</strong> {escape(text)}</p>'
        case Facts(rows):
            return f"<dl>{''.join(f'<dt>{escape(a)}</dt><dd>{escape(b)}</dd>' for a, b in rows)}</dl>"
        case Bullets(bullets):
            return f"<ul>{''.join(f'<li>{escape(row)}</li>' for row in bullets)}</ul>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    marks = [' class="number"' if column.numeric else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{mark}>{escape(column.label)}</th>' for column, mark in zip(table.columns, marks, strict=True)
    )
    body = "\n".join(
        f"<tr>{''.join(f'<td{mark}>{escape(cell)}</td>' for cell, mark in zip(row, marks, strict=True))}</tr>"
        for row in table.rows
    )
    return (
        f'<div class="block" role="region" aria-label="{escape(table.caption)}" tabindex="0"><table>'
        f"<caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
