// Short sentences at the edge of the window: errors stay until closed, news goes by itself.

import { el, iconButton } from "./dom.js";

const NEWS_MS = 6000;
const ERROR_MS = 15000;

/** Shows a sentence; `level` is "error" or "info". */
export function toast(sentence, level = "error") {
  const place = document.getElementById("toasts");
  for (const other of place.children) if (other.dataset.said === sentence) other.remove();
  const node = el("div", { class: `toast toast-${level}`, testid: "toast", dataset: { said: sentence } },
    el("p", {}, sentence), iconButton("close", "Close this note", () => node.remove()));
  // A modal dialog covers the rest of the page; the popover layer keeps the note above it.
  place.setAttribute("popover", "manual");
  if (place.hidePopover && place.matches(":popover-open")) place.hidePopover();
  place.showPopover?.();
  place.append(node);
  setTimeout(() => node.remove(), level === "error" ? ERROR_MS : NEWS_MS);
}

/** Runs a call; a refusal becomes a toast and the answer null. */
export async function orToast(promise) {
  try {
    return await promise;
  } catch (refused) {
    toast(refused.message);
    return null;
  }
}
