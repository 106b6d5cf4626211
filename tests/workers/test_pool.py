from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workers.pool import pooled_engine


def test_a_statement_that_fails_does_not_tell_what_was_typed(database):
    """The error that goes to the log names the statement and not its values."""
    with (
        pooled_engine(database, 1) as engine,
        engine.connect() as connection,
        pytest.raises(DBAPIError) as failed,
    ):
        connection.execute(text("select * from nowhere where notes = :typed"), {"typed": "what Ada wrote"})
    assert "nowhere" in str(failed.value)
    assert "what Ada wrote" not in str(failed.value)
