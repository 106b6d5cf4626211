// Dialogs that hold the keyboard until they are answered.

import { el, freshId, tabbables } from "./dom.js";
import { closeMenu } from "./menus.js";
import { textObject } from "./mrkdwn.js";

/** Opens a modal dialog; `onEscape` decides what Esc does. Returns {node, close}. */
export function openDialog({ className = "", label = null, labelledBy = null, testid = null, onEscape, children = [] }) {
  const before = document.activeElement;
  const node = el("dialog", { class: `dialog ${className}`, "aria-label": label, "aria-labelledby": labelledBy, testid }, children);
  document.body.append(node);
  node.addEventListener("cancel", (event) => event.preventDefault());
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      if (event.target.closest("dialog") === node) onEscape?.();
    } else if (event.key === "Tab") {
      keepInside(event, node);
    }
    event.stopPropagation();
  });
  node.showModal();
  return {
    node,
    close() {
      closeMenu();
      node.close();
      node.remove();
      if (before?.isConnected && before !== document.body) before.focus();
    },
  };
}

function keepInside(event, node) {
  const stops = tabbables(node);
  if (stops.length === 0) return;
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge && node.contains(document.activeElement) && document.activeElement !== node) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
}

const plain = (object) => (object ? textObject(typeof object === "string" ? { type: "plain_text", text: object } : object) : null);

/** Asks before something is done, with Slack's confirm object or plain strings; answers true or false. */
export function ask({ title, text, confirm = "Yes", deny = "Cancel", style = "primary" }) {
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    const titleId = freshId("title");
    const yes = el("button", { type: "button", class: `button button-${style}`, testid: "confirm-yes",
      on: { click: () => answer(true) } }, plain(confirm));
    const no = el("button", { type: "button", class: "button", testid: "confirm-no", on: { click: () => answer(false) } }, plain(deny));
    const dialog = openDialog({
      className: "dialog-small", labelledBy: titleId, testid: "confirm", onEscape: () => answer(false),
      children: [el("h2", { id: titleId, class: "dialog-title" }, plain(title)), el("div", { class: "dialog-text" }, plain(text)),
        el("div", { class: "dialog-buttons" }, no, yes)],
    });
    // Enter must not destroy what nobody looked at.
    (style === "danger" ? no : yes).focus();
  });
}
