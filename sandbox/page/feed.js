// A growing list of messages with day dividers; used by the channel and by the thread.

import { arrange, el } from "./dom.js";
import { continues, messageRow } from "./message.js";
import { state } from "./state.js";
import { dayText, isoDay, tsToMs } from "./time.js";

const NEAR_PX = 120;
const QUIET_MS = 600;

const DISMISSED = "dismissed";
const MOST_KEPT = 200;
const dismissed = new Set(JSON.parse(localStorage.getItem(DISMISSED) ?? "[]"));

// A note put away stays away, also after a reload.
function dismiss(ts) {
  dismissed.add(ts);
  localStorage.setItem(DISMISSED, JSON.stringify([...dismissed].slice(-MOST_KEPT)));
}

/** Makes a feed in `scroller`; the caller gives messages oldest first. */
export function makeFeed(scroller, { channelId, inThread = false, label }) {
  const list = el("div", { class: "feed", role: "log", "aria-label": label, "aria-live": "off" });
  // Of each row, what it shows: as long as that is the same, the row stays.
  const shows = new WeakMap();
  let messages = [];
  let newAfter = null;

  const options = (message, previous) => ({ inThread, compact: continues(message, previous),
    onDismiss: () => { dismiss(message.ts); remove(message.ts); } });

  const divider = (message, previous) => {
    const ms = tsToMs(message.ts);
    if (previous && isoDay(tsToMs(previous.ts), state.zone) === isoDay(ms, state.zone)) return null;
    return el("div", { class: "day", role: "separator" }, el("span", {}, dayText(ms, state.zone)));
  };
  const newLine = () => el("div", { class: "new-line", role: "separator", testid: "new-line" }, el("span", {}, "New"));

  const pieces = (message, previous, old) => {
    const fresh = newAfter !== null && message.ts > newAfter && (!previous || previous.ts <= newAfter);
    const day = inThread ? null : divider(message, previous);
    const opts = options(message, previous);
    if (day || fresh) opts.compact = false;
    return [day, fresh && newLine(), row(message, opts, old)].filter(Boolean);
  };

  function row(message, opts, old) {
    const shown = JSON.stringify([state.looks, message, Boolean(opts.compact)]);
    if (old && shows.get(old) === shown) return old;
    const made = messageRow(message, channelId, { ...opts, kept: old?.keptValues() ?? null });
    shows.set(made, shown);
    return made;
  }

  // What was there before is not read aloud, only what comes.
  let listening = 0;
  function hush() {
    list.setAttribute("aria-live", "off");
    clearTimeout(listening);
    listening = setTimeout(() => list.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  function draw() {
    hush();
    const old = new Map([...list.querySelectorAll(".message")].map((one) => [one.dataset.ts, one]));
    arrange(list, messages.flatMap((message, at) => pieces(message, messages[at - 1], old.get(message.ts))));
    rove();
  }

  // One message is in the Tab order: the last one focused, else the newest.
  function rove(stop = null) {
    const rows = [...list.querySelectorAll(".message")];
    for (const one of rows) one.tabIndex = -1;
    (stop ?? rows[rows.length - 1])?.setAttribute("tabindex", "0");
  }

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
  const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

  function set(all, { unreadAfter = null } = {}) {
    messages = all.filter((one) => !(one.ephemeral && dismissed.has(one.ts)));
    newAfter = unreadAfter;
    draw();
  }

  function add(message) {
    if (messages.some((one) => one.ts === message.ts && Boolean(one.ephemeral) === Boolean(message.ephemeral))) {
      replace(message);
      return;
    }
    const last = messages[messages.length - 1];
    if (!last || message.ts > last.ts) {
      messages.push(message);
      list.append(...pieces(message, last, null));
      if (!list.contains(document.activeElement)) rove();
    } else {
      messages.push(message);
      messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
      draw();
    }
  }

  function replace(message) {
    const at = messages.findIndex((one) => one.ts === message.ts);
    if (at < 0) return false;
    messages[at] = { ...message, ephemeral: message.ephemeral ?? messages[at].ephemeral };
    const old = rowOf(message.ts);
    const focused = old?.contains(document.activeElement);
    const where = focused && document.activeElement.dataset.testid;
    const fresh = row(messages[at], { ...options(messages[at], messages[at - 1]), compact: old?.classList.contains("compact") }, old);
    if (fresh === old) return true;
    fresh.tabIndex = old?.tabIndex ?? -1;
    old?.replaceWith(fresh);
    if (focused) (fresh.querySelector(`[data-testid="${CSS.escape(where ?? "")}"]`) ?? fresh).focus();
    return true;
  }

  function remove(ts) {
    const row = rowOf(ts);
    const next = row?.contains(document.activeElement) && (row.nextElementSibling ?? row.previousElementSibling);
    messages = messages.filter((one) => one.ts !== ts);
    draw();
    if (next) (rowOf(next.dataset?.ts) ?? list.querySelector('.message[tabindex="0"]'))?.focus();
  }

  const rowOf = (ts) => list.querySelector(`.message[data-ts="${CSS.escape(ts ?? "")}"]`);

  list.addEventListener("keydown", (event) => {
    if (event.target.closest(".message") !== event.target) return;
    const rows = [...list.querySelectorAll(".message")];
    const at = rows.indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next !== undefined && rows[next]) {
      event.preventDefault();
      rove(rows[next]);
      rows[next].focus();
    } else if (event.key === "Enter" || event.key === "t") {
      const reply = event.target.querySelector('[data-testid="reply"]');
      if (reply) {
        event.preventDefault();
        reply.click();
      }
    }
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest(".message");
    if (row) rove(row);
  });

  return { node: list, set, add, replace, remove, rowOf, atEnd, toEnd, draw, messages: () => messages,
    setNew: (ts) => { newAfter = ts; } };
}
