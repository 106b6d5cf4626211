"""Turn what a command raised into readable words, one line for one mistake, and an exit code."""

from __future__ import annotations

import re

import typer
from redis import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError

from operations.records.bad_rows import BadRows
from operations.refusals import Refused
from policy.check import RuleFailedError
from runtime.errors import SetupError

NO, BAD_USAGE = 1, 2
#: The words of the library that checks values, and ours.
CHECKED = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r"Input should be a valid integer\b.*"), "this is no whole number."),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"it takes \1 or more."),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"it takes \1 or less."),
    (re.compile(r"Input should be "), "it takes "),
)
SAYING: tuple[tuple[type[Exception], str], ...] = (
    (SetupError, "{}"),
    (Refused, "{}"),
    # The fault itself is told by the check of the rules.
    (RuleFailedError, "{0.sentence}"),
    (typer.Abort, "Stopped."),
    (RedisError, "The queue cannot be reached: {}"),
)


def judge(error: Exception) -> tuple[str, int] | None:
    """Return the line and the exit code for an error that is no fault of ours; None for any other."""
    if isinstance(error, typer.Exit):
        return "", error.exit_code
    usage = getattr(error, "format_message", None)
    if usage is not None:
        # Typer's own errors: a word it does not know, an option without its value.
        return _line(f"{_plain(usage())} See `alliance --help`."), BAD_USAGE
    if isinstance(error, BadRows):
        # One line for each mistake in the file.
        return "\n".join(map(_line, error.sentence.splitlines())), NO
    sentence = _sentence(error)
    return None if sentence is None else (_line(sentence), NO)


def _sentence(error: Exception) -> str | None:
    if isinstance(error, DBAPIError):
        reached = "cannot be reached" if isinstance(error, OperationalError) else "refused"
        return f"The database {reached}: {error.orig} See `alliance doctor`."
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}." if error.filename is not None else None
    said = next((said for kind, said in SAYING if isinstance(error, kind)), None)
    return None if said is None else said.format(error)


def _plain(words: str) -> str:
    """Give typer's words as a sentence, in the place of what its checker of values says."""
    for pattern, said in CHECKED:
        words = pattern.sub(said, words)
    words = words.rstrip()
    # A help text that typer printed leaves no words.
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def _line(text: str) -> str:
    return " ".join(text.split())
