// Checkboxes and radio buttons.

import { el, freshId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const sameValues = (chosen, option) => chosen?.some((one) => one.value === option.value);

function group(spec, names, { type, role, initial }) {
  const chosen = names.kept ? (names.kept.selected_options ?? [names.kept.selected_option].filter(Boolean)) : initial;
  const shared = freshId("choice");
  const boxes = spec.options.map((option, at) => {
    const descriptionId = option.description && freshId("described");
    const box = el("input", { type, name: shared, id: at === 0 ? names.fieldId : null, value: option.value,
      checked: sameValues(chosen, option), "aria-describedby": descriptionId });
    const words = el("span", { class: "choice-text" }, textObject(option.text),
      option.description && el("span", { class: "choice-description", id: descriptionId }, textObject(option.description)));
    return { box, option, row: el("label", { class: "choice" }, box, words) };
  });
  const picked = () => boxes.filter(({ box }) => box.checked).map(({ option }) => option);
  const node = el("div", { class: "choices", role, testid: names.testid, "aria-labelledby": names.labelId,
    "aria-describedby": names.describedBy, "aria-required": type === "radio" && names.required ? "true" : null },
  boxes.map(({ row }) => row));
  return { node, boxes, picked };
}

export function checkboxes(spec, names) {
  const made = group(spec, names, { type: "checkbox", role: "group", initial: spec.initial_options });
  const control = {
    node: made.node,
    value: () => ({ type: spec.type, selected_options: made.picked() }),
    payload: () => ({ selected_options: made.picked() }),
    isEmpty: () => made.picked().length === 0,
    focus: () => made.boxes[0]?.box.focus(),
  };
  made.node.addEventListener("change", () => {
    names.changed?.();
    if (names.dispatch) names.act(control);
  });
  return control;
}

export function radioButtons(spec, names) {
  const made = group(spec, names, { type: "radio", role: "radiogroup", initial: [spec.initial_option].filter(Boolean) });
  const control = {
    node: made.node,
    value: () => ({ type: spec.type, selected_option: made.picked()[0] ?? null }),
    payload: () => ({ selected_option: made.picked()[0] ?? null }),
    isEmpty: () => made.picked().length === 0,
    focus: () => (made.boxes.find(({ box }) => box.checked) ?? made.boxes[0])?.box.focus(),
  };
  made.node.addEventListener("change", () => {
    names.changed?.();
    if (names.dispatch) names.act(control);
  });
  return control;
}
