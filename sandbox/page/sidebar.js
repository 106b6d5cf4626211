// The left pane: who acts, what is unread, channels, direct messages, the app.

import { openIm } from "./api.js";
import { arrange, el, icon } from "./dom.js";
import { avatar } from "./message.js";
import { switcher } from "./people.js";
import { go } from "./route.js";
import { channelLabel, isAppChannel, nameOf, on, state, titleOf } from "./state.js";
import { orToast } from "./toast.js";

const PEOPLE_SHOWN = 8;

const filter = el("input", { type: "search", class: "filter", placeholder: "Find channel or person", autocomplete: "off",
  "aria-label": "Find a channel or person", testid: "filter", spellcheck: "false" });
const lists = el("div", { class: "lists" });
const host = { node: null, close: null };

/** Builds the pane once; it redraws itself when channels change. */
export function makeSidebar(node, closeDrawer) {
  host.node = node;
  host.close = closeDrawer;
  node.replaceChildren(switcher(), el("div", { class: "filter-row" }, icon("search"), filter, el("kbd", {}, "Ctrl K")), lists);
  filter.addEventListener("input", draw);
  node.addEventListener("keydown", onKey);
  draw();
}

export function focusFilter() {
  filter.focus();
  filter.select();
}

function onKey(event) {
  const items = [...lists.querySelectorAll(".item")];
  const at = items.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && (at >= 0 || event.target === filter)) {
    event.preventDefault();
    items[Math.min(at + 1, items.length - 1)]?.focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (items[at - 1] ?? filter).focus();
  } else if ((event.key === "Home" || event.key === "End") && at >= 0) {
    event.preventDefault();
    items[event.key === "Home" ? 0 : items.length - 1].focus();
  } else if (event.key === "Enter" && event.target === filter) {
    event.preventDefault();
    items[0]?.click();
  } else if (event.key === "Escape" && filter.value) {
    event.preventDefault();
    event.stopPropagation();
    clearFilter();
    filter.focus();
  }
}

function clearFilter() {
  if (!filter.value) return;
  filter.value = "";
  draw();
}

function open(place) {
  clearFilter();
  host.close();
  go({ user: state.me.id, ...place });
}

// What arrives in the open channel is seen as it arrives; its row must not jump about.
const isOpen = (channel) => channel.id === state.channelId && !state.atHome && !document.hidden;
const hasUnread = (channel) => channel.unread > 0 && !isOpen(channel);
const isUnread = (channel) => hasUnread(channel) || channel.id === state.stickyUnread;

function mark(channel) {
  if (!hasUnread(channel)) return null;
  const mentions = channel.mentions > 0 || channel.is_im;
  return el("span", { class: mentions ? "count count-strong" : "count" }, channel.unread > 99 ? "99+" : String(channel.unread),
    el("span", { class: "visually-hidden" }, " unread"));
}

function item(channel) {
  const current = !state.atHome && channel.id === state.channelId;
  const other = channel.is_im ? state.users.get(channel.user) : null;
  const label = channelLabel(channel);
  const name = channel.is_im ? channel.name || other?.name || channel.id : channel.name;
  const sign = channel.is_im ? avatar(channel.user, label, "avatar-tiny") : el("span", { class: "sign" }, "#");
  return el("button", { type: "button", class: hasUnread(channel) ? "item unread" : "item", testid: `channel-${name}`,
    dataset: { id: channel.id }, title: [label, channel.is_im ? titleOf(other) : channel.topic].filter(Boolean).join(": "), "aria-current": current ? "page" : null,
    tabindex: "-1", on: { click: () => open({ channel: channel.id }) } },
  sign, el("span", { class: "item-name" }, label), channel.is_archived && el("span", { class: "badge" }, "ARCHIVED"), mark(channel));
}

// The app stands here once: its row leads to what it wrote as long as that is unread, else to its Home.
function homeItem() {
  const current = state.atHome || isAppChannel(state.channels.get(state.channelId));
  const im = [...state.channels.values()].find(isAppChannel);
  const unread = im && hasUnread(im);
  return el("button", { type: "button", class: unread ? "item unread" : "item", testid: "app-home", "aria-current": current ? "page" : null,
    tabindex: "-1", on: { click: () => open(unread ? { channel: im.id } : { home: true }) } },
  avatar("app", state.app.name, "avatar-tiny"), el("span", { class: "item-name" }, state.app.name), el("span", { class: "badge" }, "APP"),
  im && mark(im));
}

function person(user) {
  const start = async () => {
    const answer = await orToast(openIm(state.me.id, user.id));
    const id = answer?.channel?.id ?? answer?.channel;
    if (id) open({ channel: id });
  };
  return el("button", { type: "button", class: "item", testid: `person-${user.id}`, tabindex: "-1", on: { click: start } },
    avatar(user.id, nameOf(user), "avatar-tiny"), el("span", { class: "item-name" }, nameOf(user)),
    el("span", { class: "item-detail" }, titleOf(user)));
}

function section(title, items, note) {
  if (items.length === 0 && !note) return null;
  return el("section", { class: "section-list", "aria-label": title }, el("h2", {}, title), items,
    items.length === 0 && el("p", { class: "section-note" }, note));
}

const listed = () => [...state.channels.values()].filter((channel) => !isAppChannel(channel));
const byName = (a, b) => channelLabel(a).localeCompare(channelLabel(b), "en", { numeric: true });

function found(query) {
  const words = query.toLowerCase().replace(/^[#@]/, "").split(/[\s]+/).filter(Boolean);
  const hit = (text) => words.every((word) => text.toLowerCase().includes(word));
  const first = (text) => (text.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  const channels = listed().filter((channel) => hit(`${channelLabel(channel)} ${channel.name ?? ""}`))
    .sort((a, b) => first(channelLabel(a)) - first(channelLabel(b)) || byName(a, b));
  const known = new Set(channels.filter((channel) => channel.is_im).map((channel) => channel.user));
  const people = [...state.users.values()]
    .filter((user) => !user.is_bot && !user.deleted && user.id !== state.me.id && !known.has(user.id) && hit(`${nameOf(user)} ${user.name ?? ""} ${titleOf(user)}`))
    .slice(0, PEOPLE_SHOWN);
  const home = hit(`${state.app.name} home`) ? [homeItem()] : [];
  const none = channels.length + people.length + home.length === 0;
  return [section("Channels", channels.filter((one) => !one.is_im).map(item)),
    section("Direct messages", channels.filter((one) => one.is_im).map(item)), section("People", people.map(person)),
    section("Apps", home), none && el("p", { class: "section-note" }, `Nothing is called “${query}”.`)];
}

function everything() {
  const all = listed().sort(byName);
  const unread = all.filter(isUnread);
  const rest = all.filter((channel) => !isUnread(channel));
  return [section("Apps", [homeItem()]),
    section("Unread", unread.map(item)),
    section("Direct messages", rest.filter((one) => one.is_im).map(item)),
    section("Channels", rest.filter((one) => !one.is_im).map(item), all.length === 0 && "You are in no channel yet.")];
}

// What looks as before stays: a list that grows while somebody presses a row must not take the row away.
function settle(parent, fresh) {
  const before = [...parent.children];
  const label = (node) => node.getAttribute("aria-label");
  arrange(parent, fresh.map((node) => {
    const same = before.find((one) => one.isEqualNode(node));
    if (same) return same;
    const section = node.matches("section") && before.find((one) => label(one) === label(node));
    if (section) settle(section, [...node.children]);
    return section || node;
  }));
}

function draw() {
  if (!host.node) return;
  const focused = lists.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const query = filter.value.trim();
  const parts = (query ? found(query) : everything()).filter(Boolean);
  const items = parts.flatMap((part) => [...part.querySelectorAll(".item")]);
  const stop = items.find((one) => one.getAttribute("aria-current")) ?? items[0];
  if (stop) stop.tabIndex = 0;
  const scroll = lists.scrollTop;
  settle(lists, parts);
  lists.scrollTop = scroll;
  if (focused && !lists.contains(document.activeElement)) lists.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
  const total = [...state.channels.values()].filter(hasUnread).length;
  document.title = `${total ? `(${total}) ` : ""}${state.atHome ? state.app.name : channelLabel(state.channels.get(state.channelId))} · ${state.team.name} · Local Slack`;
  document.getElementById("drawer-button")?.classList.toggle("has-unread", total > 0);
}

/** Brings the open channel's row into sight. */
export function showCurrent() {
  lists.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

on("channels", draw);
on("place", () => {
  draw();
  showCurrent();
});
