from __future__ import annotations

from alembic import command
from sqlalchemy import create_engine, inspect

from models import Base
from models.migrate import config, is_current, upgrade


def test_an_upgrade_from_empty_makes_every_table(empty_database):
    """An empty database ends with every declared table, at the newest revision."""
    upgrade(empty_database)
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        assert set(Base.metadata.tables) <= set(inspect(connection).get_table_names())
        assert is_current(connection)
    engine.dispose()


def test_the_migrations_make_what_the_tables_declare(database):
    """`alembic check` finds no difference between the migrations and the tables."""
    engine = create_engine(database)
    with engine.connect() as connection:
        command.check(config(connection))
    engine.dispose()


def test_a_downgrade_leaves_nothing_behind(database):
    """Going down to the beginning and up again works."""
    engine = create_engine(database)
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert left == set()
    upgrade(database)
