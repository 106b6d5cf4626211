// One message: who, when, what, and what can be done with it.

import { runShortcut } from "./api.js";
import { blockContext } from "./actions.js";
import { renderAttachments, renderBlocks, stateValues } from "./blocks.js";
import { el, icon, iconButton } from "./dom.js";
import { fileRow } from "./files.js";
import { showMenu } from "./menus.js";
import { mrkdwn } from "./mrkdwn.js";
import { addressOf, go } from "./route.js";
import { authorOf, state } from "./state.js";
import { dayText, format, longText, timeText, tsToMs } from "./time.js";
import { orToast, toast } from "./toast.js";

const COLOURS = 8;

/** A picture made of initials, its colour from the id. */
export function avatar(key, name, size = "") {
  const initials = name.split(/[\s.]+/).filter((word) => /^\p{L}/u.test(word)).map((word) => word[0]);
  const letters = (initials.length > 1 ? initials[0] + initials[initials.length - 1] : name.slice(0, 1)).toUpperCase();
  const sum = [...key].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 9973, 7);
  return el("span", { class: `avatar avatar-${key === "app" ? "app" : sum % COLOURS} ${size}`, "aria-hidden": "true" }, letters);
}

/** What was said, blocks before text. */
function body(message, channelId, kept) {
  const controls = new Map();
  const container = () => ({ type: "message", channel: channelId, ts: message.ts,
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}), ...(message.ephemeral ? { ephemeral: true } : {}) });
  const ctx = blockContext(container, { kept, controls });
  const parts = [];
  if (message.blocks?.length) parts.push(renderBlocks(message.blocks, ctx));
  else if (message.text) parts.push(mrkdwn(message.text));
  if (message.attachments?.length) parts.push(...renderAttachments(message.attachments, ctx));
  if (message.files?.length) parts.push(...message.files.map(fileRow));
  return { node: el("div", { class: "message-body" }, parts,
    message.edited && el("span", { class: "edited", title: editedWhen(message) }, "(edited)")), controls };
}

const editedWhen = (message) => (message.edited.ts ? longText(tsToMs(message.edited.ts), state.zone) : "Edited");

function reactionsLine(message) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((one) => el("span", { class: "reaction",
    title: (one.users ?? []).map((id) => authorOf({ user: id }).name).join(", ") }, `:${one.name}: ${one.count}`)));
}

function repliesLine(message, channelId) {
  if (!message.reply_count) return null;
  const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  const latest = message.latest_reply && tsToMs(message.latest_reply);
  const last = latest && `Last reply ${dayText(latest, state.zone).toLowerCase() === "today" ? "today" : dayText(latest, state.zone)} at ${timeText(latest, state.zone)}`;
  return el("button", { type: "button", class: "replies", testid: "replies", on: { click: () => openThread(channelId, message.ts) } },
    (message.reply_users ?? []).slice(0, 3).map((id) => {
      const author = authorOf({ user: id });
      return avatar(author.key, author.name, "avatar-tiny");
    }),
    el("span", { class: "replies-count" }, words), last && el("span", { class: "replies-last" }, last));
}

/** What a reply that the channel sees answers. */
function answersLine(message, channelId) {
  if (message.subtype !== "thread_broadcast") return null;
  return el("button", { type: "button", class: "replies", testid: "answers", on: { click: () => openThread(channelId, message.thread_ts) } },
    el("span", { class: "replies-count" }, "Replied to a thread"));
}

export function openThread(channelId, ts) {
  go({ user: state.me.id, channel: channelId, thread: ts });
}

function toolbar(message, channelId, { inThread, onDismiss }) {
  if (message.ephemeral) {
    return el("div", { class: "toolbar" }, iconButton("close", "Dismiss this note", onDismiss, { testid: "dismiss" }));
  }
  const shortcuts = state.app.shortcuts.filter((one) => one.type === "message");
  const copy = async () => {
    const place = addressOf({ channel: channelId, point: message.ts });
    try {
      await navigator.clipboard.writeText(`${location.origin}/${place}`);
      toast("The link to this message is copied.", "info");
    } catch {
      toast("The browser did not allow copying the link.");
    }
  };
  const more = iconButton("more", "More actions", () => showMenu(more, [
    ...shortcuts.map((one) => ({ label: one.name, detail: state.app.name, testid: `shortcut-${one.callback_id}`,
      run: () => orToast(runShortcut({ user: state.me.id, callback_id: one.callback_id, channel: channelId, message_ts: message.ts })) })),
    { label: "Copy link", run: copy, testid: "copy-link" },
  ], { label: "Message actions" }), { "aria-haspopup": "menu", "aria-expanded": "false", testid: "more" });
  return el("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    !inThread && iconButton("reply", "Reply in thread", () => openThread(channelId, message.ts), { testid: "reply" }), more);
}

/**
 * A message row. `compact` leaves out picture and name when the same person goes on.
 * Returns the node with `.controls`, so that typed values outlive an update.
 */
export function messageRow(message, channelId, { compact = false, inThread = false, kept = null, onDismiss } = {}) {
  const author = authorOf(message);
  const ms = tsToMs(message.ts);
  const time = el("time", { class: "message-time", datetime: new Date(ms).toISOString(), title: longText(ms, state.zone) },
    timeText(ms, state.zone));
  const said = body(message, channelId, kept);
  const head = el("div", { class: "message-head" }, el("span", { class: "author" }, author.name),
    author.app && el("span", { class: "badge" }, "APP"), time);
  const row = el("article", {
    class: ["message", compact && "compact", message.ephemeral && "ephemeral", message.pinned && "pinned"].filter(Boolean).join(" "),
    testid: `message-${message.ts}`, dataset: { ts: message.ts }, tabindex: "-1",
    "aria-label": `${author.name}, ${format(ms, state.zone, { dateStyle: "medium", timeStyle: "short" })}`,
  },
  el("div", { class: "gutter" }, compact ? time.cloneNode(true) : avatar(author.key, author.name)),
  el("div", { class: "message-main" },
    message.ephemeral && el("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
    message.pinned && el("p", { class: "only-you" }, icon("pin"), "Pinned"),
    !compact && head, !inThread && answersLine(message, channelId), said.node, reactionsLine(message), !inThread && repliesLine(message, channelId)),
  toolbar(message, channelId, { inThread, onDismiss }));
  row.keptValues = () => stateValues(said.controls);
  return row;
}

const GROUP_MS = 5 * 60 * 1000;

/** Whether `message` reads as a continuation of the one before it. */
export function continues(message, previous) {
  if (message.subtype === "thread_broadcast") return false;
  if (!previous || message.ephemeral || previous.ephemeral || message.pinned || previous.reply_count) return false;
  const same = authorOf(message).key === authorOf(previous).key && authorOf(message).name === authorOf(previous).name;
  const near = tsToMs(message.ts) - tsToMs(previous.ts) < GROUP_MS;
  return same && near && dayText(tsToMs(message.ts), state.zone) === dayText(tsToMs(previous.ts), state.zone);
}

/** How a message is read aloud when it arrives. */
export function spoken(message) {
  const text = message.text || (message.blocks ?? []).map((block) => block.text?.text ?? "").join(" ");
  return `${authorOf(message).name}: ${mrkdwn(text.replace(/\n+/g, " ")).textContent}`.slice(0, 400);
}

