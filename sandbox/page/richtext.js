// Slack's rich_text blocks and standard-Markdown blocks as DOM nodes.

import { el } from "./dom.js";
import { channelMention, dateNode, linkTo, userMention } from "./mrkdwn.js";

const LEAVES = {
  text: (leaf) => leaf.text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line])),
  link: (leaf) => linkTo(leaf.url, leaf.text || leaf.url),
  user: (leaf) => userMention(leaf.user_id),
  channel: (leaf) => channelMention(leaf.channel_id),
  usergroup: (leaf) => el("span", { class: "mention" }, `@${leaf.usergroup_id}`),
  broadcast: (leaf) => el("span", { class: "mention mention-me" }, `@${leaf.range}`),
  emoji: (leaf) => `:${leaf.name}:`,
  date: (leaf) => dateNode(leaf.timestamp, leaf.format ?? "{date}", leaf.url, leaf.fallback ?? ""),
  color: (leaf) => leaf.value,
};

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function leafNodes(leaf) {
  let nodes = [LEAVES[leaf.type]?.(leaf) ?? ""];
  for (const [style, tag] of Object.entries(STYLES)) {
    if (leaf.style?.[style]) nodes = [el(tag, {}, nodes)];
  }
  return nodes;
}

const ELEMENTS = {
  rich_text_section: (part) => el("p", { class: "run" }, part.elements.map(leafNodes)),
  rich_text_quote: (part) => el("blockquote", {}, part.elements.map(leafNodes)),
  rich_text_preformatted: (part) => el("pre", {}, part.elements.map((leaf) => leaf.text ?? leaf.url ?? "")),
  rich_text_list: (part) => el(part.style === "ordered" ? "ol" : "ul",
    { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
    part.elements.map((item) => el("li", {}, item.elements.map(leafNodes)))),
};

/** A rich_text block. */
export function richText(block) {
  return el("div", { class: "rich-text" }, (block.elements ?? []).map((part) => ELEMENTS[part.type]?.(part)));
}

const INLINE = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|(?<!\w)_([^_]+)_(?!\w)|~~(.+?)~~|(https?:\/\/[^\s<>)]+)|<([@#])(\w+)(?:\|([^>]*))?>/g;

function inlineMarkdown(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, match.index));
    const [whole, code, label, url, bold, bold2, italic, italic2, strike, bare, sign, id, name] = match;
    if (code) nodes.push(el("code", {}, code));
    else if (label) nodes.push(linkTo(url, inlineMarkdown(label)));
    else if (bold || bold2) nodes.push(el("strong", {}, inlineMarkdown(bold || bold2)));
    else if (italic || italic2) nodes.push(el("em", {}, inlineMarkdown(italic || italic2)));
    else if (strike) nodes.push(el("s", {}, inlineMarkdown(strike)));
    else if (bare) nodes.push(linkTo(bare, bare));
    else nodes.push(sign === "@" ? userMention(id, name) : channelMention(id, name));
    end = match.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function tableNode(lines) {
  const [head, , ...body] = lines;
  return el("div", { class: "table-wrap" }, el("table", {},
    el("thead", {}, el("tr", {}, cells(head).map((cell) => el("th", { scope: "col" }, inlineMarkdown(cell))))),
    el("tbody", {}, body.map((line) => el("tr", {}, cells(line).map((cell) => el("td", {}, inlineMarkdown(cell))))))));
}

const KINDS = [
  ["table", /^\s*\|.*\|\s*$/], ["heading", /^#{1,6} /], ["rule", /^\s*(---+|\*\*\*+)\s*$/],
  ["quote", /^> ?/], ["bullet", /^\s*[-*+] /], ["number", /^\s*\d+[.)] /], ["blank", /^\s*$/],
];
const kindOf = (line) => KINDS.find(([, pattern]) => pattern.test(line))?.[0] ?? "text";

const MAKE = {
  table: (lines) => (lines.length > 1 ? tableNode(lines) : el("p", { class: "run" }, inlineMarkdown(lines[0]))),
  heading: (lines) => lines.map((line) => el("p", { class: "md-heading", role: "heading",
    "aria-level": Math.min(6, 2 + line.indexOf(" ")) }, inlineMarkdown(line.replace(/^#+ /, "")))),
  rule: () => el("hr"),
  quote: (lines) => el("blockquote", {}, spread(lines.map((line) => line.replace(/^> ?/, "")))),
  bullet: (lines) => el("ul", {}, lines.map((line) => el("li", {}, inlineMarkdown(line.replace(/^\s*[-*+] /, ""))))),
  number: (lines) => el("ol", { start: Number.parseInt(lines[0], 10) },
    lines.map((line) => el("li", {}, inlineMarkdown(line.replace(/^\s*\d+[.)] /, ""))))),
  text: (lines) => el("p", { class: "run" }, spread(lines)),
  blank: () => null,
};
const spread = (lines) => lines.flatMap((line, at) => (at ? [el("br"), inlineMarkdown(line)] : [inlineMarkdown(line)]));

/** A `markdown` block: the common part of standard Markdown, with tables and code fences. */
export function markdown(text) {
  const nodes = [];
  String(text).split(/^```[^\n]*$/m).forEach((piece, at) => {
    if (at % 2) {
      nodes.push(el("pre", {}, piece.replace(/^\n|\n$/g, "")));
      return;
    }
    let run = [];
    let kind = null;
    const flush = () => { if (run.length) nodes.push(MAKE[kind](run)); run = []; };
    for (const line of piece.split("\n")) {
      const next = kindOf(line);
      if (next !== kind) flush();
      kind = next;
      run.push(line);
    }
    flush();
  });
  return el("div", { class: "markdown" }, nodes);
}
