"""Years of the sample portfolio with everything going wrong: exactly what an undisturbed run sends is sent.

`ALLIANCE_FAULT_SEED=N` replays a seed. In the short run the seed is fixed; in the long one it is drawn and printed.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import structlog
from redis import Redis
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import sessionmaker

from cli.load_sample import load_sample
from cli.sample import local_slack as sample
from models.alliances import Alliance
from tests.conftest import NUMBERS, REPLAY, TEMPLATE, address_of, create_database
from tests.faults.conftest import nothing_lost_nothing_doubled
from tests.faults.years import FAULTS, Life, ledger, said
from tests.sandbox.conftest import serving

SEED = "ALLIANCE_FAULT_SEED"
FIRST = datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few_words() -> Iterator[None]:
    """Let the log tell of nothing but what is wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture
def both(server_url, valkey_url) -> Iterator[Callable[[int, int, int], list[Life]]]:
    """Live through so many days with every n-th alliance, undisturbed and with the faults of a seed."""
    engines = []

    def live(days: int, every: int, seed: int) -> list[Life]:
        template = f"sample_{next(NUMBERS)}"
        create_database(server_url, template, TEMPLATE)
        engine = create_engine(address_of(server_url, template))
        with sessionmaker(engine).begin() as session:
            load_sample(session, now=FIRST)
            session.execute(delete(Alliance).where(Alliance.id % every != 0))
        engine.dispose()
        lives = []
        for fault_seed in (None, seed):
            name = f"life_{next(NUMBERS)}"
            create_database(server_url, name, template)
            engines.append(create_engine(address_of(server_url, name)))
            with serving() as slack, Redis.from_url(valkey_url) as valkey:
                valkey.flushall()
                slack.post("/control/clock", to=FIRST.isoformat(), force=True)
                slack.post("/control/workspace", **sample.workspace())
                life = Life(engines[-1], slack, valkey, seed, fault_seed, FIRST)
                life.live(FIRST, days)
                nothing_lost_nothing_doubled(life.sessions, slack)
                lives.append(life)
        return lives

    yield live
    for engine in engines:
        engine.dispose()


@pytest.fixture
def compare(both, record_property) -> Callable[[int, int, int], None]:
    """Live through so many days with every n-th alliance, undisturbed and by a seed; compare how it ends."""

    def ends_alike(days: int, every: int, seed: int) -> None:
        record_property(REPLAY, f"The faults were drawn by {SEED}={seed}: so they are replayed.")
        undisturbed, disturbed = both(days, every, seed)
        assert ledger(disturbed.engine) == ledger(undisturbed.engine)
        assert said(disturbed.engine) == said(undisturbed.engine)
        assert undisturbed.happened.total() == undisturbed.happened["nothing"]
        assert len(disturbed.happened) > len(FAULTS), "the dice fell"

    return ends_alike


def test_some_weeks_of_faults_send_what_an_undisturbed_run_sends(compare):
    """Over two weeks of the sample portfolio each notice is sent once, and each message ends with the same words."""
    compare(14, 5, int(os.environ.get(SEED, "20261123")))


@pytest.mark.fault
@pytest.mark.timeout(7200)
def test_years_of_faults_send_what_an_undisturbed_run_sends(compare):
    """Over five years of the sample portfolio each notice is sent once, and each message ends with the same words."""
    compare(5 * 365, 3, int(os.environ.get(SEED) or secrets.randbelow(10**9)))
