from __future__ import annotations

import typer
from sqlalchemy import create_engine

from cli.open_records import open_records
from runtime.embedded import servers
from workers.broker import Jobs, connect
from workers.metrics import metrics_page


def metrics() -> None:
    """Print what is counted, in Prometheus' text format: messages that wait or failed, late duties, the queue."""
    with open_records() as records, servers(records.settings) as running:
        broker = connect(running.redis_url)
        engine = create_engine(running.database_url)
        try:
            typer.echo(metrics_page(engine, Jobs(broker), records.now).decode(), nl=False)
        finally:
            engine.dispose()
            broker.close()
