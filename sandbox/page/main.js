// Starts the page, follows the address and the server's pushes.

import { fetchState, fetchStatus } from "./api.js";
import { brokenLine, makeBreakButton } from "./breaks.js";
import { dropChannel, focusComposer, openChannel } from "./channel.js";
import { clockPushed, makeClock, movedLine } from "./clock.js";
import { el, iconButton } from "./dom.js";
import { leaveHome, showHome } from "./home.js";
import { listenForKeys, showKeys } from "./keys.js";
import { showErrors, showStack } from "./modal.js";
import { go, readRoute } from "./route.js";
import { focusFilter, makeSidebar } from "./sidebar.js";
import { askForEverything, listen } from "./socket.js";
import { adopt, state, tell } from "./state.js";
import { showThread } from "./thread.js";
import { toast } from "./toast.js";

const LAST_USER = "acting-as";
const ASK_AGAIN_MS = 2000;
const ui = {};

function build() {
  const app = document.getElementById("app");
  ui.drawerButton = iconButton("menu", "Channels", () => drawer(true), { id: "drawer-button", class: "icon-button drawer-button", testid: "drawer" });
  ui.team = el("span", { class: "team", testid: "team" });
  ui.lost = el("p", { class: "lost", role: "status", hidden: true }, "The connection is lost. Trying again…");
  ui.idle = el("p", { class: "lost", role: "status", hidden: true, testid: "no-app" },
    "No app is connected: commands and buttons will not be answered until it is.");
  ui.main = el("main", { class: "main", id: "main" });
  ui.thread = el("aside", { class: "thread", "aria-label": "Thread", testid: "thread", hidden: true });
  ui.sidebar = el("nav", { class: "sidebar", "aria-label": "Channels", id: "sidebar" });
  ui.top = el("header", { class: "topbar" }, ui.drawerButton, el("span", { class: "brand" }, brand(), ui.team,
    el("span", { class: "brand-name" }, "Local Slack")), makeClock(), makeBreakButton(), iconButton("help", "By keyboard", showKeys, { class: "icon-button help-button" }));
  const skip = el("a", { class: "skip", href: "#composer", on: { click: (event) => { event.preventDefault(); focusComposer(); } } }, "Skip to the message box");
  const shade = el("div", { class: "shade", on: { click: () => drawer(false) } });
  app.replaceChildren(skip, ui.top, el("div", { class: "notes" }, ui.lost, ui.idle, brokenLine(), movedLine()),
    el("div", { class: "panes" }, ui.sidebar, shade, ui.main, ui.thread));
  app.removeAttribute("aria-busy");
  makeSidebar(ui.sidebar, () => drawer(false));
  ui.sidebar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) drawer(false);
  });
  listenForKeys({ panes: () => [ui.top, ui.sidebar, ui.main, ui.thread], focusComposer,
    focusFilter: () => { drawer(true); focusFilter(); } });
}

const brand = () => el("img", { src: "/static/icon.svg", alt: "", width: 24, height: 24 });

function drawer(open) {
  const app = document.getElementById("app");
  const was = app.classList.contains("drawer-open");
  app.classList.toggle("drawer-open", open);
  ui.drawerButton.setAttribute("aria-expanded", String(open));
  if (getComputedStyle(ui.drawerButton).display === "none") return;
  if (open) focusFilter();
  else if (was) ui.drawerButton.focus();
}

/** Becomes a person: their state is loaded and their line opened. */
async function become(user) {
  const changed = state.me !== null;
  let answer;
  try {
    answer = await fetchState(user ?? undefined);
  } catch (refused) {
    if (!user || !refused.status) throw refused;
    answer = await fetchState();
  }
  adopt(answer);
  localStorage.setItem(LAST_USER, state.me.id);
  dropChannel();
  // The channel that stands open was somebody else's: nothing is typed there in another name.
  if (changed) ui.main.replaceChildren();
  state.channelId = null;
  state.stickyUnread = null;
  ui.lost?.toggleAttribute("hidden", true);
  if (changed) tell("person-changed");
  listen(state.me.id, { onPush: pushed, onLost: () => { ui.lost.hidden = false; } });
  return answer;
}

/** Once the line is open, or the workspace has changed: everything anew, nothing typed is lost. */
function refresh(answer) {
  adopt(answer);
  tellAll(answer);
  tell("back");
  ui.lost.hidden = true;
  if (!state.atHome && !state.channels.has(state.channelId)) follow();
}

function tellAll(answer) {
  ui.team.textContent = state.team.name;
  watchForApp(answer.connected !== false);
  showStack(answer.views ?? []);
  tell("state");
  tell("channels");
}

// Until an app is connected the page says so, and asks again.
function watchForApp(connected) {
  clearTimeout(ui.watch);
  ui.idle.hidden = connected;
  if (connected) return;
  ui.watch = setTimeout(async () => {
    const status = await fetchStatus().catch(() => null);
    watchForApp(Boolean(status?.connections));
  }, ASK_AGAIN_MS);
}

const PUSHES = {
  message: (push) => tell("message", push),
  message_changed: (push) => tell("message_changed", push),
  message_deleted: (push) => tell("message_deleted", push),
  channel_changed: ({ channel }) => {
    state.channels.set(channel.id, channel);
    tell("channel_changed", channel);
    tell("channels");
  },
  view_opened: ({ stack }) => showStack(stack),
  view_updated: ({ stack, view }) => (view.type === "home" ? tell("home", view) : showStack(stack)),
  view_closed: ({ stack }) => showStack(stack),
  view_errors: (push) => showErrors(push.view_id, push.errors, push.error),
  home_updated: ({ view }) => tell("home", view),
  clock: clockPushed,
  faults: () => tell("faults"),
  notice: ({ text, level }) => toast(text, level ?? "info"),
  everything: refresh,
  workspace_changed: askForEverything,
};

function pushed(push) {
  PUSHES[push.type]?.(push);
}

// Whoever is new begins at the welcome; later, where they were last.
function firstChannel() {
  const welcome = state.me.id === state.defaultUser ? state.welcome : null;
  const all = [...state.channels.values()].filter((one) => !one.is_im).sort((a, b) => a.name.localeCompare(b.name));
  return (all.find((one) => one.id === localStorage.getItem(`last-channel ${state.me.id}`))
    ?? all.find((one) => one.id === welcome) ?? all.find((one) => one.unread) ?? all[0] ?? [...state.channels.values()][0])?.id ?? null;
}

let following = Promise.resolve();
const follow = () => {
  following = following.then(followNow).catch((refused) => toast(refused.message));
  return following;
};

async function followNow() {
  const route = readRoute();
  if (!state.me || (route.user && route.user !== state.me.id)) {
    const answer = await become(route.user);
    tellAll(answer);
  }
  if (route.channel && !state.channels.has(route.channel)) adopt(await fetchState(state.me.id));
  const known = route.channel && state.channels.has(route.channel);
  if (route.channel && !known && route.user === null) toast(`${state.me.real_name ?? "This person"} is not in that channel.`);
  const channel = known ? route.channel : route.home ? null : firstChannel();
  state.atHome = route.home || channel === null;
  if (state.channelId !== channel) state.stickyUnread = state.channels.get(channel)?.unread ? channel : null;
  state.channelId = channel;
  const place = state.atHome ? { user: state.me.id, home: true }
    : { user: state.me.id, channel, thread: known ? route.thread : null, point: known ? route.point : null };
  go(place, { replace: true });
  state.threadTs = place.thread ?? null;
  tell("place");
  if (state.atHome) {
    dropChannel();
    showHome(ui.main);
    showThread(ui.thread, null, null);
    return;
  }
  leaveHome();
  localStorage.setItem(`last-channel ${state.me.id}`, channel);
  const focusThere = !document.activeElement || document.activeElement === document.body || ui.sidebar.contains(document.activeElement);
  const opened = openChannel(ui.main, channel, { point: route.point });
  showThread(ui.thread, channel, place.thread);
  await opened;
  if (focusThere && !route.point && !place.thread && !matchMedia("(hover: none)").matches) focusComposer();
}

async function start() {
  const route = readRoute();
  const answer = await become(route.user ?? localStorage.getItem(LAST_USER));
  build();
  tellAll(answer);
  window.addEventListener("hashchange", follow);
  await follow();
}

// A workspace that is still being set up has nobody to act as yet: say so and try again.
function begin() {
  start().catch((refused) => {
    document.getElementById("loading")?.replaceChildren(`${refused.message} Trying again…`);
    setTimeout(begin, ASK_AGAIN_MS);
  });
}

begin();
