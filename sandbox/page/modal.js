// The person's open modals: one dialog, a stack of views in it, the last one shown.

import { closeView, submitView } from "./api.js";
import { blockContext } from "./actions.js";
import { renderBlocks, stateValues } from "./blocks.js";
import { ask, openDialog } from "./dialog.js";
import { el, freshId, iconButton, pending, tabbables } from "./dom.js";
import { problemOf } from "./fields.js";
import { keyOf } from "./inputs.js";
import { textObject } from "./mrkdwn.js";
import { state } from "./state.js";
import { toast } from "./toast.js";

const titleId = freshId("modal-title");
let dialog = null;
let layers = [];

const top = () => layers[layers.length - 1];

/** Shows the stack the server knows; views that stay keep what was typed into them. */
export function showStack(stack) {
  const kept = new Map(layers.map((layer) => [layer.view.id, layer]));
  if (dialog?.node.contains(document.activeElement) && top()) top().left = document.activeElement;
  const before = top();
  layers = stack.map((view) => {
    const layer = kept.get(view.id);
    if (!layer) return makeLayer(view);
    if (layer.view.hash !== view.hash) drawView(layer, view);
    return layer;
  });
  if (layers.length === 0) {
    dialog?.close();
    dialog = null;
    return;
  }
  if (!dialog) {
    dialog = openDialog({ className: "modal", labelledBy: titleId, testid: "modal", onEscape: () => leave({ careful: true }) });
  }
  if (top() === before && dialog.node.contains(before.node)) return;
  // A covered view leaves the page but is kept, with what was typed into it.
  const fresh = !kept.has(top().view.id);
  top().back.hidden = layers.length === 1;
  dialog.node.replaceChildren(top().node);
  if (fresh) focusStart(top());
  else (top().left ?? top().submit).focus();
}

/** Shows errors in place; those of blocks not shown, and a general sentence, stand at the top. */
export function showErrors(viewId, errors, general) {
  const layer = layers.find((one) => one.view.id === viewId);
  if (!layer) return;
  const rest = general ? [general] : [];
  const inputs = [...layer.controls.values()].filter((control) => control.isInput);
  for (const [blockId, sentence] of Object.entries(errors ?? {})) {
    const control = inputs.find((one) => one.blockId === blockId);
    if (control) control.showError(sentence);
    else rest.push(sentence);
  }
  layer.problem.textContent = rest.join(" ");
  layer.problem.hidden = rest.length === 0;
  const first = inputs.find((control) => errors?.[control.blockId]);
  if (first) {
    first.focus();
    first.wrap.scrollIntoView({ block: "nearest" });
  } else if (rest.length) layer.problem.scrollIntoView({ block: "nearest" });
}

function makeLayer(view) {
  const layer = { view: null, controls: new Map() };
  layer.title = el("h2", { class: "modal-title", id: titleId });
  layer.back = iconButton("back", "Back", () => leave({}), { testid: "modal-back", hidden: true });
  layer.problem = el("p", { class: "modal-problem", role: "alert", hidden: true, testid: "modal-problem" });
  layer.body = el("div", { class: "modal-body" });
  layer.submit = el("button", { type: "submit", class: "button button-primary", testid: "modal-submit" });
  layer.cancel = el("button", { type: "button", class: "button", testid: "modal-close", on: { click: () => leave({}) } });
  layer.footer = el("footer", { class: "modal-footer" }, layer.cancel, layer.submit);
  const close = iconButton("close", "Close", () => leave({ careful: true, all: true }), { testid: "modal-x" });
  layer.node = el("form", { class: "modal-view", novalidate: true },
    el("header", { class: "modal-header" }, layer.back, layer.title, close), layer.problem, layer.body, layer.footer);
  layer.node.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(layer);
  });
  layer.node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && layer.view.submit) {
      event.preventDefault();
      submit(layer);
    }
  });
  drawView(layer, view);
  return layer;
}

function drawView(layer, view) {
  const fresh = layer.view === null;
  const kept = fresh ? view.state?.values : { ...view.state?.values, ...typedValues(layer) };
  const focusKey = [...layer.controls].find(([, control]) => control.node?.contains(document.activeElement))?.[0];
  const caret = document.activeElement?.selectionStart;
  const scroll = layer.body.scrollTop;
  layer.view = view;
  layer.controls = new Map();
  const ctx = blockContext(() => ({ type: "view", view_id: view.id }), { kept: onlyFilled(kept), controls: layer.controls });
  layer.title.replaceChildren(textObject(view.title));
  layer.body.replaceChildren(renderBlocks(view.blocks, ctx));
  const needsSubmit = Boolean(view.submit) || view.blocks.some((block) => block.type === "input");
  layer.submit.replaceChildren(textObject(view.submit ?? { type: "plain_text", text: "Submit" }));
  layer.submit.hidden = !needsSubmit;
  layer.cancel.replaceChildren(textObject(view.close ?? { type: "plain_text", text: needsSubmit ? "Cancel" : "Close" }));
  layer.problem.hidden = true;
  layer.start = JSON.stringify(stateValues(layer.controls));
  if (!fresh && layer.wasDirty) layer.start = null;
  layer.body.scrollTop = scroll;
  const again = focusKey && layer.controls.get(focusKey);
  if (again) {
    again.focus();
    try {
      document.activeElement.setSelectionRange?.(caret, caret);
    } catch {
      // Number and date boxes have no caret to put back.
    }
  }
}

// What a person typed stays when the view is drawn again and the input is still there.
function typedValues(layer) {
  layer.wasDirty = isDirty(layer);
  return stateValues(layer.controls);
}

// A value the server does not know yet must not hide the element's own initial value.
function onlyFilled(values) {
  return values && Object.keys(values).length ? values : null;
}

const isDirty = (layer) => layer.start === null || JSON.stringify(stateValues(layer.controls)) !== layer.start;

function focusStart(layer) {
  const wanted = layer.view.blocks.find((block) => block.element?.focus_on_load);
  const control = wanted && layer.controls.get(keyOf(wanted.block_id, wanted.element.action_id));
  const first = control ?? [...layer.controls.values()].find((one) => one.isInput);
  if (first) first.focus();
  else (tabbables(layer.body)[0] ?? (layer.submit.hidden ? layer.cancel : layer.submit)).focus();
  layer.body.scrollTop = 0;
}

async function submit(layer) {
  if (layer.submit.getAttribute("aria-busy") === "true" || layer.submit.hidden) return;
  const errors = {};
  for (const control of layer.controls.values()) {
    if (!control.isInput) continue;
    const problem = problemOf(control);
    control.showError(null);
    if (problem) errors[control.blockId] = problem;
  }
  layer.problem.hidden = true;
  if (Object.keys(errors).length) {
    showErrors(layer.view.id, errors);
    return;
  }
  const sent = submitView({ user: state.me.id, view_id: layer.view.id, values: stateValues(layer.controls) });
  try {
    const answer = await pending(layer.submit, sent);
    if (answer.response_action === "errors") showErrors(layer.view.id, answer.errors, answer.error);
    else if (answer.response_action === "clear") showStack([]);
    else if (!["update", "push"].includes(answer.response_action)) {
      showStack(layers.filter((one) => one !== layer).map((one) => one.view));
    }
  } catch (refused) {
    if (layers.includes(layer)) showErrors(layer.view.id, {}, refused.message);
    else toast(refused.message);
  }
}

async function leave({ careful = false, all = false }) {
  const layer = top();
  if (!layer) return;
  const dirty = all ? layers.some(isDirty) : isDirty(layer);
  if (careful && dirty && !(await ask({
    title: "Close this form?", text: "What you typed here is not sent yet and would be lost.",
    confirm: "Close and drop it", deny: "Keep working", style: "danger" }))) return;
  if (!layers.includes(layer)) return;
  const rest = all || layer.view.clear_on_close ? [] : layers.slice(0, -1);
  showStack(rest.map((one) => one.view));
  closeView({ user: state.me.id, view_id: layer.view.id, ...(all ? { all: true } : {}) })
    .catch((refused) => toast(refused.message));
}
