"""Years of the sample portfolio with everything going wrong: exactly what an undisturbed run sends is sent.

`ALLIANCE_FAULT_SEED=N` replays a seed. In the short run the seed is fixed; in the long one it is drawn and printed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import sessionmaker

from cli.load_sample import load_sample
from models.alliances import Alliance
from tests.conftest import NUMBERS, REPLAY, TEMPLATE, address_of, create_database
from tests.faults.fates import FATES
from tests.faults.lived import Lived, live_apart
from tests.faults.people import CHANCES

SEED = "ALLIANCE_FAULT_SEED"
FIRST = datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.fixture
def both(server_url, valkey_url) -> Callable[[int, int, int], list[Lived]]:
    """Live through so many days with every n-th alliance, undisturbed and with a seed's faults, at the same time."""

    def live(days: int, every: int, seed: int) -> list[Lived]:
        template = f"sample_{next(NUMBERS)}"
        create_database(server_url, template, TEMPLATE)
        engine = create_engine(address_of(server_url, template))
        with sessionmaker(engine).begin() as session:
            load_sample(session, now=FIRST)
            session.execute(delete(Alliance).where(Alliance.id % every != 0))
        engine.dispose()
        # Each life in a process of its own: another core can have it, and neither shares anything with the other.
        with get_context("spawn").Pool(2) as lives:
            begun = []
            for number, fault_seed in enumerate((None, seed), start=1):
                name = f"life_{next(NUMBERS)}"
                create_database(server_url, name, template)
                valkey = (valkey_url, number)
                told = (address_of(server_url, name), valkey, seed, fault_seed, FIRST, days)
                begun.append(lives.apply_async(live_apart, told))
            return [life.get() for life in begun]

    return live


def differing(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return what is not the same in both, with what it is in each."""
    return {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


@pytest.fixture
def compare(both, record_property) -> Callable[[int, int, int], Lived]:
    """Live through so many days with every n-th alliance, undisturbed and by a seed; compare how it ends."""

    def ends_alike(days: int, every: int, seed: int) -> Lived:
        record_property(REPLAY, f"The faults were drawn by {SEED}={seed}: so they are replayed.")
        undisturbed, disturbed = both(days, every, seed)
        assert differing(undisturbed.ledger, disturbed.ledger) == {}
        assert differing(undisturbed.said, disturbed.said) == {}
        assert disturbed.done == undisturbed.done
        assert set(undisturbed.happened) == {"nothing"}
        assert set(disturbed.happened) == {"nothing", *FATES}, "everything went wrong at least once"
        return undisturbed

    return ends_alike


@pytest.mark.timeout(300)
def test_some_weeks_of_faults_send_what_an_undisturbed_run_sends(compare):
    """Over three weeks of the sample portfolio each notice is sent once, and each message ends with the same words."""
    lived = compare(21, 5, int(os.environ.get(SEED, "20261123")))
    assert lived.done["done"]
    assert lived.rewritten


@pytest.mark.fault
@pytest.mark.timeout(1800)
def test_years_of_faults_send_what_an_undisturbed_run_sends(compare):
    """Over five years of the sample portfolio each notice is sent once, and each message ends with the same words."""
    lived = compare(1826, 9, int(os.environ.get(SEED) or secrets.randbelow(10**9)))
    assert set(lived.done) >= set(CHANCES) | {"decided"}
