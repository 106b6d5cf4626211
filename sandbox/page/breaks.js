// "Break something": what is out of order in the local Slack, and the usual ways to get there.

import { absences } from "./absence.js";
import { addFault, changeChannel, changePerson, doToSockets, enforceLimits, fetchBroken, mendAll, removeFault } from "./api.js";
import { openDialog } from "./dialog.js";
import { el, freshId, icon, iconButton, pending } from "./dom.js";
import { nameOf, on, state } from "./state.js";
import { longText } from "./time.js";

const SOON_MS = 100;
const TICK_MS = 1000;

const POSTS = { on: "chat.postMessage", times: 1 };
const OF_CALLS = [
  ["taken-unanswered", "Next post: taken, but never answered", { ...POSTS, what: "timeout", accepted: true }],
  ["lost-unanswered", "Next post: lost, and never answered", { ...POSTS, what: "timeout" }],
  ["taken-cut", "Next post: taken, but the connection is cut", { ...POSTS, what: "drop", accepted: true }],
  ["too-many", "Posts and updates: 429 for 30 seconds", { on: "chat.*", what: "ratelimited", seconds: 30 }],
  ["server-errors", "All calls: 503 for 30 seconds", { what: "status", status: 503, seconds: 30 }],
  ["by-chance", "All calls: every other one fails, by chance", { what: "status", status: 500, probability: 0.5, seed: 1 }],
];
const OF_CONNECTIONS = [
  ["cut", "Cut the app’s connections", () => doToSockets("drop")],
  ["shut-out", "Cut them, and let none in for 30 seconds",
    () => addFault({ what: "refuse", seconds: 30 }).then(() => doToSockets("drop"))],
  ["reconnect", "Ask the app to reconnect", () => doToSockets("refresh_requested")],
  ["again", "Deliver the last envelope again", () => doToSockets("redeliver")],
  ["twice", "Deliver every envelope twice", () => addFault({ what: "twice" })],
  ["late", "Next acknowledgement: too late", () => addFault({ what: "late_ack", times: 1 })],
];

let broken = { faults: [], archived: [], without_app: [], deactivated: [], do_not_disturb: [], limits_enforced: false };
let panel = null;
let waiting = null;

const count = el("span", { class: "break-count", hidden: true });
const face = el("button", { type: "button", class: "icon-button break-button", testid: "break", "aria-haspopup": "dialog",
  "aria-label": "Break something", title: "Break something", on: { click: openPanel } }, icon("warn"), count);
const words = el("span");
const line = el("p", { class: "moved", role: "status", testid: "broken", hidden: true }, icon("warn"), words,
  el("button", { type: "button", class: "link", on: { click: openPanel } }, "Show"));

/** The button in the top bar that opens the panel. */
export function makeBreakButton() {
  load();
  return face;
}

/** The line under the header that reminds of what is broken. */
export const brokenLine = () => line;

/** What can be undone: what it is, how long still, the word on its button, how. */
function everything() {
  return [
    ...broken.faults.map((fault) => ({ id: fault.id, said: sentence(fault), more: extent(fault), verb: "Remove", undo: () => removeFault(fault.id) })),
    broken.limits_enforced && { id: "limits", said: "Slack’s own rate limits are enforced", verb: "Remove", undo: () => enforceLimits(false) },
    ...broken.archived.map(({ id, name }) => ({ id: `archived-${id}`, said: `#${name} is archived`, verb: "Unarchive",
      undo: () => changeChannel(id, { archived: false }) })),
    ...broken.without_app.map(({ id, name }) => ({ id: `without-${id}`, said: `The app is not in #${name}`, verb: "Put it back",
      undo: () => changeChannel(id, { with_app: true }) })),
    ...broken.deactivated.map(({ id }) => ({ id: `gone-${id}`, said: `${nameOf(state.users.get(id))} is deactivated`, verb: "Reactivate",
      undo: () => changePerson(id, { deactivated: false }) })),
    ...broken.do_not_disturb.map(({ id, until }) => ({ id: `quiet-${id}`, said: `${nameOf(state.users.get(id))} has do-not-disturb on`,
      more: `until ${longText(until * 1000, state.zone)}`, verb: "End it", undo: () => changePerson(id, { do_not_disturb_until: null }) })),
  ].filter(Boolean);
}

const HAPPENS = {
  timeout: () => "never answered",
  drop: () => "the connection is cut",
  status: (fault) => `answered with ${fault.status}`,
  ratelimited: () => "429, too many requests",
  error: (fault) => `refused with ${fault.error}`,
  slow: (fault) => `answered after ${fault.delay} s`,
  twice: () => "delivered twice",
  redeliver: () => "delivered again after its acknowledgement",
  late_ack: () => "its acknowledgement comes too late",
  refuse: () => "refused",
};
const ENVELOPES = ["twice", "redeliver", "late_ack"];

function sentence(fault) {
  const every = fault.what === "refuse" ? "Every new connection" : ENVELOPES.includes(fault.what) ? "Every envelope" : "Every call";
  const channel = fault.channel && state.channels.get(fault.channel);
  const where = fault.channel ? ` in ${channel ? `#${channel.name}` : fault.channel}` : "";
  return `${fault.on === "*" ? every : fault.on}${where}: ${fault.accepted ? "taken, but " : ""}${HAPPENS[fault.what](fault)}`;
}

function extent(fault) {
  return [
    fault.probability < 1 && `chance ${Math.round(fault.probability * 100)} % from seed ${fault.seed}`,
    fault.times_left !== null && `${fault.times_left} more time${fault.times_left === 1 ? "" : "s"}`,
    fault.seconds_left !== null && `${Math.max(0, Math.ceil(fault.seconds_left))} s left`,
    fault.hits > 0 && `struck ${fault.hits} time${fault.hits === 1 ? "" : "s"}`,
  ].filter(Boolean).join(", ");
}

async function load() {
  clearTimeout(waiting);
  waiting = null;
  try {
    broken = await fetchBroken();
  } catch {
    return;
  }
  draw();
  const ends = broken.faults.map((fault) => fault.seconds_left).filter((left) => left !== null);
  // What ends by itself is not announced by the server.
  if (ends.length && !panel) waiting = setTimeout(load, Math.min(...ends) * 1000 + SOON_MS);
}

function draw() {
  const items = everything();
  count.textContent = String(items.length);
  count.hidden = items.length === 0;
  face.setAttribute("aria-label", items.length ? `Break something; ${items.length} broken now` : "Break something");
  line.hidden = items.length === 0;
  const said = items.length === 1 ? `Broken on purpose: ${items[0].said}.` : `Broken on purpose: ${items.length} things.`;
  // What is said again is read aloud again.
  if (words.textContent !== said) words.textContent = said;
  panel?.draw(items);
}

function openPanel() {
  if (panel) return;
  const titleId = freshId("title");
  const list = el("ul", { class: "broken-list" });
  const none = el("p", { class: "quiet" }, "Nothing is broken.");
  const told = el("p", { class: "break-told", role: "status", testid: "break-told" });
  const shown = state.channels.get(state.channelId);
  const here = shown && !shown.is_im && !state.atHome ? shown : null;
  const where = el("select", { class: "text-input break-where", "aria-label": "Where", testid: "break-where" },
    el("option", { value: "" }, "In every channel"), here && el("option", { value: here.id }, `Only in #${here.name}`));

  async function run(button, work, said) {
    try {
      await pending(button, work());
      told.className = "break-told";
      told.textContent = said;
    } catch (refused) {
      told.className = "break-told field-error";
      told.textContent = refused.message;
    }
    await load();
  }

  const choice = (id, label, work) => el("button", { type: "button", class: "button", testid: `break-${id}`,
    on: { click: (event) => run(event.currentTarget, work, `${label}: done.`) } }, label);
  const group = (title, ...choices) => el("section", { "aria-label": title }, el("h3", {}, title), choices);

  function drawItems(items) {
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
    none.hidden = items.length > 0;
    if (items.length < 2 && document.activeElement === mend) close.focus();
    mend.hidden = items.length < 2;
    list.replaceChildren(...items.map(({ id, said, more, verb, undo }) => el("li", {}, el("span", {}, said, more && el("small", { class: "quiet" }, ` ${more}`)),
      el("button", { type: "button", class: "button", testid: `mend-${id}`, "aria-label": `${verb}: ${said}`,
        on: { click: (event) => run(event.currentTarget, undo, `${said}: no longer.`) } }, verb))));
    if (focused) (list.querySelector(`[data-testid="${CSS.escape(focused)}"]`) ?? list.querySelector("button") ?? close).focus();
  }

  async function undoAll() {
    await mendAll();
    for (const { undo } of everything().filter((item) => !broken.faults.some((fault) => fault.id === item.id))) await undo();
  }

  const mend = el("button", { type: "button", class: "button", testid: "break-mend",
    on: { click: (event) => run(event.currentTarget, undoAll, "Everything works again.") } }, "Mend everything");
  const leave = () => {
    clearInterval(ticking);
    panel = null;
    dialog.close();
    load();
  };
  const close = el("button", { type: "button", class: "button button-primary", testid: "break-close", on: { click: leave } }, "Close");
  const inChannel = () => (where.value ? { channel: where.value } : {});
  const dialog = openDialog({ className: "dialog-small dialog-breaks", labelledBy: titleId, testid: "break-panel", onEscape: leave, children: [
    el("div", { class: "break-head" }, el("h2", { id: titleId, class: "dialog-title" }, "Break something"),
      iconButton("close", "Close", leave)),
    el("p", { class: "quiet" }, "For trying out what the app does when Slack misbehaves. Seconds are real time, whatever the clock says."),
    el("div", { class: "break-body" },
      el("section", { "aria-label": "In force" }, el("h3", {}, "In force"), none, list, mend),
      group("Calls of the app", where, OF_CALLS.map(([id, label, fault]) => choice(id, label, () => addFault({ ...fault, ...inChannel() }))),
        choice("limits", "Enforce Slack’s own rate limits", () => enforceLimits(true))),
      group("Its connection", OF_CONNECTIONS.map(([id, label, work]) => choice(id, label, work))),
      here && group(`#${here.name}`, choice("archive", `Archive #${here.name}`, () => changeChannel(here.id, { archived: true })),
        choice("take-out", `Take the app out of #${here.name}`, () => changeChannel(here.id, { with_app: false }))),
      group(`${nameOf(state.me)}, as whom you act`,
        absences().map(([id, label, work]) => choice(id, label, work)))),
    el("div", { class: "dialog-buttons" }, told, close)] });
  const ticking = setInterval(load, TICK_MS);
  panel = { draw: drawItems };
  load();
  dialog.node.querySelector(".break-body button:not([hidden])").focus();
}

on("faults", () => { waiting ??= setTimeout(load, SOON_MS); });
on("back", load);
