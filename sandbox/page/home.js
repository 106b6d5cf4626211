// The app's Home tab.

import { openHome, openIm } from "./api.js";
import { blockContext } from "./actions.js";
import { renderBlocks, stateValues } from "./blocks.js";
import { el } from "./dom.js";
import { go } from "./route.js";
import { botUserId, isAppChannel, on, state } from "./state.js";
import { orToast } from "./toast.js";

const PUBLISH_MS = 1500;

let shown = null;

/** The two tabs of an app: its Home and its messages. */
export function appTabs(current) {
  const im = [...state.channels.values()].find(isAppChannel);
  const messages = async () => {
    const answer = im ? { channel: im.id } : await orToast(openIm(state.me.id, botUserId()));
    const id = answer?.channel?.id ?? answer?.channel;
    if (id) go({ user: state.me.id, channel: id });
  };
  const tab = (name, label, run) => el("button", { type: "button", class: "tab", testid: `tab-${name}`,
    "aria-current": current === name ? "page" : null, on: { click: run } }, label);
  return el("nav", { class: "tabs", "aria-label": "App" },
    tab("home", "Home", () => go({ user: state.me.id, home: true })),
    tab("messages", im?.unread ? `Messages (${im.unread})` : "Messages", messages));
}

/** Opens the Home tab; the app is told, and what it published is shown. */
export async function showHome(host) {
  const body = el("div", { class: "home-body", testid: "home" }, el("p", { class: "quiet" }, "Opening…"));
  shown = { host, body, user: state.me.id, controls: new Map(), view: null };
  const mine = shown;
  host.replaceChildren(el("header", { class: "pane-header" }, el("h1", { class: "pane-title" }, state.app.name), appTabs("home")),
    el("div", { class: "scroller home" }, body));
  host.setAttribute("aria-label", `${state.app.name}, Home`);
  const answer = await orToast(openHome(state.me.id));
  if (answer?.view && shown === mine && !mine.view) draw(answer.view);
  // The app is told of the opening and publishes a little later.
  else setTimeout(() => { if (shown === mine && !mine.view) draw(null); }, PUBLISH_MS);
}

function draw(view) {
  if (!shown) return;
  const same = shown.view && view && shown.view.hash === view.hash;
  if (same) return;
  const kept = shown.view ? stateValues(shown.controls) : null;
  shown.controls = new Map();
  shown.view = view;
  if (!view) {
    shown.body.replaceChildren(el("div", { class: "empty" }, el("h2", {}, `${state.app.name} has no Home yet`),
      el("p", {}, "What the app publishes here will appear by itself.")));
    return;
  }
  const focused = shown.body.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const ctx = blockContext(() => ({ type: "view", view_id: shown.view.id }), { kept, controls: shown.controls });
  shown.body.replaceChildren(renderBlocks(view.blocks ?? [], ctx));
  if (focused) shown.body.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

export function leaveHome() {
  shown = null;
}

on("home", (view) => {
  if (shown?.body.isConnected && shown.user === state.me.id) draw(view);
});
