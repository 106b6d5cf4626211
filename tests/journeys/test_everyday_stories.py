"""What people do with the product on an ordinary day, each at an office of their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.person import (
    act_as,
    button_of,
    choose,
    close_form,
    fill,
    picture,
    press,
    refused,
    reminder,
    say,
    submit,
    submit_done,
    told,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

TODAY = "November 23, 2026"
EVALUATE = "Evaluate the alliance"
MEETINGS = "Hold the Implementation Team"
RENEWAL = "Decide on renewal"
ROSA, REGION = "U0SAMPLE001", "C0SAMPLEREGPHI"
OMAR, LEILANI = "U0SAMPLE018", "U0SAMPLE017"
ILSE, SPRINGFIELD = "U0SAMPLE043", "C0SAMPLE0112600"
MARTA, ATLANTA_EAST = "U0SAMPLE059", "C0SAMPLE0418100"
BRIGID, BILLINGS = "U0SAMPLE099", "C0SAMPLE0830100"
NAOMI, NATIONAL = "U0SAMPLE009", "C0SAMPLEOSHANO"
PHONE = {"width": 360, "height": 740}


def test_an_activity_is_recorded_for_an_alliance_chosen_among_two(product, visit):
    """Words that fit two alliances ask which; the form follows the kind; the card shows what was recorded."""
    page = visit(product, f"{ROSA}/{REGION}")
    say(page, "/alliance record delaware")
    which = told(page, "Several alliances match “delaware”")
    expect(which).to_contain_text("La Plaza Delaware and DALE")
    which.get_by_role("button", name="Choose: Delaware Valley Recyclers").click()

    choose(page, "kind", "Training for others than OSHA staff")
    fill(page, title="Balers & <shears>", on="2026-11-19", reached="42", city="Chester")
    submit_done(page)
    recorded = told(page, "“Balers & <shears>” on Thursday, November 19, 2026, 42 reached")
    expect(recorded).to_contain_text("Recorded for Delaware Valley Recyclers Network (sample)")
    expect(recorded).to_contain_text("Next: ")

    say(page, "/alliance show recyclers")
    card = told(page, "Latest records")
    expect(card).to_contain_text("November 19, 2026: training, Balers & <shears>, 42 reached")
    expect(card).to_contain_text("Renewal signed November 13, 2025")


def test_a_second_click_records_nothing_more(product, visit):
    """A double click on Record makes one record."""
    page = visit(product, f"{ROSA}/{REGION}")
    say(page, "/alliance record scaffold")
    choose(page, "kind", "Product developed")
    fill(page, title="Scaffold tag, second print", on="2026-11-18")
    page.get_by_test_id("modal-submit").dblclick()
    expect(page.get_by_test_id("modal")).to_have_count(0)
    told(page, "“Scaffold tag, second print”")
    say(page, "/alliance show scaffold")
    card = told(page, "Latest records")
    expect(card).to_contain_text("Scaffold tag, second print")
    assert card.inner_text().count("Scaffold tag, second print") == 1


def test_undoing_a_meeting_reopens_its_duty(product, visit):
    """The reminder says Done, then after Undo asks again; a late click elsewhere learns who settled a duty."""
    page = visit(product, f"{ILSE}/{SPRINGFIELD}")
    posted = reminder(page, TODAY)
    expect(posted).to_contain_text("2 duties to act on, 2 overdue.")
    press(posted, "Record it", MEETINGS)
    fill(page, on="2026-11-10")
    page.get_by_label("Teleconference", exact=True).check()
    submit_done(page)
    expect(posted).to_contain_text("Done on November 10, 2026 by Ilse Lighthouse.")
    expect(button_of(posted, "Record it", MEETINGS)).to_have_count(0)

    answer = told(page, "Duty met.")
    answer.get_by_role("button", name="Undo").click()
    page.get_by_test_id("confirm-yes").click()
    told(page, "Undone: the meeting of Springfield Electrical JATC no longer counts.")
    expect(button_of(posted, "Record it", MEETINGS)).to_be_visible()
    expect(posted).to_contain_text("1 of 2 meetings held")
    expect(posted).not_to_contain_text("Done on")


def test_a_click_on_what_is_settled_meanwhile_learns_by_whom(product, visit):
    """A list that was shown before still has its button; pressing it says who settled the duty, and opens no form."""
    page = visit(product, f"{ILSE}/{SPRINGFIELD}")
    say(page, "/alliance due springfield electrical")
    old = told(page, "Due: Springfield Electrical JATC")
    expect(button_of(old, "Record it", EVALUATE).first).to_be_visible()

    act_as(page, "Samir Paperclip")
    posted = reminder(page, TODAY)
    press(posted, "Record it", EVALUATE)
    fill(page, evaluated_on="2026-11-12", discussed_on="2026-11-20", findings="Goals met but for one meeting.")
    submit_done(page)
    expect(posted).to_contain_text("Done on November 20, 2026 by Samir Paperclip.")

    act_as(page, "Ilse Lighthouse")
    button_of(told(page, "Due: Springfield Electrical JATC"), "Record it", EVALUATE).first.click()
    told(page, "This is settled: done on November 20, 2026 by Samir Paperclip")
    expect(page.get_by_test_id("modal")).to_have_count(0)


def test_a_reminder_is_explained_put_off_and_passed_on(product, visit):
    """Why? quotes the clause; past the due day a snooze takes a reason; what is passed on says so, and where."""
    page = visit(product, f"{MARTA}/{ATLANTA_EAST}")
    posted = reminder(page, TODAY)
    press(posted, "Why?", EVALUATE)
    window = page.get_by_test_id("modal")
    expect(window).to_contain_text("The original agreement was signed on December 5, 2006.")
    expect(window.get_by_role("blockquote").filter(has_text="CSP 04-01-002 IX.C.1")).to_be_visible()
    close_form(page)

    press(posted, "Snooze", EVALUATE)
    fill(page, until="2026-12-05")
    expect(window).to_contain_text("Needed for this day: it lies after the due date.")
    submit(page)
    refused(page, "reason", "Please complete this required field.")
    expect(page.get_by_test_id("input-until")).to_have_value("2026-12-05")
    fill(page, until="2026-12-01")
    expect(window).to_contain_text("Not needed up to Friday, December 4, 2026.")
    submit_done(page)
    told(page, "Snoozed for Georgia Struck By Alliance until Tuesday, December 1, 2026.")
    expect(posted).to_contain_text("Snoozed until Tuesday, December 1, 2026 by Marta Inkwell.")

    press(posted, "Not ours", RENEWAL)
    expect(page.get_by_test_id("input-office")).to_have_value("Atlanta Region")
    submit(page)
    expect(page.get_by_test_id("error-reason")).not_to_be_empty()
    fill(page, reason="The Region decides on this one.")
    submit_done(page)
    told(page, "go to Atlanta Region from now on")
    expect(posted).to_contain_text("Passed on to Atlanta Region.")
    expect(button_of(posted, "Record it", RENEWAL)).to_have_count(0)


def test_who_may_not_record_is_told_before_typing(product, visit):
    """A button and a word both say who may, and no form opens."""
    page = visit(product, f"{ROSA}/{NATIONAL}")
    act_as(page, "Naomi Inkwell")
    expect(page.get_by_test_id("channel-title")).to_have_text("alliances-national")
    press(reminder(page, TODAY), "Record it", f"Harbor Crane Operators Union (sample), {EVALUATE}")
    told(page, "You may not record an evaluation for OSHA National Office: it takes one of these positions")
    say(page, "/alliance meeting crane")
    told(page, "You may not record activities and meetings")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    press(reminder(page, TODAY), "Why?", f"Harbor Crane Operators Union (sample), {EVALUATE}")
    expect(page.get_by_test_id("modal")).to_contain_text("CSP 04-01-002 IX.C.1")
    close_form(page)


def test_what_is_not_understood_is_met_with_what_is_near(product, visit):
    """A name that fits nothing leads to the list, a word that is none to the words that are near."""
    page = visit(product, f"{ROSA}/{REGION}")
    say(page, "/alliance show Wizards of Nowhere")
    expect(told(page, "No alliance is called “Wizards of Nowhere”")).to_contain_text("/alliance list")

    say(page, "/alliance wat")
    expect(told(page, "“wat” is not a word that I know.").get_by_role("button", name="due")).to_be_visible()

    say(page, "/alliance shwo scaffold")
    meant = told(page, "“shwo” is not a word that I know.")
    meant.get_by_role("button", name="show scaffold").click()
    told(page, "Signatories: Mid-Atlantic Scaffold Builders (sample)")


def test_a_report_and_a_notice_are_recorded(product, visit):
    """The late report is entered; a notice names an end too early, is told the earliest day, and is then taken."""
    page = visit(product, f"{BRIGID}/{BILLINGS}")
    say(page, "/alliance report montana")
    told(page, "Several alliances match “montana”").get_by_role("button", name="Choose: Montana Logging").click()
    told(page, "Annual report of Montana").get_by_role("button", name="Submitted to DCSP").click()
    fill(page, submitted_on="2026-11-20", remarks="Sent by mail.")
    submit_done(page)
    answer = told(page, "annual report of the year to April 3, 2026, submitted on Friday, November 20, 2026")
    expect(answer).to_contain_text("Duty met: Submit the annual report")

    say(page, "/alliance notice montana onsite")
    choose(page, "signatory", "Montana Onsite Consultation Program")
    fill(page, noticed_on="2026-11-20", named_end_on="2026-12-01", reason="The program is merged.")
    submit(page)
    refused(page, "named_end_on", "on December 20, 2026 at the earliest")
    expect(page.get_by_test_id("input-reason")).to_have_value("The program is merged.")
    fill(page, named_end_on="2027-01-15")
    submit_done(page)
    told(page, "ends on Friday, January 15, 2027 at the earliest")

    say(page, "/alliance notice montana onsite")
    expect(told(page, "has a notice running").get_by_role("button", name="How it came out")).to_be_visible()


def test_lists_lead_to_what_they_list(product, visit):
    """The longest list begins at its top and turns its pages; what is due is found by office; the Home shows mine."""
    page = visit(product, f"{LEILANI}/{REGION}")
    say(page, "/alliance due")
    expect(told(page, "Due for me and my offices").get_by_role("heading")).to_be_in_viewport()
    say(page, "/alliance list")
    listed = told(page, "39 alliances.")
    listed.get_by_role("button", name="Next").click()
    expect(told(page, "39 alliances.")).to_contain_text("Page 2 of 4")

    say(page, "/alliance due tampa area office")
    owed = told(page, "Due: Tampa Area Office")
    expect(owed).to_contain_text("Overdue by 243 days.")

    page.get_by_test_id("app-home").click()
    home = page.get_by_test_id("home")
    expect(home).to_contain_text("Due for me and my offices")
    expect(home).to_contain_text("Mid-Atlantic Scaffold Safety Coalition (sample): active, term to December 5, 2028")
    home.get_by_role("button", name=re.compile("^Show: Mid-Atlantic")).click()
    expect(page.get_by_test_id("modal")).to_contain_text("Scaffold Workers Local 0 (sample)")
    close_form(page)


def test_a_meeting_is_recorded_by_keyboard_alone(product, visit):
    """From the list of channels through the reminder's button and a refusal to the record, no mouse is needed."""
    page = visit(product, f"{OMAR}/C0SAMPLEPROGRAM")
    keys = page.keyboard
    keys.press("Control+K")
    keys.type("philadelphia-region")
    keys.press("Enter")
    expect(page.get_by_test_id("channel-title")).to_have_text("alliances-philadelphia-region")
    expect(page.get_by_test_id("composer")).to_be_focused()
    expect(reminder(page, TODAY)).to_be_visible()
    tab_to(page, "Record it: ", key="Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_test_id("input-alliance")).to_be_focused()
    tab_to_test_id(page, "input-on")
    keys.type("12012026")
    tab_to(page, "In person")
    keys.press("Space")
    keys.press("Control+Enter")
    refused(page, "on", "December 1, 2026 is still to come")
    expect(page.get_by_test_id("input-on")).to_be_focused()
    keys.type("11202026")
    keys.press("Control+Enter")
    expect(page.get_by_test_id("modal")).to_have_count(0)
    told(page, "This agreement year: 2 of 2 meetings held. Duty met.")
    expect(reminder(page, TODAY)).to_contain_text("Done on November 20, 2026 by Omar Lighthouse.")


def tab_to(page: Page, label: str, *, key: str = "Tab") -> None:
    """Go from control to control until one with this label holds the keyboard."""
    label_of = "document.activeElement.ariaLabel || document.activeElement.closest('label')?.textContent || ''"
    tab_until(page, f"({label_of}).startsWith({label!r})", label, key)


def tab_to_test_id(page: Page, testid: str) -> None:
    """Go from control to control until this one holds the keyboard."""
    tab_until(page, f"document.activeElement.dataset.testid === {testid!r}", testid, "Tab")


def tab_until(page: Page, reached: str, name: str, key: str) -> None:
    """Press a key until an expression holds."""
    for _ in range(40):
        if page.evaluate(reached):
            return
        page.keyboard.press(key)
    pytest.fail(f"the keyboard does not reach {name}")


def test_a_meeting_is_recorded_on_a_phone(product, visit):
    """At 360 pixels the channel is opened from the drawer, the reminder's button pressed, the form sent."""
    page = visit(product, f"{MARTA}/C0SAMPLEPROGRAM", viewport=PHONE, has_touch=True, device_scale_factor=1.5)
    page.get_by_test_id("drawer").tap()
    page.get_by_test_id("channel-alliances-atlanta-east").tap()
    posted = reminder(page, TODAY)
    button = button_of(posted, "Record it", MEETINGS)
    expect(button).to_be_visible()
    picture(page, "phone")
    button.tap()
    expect(page.get_by_test_id("modal-submit")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    fill(page, on="2026-11-18")
    page.get_by_label("Teleconference", exact=True).check()
    page.get_by_test_id("modal-submit").tap()
    expect(page.get_by_test_id("modal")).to_have_count(0)
    told(page, "team meeting held by teleconference on Wednesday, November 18, 2026")
    expect(posted).to_contain_text("Done on November 18, 2026 by Marta Inkwell.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_official_names_who_acts_and_sees_what_a_setting_does(product, visit):
    """A designee acts between two days; a setting shows its effect before it is saved; both are undone."""
    page = visit(product, f"{LEILANI}/{REGION}")
    say(page, "/alliance people wilmington")
    shown = told(page, "People of Wilmington")
    picture(page, "guide-people", of=shown)
    shown.get_by_role("button", name=re.compile("^Name a designee")).click()
    choose(page, "position", re.compile("Area Director"))
    choose(page, "person", re.compile("Omar Lighthouse"))
    fill(page, since="2026-11-30", until="2026-11-25")
    submit(page)
    refused(page, "until", "before")
    fill(page, until="2026-12-04")
    submit_done(page)
    told(page, "acts for").get_by_role("button", name="Undo").click()
    page.get_by_test_id("confirm-yes").click()
    told(page, "Undone")

    say(page, "/alliance office wilmington")
    card = told(page, "Schedule")
    picture(page, "guide-office", of=card)
    card.get_by_role("button", name=re.compile("^Change settings")).click()
    fill(page, days_before="30, 7, 0")
    submit(page)
    expect(page.get_by_test_id("modal")).to_contain_text("Nothing is saved yet.")
    submit_done(page)
    told(page, "30, 7").get_by_role("button", name="Undo").click()
    page.get_by_test_id("confirm-yes").click()
    told(page, "Undone")
