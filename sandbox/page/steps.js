// A step of the app as a workflow runs it: what goes in, and what came of it.

import { fetchStep, startStep } from "./api.js";
import { openDialog } from "./dialog.js";
import { el, freshId, iconButton, pending } from "./dom.js";
import { linkTo } from "./mrkdwn.js";
import { nameOf, state } from "./state.js";

const ASK_AGAIN_MS = 150;

/** The steps that the app offers, for a menu. */
export const offeredSteps = () => Object.entries(state.app.functions ?? {}).map(([id, step]) => ({
  label: step.title ?? id, detail: "Workflow step", testid: `step-${id}`, run: () => openStep(id, step) }));

const KINDS = { "slack#/types/date": "date", number: "number", integer: "number" };

function field(name, asked) {
  const id = freshId("field");
  const label = el("label", { class: "field-label", for: id }, asked.title ?? name, !asked.is_required && el("span", { class: "quiet" }, " (optional)"));
  const common = { id, class: "text-input", testid: `step-input-${name}`, "aria-describedby": `${id}-hint` };
  let box;
  if (asked.type === "slack#/types/user_id") {
    const people = [...state.users.values()].filter((user) => !user.is_bot);
    box = el("select", common, people.map((user) => el("option", { value: user.id, selected: user.id === state.me.id }, nameOf(user))));
  } else {
    box = el("input", { ...common, type: KINDS[asked.type] ?? "text", autocomplete: "off", step: "any" });
  }
  const value = () => (KINDS[asked.type] === "number" && box.value !== "" ? Number(box.value) : box.value);
  return { name, value, node: el("div", { class: "field-row" }, label, box, el("p", { class: "quiet", id: `${id}-hint` }, asked.description ?? "")) };
}

async function ended(id, waits) {
  for (;;) {
    const run = await fetchStep(id);
    if (run.state !== "running" || !waits()) return run;
    await new Promise((resolve) => { setTimeout(resolve, ASK_AGAIN_MS); });
  }
}

const shown = (value) => (/^https?:/.test(String(value)) ? linkTo(String(value), String(value)) : String(value));

function openStep(callbackId, step) {
  const titleId = freshId("title");
  const fields = Object.entries(step.input_parameters ?? {}).map(([name, asked]) => field(name, asked));
  const told = el("div", { class: "step-told", role: "status", testid: "step-told" });
  let open = true;
  const leave = () => {
    open = false;
    dialog.close();
  };

  async function run() {
    told.className = "step-told";
    told.textContent = "The step is running…";
    try {
      const started = await startStep({ callback_id: callbackId, inputs: Object.fromEntries(fields.map((one) => [one.name, one.value()])) });
      const came = await ended(started.id, () => open);
      if (!open) return;
      if (came.state === "failed") throw new Error(came.error);
      told.replaceChildren("The step is done.", el("dl", {}, Object.entries(came.outputs ?? {}).flatMap(([name, value]) => [
        el("dt", {}, step.output_parameters?.[name]?.title ?? name), el("dd", { testid: `step-output-${name}` }, shown(value))])));
    } catch (refused) {
      told.className = "step-told field-error";
      told.textContent = refused.message;
    }
  }

  const start = el("button", { type: "button", class: "button button-primary", testid: "step-run",
    on: { click: (event) => pending(event.currentTarget, run()) } }, "Run the step");
  const close = el("button", { type: "button", class: "button", on: { click: leave } }, "Close");
  const dialog = openDialog({ className: "dialog-small dialog-breaks", labelledBy: titleId, testid: "step", onEscape: leave, children: [
    el("div", { class: "break-head" }, el("h2", { id: titleId, class: "dialog-title" }, step.title ?? callbackId), iconButton("close", "Close", leave)),
    el("p", { class: "quiet" }, step.description ? `${step.description}, ` : "", "as a workflow would run it."),
    el("div", { class: "break-body" }, fields.map((one) => one.node), told),
    el("div", { class: "dialog-buttons" }, close, start)] });
  dialog.node.querySelector(".break-body input, .break-body select").focus();
}
