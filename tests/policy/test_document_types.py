"""What may be kept as a document, by its name, its size and its bytes."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from policy.document_types import TYPES, media_type_of, problem_of_content, problem_of_name

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def office(main, *more):
    """Return an Office file whose main part is of that type."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        for name in more:
            package.writestr(name, "x")
    return made.getvalue()


def damaged():
    """Return an Office file whose packed bytes cannot be unpacked."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="{WORD}"/></Types>')
    data = bytearray(made.getvalue())
    start = 30 + len("[Content_Types].xml")
    data[start : start + 8] = b"\xff" * 8
    return bytes(data)


DAMAGED = damaged()
FITTING = {
    "letter.pdf": b"%PDF-1.7\nletter",
    "Letter.PDF": b"\r\n%PDF-1.4",
    "letter.docx": office(WORD),
    "scan.png": b"\x89PNG\r\n\x1a\n...",
    "scan.jpg": b"\xff\xd8\xff\xe0",
    "scan.tif": b"II*\0...",
    "mail.txt": "Approved. Señor".encode(),
}


@pytest.mark.parametrize("name", FITTING)
def test_what_it_says_it_is(name):
    """A file of a kept type, with the bytes of that type."""
    assert problem_of_name(name, len(FITTING[name]), 100_000) is None
    assert problem_of_content(name, FITTING[name]) is None
    assert "/" in media_type_of(name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter.pdf", b"MZ\x90\0 a program"),
        ("letter.pdf", FITTING["letter.docx"]),
        ("letter.docx", office(MACRO)),
        ("letter.docx", office(WORD, "word/vbaProject.bin")),
        ("letter.docx", b"PK\x03\x04 no archive"),
        ("letter.docx", DAMAGED),
        ("letter.docx", office("application/xml")),
        ("table.xlsx", FITTING["letter.docx"]),
        ("scan.png", b"\xff\xd8\xff\xe0"),
        ("mail.txt", b"\0\1\2"),
        ("mail.txt", b"\xff\xfe\xfa"),
    ],
)
def test_what_is_not_what_it_is_called(name, data):
    """Other bytes than the name says, and macros under the name of a file without, are refused in one sentence."""
    sentence = problem_of_content(name, data)
    assert sentence is not None
    assert sentence.startswith(f"{name} is called a {TYPES[name.rpartition('.')[2]].name} file, but is none")


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("plan.docm", 10, "plan.docm may hold macros, which are not kept; save it as PDF and attach that."),
        ("plan.xlsm", 10, "plan.xlsm may hold macros, which are not kept; save it as PDF and attach that."),
        ("plan.doc", 10, "plan.doc is of an old Office type that may hold macros; save it as PDF and attach that."),
        ("a.pdf", 25_000_001, "a.pdf has 25 MB; a document may have 25 MB at most."),
        ("a.pdf", 31_400_000, "a.pdf has 31.4 MB; a document may have 25 MB at most."),
        ("a.pdf", 0, "a.pdf is empty."),
        (
            "run.exe",
            10,
            "run.exe is of a type that is not kept; attach one of these: PDF, Word, Excel, PNG, JPEG, TIFF",
        ),
        ("noending", 10, "noending is of a type that is not kept;"),
    ],
)
def test_what_is_refused_by_its_name_or_size(name, size, sentence):
    """Macros, old types, what is too large or empty, and anything else: one sentence with what to do."""
    assert (problem_of_name(name, size, 25_000_000) or "").startswith(sentence)
