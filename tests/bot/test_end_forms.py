"""Renewals, extensions, ends, Ambassadors and waivers, from the person's side of Slack."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select

from bot.messages import duty_blocks
from models.alliances import Agreement, Ending, RenewalDecision
from models.duties import Obligation
from models.offices import Person, Position
from models.settlements import Fulfilment, Waiver
from operations.actor import identify
from operations.read.message import show_obligation
from policy.rights import Role
from tests.bot.slack import fields_of, held, input_of, words
from tests.operations.conftest import NOW, Portfolio
from tests.operations.gates import pass_gates


def test_renew_asks_whether_it_is_decided_or_signed(nate, records, rows):
    """A signed renewal is recorded with a term within the bounds."""
    pass_gates(records, records.of("National"), identify(records, "UNATE", now=NOW), on=date(2026, 11, 20))
    records.settle()
    which = nate.asks("/alliance renew NGFA")
    assert "The term of *National Grain and Feed Association* runs to August 30, 2028" in which["text"]
    nate.presses(which, "run:renew:sign_renewal")
    form = nate.modal()
    years = [o["value"] for o in input_of(form, "term_years")["element"]["options"]]
    assert (years, held(form, "term_years")) == (["2", "3", "4", "5"], "5")
    assert "still to come" in nate.sends(signed_on="2026-11-24")["errors"]["signed_on"]
    nate.sends(signed_on="2026-11-20", term_years="3")
    assert (
        "renewal signed on Friday, November 20, 2026, in effect to November 20, 2029 (3 years)" in nate.reads()["text"]
    )
    assert [a.term_years for a in rows(Agreement) if a.signed_on == date(2026, 11, 20)] == [3]


def test_a_late_renewal_says_when_the_term_before_ran_out(ada, records):
    """The new term begins on its own signing."""
    records.scalars(select(Agreement).where(Agreement.alliance_id == records.of("La Plaza").id)).one().term_years = 1
    records.scalars(select(Agreement).where(Agreement.alliance_id == records.of("La Plaza").id)).one().signed_on = date(
        2025, 10, 1
    )
    pass_gates(records, records.of("La Plaza"), identify(records, "UADA", now=NOW), on=date(2026, 11, 20))
    records.settle()
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:sign_renewal")
    ada.sends(signed_on="2026-11-20")
    assert "The term before ran out on October 1, 2026" in ada.reads()["text"]


def test_an_extension_asks_for_its_expectations(ada, rows):
    """They are asked for once an extension is recommended; a long one is warned of, and recorded."""
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    assert "expectations" not in fields_of(ada.modal())
    ada.chooses("recommendation", "conditional extension")
    told = {"reasons": "Late.", "recommended_on": "2026-11-02", "decided_on": "2026-11-20"}
    assert "Give the date" in ada.sends(**told)["errors"]["extended_until"]
    terms = {"extended_until": "2029-01-15", "expectations": "Two meetings a year."}
    assert "Name who decided" in ada.sends(**terms)["errors"]["decided_by"]
    ada.sends(decided_by="Dora Director")
    text = ada.reads()["text"]
    assert "The extension runs to Monday, January 15, 2029." in text
    assert "The extension runs more than 12 months from December 10, 2027" in text
    assert [str(d.extended_until) for d in rows(RenewalDecision)] == ["2029-01-15"]


def test_a_conclusion_is_confirmed_before_it_is_recorded(ada, rows):
    """What would be refused is refused first; nothing is recorded before the answer."""
    ada.opens("/alliance conclude plaza")
    told = {"reason": "lack of resources", "explanation": "The guild closes."}
    answer = ada.sends(way="by OSHA after an evaluation", **told)
    assert "on the basis of an evaluation" in answer["errors"]["way"]
    ada.sends(way="by mutual agreement", ended_on="2026-11-20")
    confirmation = ada.modal()
    assert "It can be undone while nothing rests on it" in words(confirmation["blocks"])
    assert "2 open duties will be lifted" in words(confirmation["blocks"])
    assert rows(Ending) == []
    ada.sends()
    told_text = ada.reads()["text"]
    assert "concluded by mutual agreement on Friday, November 20, 2026, lack of resources" in told_text
    assert "Now open: Withdraw the OSHA Alliance logo" in told_text
    assert [e.kind for e in rows(Ending)] == ["concluded"]
    assert "ended on November 20, 2026 already" in ada.asks("/alliance conclude plaza")["text"]


def test_an_ambassador_is_offered_first_and_made_by_the_document(ada, everything, rows):
    """The offer needs no confirmation; the document ends the agreement and does."""
    ada.opens("/alliance ambassador over")
    ada.sends(what="offered", on="2026-11-16")
    assert "Ambassador status offered on Monday, November 16, 2026" in ada.reads()["text"]
    form = ada.opens("/alliance ambassador over")
    assert held(form, "what") == "document"
    ada.sends(on="2026-11-20")
    assert "the agreement ended on that day" in words(ada.modal()["blocks"])
    ada.sends()
    assert "Ambassador from Friday, November 20, 2026" in ada.reads()["text"]
    assert "ambassador" in {e.kind for e in rows(Ending)}


def test_a_form_that_may_ask_first_is_recorded_once_however_often_it_is_sent(ada, everything, rows):
    """Who presses Submit twice gets the same answer twice, also where some of what is typed needs a confirmation."""
    ada.opens("/alliance ambassador over")
    view, values = ada.modal()["id"], ada.fills(what="offered", on="2026-11-16")

    def send(_: int) -> dict[str, object]:
        return ada.slack.post("/client/submit", user=ada.id, view_id=view, values=values)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert [answer.get("errors") for answer in answers] == [None, None]
    assert [one.done_on.isoformat() for one in rows(Fulfilment) if one.rule == "ambassador-eligible"] == ["2026-11-16"]


def test_without_a_renewal_no_ambassador(ada, rows):
    """The form says what is missing, and keeps what was typed."""
    ada.opens("/alliance ambassador plaza")
    answer = ada.sends(what="document", on="2026-11-20", remarks="Thanks")
    assert "no renewal is on record" in " ".join(answer["errors"].values())
    assert held(ada.modal(), "remarks") == "Thanks"
    assert rows(Ending) == []


def waives(person, message):
    """Choose "Not applicable" in the menu at the end of a row."""
    person.picks(message, "more:obligation", lambda o: o["value"].startswith("waive:"))


def test_not_applicable_is_for_officials_who_do_not_owe_it(ada, stranger, records, button, rows):
    """A coordinator may only ask; the director gives the reason, and the row says so."""
    message = button("meetings", "La Plaza")
    waives(ada, message)
    assert ada.modal()["callback_id"] == "ask_waiver"
    Portfolio(records).person("USTRANGER", (Role.AREA_DIRECTOR, records.office("0317300")), name="Dora Director")
    records.commit()
    waives(stranger, message)
    assert stranger.modal()["callback_id"] == "waive"
    assert "in a few words" in stranger.sends(reason="x")["errors"]["reason"]
    stranger.sends(reason="The team met with the <region>.")
    assert "Nobody is reminded of it any more" in words(stranger.modal()["blocks"])
    assert rows(Waiver) == []
    stranger.sends()
    told = stranger.reads()
    assert "does not apply, by Dora Director: The team met with the &lt;region&gt;." in told["text"]
    assert [(w.by, str(w.due_on), str(w.waived_on)) for w in rows(Waiver)] == [
        ("Dora Director", str(message["row"].due_on), "2026-11-23")
    ]
    shown = words(duty_blocks(show_obligation(records, message["row"].id, now=NOW)))
    assert "Waived on November 23, 2026 by Dora Director: The team met with the &lt;region&gt;." in shown
    card = ada.asks("/alliance show plaza")
    assert "waived on November 23, 2026 by Dora Director: The team met" in card["text"]
    ada.presses(card, "undo:record")
    assert "You may not waive a duty" in ada.reads()["text"]
    stranger.presses(told, "undo:record")
    assert "is owed again" in stranger.reads("update")["text"]
    assert rows(Waiver) == []
    assert [o.settled for o in rows(Obligation) if o.id == message["row"].id] == [None]


def test_who_owes_a_duty_may_only_ask_to_have_it_waived(ada, records, button):
    """Also a director who is the coordinator at once; somebody above has to be there."""
    person = records.scalars(select(Person).where(Person.slack_id == "UADA")).one()
    area, role = records.office("0317300"), Role.AREA_DIRECTOR.value
    records.add(Position(person_id=person.id, office_id=area.id, role=role, held_from=date(2020, 1, 1)))
    records.commit()
    waives(ada, button("meetings", "La Plaza"))
    assert ada.modal()["callback_id"] == "ask_waiver"
    assert ada.sends(reason="Merged")["errors"]
