from __future__ import annotations

import typer

from models.migrate import upgrade
from runtime.embedded import servers
from runtime.settings import load_settings


def migrate() -> None:
    """Bring the database to the newest revision; nothing happens when it is there."""
    with servers(load_settings(), redis=False) as running:
        upgrade(running.database_url)
    typer.echo("The database stands at the newest revision.")
