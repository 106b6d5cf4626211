// The `input` block: label, control, hint, and the error under it.

import { el, freshId } from "./dom.js";
import { keyOf, makeControl } from "./inputs.js";
import { textObject } from "./mrkdwn.js";

const GROUPS = new Set(["checkboxes", "radio_buttons", "datetimepicker"]);

/** One labelled input; its control is put into `ctx.controls` with ways to show and clear an error. */
export function inputNode(block, ctx) {
  const spec = block.element;
  const ids = { labelId: freshId("label"), fieldId: freshId("field"), hintId: freshId("hint"), errorId: freshId("error") };
  const group = GROUPS.has(spec.type);
  const optional = block.optional && el("span", { class: "optional" }, " (optional)");
  const label = el(group ? "div" : "label", { class: "input-label", id: ids.labelId, for: group ? null : ids.fieldId },
    textObject(block.label), optional);
  const hint = block.hint && el("div", { class: "hint", id: ids.hintId }, textObject(block.hint));
  const error = el("div", { class: "field-error", id: ids.errorId, testid: `error-${block.block_id}`, hidden: true });
  const control = makeControl(spec, {
    ...ids, blockId: block.block_id,
    testid: `input-${block.block_id}`,
    describedBy: [hint && ids.hintId, ids.errorId].filter(Boolean).join(" "),
    required: !block.optional,
    kept: ctx.kept?.[block.block_id]?.[spec.action_id],
    dispatch: Boolean(block.dispatch_action),
    options: (query) => ctx.options(block.block_id, spec, query),
    act: (made) => ctx.act(block.block_id, spec, made),
    changed: (problem) => showError(problem ?? null),
  });

  function showError(sentence) {
    error.textContent = sentence ?? "";
    error.hidden = !sentence;
    wrap.classList.toggle("has-error", Boolean(sentence));
    for (const node of wrap.querySelectorAll("input, textarea, select")) {
      if (sentence) node.setAttribute("aria-invalid", "true");
      else node.removeAttribute("aria-invalid");
    }
  }

  const wrap = el("div", { class: `block input-block input-${spec.type}`, dataset: { blockId: block.block_id } },
    label, control.node, hint, error);
  Object.assign(control, { blockId: block.block_id, optional: Boolean(block.optional), showError, wrap, isInput: true });
  ctx.controls.set(keyOf(block.block_id, spec.action_id), control);
  return wrap;
}

/** What is wrong with an input before it is sent, in one sentence, or null. */
export function problemOf(control) {
  if (control.isEmpty()) return control.optional ? null : "Please complete this required field.";
  return control.problem?.() ?? null;
}
