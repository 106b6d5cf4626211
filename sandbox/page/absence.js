// Whether the person as whom one acts can be reached: do-not-disturb, and a deactivated account.

import { changePerson } from "./api.js";
import { nameOf, state } from "./state.js";
import { fromWall, now, shifted, wall } from "./time.js";

const HOUR_MS = 3_600_000;
const MORNING = 8;

const quiet = (ms) => changePerson(state.me.id, { do_not_disturb_until: new Date(ms).toISOString() });
const nextMorning = () => fromWall({ ...wall(shifted(now(), state.zone, { days: 1 }), state.zone), hour: MORNING, minute: 0 }, state.zone);

/** What can be done to that person: an id, the words, the work. */
export const absences = () => [
  ["quiet-hour", "Do-not-disturb for an hour", () => quiet(now() + HOUR_MS)],
  ["quiet-night", "Do-not-disturb until 8:00 tomorrow", () => quiet(nextMorning())],
  ["deactivate", `Deactivate ${nameOf(state.me)}`, () => changePerson(state.me.id, { deactivated: true })],
];
