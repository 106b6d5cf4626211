// A searchable list to choose from: one value or several, from a fixed list or asked for while typing.

import { el, freshId, icon } from "./dom.js";
import { place } from "./menus.js";

const ASK_WAIT_MS = 200;

const labelOf = (option) => option.text?.text ?? option.text ?? "";

/**
 * Options are Slack option objects. `load(query)` answers a list of {label?, options}.
 * `onChange(chosen)` is called after every choice.
 */
export function combobox({ names, multi = false, placeholder, initial = [], load, most = Infinity, onChange }) {
  let chosen = [...initial];
  let groups = [];
  let shown = [];
  let active = -1;
  let asked = 0;
  let timer = 0;
  let open = false;
  const listId = freshId("list");

  const input = el("input", { type: "text", role: "combobox", id: names.fieldId, testid: names.testid, class: "combo-input",
    autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
    "aria-labelledby": names.labelId, "aria-label": names.labelId ? null : placeholder, "aria-describedby": names.describedBy,
    "aria-required": names.required ? "true" : null });
  const list = el("div", { class: "combo-list", id: listId, role: "listbox", "aria-multiselectable": multi ? "true" : null,
    testid: names.testid && `${names.testid}-list` });
  const chips = el("span", { class: "chips" });
  const clear = el("button", { type: "button", class: "combo-clear", "aria-label": "Clear the choice", title: "Clear",
    on: { click: () => { choose([]); input.focus(); } } }, icon("close"));
  const field = el("div", { class: "combo-field" }, chips, input, clear, icon("down"));
  const node = el("div", { class: multi ? "combo combo-multi" : "combo" }, field);

  const isChosen = (option) => chosen.some((one) => one.value === option.value);

  function draw() {
    input.placeholder = multi && chosen.length ? "" : placeholder;
    if (!multi && !open) input.value = chosen[0] ? labelOf(chosen[0]) : "";
    clear.hidden = multi || chosen.length === 0;
    chips.replaceChildren(...(multi ? chosen.map((option) => el("span", { class: "chip" }, labelOf(option),
      el("button", { type: "button", "aria-label": `Remove ${labelOf(option)}`,
        on: { click: (event) => { event.stopPropagation(); choose(chosen.filter((one) => one !== option)); input.focus(); } } },
      icon("close")))) : []));
  }

  function choose(next) {
    chosen = next.slice(0, most);
    draw();
    onChange?.(chosen);
  }

  function pick(option) {
    if (multi) {
      input.value = "";
      choose(isChosen(option) ? chosen.filter((one) => one.value !== option.value) : [...chosen, option]);
      ask("");
      if (open) place(list, field);
    } else {
      close();
      choose([option]);
      input.select();
    }
  }

  function drawList(note) {
    shown = groups.flatMap((group) => group.options);
    const rows = [];
    let at = 0;
    for (const group of groups) {
      if (group.label && group.options.length) rows.push(el("div", { class: "combo-group", role: "presentation" }, labelOf({ text: group.label })));
      for (const option of group.options) {
        const here = at;
        rows.push(el("div", { role: "option", id: `${listId}-${here}`, class: "combo-option", testid: "option",
          "aria-selected": isChosen(option) ? "true" : "false", dataset: { value: option.value },
          on: { pointerdown: (event) => event.preventDefault(), click: () => pick(option),
            pointermove: () => { if (active !== here) point(here); } } },
        el("span", { class: "combo-text" }, labelOf(option),
          option.description && el("span", { class: "combo-detail" }, option.description.text ?? option.description)),
        isChosen(option) && icon("check")));
        at += 1;
      }
    }
    if (shown.length === 0) rows.push(el("div", { class: "combo-note" }, note ?? "Nothing matches"));
    list.replaceChildren(...rows);
    list.setAttribute("aria-busy", note === "Searching…" ? "true" : "false");
    const selected = shown.findIndex(isChosen);
    point(input.dataset.typed ? (shown.length ? 0 : -1) : selected);
  }

  function point(index) {
    list.querySelector(".active")?.classList.remove("active");
    active = index;
    const row = index >= 0 ? document.getElementById(`${listId}-${index}`) : null;
    row?.classList.add("active");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function ask(query) {
    const mine = ++asked;
    const answer = load(query);
    if (answer instanceof Promise) {
      groups = [];
      drawList("Searching…");
      try {
        const got = await answer;
        if (mine !== asked || !open) return;
        groups = got;
        drawList();
      } catch (refused) {
        if (mine === asked && open) drawList(refused.message);
      }
      if (open) place(list, field);
    } else {
      groups = answer;
      drawList();
    }
  }

  function show() {
    if (open) return;
    open = true;
    (node.closest("dialog") ?? document.body).append(list);
    list.style.width = `${field.getBoundingClientRect().width}px`;
    input.setAttribute("aria-expanded", "true");
    ask("");
    place(list, field);
  }

  function close() {
    if (!open) return;
    open = false;
    asked += 1;
    clearTimeout(timer);
    list.remove();
    delete input.dataset.typed;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    draw();
    if (multi) input.value = "";
  }

  input.addEventListener("input", () => {
    const query = input.value.trim();
    input.dataset.typed = query ? "yes" : "";
    show();
    clearTimeout(timer);
    timer = setTimeout(() => ask(query), load.live ? ASK_WAIT_MS : 0);
  });
  field.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    if (event.target !== input) event.preventDefault();
    input.focus();
    if (open) close(); else { show(); input.select(); }
  });
  input.addEventListener("focus", () => input.select());
  // Typing after a click replaces the choice; the browser would have put a caret into it.
  input.addEventListener("mousedown", (event) => { if (!input.dataset.typed) event.preventDefault(); });
  input.addEventListener("blur", () => {
    const typed = input.value.trim().toLowerCase();
    const exact = open && input.dataset.typed && shown.find((option) => labelOf(option).toLowerCase() === typed);
    const emptied = !multi && open && typed === "" && chosen.length > 0;
    close();
    if (exact && !isChosen(exact)) choose(multi ? [...chosen, exact] : [exact]);
    else if (emptied) choose([]);
  });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (steps[event.key]) {
      event.preventDefault();
      if (!open) show();
      else if (shown.length) {
        const next = active < 0 && steps[event.key] < 0 ? shown.length - 1 : active + steps[event.key];
        point(Math.abs(steps[event.key]) === 1 ? (next + shown.length) % shown.length : Math.max(0, Math.min(shown.length - 1, next)));
      }
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      pick(shown[active]);
    } else if (event.key === "Enter" && !open) {
      event.preventDefault();
      show();
    } else if (event.key === "Tab" && open && active >= 0 && input.dataset.typed) {
      pick(shown[active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
      input.select();
    } else if (event.key === "Backspace" && multi && input.value === "" && chosen.length) {
      choose(chosen.slice(0, -1));
    }
  });

  draw();
  return { node, input, chosen: () => chosen, focus: () => input.focus() };
}

const fold = (text) => String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Those options whose label (or detail) holds every word of the query; beginnings first. */
export function matching(options, query) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  const whole = words.join(" ");
  const rank = (option) => (fold(labelOf(option)).startsWith(whole) ? 0 : 1);
  return options.filter((option) => {
    const text = fold(`${labelOf(option)} ${option.description?.text ?? option.description ?? ""}`);
    return words.every((word) => text.includes(word));
  }).sort((a, b) => rank(a) - rank(b));
}
