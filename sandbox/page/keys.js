// Keys that work everywhere, and the list of them.

import { openDialog } from "./dialog.js";
import { el, freshId, tabbables } from "./dom.js";

const KEYS = [
  ["Ctrl K", "Find a channel or person"], ["F6", "Go to the next part of the page"], ["/", "Write a command"],
  ["Tab", "In the message box: take the suggestion"], ["Enter", "Send"], ["Shift Enter", "New line"],
  ["↑ ↓", "Move among messages, channels, suggestions"], ["T", "On a message: open its thread"],
  ["Ctrl Enter", "Submit a form"], ["Esc", "Close the list, thread or form"],
];

/** Shows what can be done by keyboard. */
export function showKeys() {
  const titleId = freshId("title");
  const close = el("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Close");
  const dialog = openDialog({ className: "dialog-small", labelledBy: titleId, onEscape: () => dialog.close(), children: [
    el("h2", { id: titleId, class: "dialog-title" }, "By keyboard"),
    el("dl", { class: "keys-list" }, KEYS.flatMap(([keys, words]) => [
      el("dt", {}, keys.split(" ").map((key) => el("kbd", {}, key))), el("dd", {}, words)])),
    el("div", { class: "dialog-buttons" }, close)] });
  close.focus();
}

/** Listens for the keys; `panes` answers the parts F6 goes through, `focusFilter` finds channels. */
export function listenForKeys({ panes, focusFilter, focusComposer }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.("input, textarea, select, [role=combobox]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      focusFilter();
    } else if (event.key === "F6") {
      event.preventDefault();
      nextPane(panes(), event.shiftKey ? -1 : 1);
    } else if (event.key === "?" && !typing) {
      event.preventDefault();
      showKeys();
    } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      focusComposer();
    }
  });
}

function nextPane(panes, step) {
  const shown = panes.filter((pane) => pane && pane.getClientRects().length > 0);
  const at = shown.findIndex((pane) => pane.contains(document.activeElement));
  const pane = shown[(at + step + shown.length) % shown.length];
  (tabbables(pane)[0] ?? pane).focus();
}
