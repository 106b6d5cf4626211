// "Acting as …": be anyone of the workspace, found by name or title.

import { absences } from "./absence.js";
import { openDialog } from "./dialog.js";
import { el, freshId, icon } from "./dom.js";
import { avatar } from "./message.js";
import { go } from "./route.js";
import { nameOf, on, state, titleOf } from "./state.js";
import { orToast, toast } from "./toast.js";

const MOST_SHOWN = 200;

const face = el("button", { type: "button", class: "act-as", testid: "act-as", "aria-haspopup": "dialog", on: { click: choosePerson } });

export function switcher() {
  draw();
  return face;
}

function draw() {
  if (!state.me) return;
  const title = titleOf(state.me);
  face.setAttribute("aria-label", `Acting as ${nameOf(state.me)}${title ? `, ${title}` : ""}. Act as another person`);
  face.replaceChildren(avatar(state.me.id, nameOf(state.me)),
    el("span", { class: "act-as-words" }, el("span", { class: "act-as-hint" }, "Acting as"),
      el("span", { class: "act-as-name" }, nameOf(state.me)), title && el("span", { class: "act-as-title" }, title)), icon("swap"));
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function matches(query) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const all = [...state.users.values()].filter((user) => !user.is_bot && !user.deleted);
  const rank = (user) => (user.id === state.me.id ? 0 : fold(nameOf(user)).startsWith(words[0] ?? "") ? 1 : 2);
  return all.filter((user) => words.every((word) => fold(`${nameOf(user)} ${titleOf(user)} ${user.name ?? ""}`).includes(word)))
    .sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b)));
}

/** Opens the list of people. */
export function choosePerson() {
  const titleId = freshId("title");
  const listId = freshId("people");
  const box = el("input", { type: "text", class: "text-input", role: "combobox", testid: "act-as-search", "aria-expanded": "true",
    "aria-controls": listId, "aria-label": "Search by name or title", placeholder: "Search by name or title", autocomplete: "off" });
  const list = el("div", { class: "people", id: listId, role: "listbox", "aria-label": "People" });
  const dialog = openDialog({ className: "dialog-people", labelledBy: titleId, onEscape: () => dialog.close(),
    children: [el("h2", { id: titleId, class: "dialog-title" }, "Act as another person"),
      el("p", { class: "quiet" }, "See the workspace and press its buttons as they would."), box, list,
      el("section", { class: "absences", "aria-label": nameOf(state.me) }, el("h3", {}, `${nameOf(state.me)}, as whom you act now`),
        absences().map(([id, label, work]) => el("button", { type: "button", class: "button", testid: `me-${id}`,
          on: { click: () => leave(label, work) } }, label)))] });
  let shown = [];
  let active = 0;

  // What it did stands under the header, with a way back.
  const leave = async (label, work) => {
    dialog.close();
    if (await orToast(work().then(() => true))) toast(`${label}: done.`, "info");
  };
  const take = (user) => {
    dialog.close();
    go({ user: user.id, channel: state.channelId, home: state.atHome });
  };

  function fill() {
    shown = matches(box.value).slice(0, MOST_SHOWN);
    active = 0;
    list.replaceChildren(...(shown.length ? shown.map((user, at) => el("div", { role: "option", id: `${listId}-${at}`, class: "person",
      testid: `act-as-${user.id}`, "aria-selected": "false", on: { click: () => take(user) } },
    avatar(user.id, nameOf(user)), el("span", { class: "person-words" }, el("span", { class: "person-name" }, nameOf(user)),
      el("span", { class: "person-title" }, titleOf(user))), user.id === state.me.id && el("span", { class: "you" }, "you")))
      : [el("p", { class: "combo-note" }, "Nobody matches.")]));
    point(0);
  }

  function point(at) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const row = shown[at] && list.children[at];
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) box.setAttribute("aria-activedescendant", row.id);
  }

  box.addEventListener("input", fill);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      point(Math.abs(step) === 1 ? (active + step + shown.length) % shown.length
        : Math.max(0, Math.min(shown.length - 1, active + step)));
    } else if (event.key === "Enter" && shown[active]) {
      event.preventDefault();
      take(shown[active]);
    }
  });
  fill();
  box.focus();
}

on("state", draw);
