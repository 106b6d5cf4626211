from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime import logs
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings

HOST = "127.0.0.1"
PORT = 8400


def run_sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = PORT,
) -> None:
    """Run the local Slack alone; its page is at http://127.0.0.1:PORT."""
    settings = load_settings()
    logs.configure(settings)
    try:
        from sandbox.main import serve  # noqa: PLC0415  # an extra: absent from a small install
        from sandbox.state_file import StateFileError  # noqa: PLC0415  # the same
    except ImportError:
        raise SetupError("The local Slack is not installed: install alliance-bot[sandbox].") from None
    try:
        serve(HOST, port, state_file(settings))
    except StateFileError as error:
        raise SetupError(str(error)) from None
    except OSError as error:
        raise SetupError(
            f"Port {port} cannot be listened on ({error.strerror or error}): choose another with --port."
        ) from None


def state_file(settings: Settings) -> Path:
    """Return where the local Slack keeps what happened in it."""
    return settings.alliance_data_dir / "local-slack.sqlite"
