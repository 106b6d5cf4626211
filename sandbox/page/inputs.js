// The interactive elements: each maker returns a control {node, value(), isEmpty(), problem(), focus()}.

import { el, iconButton } from "./dom.js";
import { checkboxes, radioButtons } from "./choices.js";
import { datePicker, dateTimePicker, timePicker } from "./dates.js";
import { fileInput } from "./files.js";
import { overflow } from "./menus.js";
import { SELECTS } from "./selects.js";
import { textObject } from "./mrkdwn.js";

/** The name of a control among all of a view or message. */
export const keyOf = (blockId, actionId) => JSON.stringify([blockId, actionId]);

const CHARACTER_WAIT_MS = 350;

function button(spec, names) {
  const style = spec.style ? ` button-${spec.style}` : "";
  const face = el(spec.url ? "a" : "button", {
    type: spec.url ? null : "button", class: `button${style}`, testid: names.testid,
    href: spec.url && /^https?:/i.test(spec.url) ? spec.url : null, target: spec.url ? "_blank" : null,
    rel: spec.url ? "noopener noreferrer" : null, "aria-label": spec.accessibility_label,
  }, textObject(spec.text));
  const control = { node: face, waits: face, payload: () => ({ value: spec.value }), focus: () => face.focus() };
  face.addEventListener("click", () => names.act(control));
  return control;
}

function textInput(spec, names, { type = "text", check = null, ...more } = {}) {
  const start = names.kept ? names.kept.value : spec.initial_value;
  const box = el(spec.multiline ? "textarea" : "input", {
    id: names.fieldId, testid: names.testid, class: "text-input", rows: spec.multiline ? 4 : null,
    type: spec.multiline ? null : type, placeholder: spec.placeholder?.text, maxlength: spec.max_length,
    "aria-describedby": names.describedBy, "aria-required": names.required ? "true" : null,
    "aria-label": names.fieldId ? null : spec.placeholder?.text ?? "Text", autocomplete: "off",
    autofocus: spec.focus_on_load, value: start ?? "", ...more,
  });
  const control = {
    node: box,
    value: () => ({ type: spec.type, value: box.value === "" ? null : box.value }),
    isEmpty: () => box.value.trim() === "",
    payload: () => ({ value: box.value === "" ? null : box.value }),
    problem: () => {
      if (spec.min_length && box.value.length < spec.min_length) return `Please use at least ${spec.min_length} characters.`;
      return check ? check(box.value) : null;
    },
    focus: () => box.focus(),
  };
  if (spec.max_length && spec.multiline) control.node = withCounter(box, spec.max_length);
  const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer = 0;
  box.addEventListener("input", () => {
    names.changed?.();
    if (!names.dispatch || !triggers.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(() => names.act(control), CHARACTER_WAIT_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || spec.multiline) return;
    if (names.dispatch && triggers.includes("on_enter_pressed")) {
      event.preventDefault();
      names.act(control);
    }
  });
  return control;
}

// Says how many characters are left once few are.
function withCounter(box, most) {
  const left = el("span", { class: "counter", "aria-live": "polite" });
  const count = () => {
    const rest = most - box.value.length;
    left.textContent = rest <= Math.max(20, most * 0.1) ? `${rest} characters left` : "";
  };
  box.addEventListener("input", count);
  count();
  return el("div", { class: "counted" }, box, left);
}

function numberInput(spec, names) {
  const check = (text) => {
    const number = Number(text);
    if (!Number.isFinite(number)) return "Please enter a number.";
    if (!spec.is_decimal_allowed && !/^-?\d+$/.test(text.trim())) return "Please enter a whole number.";
    if (spec.min_value !== undefined && number < Number(spec.min_value)) return `Please enter ${spec.min_value} or more.`;
    if (spec.max_value !== undefined && number > Number(spec.max_value)) return `Please enter ${spec.max_value} or less.`;
    return null;
  };
  return textInput(spec, names, { check, inputmode: spec.is_decimal_allowed ? "decimal" : "numeric" });
}

const email = (spec, names) => textInput(spec, names, { type: "email",
  check: (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) ? null : "Please enter an email address, such as name@example.gov.") });

const url = (spec, names) => textInput(spec, names, { type: "url",
  check: (text) => (/^https?:\/\/[^\s/]+\S*$/.test(text.trim()) ? null : "Please enter an address that starts with https://.") });

// Plain text only; the app gets it as one rich_text section.
function richTextInput(spec, names) {
  const plain = textInput({ ...spec, multiline: true, initial_value: undefined }, names);
  const value = () => {
    const text = plain.value().value;
    return text === null ? null : { type: "rich_text",
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
  };
  return { ...plain, value: () => ({ type: spec.type, rich_text_value: value() }), payload: () => ({ rich_text_value: value() }) };
}

const MAKERS = {
  button,
  workflow_button: button,
  icon_button: (spec, names) => {
    const control = { payload: () => ({ value: spec.value }) };
    control.node = iconButton("more", spec.text?.text ?? spec.icon, () => names.act(control), { testid: names.testid });
    control.waits = control.node;
    return control;
  },
  overflow,
  plain_text_input: (spec, names) => textInput(spec, names),
  number_input: numberInput,
  email_text_input: email,
  url_text_input: url,
  rich_text_input: richTextInput,
  file_input: fileInput,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  checkboxes,
  radio_buttons: radioButtons,
  ...SELECTS,
};

/** The control for an element; unknown kinds say so instead of vanishing. */
export function makeControl(spec, names) {
  const make = MAKERS[spec.type];
  if (make) return make(spec, names);
  return { node: el("span", { class: "unknown-block" }, `This page cannot show a “${spec.type}” element.`),
    isEmpty: () => true, payload: () => ({}) };
}
