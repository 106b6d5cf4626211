from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from sandbox.main import serve
from sandbox.state_file import StateFileError


def main() -> int:
    """Start the local Slack from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Run the local Slack.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8400, help="port to listen on (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=None, help="file that keeps the workspace; none: forget it")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        serve(given.host, given.port, given.state)
    except (StateFileError, OSError, OverflowError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
