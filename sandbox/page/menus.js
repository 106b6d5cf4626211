// Small menus that open from a button: the overflow element and the lists of shortcuts.

import { el, icon } from "./dom.js";

let openMenu = null;

/** Opens a menu under `anchor`; items are {label, detail, danger, run, testid}. */
export function showMenu(anchor, items, { label = "Menu", above = false } = {}) {
  const again = openMenu?.anchor === anchor;
  closeMenu();
  if (again) return;
  const rows = items.map((item) => el("button", { type: "button", role: "menuitem", tabindex: "-1", testid: item.testid,
    class: item.danger ? "menu-item menu-danger" : "menu-item",
    on: { click: () => { closeMenu({ refocus: true }); item.run(); } } },
  el("span", {}, item.label), item.detail && el("span", { class: "menu-detail" }, item.detail)));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, rows);
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor, above);
  anchor.setAttribute("aria-expanded", "true");
  menu.addEventListener("keydown", (event) => {
    const at = rows.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      rows[(next + rows.length) % rows.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      closeMenu({ refocus: true });
    }
  });
  openMenu = { menu, anchor };
  rows[0]?.focus();
}

export function closeMenu({ refocus = false } = {}) {
  if (!openMenu) return;
  const { menu, anchor } = openMenu;
  openMenu = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus();
}

/** Puts a floating box next to its anchor, inside the window. */
export function place(box, anchor, above = false) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const room = window.innerHeight - from.bottom;
  const up = above || (room < height + 8 && from.top > room);
  box.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - width - 8))}px`;
  box.style.top = `${up ? Math.max(8, from.top - height - 4) : from.bottom + 4}px`;
}

document.addEventListener("pointerdown", (event) => {
  if (openMenu && !openMenu.menu.contains(event.target) && !openMenu.anchor.contains(event.target)) closeMenu();
});
window.addEventListener("resize", () => closeMenu());

/** The overflow element: three dots and a list. */
export function overflow(spec, names) {
  let chosen = null;
  const face = el("button", { type: "button", class: "button button-overflow", testid: names.testid,
    "aria-label": "More choices", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  const control = { node: face, waits: face, payload: () => ({ selected_option: chosen }), focus: () => face.focus() };
  face.addEventListener("click", () => showMenu(face, spec.options.map((option) => ({
    label: option.text.text,
    detail: option.description?.text,
    run: () => {
      if (option.url) window.open(option.url, "_blank", "noopener");
      chosen = option;
      names.act(control);
    },
  })), { label: "More choices" }));
  return control;
}
