// Date, time, and date-with-time inputs; the browser's own pickers, by keyboard and by mouse.

import { el } from "./dom.js";
import { state } from "./state.js";
import { fromWall, isoDay, isoTime } from "./time.js";

const SETTLE_MS = 900;

function box(type, names, start, props = {}) {
  return el("input", { type, id: names.fieldId, testid: names.testid, class: "text-input date-input", value: start ?? "",
    "aria-describedby": names.describedBy, "aria-required": names.required ? "true" : null,
    "aria-labelledby": names.labelId, ...props });
}

// A date half typed has no value of its own; it must not pass for an empty one.
const broken = (input) => input.validity.badInput;

// While a date is typed it changes with every figure; the app is told once, when the typing is over.
function whenSettled(node, read, tell) {
  let told = read();
  let timer = 0;
  const settle = () => {
    clearTimeout(timer);
    const value = read();
    if (value === told || value === null) return;
    told = value;
    tell();
  };
  node.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  });
  node.addEventListener("focusout", (event) => { if (!node.contains(event.relatedTarget)) settle(); });
  node.addEventListener("keydown", (event) => { if (event.key === "Enter") settle(); });
}

function simple(type, field, sentence) {
  return (spec, names) => {
    const input = box(type, names, names.kept ? names.kept[field] : spec[`initial_${field.split("_")[1]}`],
      type === "date" ? { max: "9999-12-31" } : {});
    const control = {
      node: input,
      value: () => ({ type: spec.type, [field]: input.value || null }),
      payload: () => ({ [field]: input.value || null }),
      isEmpty: () => input.value === "" && !broken(input),
      problem: () => (broken(input) || (type === "date" && input.value > "9999-12-31") ? sentence : null),
      focus: () => input.focus(),
    };
    input.addEventListener("change", () => names.changed?.());
    if (names.dispatch) whenSettled(input, () => input.value, () => names.act(control));
    return control;
  };
}

export const datePicker = simple("date", "selected_date", "Please enter a whole date: month, day and year.");
export const timePicker = simple("time", "selected_time", "Please enter a time, such as 09:30 AM.");

/** Date and time together, in the acting person's time zone. */
export function dateTimePicker(spec, names) {
  const start = names.kept ? names.kept.selected_date_time : spec.initial_date_time;
  const ms = start ? start * 1000 : null;
  const inner = { ...names, describedBy: names.describedBy, labelId: null };
  const day = box("date", { ...inner, testid: `${names.testid}-date` }, ms && isoDay(ms, state.zone),
    { "aria-label": "Date", max: "9999-12-31" });
  const time = box("time", { ...inner, fieldId: null, testid: `${names.testid}-time` }, ms && isoTime(ms, state.zone),
    { "aria-label": "Time" });
  const epoch = () => {
    if (!day.value || !time.value) return null;
    const [year, month, date] = day.value.split("-").map(Number);
    const [hour, minute] = time.value.split(":").map(Number);
    return fromWall({ year, month, day: date, hour, minute }, state.zone) / 1000;
  };
  const node = el("div", { class: "date-time", role: "group", testid: names.testid, "aria-labelledby": names.labelId,
    "aria-describedby": names.describedBy }, day, time);
  const control = {
    node,
    value: () => ({ type: spec.type, selected_date_time: epoch() }),
    payload: () => ({ selected_date_time: epoch() }),
    isEmpty: () => !day.value && !time.value && !broken(day) && !broken(time),
    problem: () => (epoch() === null ? "Please enter both a date and a time." : null),
    focus: () => (day.value ? time : day).focus(),
  };
  node.addEventListener("change", () => names.changed?.());
  if (names.dispatch) whenSettled(node, epoch, () => names.act(control));
  return control;
}
