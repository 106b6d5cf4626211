// The local Slack's clock: what time it is there, and moves forward.

import { moveClock } from "./api.js";
import { openDialog } from "./dialog.js";
import { el, freshId, icon, iconButton, pending } from "./dom.js";
import { go } from "./route.js";
import { channelLabel, on, state, tell } from "./state.js";
import { format, fromWall, isoDay, isoTime, longText, now, setNow, shifted, timeText, zoneName } from "./time.js";

const OFFICE_ZONE = "America/New_York";
const NAMED = 3;
// As the server bounds it; a year of five digits does not even reach it.
const LAST_YEAR = 2060;
const TOO_FAR = `The clock moves at most 10 years at a time, and not beyond the year ${LAST_YEAR}.`;

const day = el("span", { class: "clock-day-text" });
const time = el("span", { class: "clock-time" });
const line = el("p", { class: "moved", role: "status", testid: "moved", hidden: true });
let news = null;

function tick() {
  const ms = now();
  day.textContent = format(ms, OFFICE_ZONE, { weekday: "short", month: "short", day: "numeric", year: "numeric" });
  time.textContent = `${timeText(ms, OFFICE_ZONE)} ${zoneName(ms, OFFICE_ZONE)}`;
  const own = state.zone === OFFICE_ZONE ? "" : `; for you ${timeText(ms, state.zone)} ${zoneName(ms, state.zone)}`;
  face.title = `The local Slack’s clock in New York${own}`;
}

const mover = (testid, label, name, step) => el("button", { type: "button", class: "clock-button", testid, "aria-label": name, title: name,
  on: { click: (event) => move(event.currentTarget, shifted(now(), OFFICE_ZONE, step)) } }, label);

const toggle = el("button", { type: "button", class: "clock-toggle", "aria-expanded": "false", "aria-label": "Move the clock",
  on: { click: () => unfold(toggle.getAttribute("aria-expanded") !== "true") } }, icon("clock"));
const face = el("div", { class: "clock-face", testid: "clock" }, icon("clock"), day, time);
const buttons = el("div", { class: "clock-buttons", role: "group", "aria-label": "Move the clock" },
  mover("clock-day", "+1 day", "Move the clock one day forward", { days: 1 }),
  mover("clock-week", "+1 week", "Move the clock one week forward", { days: 7 }),
  mover("clock-month", "+1 month", "Move the clock one month forward", { months: 1 }),
  el("button", { type: "button", class: "clock-button", testid: "clock-date", "aria-haspopup": "dialog", title: "Move the clock to a date you choose",
    on: { click: chooseDate } }, icon("calendar"), "Date…"));

/** The clock with its buttons; on a narrow window the buttons unfold. */
export function makeClock() {
  tick();
  setInterval(tick, 1000);
  return el("div", { class: "clock" }, face, toggle, buttons);
}

/** The quiet line under the header that says what moved. */
export const movedLine = () => line;

function unfold(open) {
  toggle.setAttribute("aria-expanded", String(open));
  buttons.classList.toggle("unfolded", open);
}

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".clock") && !event.target.closest("dialog")) unfold(false);
});

async function move(button, ms) {
  if (button.getAttribute("aria-busy") === "true") return;
  try {
    const answer = await pending(button, moveClock({ to: new Date(ms).toISOString() }));
    unfold(false);
    clockPushed(answer);
  } catch (refused) {
    say([refused.message], "moved-error");
  }
}

function say(parts, kind = "") {
  line.className = `moved ${kind}`;
  line.hidden = false;
  line.replaceChildren(icon("clock"), el("span", {}, parts), iconButton("close", "Close this note", () => { line.hidden = true; news = null; }));
}

/** Takes over the server's clock; a jump is said in the quiet line. */
export function clockPushed({ now: iso }) {
  const jump = Date.parse(iso) - now();
  setNow(iso);
  tick();
  if (Math.abs(jump) < 30000) return;
  news = new Set();
  say([`Moved to ${longText(now(), OFFICE_ZONE)}`]);
  tell("clock-moved");
}

// After a move, the channels that got messages are named, as they arrive.
on("message", ({ channel, message }) => {
  if (!news || message.ephemeral || message.user === state.me.id) return;
  news.add(channel);
  const ids = [...news];
  const link = (id) => el("button", { type: "button", class: "link", on: { click: () => go({ user: state.me.id, channel: id }) } },
    `${state.channels.get(id)?.is_im ? "" : "#"}${channelLabel(state.channels.get(id))}`);
  const named = ids.slice(0, NAMED).flatMap((id, at) => [at ? ", " : "", link(id)]);
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  say([`Moved to ${longText(now(), OFFICE_ZONE)}. New messages in `, ...named, more]);
});

on("person-changed", () => {
  news = null;
  line.hidden = true;
});

function chooseDate() {
  const titleId = freshId("title");
  const errorId = freshId("error");
  const start = shifted(now(), OFFICE_ZONE, { days: 1 });
  const date = el("input", { type: "date", class: "text-input", testid: "clock-date-input", value: isoDay(start, OFFICE_ZONE),
    min: isoDay(now(), OFFICE_ZONE), max: `${LAST_YEAR}-12-31`, "aria-label": "Date", "aria-describedby": errorId });
  const hour = el("input", { type: "time", class: "text-input", testid: "clock-time-input", value: isoTime(start, OFFICE_ZONE), "aria-label": "Time in New York" });
  const error = el("p", { class: "field-error", id: errorId, role: "alert", hidden: true, testid: "clock-error" });
  const send = el("button", { type: "submit", class: "button button-primary", testid: "clock-move" }, "Move the clock");
  const refuse = (sentence) => {
    error.textContent = sentence;
    error.hidden = false;
    date.focus();
  };
  const form = el("form", { novalidate: true }, el("h2", { id: titleId, class: "dialog-title" }, "Move the clock to"),
    el("div", { class: "date-time" }, date, hour), el("p", { class: "hint" }, "New York time. The clock only moves forward."), error,
    el("div", { class: "dialog-buttons" }, el("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel"), send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!date.value || !hour.value) {
      refuse("Please enter both a date and a time.");
      return;
    }
    const [year, month, dayOfMonth] = date.value.split("-").map(Number);
    if (year > LAST_YEAR) {
      refuse(TOO_FAR);
      return;
    }
    const [hours, minute] = hour.value.split(":").map(Number);
    const to = fromWall({ year, month, day: dayOfMonth, hour: hours, minute }, OFFICE_ZONE);
    if (to <= now()) {
      refuse("The clock only moves forward. Please choose a later date or time.");
      return;
    }
    try {
      const answer = await pending(send, moveClock({ to: new Date(to).toISOString() }));
      dialog.close();
      unfold(false);
      clockPushed(answer);
    } catch (refused) {
      refuse(refused.message);
    }
  });
  const dialog = openDialog({ className: "dialog-small", labelledBy: titleId, onEscape: () => dialog.close(), children: [form] });
  date.focus();
}
