"""The way to the answer of every word and to every form, as a person of the sample goes it.

The journey goes it and makes the pictures; `docs/words.md` says it. A new word or form needs its way here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.form_types import Form
from bot.forms import FORMS
from bot.message_files import FIELD
from bot.words import WORDS
from tests.journeys import life
from tests.journeys.camera import Camera
from tests.journeys.hands import EVERYBODYS
from tests.journeys.life import Alliance

PAGE = Path(__file__).parents[2] / "docs" / "words.md"

ROSA, OMAR, LEILANI = "Rosa Lantern", "Omar Lighthouse", "Leilani Bookend"
KWAME, MEI, AISHA = "Kwame Harborlight", "Mei Fencepost", "Aisha Teakettle"
MALIK, TERESA, ALEKSANDER = "Malik Candlewick", "Teresa Flagpole", "Aleksander Raincoat"
PHILADELPHIA = "C0SAMPLEREGPHI"
#: What the answer without a word is called.
MENU = "menu"

#: An alliance of an area office and one of the National Office, both on their way to the signatures.
LADDERS = Alliance(
    name="Aurora Ladder Alliance",
    coordinator=MALIK,
    official="Teresa Flagpole, Area Director",
    reports="Kiran Windmill",
    stays="Aurora Roofers Local 0",
    kind="labor union",
    signer="Gus Guild, President",
    leaves="Fox Valley Ladder Society",
)
NATIONAL = Alliance(
    name="National Ladder Safety Alliance",
    coordinator=KWAME,
    official="Ravi Mapmaker, Assistant Secretary",
    reports=KWAME,
    stays="American Ladder Workers Union",
    kind="labor union",
    signer="Ana Ladder, President",
    leaves="National Ladder Institute",
)


@dataclass(frozen=True)
class Stop:
    """What is seen at the end of a way: the answer of a word, or a form.

    A step of the way is a line (“/alliance due”), a button (“Snooze”, with “ | ” and what it is about), an entry of a
    menu (“…Split”), or a message in the channel (“#” and words of it).
    """

    name: str
    who: str
    way: tuple[str, ...]
    #: What has to be on record before.
    first: Callable[[Camera], None] | None = None
    channel: str = EVERYBODYS

    @property
    def word(self) -> str:
        """The word that the way begins with; empty is the menu, or a message."""
        line = self.way[0].partition(" ")[2] if self.way[0].startswith("/") else ""
        return line.partition(" ")[0]

    @property
    def form(self) -> Form | None:
        """The form that is seen; None is an answer."""
        return FORMS.get(self.name)


def _as(alliance: Alliance, deed: Callable[..., None], *more: str) -> Callable[[Camera], None]:
    """Return a deed of the coordinator of an alliance."""

    def do(hand: Camera) -> None:
        hand.become(alliance.coordinator)
        deed(hand, alliance, *more)

    return do


def _filled(who: str, way: tuple[str, ...], **fields: str) -> Callable[[Camera], None]:
    """Return what fills in the form at the end of a way, and sends and confirms it."""

    def do(hand: Camera) -> None:
        hand.become(who)
        hand.go(way)
        hand.fill(**fields)
        hand.finish()

    return do


def _ready_to_sign(hand: Camera) -> None:
    hand.become(MALIK)
    life.prepare(hand, LADDERS)
    life.approved(
        hand,
        LADDERS,
        ("Review by the Regional Office for programmatic consistency", "Ask for the review"),
        "Yolanda Compass",
    )


SCAFFOLD = "/alliance show scaffold"
WAIVED = ("/alliance due scaffold", "…Not applicable")
EXPERTS = ("/alliance product scaffold", "Ask experts")
CLOSED = ("/alliance office", "Closures", "Enter a closure")
HELD = ("/alliance retention", "Put on hold")
LADDER = "/alliance procedure aurora ladder"
PROPOSED = "/alliance procedure national ladder"
INPUT = (PROPOSED, "Ask for input")

HEAD = """# Words and forms

Every word that `/alliance` knows, what it answers, and the forms that are reached from there, each with its picture. \
What the words are for, task by task, stands in the [guides](guides/README.md). The page and its pictures are made by \
a journey through the sample, whose people are made up."""

#: In the order in which they are gone to.
TOUR: tuple[Stop, ...] = (
    # The menu and what is due.
    Stop(MENU, ROSA, ("/alliance",)),
    Stop("due", ROSA, ("/alliance due",)),
    Stop("list", ROSA, ("/alliance list",)),
    Stop("show", ROSA, (SCAFFOLD,)),
    Stop("why", ROSA, ("/alliance why scaffold meetings",)),
    Stop("help", ROSA, ("/alliance help",)),
    Stop("snooze", ROSA, ("#Not ours", "Snooze | Hold the"), channel=PHILADELPHIA),
    Stop("pass_on", ROSA, ("#Not ours", "Not ours | Hold the"), channel=PHILADELPHIA),
    Stop("assign", ROSA, ("/alliance due scaffold", "…Assign to a person")),
    Stop("waive", LEILANI, WAIVED),
    Stop("ask_waiver", ROSA, WAIVED),
    Stop(
        "decline",
        LEILANI,
        ("/alliance due scaffold", "Decline"),
        first=_filled(ROSA, WAIVED, reason="The next meeting is in January."),
    ),
    Stop("record_call", AISHA, ("/alliance due dcsp", "Record it | Hold the call")),
    Stop("reach_milestone", ALEKSANDER, ("/alliance due plaza", "Record it | Reach the milestone")),
    Stop("notify_activity", KWAME, ("/alliance due warehouse", "Record it | Tell the Regional")),
    Stop("record_done", "Nadia Saltshaker", ("/alliance due nahca", "Record it | Settle the expectations")),
    # A year of an alliance.
    Stop("record_activity", ROSA, ("/alliance record scaffold",)),
    Stop("record_meeting", ROSA, ("/alliance meeting scaffold",)),
    Stop("record_work_plan", ROSA, ("/alliance workplan scaffold",)),
    Stop("record_evaluation", KWAME, ("/alliance evaluate harbor crane",)),
    Stop("record_story", ROSA, ("/alliance story scaffold",)),
    Stop("say_purpose", ROSA, ("/alliance background scaffold",)),
    Stop("report", ROSA, ("/alliance report scaffold",)),
    Stop("hand_over_report", "Ilse Lighthouse", ("/alliance report springfield", "Handed over to the region")),
    Stop("submit_report", ROSA, ("/alliance report recyclers", "Submitted to DCSP")),
    Stop("post_report", "Amina Millstone", ("/alliance report southeast texas", "Posted on the web")),
    Stop("team", ROSA, ("/alliance team scaffold",)),
    Stop("add_member", ROSA, ("/alliance team scaffold", "Add a member")),
    Stop("end_member", ROSA, ("/alliance team scaffold", "Left the team")),
    Stop("product", ROSA, ("/alliance product scaffold",)),
    Stop("propose_product", ROSA, ("/alliance product scaffold", "Propose a product")),
    Stop("check_product", ROSA, ("/alliance product scaffold", "Reviews and checks")),
    Stop("publish_product", ROSA, ("/alliance product scaffold", "It was published")),
    Stop("drop_product", ROSA, ("/alliance product scaffold", "Give it up")),
    Stop(
        "record_outside_approval",
        ROSA,
        ("/alliance approve", "Record their decision"),
        first=_filled(ROSA, EXPERTS, summary="What the tags mean.", outside="Jane Roe, Scaffold Institute"),
    ),
    Stop("preview", ROSA, ("/alliance preview scaffold 2028-12-01 5",)),
    Stop("correct", ROSA, ("/alliance correct scaffold",)),
    Stop("withdraw", ROSA, ("/alliance correct scaffold", "…Withdraw, with the reason")),
    Stop("change_alliance", LEILANI, (SCAFFOLD, "Settings")),
    Stop("add_signatory", LEILANI, (SCAFFOLD, "Add a signatory")),
    Stop("rename_alliance", LEILANI, (SCAFFOLD, "…Rename it or a participant")),
    Stop("move_alliance", LEILANI, (SCAFFOLD, "…Move to another office")),
    Stop("merge_alliances", LEILANI, (SCAFFOLD, "…Merge: it was entered twice")),
    Stop("merge_participants", LEILANI, (SCAFFOLD, "…Merge two of its participants")),
    # The end of a term, and of an alliance.
    Stop("renew", ROSA, ("/alliance renew scaffold",)),
    Stop("decide_renewal", ROSA, ("/alliance renew scaffold", "Recommendation and decision")),
    Stop("change_parties", ROSA, ("/alliance renew scaffold", "Who joins or leaves")),
    Stop("sign_renewal", ROSA, ("/alliance renew scaffold", "Signed renewal")),
    Stop("gates", ROSA, ("/alliance gates scaffold",)),
    Stop("plan_criteria", ROSA, ("/alliance gates scaffold", "Criteria in the work plan")),
    Stop("give_notice", ROSA, ("/alliance notice scaffold",)),
    Stop("notice", "Winston Doorbell", ("/alliance notice gulf coast shipyard",)),
    Stop("record_end", "Winston Doorbell", ("/alliance notice gulf coast shipyard", "How it came out")),
    Stop("conclude", ROSA, ("/alliance conclude scaffold",)),
    Stop("offer_ambassador", "Yara Riverbend", ("/alliance ambassador pelican",)),
    Stop("end_ambassador", KWAME, ("/alliance ambassador assp",)),
    # A proposal of the National Office.
    Stop("propose", KWAME, ("/alliance new National Ladder Safety Alliance",)),
    Stop("procedure", KWAME, (PROPOSED,), first=_as(NATIONAL, life.propose)),
    Stop("revise_proposal", KWAME, (PROPOSED, "Edit the proposal")),
    Stop("withdraw_proposal", KWAME, (PROPOSED, "Withdraw the proposal")),
    Stop("ask_input", KWAME, INPUT),
    Stop("answer_comment", KWAME, (PROPOSED, "Record an answer"), first=_filled(KWAME, INPUT, due_on="2026-12-11")),
    Stop("ask_comments", KWAME, ("/alliance comments ngfa",)),
    Stop("plan_activity", KWAME, ("/alliance announce ngfa",)),
    # A proposal of an area office, up to the signatures.
    Stop("evaluate_proposal", MALIK, (LADDER, "Record the evaluation"), first=_as(LADDERS, life.propose)),
    Stop("ask_approval", MALIK, (LADDER, "Ask for approval"), first=_as(LADDERS, life.evaluate_proposal)),
    Stop(
        "approve",
        TERESA,
        ("/alliance approve",),
        first=_as(LADDERS, life.ask, "Approval of the proposal", "Ask for approval"),
    ),
    Stop("return_draft", TERESA, ("/alliance approve", "Return for changes")),
    Stop("decline_draft", TERESA, ("/alliance approve", "Decline")),
    Stop("draft_agreement", MALIK, (LADDER, "Write the draft"), first=_as(LADDERS, life.approve, TERESA)),
    Stop("answer_criteria", MALIK, ("/alliance criteria aurora ladder",)),
    Stop("record_gates", MALIK, ("/alliance gates aurora ladder", "Record what was done")),
    Stop("sign_agreement", MALIK, (LADDER, "Record signatures"), first=_ready_to_sign),
    Stop(
        "correct_signature",
        MALIK,
        ("/alliance correct aurora ladder", "…Correct"),
        first=_as(LADDERS, life.sign_at_first),
    ),
    # Offices, people, settings.
    Stop("office", LEILANI, ("/alliance office wilmington",)),
    Stop("change_office", LEILANI, ("/alliance office wilmington", "Change settings")),
    Stop("change_chain", LEILANI, ("/alliance office wilmington", "Who approves")),
    Stop("rename_office", MEI, ("/alliance office wilmington", "…Rename")),
    Stop("merge_offices", MEI, ("/alliance office wilmington", "…Merge into another office")),
    Stop("split_office", MEI, ("/alliance office wilmington", "…Split")),
    Stop("change_program", MEI, ("/alliance office national", "Program settings")),
    Stop("enter_closure", MEI, CLOSED),
    Stop(
        "remove_closure",
        MEI,
        ("/alliance office", "Closures", "Remove a closure"),
        first=_filled(MEI, CLOSED, day="2026-12-24", reason="Executive order"),
    ),
    Stop("people", LEILANI, ("/alliance people wilmington",)),
    Stop("hold_position", LEILANI, ("/alliance people wilmington", "Give a position")),
    Stop("end_position", LEILANI, ("/alliance people wilmington", "End a position")),
    Stop("name_designee", LEILANI, ("/alliance people wilmington", "Name a designee")),
    Stop("choose_digest", ROSA, ("/alliance digest",)),
    Stop("calendar", ROSA, ("/alliance calendar",)),
    # In and out, and the records.
    Stop("document", ROSA, ("/alliance document scaffold",)),
    Stop("export", ROSA, ("/alliance export",)),
    Stop("import_records", ROSA, ("/alliance import",)),
    Stop("outbox", LEILANI, ("/alliance outbox",)),
    Stop("program", KWAME, ("/alliance program",)),
    Stop("retention", MEI, ("/alliance retention",)),
    Stop("set_retention", MEI, ("/alliance retention", "Say how long")),
    Stop("place_hold", MEI, HELD),
    Stop(
        "lift_hold",
        MEI,
        ("/alliance retention", "Lift a hold"),
        first=_filled(MEI, HELD, scope="Everything", reason="A lawsuit"),
    ),
    Stop("redact_audit", MEI, ("/alliance retention", "Redact the audit")),
)


def words_page() -> str:
    """Return `docs/words.md`: each word with its answer, then the forms that are reached from there."""
    parts = [HEAD, "## /alliance", *_seen(next(stop for stop in TOUR if stop.name == MENU))]
    for word in WORDS:
        parts += [f"## /alliance {word.word}", f"{word.does}: `{f'/alliance {word.word} {word.usage}'.strip()}`."]
        for stop in sorted((stop for stop in TOUR if stop.word == word.word), key=lambda stop: len(stop.way) > 1):
            parts += _seen(stop)
    parts += ["## Under a reminder", "Under each duty of an office's message of the day."]
    parts += [part for stop in TOUR if stop.way[0].startswith("#") for part in _seen(stop)]
    return "\n\n".join(parts) + "\n"


def _seen(stop: Stop) -> list[str]:
    form = stop.form
    picture = f"images/words/{stop.name}.png"
    if form is None:
        return [f"![What {stop.way[0]} answers]({picture})"]
    # Files of a message are offered only where one has some.
    fields = ", ".join(str(field.title) for name, field in form.model.model_fields.items() if name != FIELD)
    shown = f"![The form “{form.title}”: {fields}]({picture})"
    if len(stop.way) == 1:
        return [shown]
    steps = [step.partition(" | ")[0] for step in stop.way]
    way = [f"`{step}`" if step.startswith("/") else f"*{step.removeprefix('…')}*" for step in steps if step[0] != "#"]
    return [f"### {form.title}", f"{', '.join(way)}.", shown]
