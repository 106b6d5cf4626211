// Block Kit blocks as DOM nodes; interactive elements come from inputs.js and report to `ctx`.

import { chart } from "./charts.js";
import { el, freshId } from "./dom.js";
import { inputNode } from "./fields.js";
import { pictureAddress } from "./files.js";
import { keyOf, makeControl } from "./inputs.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { markdown, richText } from "./richtext.js";

/*
 * ctx: {
 *   controls: Map keyOf(block_id, action_id) -> control (filled here),
 *   act(blockId, element, control): tells the app about an interaction,
 *   options(blockId, element, query): asks the app for choices,
 *   kept: values by block and action that replace the initial ones,
 *   inModal: whether input blocks carry errors and submit together,
 * }
 */

function element(spec, blockId, ctx, names = {}) {
  const key = keyOf(blockId, spec.action_id);
  const control = makeControl(spec, {
    ...names, blockId,
    testid: `action-${spec.action_id}`,
    kept: ctx.kept?.[blockId]?.[spec.action_id],
    options: (query) => ctx.options(blockId, spec, query),
    dispatch: true,
    act: (made) => ctx.act(blockId, spec, made),
  });
  ctx.controls.set(key, control);
  return control.node;
}

const picture = (spec, className) => el("img", { class: className, src: pictureAddress(spec),
  alt: spec.alt_text ?? "", loading: "lazy", referrerpolicy: "no-referrer" });

function section(block, ctx) {
  const labelId = freshId("label");
  const text = block.text && el("div", { class: "section-text", id: labelId }, textObject(block.text));
  const fields = block.fields?.length
    && el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field" }, textObject(field))));
  const accessory = block.accessory && el("div", { class: `accessory accessory-${block.accessory.type}` },
    block.accessory.type === "image" ? picture(block.accessory, "accessory-image")
      : element(block.accessory, block.block_id, ctx, { labelId }));
  return el("div", { class: "block section" }, el("div", { class: "section-body" }, text, fields), accessory);
}

function context(block) {
  return el("div", { class: "block context" }, block.elements.map((part) => (part.type === "image"
    ? picture(part, "context-image") : el("div", { class: "context-text" }, textObject(part)))));
}

function image(block) {
  const title = block.title && el("figcaption", {}, textObject(block.title));
  return el("figure", { class: "block image" }, title, picture(block, "image-picture"));
}

function tableCell(cell, tag) {
  if (!cell) return el(tag);
  const body = cell.type === "rich_text" ? richText(cell) : cell.text ?? "";
  return el(tag, tag === "th" ? { scope: "col" } : {}, body);
}

function table(block) {
  const [head, ...rows] = block.rows ?? [];
  const align = (row) => {
    [...row.children].forEach((cell, at) => {
      const column = block.column_settings?.[at];
      if (column?.align) cell.style.textAlign = column.align;
      if (column?.is_wrapped === false) cell.style.whiteSpace = "nowrap";
    });
    return row;
  };
  return el("div", { class: "block table-wrap", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {},
    el("thead", {}, align(el("tr", {}, (head ?? []).map((cell) => tableCell(cell, "th"))))),
    el("tbody", {}, rows.map((row) => align(el("tr", {}, row.map((cell) => tableCell(cell, "td"))))))));
}

const BLOCKS = {
  header: (block) => el("div", { class: "block header", role: "heading", "aria-level": "3" }, textObject(block.text)),
  section,
  divider: () => el("hr", { class: "block divider" }),
  context,
  actions: (block, ctx) => el("div", { class: "block actions" },
    block.elements.map((spec) => element(spec, block.block_id, ctx))),
  context_actions: (block, ctx) => BLOCKS.actions(block, ctx),
  image,
  rich_text: (block) => el("div", { class: "block" }, richText(block)),
  markdown: (block) => el("div", { class: "block" }, markdown(block.text)),
  input: inputNode,
  table,
  data_visualization: chart,
};

/** All blocks in order, in one wrapper. */
export function renderBlocks(blocks, ctx) {
  return el("div", { class: "blocks" }, blocks.map((block) => {
    const make = BLOCKS[block.type];
    if (!make) return el("p", { class: "block unknown-block" }, `This page cannot show a “${block.type}” block.`);
    return make(block, ctx);
  }));
}

/** Slack's old attachments: coloured bar, blocks or text. */
export function renderAttachments(attachments, ctx) {
  return attachments.map((one) => {
    const body = el("div", { class: "attachment", ...(one.is_app_unfurl ? { testid: "unfurl" } : {}) }, one.blocks ? renderBlocks(one.blocks, ctx)
      : [one.title && el("strong", {}, one.title), mrkdwn(one.text ?? one.fallback ?? "")]);
    if (/^#[0-9a-f]{6}$/i.test(one.color ?? "")) body.style.borderLeftColor = one.color;
    return body;
  });
}

/** The values of all controls, as Slack's `state.values`. */
export function stateValues(controls) {
  const values = {};
  for (const [key, control] of controls) {
    if (!control.value) continue;
    const [blockId, actionId] = JSON.parse(key);
    (values[blockId] ??= {})[actionId] = control.value();
  }
  return values;
}
