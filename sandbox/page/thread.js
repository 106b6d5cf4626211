// The right pane: one message and its replies.

import { fetchMessages } from "./api.js";
import { makeComposer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { makeFeed } from "./feed.js";
import { go } from "./route.js";
import { channelLabel, on, state } from "./state.js";
import { orToast } from "./toast.js";

let open = null;

/** Shows the thread under `ts`, or closes the pane when there is none. */
export async function showThread(host, channelId, ts) {
  if (!ts) {
    if (open) closePane(host);
    return;
  }
  if (open?.ts === ts && open.channelId === channelId && open.user === state.me.id) return;
  const scroller = el("div", { class: "scroller", tabindex: "-1" });
  const feed = makeFeed(scroller, { channelId, inThread: true, label: "Thread" });
  const count = el("p", { class: "thread-count", hidden: true });
  const composer = makeComposer({ channelId, threadTs: ts, placeholder: "Reply…", testid: "composer-thread", onSent: () => feed.toEnd() });
  const leave = () => go({ user: state.me.id, channel: channelId });
  open = { channelId, ts, user: state.me.id, feed, count, from: document.activeElement };
  scroller.append(feed.node);
  composer.takeDrops(scroller);
  host.replaceChildren(el("header", { class: "pane-header" }, el("h2", { class: "pane-title" }, "Thread"),
    el("span", { class: "pane-topic" }, `${state.channels.get(channelId)?.is_im ? "" : "#"}${channelLabel(state.channels.get(channelId))}`),
    iconButton("close", "Close the thread", leave, { testid: "thread-close" })), scroller, count, composer.node);
  host.onkeydown = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) leave();
  };
  host.hidden = false;
  document.getElementById("app").classList.add("with-thread");
  const mine = open;
  await load(mine);
  if (open === mine) composer.focus();
}

async function load(mine) {
  const answer = await orToast(fetchMessages(mine.user, mine.channelId, { thread_ts: mine.ts }));
  if (!answer || open !== mine) return;
  mine.feed.set(answer.messages);
  mine.feed.toEnd();
}

function closePane(host) {
  const { from } = open;
  const ts = open.ts;
  open = null;
  host.hidden = true;
  host.replaceChildren();
  document.getElementById("app").classList.remove("with-thread");
  const row = document.querySelector(`main [data-testid="message-${CSS.escape(ts)}"]`);
  if (from?.isConnected && from !== document.body) from.focus();
  else row?.focus();
}

const inThread = (channel, message) => open?.channelId === channel && (message.ts === open.ts || message.thread_ts === open.ts);

on("message", ({ channel, message }) => {
  if (!inThread(channel, message)) return;
  const stick = open.feed.atEnd() || message.user === state.me.id;
  open.feed.add(message);
  if (stick) open.feed.toEnd();
});

on("message_changed", ({ channel, message }) => {
  if (inThread(channel, message)) open.feed.replace(message);
});

on("message_deleted", ({ channel, ts }) => {
  if (open?.channelId === channel) open.feed.remove(ts);
});

on("back", () => open && load(open));
