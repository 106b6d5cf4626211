"""Choosing when one's own digest comes, as people do it in Slack."""

from __future__ import annotations

from models.digests import Digest
from tests.bot.slack import held, words


def test_a_digest_is_chosen_in_ones_own_time_zone_and_undone(ada, rows):
    """The form shows what holds and the time zone that Slack knows; it is kept, told, and taken back by Undo."""
    ada.opens("/alliance digest")
    form = ada.modal()
    assert (held(form, "when"), held(form, "hour"), held(form, "leaves_out")) == ("1", "0 9", ["offices"])
    shown = words(form["blocks"])
    assert "What is late and climbs to you by your position always comes" in shown
    assert "In your time zone as Slack knows it: America/" in shown
    ada.sends(when="1-5", hour="0 7", leaves_out=["targets", "later"])
    told = ada.reads()
    assert "Your digest comes: Monday to Friday at 7:00 AM (America/" in told["text"]
    assert "what is due later than in 14 days" in told["text"]
    (kept,) = rows(Digest)
    assert (kept.schedule, kept.leaves_out) == ("0 7 * * 1-5", ["targets", "later"])
    ada.presses(told, "undo:record")
    assert rows(Digest) == []


def test_a_digest_is_turned_off(ada, rows):
    """Never is kept as a choice of its own."""
    ada.opens("/alliance digest")
    ada.sends(when="never")
    assert "You get no digest any more." in ada.reads()["text"]
    assert [row.schedule for row in rows(Digest)] == [None]


def test_without_a_position_there_is_nothing_to_choose(stranger):
    """The sentence says why."""
    assert "You hold no position on record" in stranger.asks("/alliance digest")["text"]
