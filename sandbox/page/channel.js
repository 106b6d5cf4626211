// The middle pane for a channel: header, pinned welcome, messages, composer.

import { fetchMessages, markRead } from "./api.js";
import { archivedNote } from "./archived.js";
import { makeComposer } from "./composer.js";
import { el, icon } from "./dom.js";
import { makeFeed } from "./feed.js";
import { appTabs } from "./home.js";
import { messageRow, spoken } from "./message.js";
import { textObject } from "./mrkdwn.js";
import { channelLabel, isAppChannel, on, state, tell, titleOf } from "./state.js";
import { orToast } from "./toast.js";

const FEW = 8;
const READ_WAIT_MS = 150;

let pane = null;

/** Opens a channel in `host`; `point` is a message to show. */
export async function openChannel(host, channelId, { point = null } = {}) {
  if (pane?.channelId === channelId && pane.user === state.me.id && host.contains(pane.scroller)) {
    if (point) pointAt(point);
    return;
  }
  const channel = state.channels.get(channelId);
  const scroller = el("div", { class: "scroller", tabindex: "-1" });
  const feed = makeFeed(scroller, { channelId, label: `Messages in ${channelLabel(channel)}` });
  const pinned = el("div", { class: "pinned-area" });
  const older = el("p", { class: "older", hidden: true }, "Loading earlier messages…");
  // Its line is always there: what is pressed at the end must not move away because the way to the end is gone.
  const jump = el("button", { type: "button", class: "jump", hidden: true, on: { click: () => { feed.toEnd(); seen(); } } },
    icon("down"), "To the newest");
  const composer = makeComposer({ channelId, testid: "composer",
    placeholder: `Message ${channel.is_im ? "" : "#"}${channelLabel(channel)}`, onSent: () => feed.toEnd() });
  const start = el("p", { class: "start", hidden: true }, channel.is_im
    ? `This is the beginning of your messages with ${channelLabel(channel)}.` : `This is the beginning of #${channelLabel(channel)}.`);
  pane = { channelId, user: state.me.id, start, scroller, feed, pinned, older, jump, composer, hasMore: false, loading: false,
    fetches: new Set() };
  pane.foot = footer(channel);
  composer.takeDrops(scroller);
  scroller.append(older, el("div", { class: "spacer" }), start, feed.node);
  host.replaceChildren(header(channel), pinned, el("div", { class: "scroller-wrap" }, scroller, el("div", { class: "jump-line" }, jump)), pane.foot);
  host.setAttribute("aria-label", `Channel ${channelLabel(channel)}`);
  const mine = pane;
  scroller.addEventListener("scroll", () => {
    if (scroller.scrollTop < 80 && mine.hasMore && !mine.loading) loadOlder(mine);
    mine.stick = feed.atEnd();
    if (mine.stick) seen();
  }, { passive: true });
  // Pictures that load late, and a window that changes, must not push the newest message out of sight.
  const observer = new ResizeObserver(() => { if (mine.stick && pane === mine) feed.toEnd(); });
  observer.observe(feed.node);
  observer.observe(scroller);
  await load(mine, { first: true, point });
}

const footer = (channel) => (channel.is_archived ? archivedNote(channel) : pane.composer.node);

async function load(mine, { first = false, point = null } = {}) {
  const missed = [];
  mine.fetches.add(missed);
  const answer = await orToast(fetchMessages(mine.user, mine.channelId));
  mine.fetches.delete(missed);
  if (!answer || pane !== mine) return;
  const unread = state.channels.get(mine.channelId)?.unread ?? 0;
  const channel = state.channels.get(mine.channelId);
  const others = answer.messages.filter((one) => one.user !== mine.user && !one.ephemeral);
  const firstNew = unread > 0 ? others[Math.max(0, others.length - unread)] : null;
  const before = firstNew && answer.messages[answer.messages.indexOf(firstNew) - 1];
  const unreadAfter = firstNew ? channel?.last_read || before?.ts || "0" : null;
  mine.hasMore = Boolean(answer.has_more);
  showPinned(mine, answer.pinned ?? answer.messages.filter((one) => one.pinned), answer.messages.length);
  const fetched = mine.pinnedTs ? answer.messages.filter((one) => one.ts !== mine.pinnedTs) : answer.messages;
  const shown = first ? fetched : joined(mine, fetched);
  const top = mine.scroller.scrollTop;
  const wasEnd = mine.feed.atEnd();
  mine.feed.set(shown, { unreadAfter: first ? unreadAfter : null });
  // The answer may be older than what came while it was on its way.
  for (const come of missed) come();
  if (point) {
    await pointAt(point);
  } else if (first || wasEnd) {
    mine.stick = true;
    mine.feed.toEnd();
  }
  if (!first && !wasEnd) mine.scroller.scrollTop = top;
  showStart(mine);
  if (first) showNew(mine);
  seen({ all: first });
}

// Earlier pages that were read already stay where they are when the newest page comes anew.
function joined(mine, fetched) {
  const start = fetched[0]?.ts;
  const before = start ? mine.feed.messages().filter((one) => one.ts < start) : [];
  if (before.length) mine.hasMore = mine.hadMore ?? mine.hasMore;
  return [...before, ...fetched];
}

// The beginning of a channel says so.
function showStart(mine) {
  mine.hadMore = mine.hasMore;
  mine.start.hidden = mine.hasMore;
}

// Where much is new, reading starts at the first new message, not at the last.
function showNew(mine) {
  const mark = mine.feed.node.querySelector(".new-line");
  if (!mark || mark.offsetTop >= mine.scroller.scrollTop) return;
  mine.stick = false;
  mine.scroller.scrollTop = mark.offsetTop - 48;
  mine.jump.hidden = false;
}

async function loadOlder(mine) {
  const oldest = mine.feed.messages()[0];
  if (!oldest) return;
  mine.loading = true;
  mine.older.hidden = false;
  const answer = await orToast(fetchMessages(mine.user, mine.channelId, { before: oldest.ts }));
  mine.older.hidden = true;
  if (answer && pane === mine) {
    const height = mine.scroller.scrollHeight;
    const fresh = answer.messages.filter((one) => one.ts < oldest.ts && one.ts !== mine.pinnedTs);
    mine.hasMore = Boolean(answer.has_more) && answer.messages.length > 0;
    mine.feed.set([...fresh, ...mine.feed.messages()]);
    showStart(mine);
    mine.scroller.scrollTop += mine.scroller.scrollHeight - height;
  }
  mine.loading = false;
}

/** Shows one message and marks it for a moment; older pages are asked for until it is there. */
async function pointAt(ts) {
  for (let page = 0; page < 20 && pane && !pane.feed.rowOf(ts) && pane.hasMore; page += 1) await loadOlder(pane);
  const row = pane?.feed.rowOf(ts) ?? pane?.pinned.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.classList.add("pointed");
  row.focus({ preventScroll: true });
  setTimeout(() => row.classList.remove("pointed"), 3000);
}

function header(channel) {
  const other = channel.is_im && !isAppChannel(channel) ? state.users.get(channel.user) : null;
  const topic = channel.is_im ? titleOf(other) : channel.topic;
  const members = !channel.is_im && channel.num_members;
  return el("header", { class: "pane-header" },
    el("h1", { class: "pane-title", testid: "channel-title" }, channel.is_im ? null : icon("hash"), channelLabel(channel)),
    channel.is_archived && el("span", { class: "badge" }, "ARCHIVED"),
    topic && el("div", { class: "pane-topic", title: topic }, textObject({ type: "mrkdwn", text: topic })),
    members ? el("span", { class: "members" }, `${members} member${members === 1 ? "" : "s"}`) : null,
    isAppChannel(channel) && appTabs("messages"));
}

const foldKey = (mine) => `pinned-folded ${mine.channelId}`;

// In a quiet channel the pinned message stands open; in a busy one it is a line, unless a person chose.
function showPinned(mine, messages, count) {
  const message = messages[messages.length - 1];
  mine.pinnedTs = message?.ts ?? null;
  if (!message) {
    mine.pinned.replaceChildren();
    return;
  }
  const said = localStorage.getItem(foldKey(mine));
  const folded = said ? said === "yes" : count > FEW;
  const row = messageRow(message, mine.channelId, { inThread: false });
  const details = el("details", { class: "pinned-card", open: !folded, testid: "pinned" },
    el("summary", {}, icon("pin"), el("span", {}, "Pinned"), el("span", { class: "pinned-line" }, spoken(message))), row);
  details.querySelector("summary").addEventListener("click", () => localStorage.setItem(foldKey(mine), details.open ? "yes" : "no"));
  mine.pinned.replaceChildren(details);
  // Where nothing else is, the pinned message may have the room.
  mine.pinned.classList.toggle("pinned-alone", count <= 1);
}

// The newest message on screen, in a window in front, counts as read.
function seen({ all: everything = false } = {}) {
  if (!pane || document.hidden) return;
  if (pane.feed.atEnd()) pane.jump.hidden = true;
  else if (!everything) return;
  const channel = state.channels.get(pane.channelId);
  if (!channel?.unread && !channel?.mentions) return;
  const ts = newestTs(pane, channel);
  if (!ts || pane.readTs === ts || pane.reading) return;
  // Many messages at once are told as read together, a moment later.
  const mine = pane;
  mine.reading = setTimeout(() => tellRead(mine, channel.id), READ_WAIT_MS);
}

function newestTs(mine, channel) {
  const all = mine.feed.messages();
  return [all[all.length - 1]?.ts ?? mine.pinnedTs, channel.last_ts].filter(Boolean).sort().pop();
}

function tellRead(mine, id) {
  mine.reading = null;
  const channel = state.channels.get(id);
  if (!channel || mine.user !== state.me.id) return;
  const ts = newestTs(mine, channel);
  mine.readTs = ts;
  markRead({ user: mine.user, channel: mine.channelId, ts }).then(() => {
    state.channels.set(channel.id, { ...state.channels.get(channel.id), unread: 0, mentions: 0 });
    tell("channels");
  }, () => { mine.readTs = null; });
}

// What comes while messages are being fetched is shown now, and once more when they replace what is shown.
function hear(come) {
  for (const missed of pane.fetches) missed.push(come);
  come();
}

on("message", ({ channel, message }) => {
  if (pane?.channelId === channel && pane.scroller.isConnected) hear(() => come(message));
});

function come(message) {
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  // A private answer in a thread that stands open is seen there.
  const elsewhere = !message.ephemeral || state.threadTs === message.thread_ts;
  if (reply && elsewhere && message.subtype !== "thread_broadcast") return;
  if (message.pinned) {
    load(pane);
    return;
  }
  const stick = pane.feed.atEnd();
  const own = message.user === state.me.id;
  if (!own && document.hidden && !document.querySelector(".new-line")) {
    const all = pane.feed.messages();
    pane.feed.setNew(all[all.length - 1]?.ts ?? "0");
  }
  pane.feed.add(message);
  pane.pinned.classList.remove("pinned-alone");
  const row = pane.feed.rowOf(message.ts);
  if (stick && !own && row?.offsetHeight > pane.scroller.clientHeight) {
    // What is longer than the window is read from its top.
    pane.stick = false;
    pane.scroller.scrollTop = row.offsetTop - 8;
    pane.jump.hidden = false;
  } else if (stick || own) {
    pane.stick = true;
    pane.feed.toEnd();
  } else {
    pane.jump.hidden = false;
  }
  seen();
}

on("message_changed", ({ channel, message }) => {
  if (pane?.channelId === channel && pane.scroller.isConnected) hear(() => change(message));
});

function change(message) {
  if (message.pinned || message.ts === pane.pinnedTs) {
    load(pane);
    return;
  }
  const stick = pane.feed.atEnd();
  pane.feed.replace(message);
  if (stick) pane.feed.toEnd();
}

on("message_deleted", ({ channel, ts }) => {
  if (pane?.channelId === channel) hear(() => pane.feed.remove(ts));
});

on("channel_changed", (channel) => {
  if (pane?.channelId !== channel.id || !pane.scroller.isConnected) return;
  pane.scroller.closest("main").querySelector(".pane-header").replaceWith(header(channel));
  if (pane.foot.isConnected && channel.is_archived !== (pane.foot !== pane.composer.node)) {
    const held = pane.foot.contains(document.activeElement);
    pane.foot.replaceWith(pane.foot = footer(channel));
    if (held) (channel.is_archived ? pane.scroller : pane.composer).focus();
  }
  seen();
});

on("back", () => {
  if (pane?.scroller.isConnected) load(pane);
});

// A new day changes "Today" and "Yesterday".
on("clock-moved", () => {
  state.looks += 1;
  if (pane?.scroller.isConnected) pane.feed.draw();
});

document.addEventListener("visibilitychange", () => seen());

export const focusComposer = () => pane?.composer.focus();

/** Forgets the open channel, so that the next opening loads afresh. */
export function dropChannel() {
  pane = null;
}

