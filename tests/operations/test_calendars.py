"""What stands in a calendar, who may have its address, and when that ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select

from models.alliances import Alliance, TeamMember
from models.audit import AuditEntry, write_noted
from models.calendars import CalendarFeed
from models.duties import Obligation
from models.offices import Office, Position
from models.work import Meeting
from operations.calendars.make_address import make_address
from operations.calendars.open_address import NOTHING, Gone, open_address
from operations.calendars.stop_address import stop_address
from operations.calendars.which import OWN, refused_calendars, which_calendars
from operations.hands.change_position import end_position
from operations.hands.merge_alliances import merge_alliances
from operations.hands.merge_offices import merge_offices
from operations.operate.call_off_meeting import cancel_meeting, move_meeting, undo_call_off
from operations.operate.record_meeting import record_meeting
from operations.read.addresses import list_addresses
from operations.read.duties import list_due
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.calendar_feed import Kind
from policy.duties import Modality
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY

LATER = TODAY + timedelta(days=14)


@pytest.fixture
def opened(session, field):
    """Makes the coordinator's address of a calendar and opens it as it stands some days later."""
    tokens = {}

    def open_it(key, days=0):
        if key not in tokens:
            tokens[key] = make_address(session, calendar=key, by=field.coordinator, now=NOW).token
        write_noted(session)
        return open_address(session, tokens[key], now=NOW + timedelta(days=days))

    return open_it


def of(calendar, kind):
    """Return the entries of a kind."""
    return [entry for entry in calendar.entries if entry.kind is kind]


def test_a_deadline_stands_on_the_day_of_the_list(session, field, alliance, opened):
    """What `/alliance due` lists stands on that day, with state, office and clause; what is settled does not."""
    wanted = {
        f"duty-{o.due.id}": o.due
        for o in list_due(session, as_of=NOW, ids=[alliance.id])
        if o.due.modality is not Modality.PERMISSION
    }
    assert len(wanted) > 1
    for key in (f"alliance:{alliance.id}", f"office:{field.area.code}", "own"):
        found = {entry.uid.partition("@")[0]: entry for entry in of(opened(key), Kind.DEADLINE)}
        assert {uid: entry.begins for uid, entry in found.items()} == {uid: due.due_on for uid, due in wanted.items()}
    meetings = next(uid for uid, due in wanted.items() if due.rule == "meetings")
    assert found[meetings].title == "La Plaza: Hold the Implementation Team meetings of the agreement year"
    assert found[meetings].lines[0] == "Owed by: Alliance Coordinator, Wilmington Area Office."
    assert any(line.startswith("By: CSP 04-01-002 ") for line in found[meetings].lines)
    late = next(entry for entry in opened("own", days=30).entries if entry.uid == found[meetings].uid)
    assert late.title == f"Overdue: {found[meetings].title}"
    row = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).one()
    record = {"alliance_id": alliance.id, "held": True, "format": "both", "by": field.coordinator, "now": NOW}
    for on in (TODAY, TODAY - timedelta(days=30)):
        record_meeting(session, on=on, **record)
    assert row.settled == "met"
    assert meetings not in {entry.uid.partition("@")[0] for entry in opened("own").entries}


def test_a_moved_meeting_stays_the_same_entry(session, field, alliance, opened):
    """Moved, and moved back, it has one identity on its new day, and a later change each time."""
    by, key = field.coordinator, f"alliance:{alliance.id}"
    told = {"alliance_id": alliance.id, "by": by}
    record_meeting(session, on=LATER, begins_at=time(10, 30), held=False, format="both", **told, now=NOW)
    (first,) = of(opened(key), Kind.MEETING)
    assert first.begins == datetime.combine(LATER, time(10, 30), ZoneInfo("America/New_York"))
    planned = session.scalars(select(Meeting.id)).one()
    moved = move_meeting(
        session, meeting_id=planned, to=LATER + timedelta(days=2), because="Snow", **told, now=NOW + timedelta(hours=1)
    )
    (second,) = of(opened(key), Kind.MEETING)
    assert (second.uid, second.begins) == (first.uid, first.begins + timedelta(days=2))
    assert second.lines[-1] == "Was planned for December 7, 2026: Snow"
    undo_call_off(session, record=moved.record, by=by, now=NOW + timedelta(hours=2))
    (third,) = of(opened(key), Kind.MEETING)
    assert (third.uid, third.begins) == (first.uid, first.begins)
    assert first.changed_at < second.changed_at < third.changed_at
    cancel_meeting(session, meeting_id=planned, because="No room", **told, now=NOW + timedelta(hours=3))
    (last,) = of(opened(key), Kind.MEETING)
    assert (last.uid, last.cancelled, last.changed_at > third.changed_at) == (first.uid, True, True)
    assert last.title == "Cancelled: La Plaza: Implementation Team meeting"
    assert last.lines == ("Cancelled: No room",)


def test_a_calendar_of_ones_own_has_what_is_ones_own(session, portfolio, field, alliance, opened):
    """Duties and meetings of one's offices, what is assigned from elsewhere, and the meetings of one's teams."""
    away = portfolio.office("0418800", parent=portfolio.office("REG-ATL", kind="region", parent=field.national))
    far, other = (portfolio.alliance(name, away) for name in ("Far Away", "Other"))
    chief = portfolio.person("U0AWAY001", (Role.AREA_DIRECTOR, away))
    check_rules(session, now=NOW)
    mine = {entry.title.partition(":")[0] for entry in opened("own").entries}
    assert mine == {"La Plaza"}
    duty = session.scalars(
        select(Obligation).where(Obligation.alliance_id == far.id, Obligation.rule == "evaluation")
    ).one()
    ada = field.coordinator
    duty.assigned_to_id, duty.assigned_as, duty.assigned_by = ada.person_id, ada.name, chief.name
    session.add(
        TeamMember(alliance_id=other.id, person_id=ada.person_id, name=ada.name, organization="OSHA", since=TODAY)
    )
    record_meeting(session, alliance_id=other.id, on=LATER, held=False, format="both", by=chief, now=NOW)
    added = [entry for entry in opened("own").entries if not entry.title.startswith("La Plaza")]
    assert {entry.title for entry in added} == {
        "Far Away: Evaluate the alliance and discuss the evaluation",
        "Other: Implementation Team meeting",
    }
    assert any("Assigned to: Ada Coordinator." in entry.lines for entry in added)


def test_the_last_evening_on_a_team_is_counted_where_its_alliance_is_led(session, portfolio, field, alliance, opened):
    """Nine in the evening in New York is the next day in UTC: who leaves the team that day still has its meetings."""
    away = portfolio.office("0418800", parent=field.national)
    other, ada = portfolio.alliance("Other", away), field.coordinator
    of_team = {"person_id": ada.person_id, "name": ada.name, "organization": "OSHA", "since": date(2026, 1, 1)}
    session.add(TeamMember(alliance_id=other.id, until=TODAY, **of_team))
    chief = portfolio.person("U0AWAY001", (Role.AREA_DIRECTOR, away))
    held = {"alliance_id": other.id, "held": True, "format": "both", "by": chief, "now": NOW}
    record_meeting(session, on=TODAY, **held)
    assert len(of(opened("own", days=12 / 24), Kind.MEETING)) == 1
    assert of(opened("own", days=1), Kind.MEETING) == []


def test_an_address_is_kept_as_a_hash_and_opens_until_it_is_replaced_or_stopped(session, field, alliance):
    """Neither table nor audit holds it; the second one ends the first; who fetched when is kept."""
    ada = field.coordinator
    first = make_address(session, calendar="own", by=ada, now=NOW)
    with pytest.raises(AlreadyDone):
        make_address(session, calendar="own", by=ada, now=NOW)
    assert open_address(session, first.token, now=NOW).name == "Alliances: Ada Coordinator"
    (shown,) = list_addresses(session, ada.person_id)
    assert (shown.key, shown.fetched_at) == ("own", NOW)
    second = make_address(session, calendar="own", replace=True, by=ada, now=NOW)
    with pytest.raises(Refused, match="There is no calendar at this address"):
        open_address(session, first.token, now=NOW)
    assert open_address(session, second.token, now=NOW).entries
    (row,) = session.scalars(select(CalendarFeed).where(CalendarFeed.stopped_at.is_(None)))
    stop_address(session, address_id=row.id, by=ada, now=NOW)
    with pytest.raises(AlreadyDone):
        stop_address(session, address_id=row.id, by=ada, now=NOW)
    with pytest.raises(Refused):
        open_address(session, second.token, now=NOW)
    write_noted(session)
    kept = str([vars(r) for r in session.scalars(select(CalendarFeed))])
    kept += str([(r.action, r.data) for r in session.scalars(select(AuditEntry))])
    assert "calendar:replaced" in kept
    assert first.token not in kept
    assert second.token not in kept


def test_an_address_ends_with_the_position(session, field, alliance, director):
    """Who no longer holds a position that may have a calendar is served nothing, as if there were none."""
    ada = field.coordinator
    mine, office = (
        make_address(session, calendar=key, by=ada, now=NOW).token for key in ("own", f"office:{field.area.code}")
    )
    held = session.scalars(select(Position.id).where(Position.person_id == ada.person_id)).one()
    end_position(session, position_id=held, last_day=TODAY, by=director, now=NOW)
    assert open_address(session, office, now=NOW).entries
    for token in (mine, office, "0" * 64, None):
        with pytest.raises(Refused) as refused:
            open_address(session, token, now=NOW + timedelta(days=1))
        assert (type(refused.value), refused.value.sentence) == (Refused, NOTHING)


def test_what_was_merged_is_gone_and_says_into_what(session, portfolio, field, alliance, administrator):
    """An office that went into another, and an alliance entered twice, are not served under another's name."""
    rita = field.regional_coordinator
    again = portfolio.alliance("La Plaza again", field.area)
    office, twice = (
        make_address(session, calendar=key, by=rita, now=NOW).token
        for key in (f"office:{field.area.code}", f"alliance:{again.id}")
    )
    dover = portfolio.office("0317301", parent=field.region, name="Dover Area Office")
    merge_alliances(session, alliance_id=again.id, into_id=alliance.id, by=administrator, now=NOW)
    with pytest.raises(Gone, match="La Plaza again was entered twice and merged into La Plaza; /alliance calendar"):
        open_address(session, twice, now=NOW)
    merge_offices(session, office_code=field.area.code, into_code=dover.code, by=administrator, now=NOW)
    with pytest.raises(Gone, match="went into Dover Area Office on November 23, 2026; /alliance calendar"):
        open_address(session, office, now=NOW)
    # The key stands for what took over.
    assert make_address(session, calendar=f"office:{field.area.code}", by=rita, now=NOW).key == f"office:{dover.code}"


def test_who_has_no_position_gets_no_address(session, field, alliance):
    """One sentence; nobody else's address can be stopped by who is no administrator."""
    for key in ("own", f"alliance:{alliance.id}"):
        with pytest.raises(NotAllowed):
            make_address(session, calendar=key, by=field.stranger, now=NOW)
    for key in ("office:NONE", "alliance:x", "nonsense"):
        with pytest.raises(Refused, match="There is no such calendar"):
            make_address(session, calendar=key, by=field.coordinator, now=NOW)
    make_address(session, calendar="own", by=field.coordinator, now=NOW)
    row = session.scalars(select(CalendarFeed)).one()
    with pytest.raises(NotAllowed):
        stop_address(session, address_id=row.id, by=field.regional_coordinator, now=NOW)


def test_a_calendar_takes_as_many_queries_for_many_alliances_as_for_one(session, portfolio, field, alliance):
    """What is asked of the database does not grow with the alliances."""
    token = make_address(session, calendar=f"office:{field.national.code}", by=_chief(portfolio), now=NOW).token

    def statements():
        asked = []
        listen = (session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        session.flush()
        event.listen(*listen)
        entries = len(open_address(session, token, now=NOW).entries)
        event.remove(*listen)
        return entries, len(asked)

    few, asked = statements()
    for number in range(5):
        made = portfolio.alliance(f"Alliance {number}", field.area, signed=date(2025, 12, 10 + number))
        told = {"held": False, "format": "both", "by": field.coordinator, "now": NOW}
        record_meeting(session, alliance_id=made.id, on=LATER, **told)
    check_rules(session, now=NOW)
    many, asked_then = statements()
    assert many > few + 10
    assert asked_then <= asked + 1  # the moments of the meetings, of which there were none


def _chief(portfolio):
    top = portfolio.session.scalars(select(Office).where(Office.parent_id.is_(None), Office.kind == "national")).one()
    return portfolio.person("U0CHIEF01", (Role.OOSA_DIRECTOR, top))


def test_many_calendars_take_no_more_queries_than_two(session, portfolio, field):
    """What each names and who may have it is read for all at once; of what was merged it is what it went into."""
    keys = [OWN]
    for number in range(9):
        keys.append(f"alliance:{portfolio.alliance(f'Builders {number}', field.area).id}")
        keys.append(f"office:{portfolio.office(f'AREA-{number}', parent=field.region).code}")
    foreign = keys.pop()
    session.get(Alliance, int(keys[1].partition(":")[2])).merged_into_id = int(keys[3].partition(":")[2])
    session.get(Alliance, int(keys[1].partition(":")[2])).merged_at = NOW
    session.flush()

    def statements(some):
        count = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *_: count.append(1))
        session.expire_all()
        whiches = which_calendars(session, some)
        assert refused_calendars(session, whiches, field.regional_coordinator) == {}
        return len(count), whiches

    few, _ = statements(keys[:4])
    many, found = statements(keys)
    assert (many, list(found)) == (few, keys)
    assert found[keys[1]].key == keys[3]
    refused = refused_calendars(session, which_calendars(session, [foreign, OWN]), field.coordinator)
    assert list(refused) == [foreign]
    assert "for Office AREA-8" in str(refused[foreign])
    with pytest.raises(Refused, match="no longer on record"):
        which_calendars(session, [OWN, "alliance:99999"])
