"""The forms of the duties that are no meetings, reports or notices: opened from their buttons, filled in, sent."""

from __future__ import annotations

from datetime import date

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import duty_blocks
from models.alliances import Agreement, Alliance, Ending, RenewalDecision
from models.alliances import TerminationNotice as Notice
from models.duties import Obligation
from models.offices import Office, Person, Position
from models.plans import CommentRequest, CoordinatorCall, Milestone, PlannedActivity, WorkPlan
from models.settlements import Fulfilment, Waiver
from models.work import AnnualReport
from operations.actor import identify
from operations.read.message import show_obligation
from operations.remind.check_rules import check_rules
from policy.rights import Role
from policy.rules import RULES
from sandbox.block_limits import view_problems
from tests.bot.conftest import AREA_CHANNEL
from tests.bot.slack import fields_of, held, input_of, words
from tests.operations.conftest import NOW, Portfolio
from tests.operations.gates import pass_gates


@pytest.fixture
def records(sample_engine):
    """A session on the app's records; the rules are checked when it commits."""

    class Records(Session):
        def of(self, name: str) -> Alliance:
            """Find an alliance by how its name begins."""
            return self.scalars(select(Alliance).where(Alliance.name.startswith(name))).one()

        def office(self, code: str) -> Office:
            """Find an office."""
            return self.scalars(select(Office).where(Office.code == code)).one()

        def settle(self) -> None:
            """Check the rules and commit."""
            self.flush()
            check_rules(self, now=NOW)
            self.commit()

    with Records(sample_engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def everything(records):
    """Each rule has an open duty, most of them of the national alliance or of La Plaza."""
    plaza, grain, hostile = records.of("La Plaza"), records.of("National"), records.of("Roofing <")
    plaza.tracked_from = grain.tracked_from = hostile.tracked_from = date(2025, 11, 1)
    agreement = records.scalars(select(Agreement).where(Agreement.alliance_id == grain.id, Agreement.renewal)).one()
    agreement.signed_on, agreement.term_years = date(2023, 8, 30), 3
    records.add(
        RenewalDecision(
            alliance_id=grain.id,
            agreement_id=agreement.id,
            recommendation="conditional extension",
            reasons="Late.",
            recommended_on=date(2026, 8, 1),
            decided_on=date(2026, 8, 3),
            extended_until=date(2026, 12, 31),
            expectations="Two meetings.",
        )
    )
    records.add(Notice(alliance_id=plaza.id, noticed_on=date(2026, 11, 2), reason="Resources"))
    records.add(
        AnnualReport(
            alliance_id=grain.id,
            period_end=date(2025, 8, 31),
            submitted_on=date(2026, 11, 2),
            recorded_at=NOW,
        )
    )
    plan = WorkPlan(
        alliance_id=plaza.id, first=date(2025, 12, 10), finalized_on=date(2026, 1, 5), summary="Plan", recorded_at=NOW
    )
    records.add(plan)
    records.flush()
    records.add(Milestone(work_plan_id=plan.id, title="Poster", due_on=date(2026, 12, 1), person="Ada Coordinator"))
    records.add(
        CommentRequest(alliance_id=grain.id, office_id=records.office("REG-PHI").id, asked_on=date(2026, 11, 16))
    )
    records.add(
        PlannedActivity(
            alliance_id=grain.id,
            on_day=date(2026, 12, 10),
            place="Ohio",
            title="Booth",
            recorded_on=date(2026, 11, 16),
        )
    )
    records.query(CoordinatorCall).filter(CoordinatorCall.on_day > date(2026, 10, 1)).delete()
    made = Portfolio(records)
    area = records.office("0317300")
    over = (date(2020, 5, 30), date(2026, 5, 30))
    made.alliance("Over", area, signed=date(2018, 6, 1), renewed=over, tracked_from=date(2026, 11, 1))
    made.alliance("Fresh", area, signed=date(2024, 11, 3))
    ended = made.alliance("Ended", area, signed=date(2025, 6, 1))
    records.add(Ending(alliance_id=ended.id, kind="concluded", ended_on=date(2026, 11, 18), reason="mutual"))
    records.settle()
    return records


@pytest.fixture
def button(slack, records):
    """Post the row of a rule's open duty, as a reminder shows it; give the message."""

    def post(rule, name=None):
        query = select(Obligation).where(Obligation.rule == rule, Obligation.settled.is_(None))
        if name is not None:
            query = query.where(Obligation.alliance_id == records.of(name).id)
        row = records.scalars(query.order_by(Obligation.due_on.desc())).first()
        assert row is not None, f"no open duty of {rule}"
        blocks = duty_blocks(show_obligation(records, row.id, now=NOW))
        records.rollback()
        client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
        posted = client.chat_postMessage(channel=AREA_CHANNEL, text=rule, blocks=blocks)
        return {"channel": AREA_CHANNEL, "ts": posted["ts"], "blocks": posted["message"]["blocks"], "row": row}

    return post


#: What each form shows chosen when it is opened from its duty, by the field that says which duty it is.
CHOSEN = {
    "record_done": "duty",
    "submit_report": "period_end",
    "hand_over_report": "period_end",
    "post_report": "period_end",
    "record_evaluation": "period_end",
    "record_work_plan": "first",
    "reach_milestone": "milestone",
    "notify_activity": "activity",
    "answer_comment": "request",
    "decide_renewal": "agreement",
    "record_end": "notice",
    "offer_ambassador": "what",
    "record_meeting": "held",
    "record_call": "on",
}


@pytest.mark.parametrize("rule", RULES)
def test_record_it_opens_the_form_of_every_rule_filled_in(ada, nate, everything, button, rule):
    """The form is the rule's own, about the alliance and the very duty, and within Slack's limits."""
    message = button(rule)
    row = message["row"]
    national = row.alliance_id in {None, everything.of("National").id}
    person = nate if national else ada
    person.presses(message, "record:obligation")
    view = person.modal()
    assert view["callback_id"] == RULES[rule].resolved_by
    sent = {key: view[key] for key in ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id")}
    assert view_problems(sent, "modal") == []
    chosen = held(view, CHOSEN[view["callback_id"]])
    number = row.subject.partition(":")[2]
    if row.period is not None and view["callback_id"] in {"submit_report", "hand_over_report", "post_report"}:
        assert chosen == row.period.partition("/")[2]
    if view["callback_id"] in {"reach_milestone", "notify_activity", "answer_comment", "decide_renewal", "record_end"}:
        assert chosen == number
    if view["callback_id"] == "record_done":
        assert chosen.endswith(f"{rule}|{row.subject}")
    if row.alliance_id is not None:
        assert held(view, "alliance") == str(row.alliance_id)


def test_the_copy_is_handed_over_and_then_had_by_dcsp(ada, rita, everything, button, rows):
    """The form proposes the step that the duty stands at."""
    message = button("signed-copy")
    ada.presses(message, "record:obligation")
    assert held(ada.modal(), "duty").startswith("handed-over|signed-copy|")
    on = message["row"].opens_on.isoformat()
    ada.sends(done_on=on)
    assert "What is left is that DCSP has it." in ada.reads()["text"]
    rita.presses(message, "record:obligation")
    assert held(rita.modal(), "duty").startswith("signed-copy|")
    rita.sends(done_on=on)
    assert "Duty met: Send the copy of the signed agreement to DCSP" in rita.reads()["text"]
    assert [f.rule for f in rows(Fulfilment)] == ["signed-copy-handover", "signed-copy"]


def test_an_extension_is_settled_with_a_note(nate, everything, button, rows):
    """Without what came of it the form stays."""
    nate.presses(button("extension-terms"), "record:obligation")
    assert "what came of the expectations" in nate.sends()["errors"]["note"]
    nate.sends(note="Both meetings were held.")
    assert "Duty met: Settle the expectations" in nate.reads()["text"]
    assert [f.note for f in rows(Fulfilment)] == ["Both meetings were held."]


def test_a_report_is_handed_over_from_its_form(ada, everything, button, rows):
    """A day before the year's end is refused at its field."""
    ada.presses(button("report-handoff"), "record:obligation")
    assert "before the end of the year" in ada.sends(handed_over_on="2024-01-01")["errors"]["handed_over_on"]
    ada.sends(handed_over_on="2026-11-20")
    assert "Duty met: Hand the annual report" in ada.reads()["text"]


def test_a_report_is_posted_with_its_address(nate, everything, button, rows):
    """What is no address is refused at its field; what was typed stays."""
    nate.presses(button("report-posting"), "record:obligation")
    assert "This is no web address" in nate.sends(address="the web page")["errors"]["address"]
    assert held(nate.modal(), "address") == "the web page"
    nate.sends(address="https://www.osha.gov/alliances/ngfa?a=1&b=<2>")
    assert "a=1&amp;b=&lt;2&gt;" in nate.reads()["text"]
    assert [r.address for r in rows(AnnualReport)] == ["https://www.osha.gov/alliances/ngfa?a=1&b=<2>"]


def test_a_work_plan_with_milestones(ada, records, rows):
    """Each line is a milestone, or is named; the milestones are open then."""
    records.of("La Plaza").tracked_from = date(2025, 12, 1)
    records.settle()
    form = ada.opens("/alliance workplan plaza")
    assert held(form, "first") == "2025-12-10"
    for bad, words_of in (
        ("2026-12-01; Ada", "Line 1 is no milestone"),
        ("2026-12-01; Ada; Poster\nsoon; Ben; Talk", "Line 2: “soon” is no date"),
        ("2026-02-30; Ada; Poster", "is no date"),
        ("12/1/2037; Ada; Poster", "lies outside the plan"),
        ("\n".join(["2026-12-01; Ada; Poster"] * 31), "At most 30 milestones"),
    ):
        answer = ada.sends(finalized_on="2026-01-20", summary="Two trainings.", milestones=bad)
        assert words_of in answer["errors"]["milestones"]
    ada.sends(milestones="2026-12-01; Ada Coordinator; Poster\n12/15/2026; Ben Builder; Talk; in Spanish")
    told = ada.reads()["text"]
    assert "with 2 milestones, final on Tuesday, January 20, 2026" in told
    assert "Now open: Reach the milestone of the work plan (“Poster”, Ada Coordinator)" in told
    assert [(str(m.due_on), m.title) for m in rows(Milestone)] == [
        ("2026-12-01", "Poster"),
        ("2026-12-15", "Talk; in Spanish"),
    ]


def test_a_milestone_is_reached(ada, everything, button):
    """What was promised is named when it is met."""
    message = button("milestone")
    assert "“Poster”, Ada Coordinator" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    ada.sends(done_on="2026-11-20")
    assert "“Poster” reached on Friday, November 20, 2026." in ada.reads()["text"]


def test_an_activity_is_announced_and_its_place_told(nate, records, rows):
    """The announcement opens the duty to tell; only national alliances have it."""
    nate.opens("/alliance announce NGFA")
    nate.sends(title="Booth", on="2026-12-10", place="Chicago Region")
    assert "Now open: Tell the region or State Plan state" in nate.reads()["text"]
    assert [a.place for a in rows(PlannedActivity)] == ["Chicago Region"]


def test_only_national_alliances_announce_and_ask(ada, rita):
    """The words say so for any other alliance."""
    assert "is not a national alliance" in ada.asks("/alliance announce plaza")["text"]
    assert "comments are asked on national drafts" in ada.asks("/alliance comments plaza")["text"]


def test_comments_are_asked_of_all_who_comment(nate, records, rows):
    """Every region and directorate is chosen; who is taken out is not asked."""
    made = Portfolio(records)
    for code in ("DCSP", "DSG", "DOC"):
        made.office(code, kind="directorate", parent=records.office("OSHA-NO"), name=f"Directorate {code}")
    records.commit()
    form = nate.opens("/alliance comments NGFA")
    assert sorted(held(form, "offices")) == ["DOC", "DSG", "REG-PHI"]
    nate.sends(offices=["DSG", "REG-PHI"], asked_on="2026-11-20")
    assert "draft sent to 2 offices for comment" in nate.reads()["text"]
    assert len(rows(CommentRequest)) == 2
    assert held(nate.opens("/alliance comments NGFA"), "offices") == ["DOC"]


def test_the_region_asked_finds_the_request_in_its_list_and_answers(rita, ada, everything, button, rows):
    """Who works there may; a coordinator elsewhere is told who may."""
    message = button("draft-comment")
    assert "Asked of Philadelphia Regional Office" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    assert "You may not record a comment" in ada.reads()["text"]
    rita.presses(message, "record:obligation")
    rita.sends(answered_on="2026-11-20", answer="No comment.")
    assert "comment of Philadelphia Regional Office on Friday, November 20, 2026" in rita.reads()["text"]
    assert [r.answer for r in rows(CommentRequest)] == ["No comment."]


def test_a_call_is_recorded_for_the_program(nate, ada, everything, button, rows):
    """Nothing but the program owes it, and only its office records it."""
    message = button("coordinator-call")
    assert "The program\nFiscal quarter October 1, 2026 to December 31, 2026" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    assert "You may not record a call" in ada.reads()["text"]
    nate.presses(message, "record:obligation")
    assert "still to come" in nate.sends(on="2026-11-24")["errors"]["on"]
    nate.sends(on="2026-11-19", topics="Plans")
    told = nate.reads()["text"]
    assert "Duty met: Hold the call" in told
    assert "Next: Hold the call" in told
    assert "2026-11-19" in {str(call.on_day) for call in rows(CoordinatorCall)}


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
    ada.sends(extended_until="2029-01-15", expectations="Two meetings a year.")
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
    assert "This cannot be undone here" in words(confirmation["blocks"])
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


def test_without_a_renewal_no_ambassador(ada, rows):
    """The form says what is missing, and keeps what was typed."""
    ada.opens("/alliance ambassador plaza")
    answer = ada.sends(what="document", on="2026-11-20", remarks="Thanks")
    assert "no renewal is on record" in " ".join(answer["errors"].values())
    assert held(ada.modal(), "remarks") == "Thanks"
    assert rows(Ending) == []


def waives(person, message):
    """Choose "Not applicable" in the menu at the end of a row."""
    person.mark = person.slack.mark()
    block, menu = next((b, e) for b in message["blocks"] for e in b.get("elements", []) if e["type"] == "overflow")
    (choice,) = [o for o in menu["options"] if o["value"].startswith("waive:")]
    person.slack.post(
        "/client/action",
        user=person.id,
        container={"type": "message", "channel": message["channel"], "ts": message["ts"]},
        block_id=block["block_id"],
        action_id=menu["action_id"],
        type="overflow",
        value={"selected_option": choice},
    )


def test_not_applicable_is_for_officials_who_do_not_owe_it(ada, stranger, records, button, rows):
    """A coordinator may only ask; the director gives the reason, and the row says so."""
    message = button("meetings", "La Plaza")
    waives(ada, message)
    assert ada.modal()["callback_id"] == "ask_waiver"
    Portfolio(records).person("USTRANGER", (Role.AREA_DIRECTOR, records.office("0317300")), name="Dora Director")
    records.commit()
    waives(stranger, message)
    assert stranger.modal()["callback_id"] == "waive"
    stranger.sends(reason="The team met with the <region>.")
    assert "does not apply: The team met with the &lt;region&gt;." in stranger.reads()["text"]
    assert [(w.by, str(w.due_on), str(w.waived_on)) for w in rows(Waiver)] == [
        ("Dora Director", str(message["row"].due_on), "2026-11-23")
    ]
    shown = words(duty_blocks(show_obligation(records, message["row"].id, now=NOW)))
    assert "Waived on November 23, 2026 by Dora Director: The team met with the &lt;region&gt;." in shown


def test_who_owes_a_duty_may_only_ask_to_have_it_waived(ada, records, button):
    """Also a director who is the coordinator at once; somebody above has to be there."""
    person = records.scalars(select(Person).where(Person.slack_id == "UADA")).one()
    area, role = records.office("0317300"), Role.AREA_DIRECTOR.value
    records.add(Position(person_id=person.id, office_id=area.id, role=role, held_from=date(2020, 1, 1)))
    records.commit()
    waives(ada, button("meetings", "La Plaza"))
    assert ada.modal()["callback_id"] == "ask_waiver"
    assert ada.sends(reason="Merged")["errors"]


def test_what_is_only_possible_stands_last_and_is_not_counted(ada, everything):
    """A permission has no due date, and nobody is asked to use it."""
    shown = ada.asks("/alliance due over")
    assert "Possible since" in shown["text"]
    *_, last = [line for line in shown["text"].splitlines() if line.startswith("- ")]
    assert "May become an Ambassador, Over: Possible since" in last
    assert "*Possible, not asked for*" in words(shown["blocks"])
