// Slack's mrkdwn as DOM nodes. Input is Slack's wire form: `& < >` escaped, `<…>` for links and mentions.

import { el } from "./dom.js";
import { nameOf, state } from "./state.js";
import { fillDate, format } from "./time.js";
import { go } from "./route.js";

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A link that opens elsewhere; only web and mail addresses become links. */
export function linkTo(url, content, attrs = {}) {
  const address = unescape(url);
  if (!/^(https?:|mailto:)/i.test(address)) return el("span", {}, content);
  const local = address.startsWith(`${location.origin}/#/`);
  return el("a", { href: address, ...(local ? {} : { target: "_blank", rel: "noopener noreferrer" }), ...attrs }, content);
}

export function userMention(id, fallback) {
  const user = state.users.get(id);
  const mine = id === state.me?.id;
  return el("span", { class: mine ? "mention mention-me" : "mention" }, `@${user ? nameOf(user) : fallback || id}`);
}

export function channelMention(id, fallback) {
  const channel = state.channels.get(id);
  if (!channel) return el("span", { class: "mention" }, `#${fallback || id}`);
  return el("button", { type: "button", class: "mention mention-link",
    on: { click: () => go({ user: state.me.id, channel: id }) } }, `#${channel.name}`);
}

export function dateNode(seconds, pattern, link, fallback) {
  let text = fallback;
  try {
    text = fillDate(seconds, pattern, state.zone);
  } catch {
    text = fallback;
  }
  const full = format(Number(seconds) * 1000, state.zone, { dateStyle: "full", timeStyle: "short" });
  const node = el("time", { title: full, datetime: new Date(Number(seconds) * 1000).toISOString() }, text);
  return link ? linkTo(link, node) : node;
}

function angle(body) {
  const [target, ...rest] = body.split("|");
  const label = rest.length ? unescape(rest.join("|")) : null;
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, pattern, link] = target.split("^");
    return dateNode(seconds, unescape(pattern ?? ""), link, label ?? "");
  }
  if (target.startsWith("!")) {
    const word = label ?? `@${target.slice(1).split("^")[0]}`;
    return el("span", { class: "mention mention-me" }, word);
  }
  return linkTo(target, label ?? unescape(target).replace(/^mailto:/, ""));
}

const MARKS = { "*": "strong", _: "em", "~": "s" };

// A mark opens at a word's start and closes at a word's end, on the same line, as in Slack; next to a space it does
// neither, and U+200B is one of no width.
const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|(?<bare>https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~])|(?<![\p{L}\p{N}*_~])(?<mark>[*_~])(?=[^\s\u200b])(?<body>[^\n]*?[^\s\u200b])\k<mark>(?![\p{L}\p{N}])/gu;

/** One line or several without code fences, as a list of nodes. */
export function inline(text) {
  const nodes = [];
  let end = 0;
  const plain = (piece) => piece.split("\n").forEach((line, at) => {
    if (at > 0) nodes.push(el("br"));
    if (line) nodes.push(unescape(line));
  });
  for (const match of text.matchAll(INLINE)) {
    plain(text.slice(end, match.index));
    if (match[1] !== undefined) nodes.push(angle(match[1]));
    else if (match[2] !== undefined) nodes.push(el("code", {}, codeText(match[2])));
    else if (match.groups.bare) nodes.push(linkTo(match.groups.bare, unescape(match.groups.bare)));
    else nodes.push(el(MARKS[match.groups.mark], {}, inline(match.groups.body)));
    end = match.index + match[0].length;
  }
  plain(text.slice(end));
  return nodes;
}

const codeText = (text) => unescape(text.replace(/<([^<>|]+)\|?([^<>]*)>/g, (whole, target, label) => label || target));

function quoted(text) {
  const nodes = [];
  let run = [];
  let inQuote = false;
  const flush = () => {
    if (run.length === 0) return;
    const body = inline(run.join("\n"));
    nodes.push(inQuote ? el("blockquote", {}, body) : el("span", { class: "run" }, body));
    run = [];
  };
  for (const line of text.split("\n")) {
    const isQuote = /^(&gt;|>) ?/.test(line);
    if (isQuote !== inQuote) flush();
    inQuote = isQuote;
    run.push(isQuote ? line.replace(/^(&gt;|>) ?/, "") : line);
  }
  flush();
  return nodes;
}

/** A whole mrkdwn text, with code fences and quotes. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  String(text ?? "").split("```").forEach((piece, at, all) => {
    const code = at % 2 === 1 && at < all.length - 1;
    if (code) nodes.push(el("pre", {}, codeText(piece.replace(/^\n|\n$/g, ""))));
    else if (piece) nodes.push(...quoted(at % 2 === 1 ? `\`\`\`${piece}` : trimAround(piece, at, all.length)));
  });
  return el("div", { class: verbatim ? "mrkdwn verbatim" : "mrkdwn" }, nodes);
}

// The line ends next to a code fence belong to the fence.
function trimAround(piece, at, count) {
  let text = piece;
  if (at > 0) text = text.replace(/^\n/, "");
  if (at < count - 1) text = text.replace(/\n$/, "");
  return text;
}

/** A Slack text object: mrkdwn or plain text. */
export function textObject(object) {
  if (!object) return null;
  if (typeof object === "string") return mrkdwn(object);
  if (object.type === "mrkdwn") return mrkdwn(object.text, object);
  return el("span", { class: "plain" }, object.text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line])));
}

/** The bare words of a mrkdwn text, for announcements and short lines. */
export const plainWords = (text) => mrkdwn(text).textContent.replace(/\s+/g, " ").trim();
