"""The programs with a Slack that knows the blocks of 2026, and with one that does not, as GovSlack may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.commands import described
from models.offices import Office
from tests.bot.slack import LocalSlack, Person
from tests.faults.conftest import until
from tests.faults.test_bot import connected

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

CHART = "data_visualization"
#: Blocks that every Slack has known for years: https://docs.slack.dev/reference/block-kit/blocks
OLD = {"actions", "context", "divider", "header", "image", "section"}


def months(world) -> list[dict[str, Any]]:
    """Return the digests of the program that were posted."""
    return [post for post in world.slack.record("post") if "the program as of" in post["text"]]


def kinds(shown: dict[str, Any]) -> set[str]:
    """Return the kinds of the blocks of a message."""
    return {block["type"] for block in shown["blocks"]}


@pytest.mark.parametrize("newer", ["no", "yes"])
def test_charts_are_slacks_own_where_it_has_them(world, newer):
    """What the bot answers and what the worker posts hold a chart of Slack's own, or nothing newer than any Slack."""
    world.environment["SLACK_NEWER_BLOCKS"] = newer
    world.slack.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])
    world.slack.post("/control/app", name="Alliance", bot_user={"id": "UBOT", "name": "alliance"}, commands=described())
    world.offices("NATIONAL")
    with world.make.begin() as session:
        session.scalars(select(Office)).one().kind = "national"
    for name in ("clock", "worker", "bot"):
        world.start(name)
    until(lambda: world.all_is_said(1) and connected(world), otherwise=world.tails)
    # The first day of a month, at nine; a duty has fallen due meanwhile.
    world.slack.post("/control/clock", by_days=8)
    until(lambda: months(world), otherwise=world.tails)
    ada = Person(LocalSlack(world.slack.address), "UADA", "C0NATIONAL")
    answer = ada.asks("/alliance program", telling="fell due")
    for shown in (answer, *months(world)):
        assert (CHART in kinds(shown)) == (newer == "yes")
        assert kinds(shown) <= OLD | {CHART}
