"""The parts of the handbook that no rule or parameter owns."""

from __future__ import annotations

#: What no reader has to fear.
NEVER = """<a id="never"></a>

## What is never done

- A permission is never chased: nobody is reminded that an alliance may become an Ambassador.
- A target of an office is never called overdue, only past its target, and it never climbs beyond the owner; nor does
  a duty that is only advisory.
- A date never moves because of a weekend or a holiday. Reminders do: they are sent on working days.
- Nobody is chased for the past: what was due before the office began to track an alliance is not created.
- A reading never passes for the text. Each is named, with the alternative that was not taken.
- A later edition never rewrites a duty that has already opened.
- Nothing is settled by silence: a duty stays until something is recorded, it is waived with a reason, or its cause
  is gone."""

#: The readings that no single rule owns.
EVERYWHERE = """<a id="everywhere"></a>

## How every date is read

- **A24.** The signing date is that of the last OSHA signature. *The alternative:* the first signature, or the
  participants' own.
- **A02.** A year is the agreement year, from one anniversary of the original signing to the day before the next; the
  anniversary of February 29 in a common year is February 28. *The alternative:* the calendar or fiscal year.
- **A03.** Years are counted from the original signing, also after a renewal, unless the office recorded another anchor
  for the alliance. *The alternative:* counting anew from each renewal.
- **A05.** An agreement is in effect through the same month and day, years later. *The alternative:* through the day
  before.
- **Editions.** A duty follows the edition in force when its agreement was signed; agreements older than CSP 04-01-002
  are read under it. Where the edition of 2020 is silent the older text is applied, and the duty says that it is carried
  over. *The alternative:* that the duty went with the older text, which is stated nowhere.
- **Days.** Days are calendar days unless a rule says working days, and are those of the lead office's time zone.
- **Several offices.** An alliance owes each duty once, however many offices share it; the lead office owns it. *The
  alternative:* one duty for each office."""
