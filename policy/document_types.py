"""What may be kept as a document: a few types that last and run nothing, known by their bytes and not by their name."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from policy.words import listing

#: Bytes of the part of an Office file that says what the file is; longer ones are no Office file.
MOST_BYTES_OF_TYPES = 1_000_000
_TYPES = "[Content_Types].xml"
#: Bytes at the start of a file within which a PDF may begin.
_PDF_WITHIN = 1024


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type by the ending of its files."""

    ending: str
    media_type: str
    name: str
    #: Whether these bytes are a file of the type.
    fits: Callable[[bytes], bool]


def _begins(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(heads)


def _office(main: str) -> Callable[[bytes], bool]:
    """Return the test of an Office file without macros, by the type of its main part."""

    def fits(data: bytes) -> bool:
        try:
            with zipfile.ZipFile(BytesIO(data)) as package:
                if package.getinfo(_TYPES).file_size > MOST_BYTES_OF_TYPES:
                    return False
                types = package.read(_TYPES)
                macros = any(name.lower().endswith("vbaproject.bin") for name in package.namelist())
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, RuntimeError, OSError, ValueError):
            # NotImplementedError, of a packing that is not known, is a RuntimeError.
            return False
        return main.encode() in types and b"macroEnabled" not in types and not macros

    return fits


def _text(data: bytes) -> bool:
    """Whether bytes are plain text."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


_DRAWN = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, DocumentType] = {
    one.ending: one
    for one in (
        DocumentType("pdf", "application/pdf", "PDF", lambda data: b"%PDF-" in data[:_PDF_WITHIN]),
        DocumentType(
            "docx",
            f"{_DRAWN}wordprocessingml.document",
            "Word",
            _office(f"{_DRAWN}wordprocessingml.document.main+xml"),
        ),
        DocumentType("xlsx", f"{_DRAWN}spreadsheetml.sheet", "Excel", _office(f"{_DRAWN}spreadsheetml.sheet.main+xml")),
        DocumentType("png", "image/png", "PNG", _begins(b"\x89PNG\r\n\x1a\n")),
        DocumentType("jpg", "image/jpeg", "JPEG", _begins(b"\xff\xd8\xff")),
        DocumentType("jpeg", "image/jpeg", "JPEG", _begins(b"\xff\xd8\xff")),
        DocumentType("tif", "image/tiff", "TIFF", _begins(b"II*\0", b"MM\0*")),
        DocumentType("tiff", "image/tiff", "TIFF", _begins(b"II*\0", b"MM\0*")),
        DocumentType("txt", "text/plain", "plain text", _text),
    )
}
#: The endings of files whose rows can be imported.
TABLES = ("csv", "xlsx")
#: What is refused by its name already, with what to do instead.
_WITH_MACROS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm"})
_OLD = frozenset({"doc", "xls", "ppt"})


def ending_of(name: str) -> str:
    """Return the ending of a file's name, in small letters; empty where there is none."""
    _, dot, ending = name.rpartition(".")
    return ending.strip().lower() if dot else ""


def problem_of_name(name: str, size: int, most: int) -> str | None:
    """Say in a sentence why a file of that name and size (bytes) is not kept; None where it may be."""
    ending = ending_of(name)
    if size > most:
        return f"{name} has {_megabytes(size)} MB; a document may have {_megabytes(most)} MB at most."
    if size < 1:
        return f"{name} is empty."
    if ending in _WITH_MACROS:
        return f"{name} may hold macros, which are not kept; save it as PDF and attach that."
    if ending in _OLD:
        return f"{name} is of an old Office type that may hold macros; save it as PDF and attach that."
    if ending not in TYPES:
        kept = listing(dict.fromkeys(one.name for one in TYPES.values()))
        return f"{name} is of a type that is not kept; attach one of these: {kept}."
    return None


def problem_of_table(name: str, size: int, most: int) -> str | None:
    """Say in a sentence why a file of that name and size (bytes) is no table to import; None where it may be."""
    if size > most:
        return f"{name} has {_megabytes(size)} MB; a table may have {_megabytes(most)} MB at most: split it."
    if size < 1:
        return f"{name} is empty."
    if ending_of(name) not in TABLES:
        return f"{name} is no table; save it as XLSX or CSV, and attach that."
    return None


def problem_of_content(name: str, data: bytes) -> str | None:
    """Say in a sentence why the bytes are not what the name says; None where they are."""
    kind = TYPES[ending_of(name)]
    if kind.fits(data):
        return None
    return f"{name} is called a {kind.name} file, but is none, or holds macros; save it as PDF and attach that."


def media_type_of(name: str) -> str:
    """Return the media type of a file that may be kept."""
    return TYPES[ending_of(name)].media_type


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}".removesuffix(".0")
