"""kill -9 of a worker while it shows an import or sends its marked file: each stands there once."""

from __future__ import annotations

import time

import pytest

from models.imports import Import
from operations.actor import identify
from operations.records.attach_document import Attached
from operations.records.import_for import Imported
from operations.records.imports import ask_import
from policy.import_state import ImportState
from tests.bot.slack import LocalSlack
from tests.bot.slack import Person as AtThePage
from tests.faults.conftest import QUIET, until
from tests.faults.test_bot import enter_ada
from tests.workers.conftest import NOW

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

TABLE = b"name,participants,level,offices,signed,term_years\nDock Workers,Port Union,area,NOWHERE,2024-05-01,2\n"


def asked(world):
    """Let Ada import a table with a mistake, which comes back with its row marked."""
    world.slack.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])
    enter_ada(world)
    page = AtThePage(LocalSlack(world.slack.address), "UADA", "C0EAST")
    (file,) = page.attaches("mine.csv", TABLE)
    with world.make.begin() as session:
        by = identify(session, "UADA", now=NOW)
        attached = Attached(file["id"], file["name"], file["size"])
        return ask_import(session, what=Imported.ALLIANCES, attached=attached, by=by, now=NOW)


def shown(world):
    """Return what was posted of the import: its message, and files."""
    posts = [entry for entry in world.slack.posts if "mine.csv" in entry["text"] or entry["thread_ts"]]
    return [entry["text"] for entry in posts]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("call", ["chat.postMessage", "files.completeUploadExternal"])
def test_a_worker_is_killed_while_an_import_is_shown(world, call, accepted):
    """Whether Slack has it or not when the worker is killed, the next one shows what is left to show, and no more."""
    id = asked(world)
    world.fault(call, "timeout", accepted=accepted, times=1)
    world.start("clock")
    victim = world.start("worker")
    until(world.struck, otherwise=world.tails)
    victim.kill()
    victim.wait()
    world.start("worker")

    def refused() -> bool:
        with world.make() as session:
            row = session.get_one(Import, id)
            return row.state == ImportState.REFUSED and row.try_at is None

    until(refused, otherwise=world.tails)
    time.sleep(QUIET)
    assert shown(world) == ["*mine.csv* is being read.", "What each row does, or what is wrong."]
