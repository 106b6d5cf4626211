"""A file that is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield the file to write, which gets its name at the end; until then what has that name stays as it is.

    Two at once write two files. It is for nobody else to read: it holds what is on record.
    """
    handle, name = mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".part")
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
