// What the composer can complete at the caret: commands, their words, people, channels.

import { nameOf, state, titleOf } from "./state.js";

const starts = (text, query) => text.toLowerCase().startsWith(query.toLowerCase());
const holds = (text, query) => text.toLowerCase().includes(query.toLowerCase());

function ranked(items, query, words) {
  const first = items.filter((item) => words(item).some((word) => starts(word, query)));
  const rest = items.filter((item) => !first.includes(item) && words(item).some((word) => holds(word, query)));
  return [...first, ...rest];
}

function commands(query) {
  const found = ranked(state.app.commands, query, (one) => [one.command, one.command.slice(1)])
    .map((one) => ({ kind: "command", key: one.command, insert: `${one.command} `, label: one.command,
      usage: one.usage_hint, detail: one.description }));
  const shortcuts = query.length > 1 ? state.app.shortcuts.filter((one) => one.type === "global" && holds(one.name, query.slice(1)))
    .map((one) => ({ kind: "shortcut", key: one.callback_id, label: one.name, detail: "Shortcut", shortcut: one })) : [];
  return [...found, ...shortcuts];
}

function words(command, query) {
  return ranked(command.words ?? [], query, (one) => [one.word])
    .map((one) => ({ kind: "word", key: one.word, insert: `${one.word} `, label: one.word, usage: one.usage_hint, detail: one.description }));
}

function people(query) {
  const all = [...state.users.values()].filter((user) => !user.deleted);
  const found = ranked(all, query, (user) => [nameOf(user), user.name ?? "", ...nameOf(user).split(" ")]);
  return found.slice(0, 8).map((user) => ({ kind: "person", key: user.id, insert: `@${nameOf(user)} `, label: nameOf(user),
    detail: titleOf(user), mention: { shown: `@${nameOf(user)}`, id: user.id, name: user.name } }));
}

function channels(query) {
  const all = [...state.channels.values()].filter((channel) => !channel.is_im);
  return ranked(all, query, (channel) => [channel.name, ...channel.name.split("-")]).slice(0, 8)
    .map((channel) => ({ kind: "channel", key: channel.id, insert: `#${channel.name} `, label: `#${channel.name}`,
      detail: channel.topic, mention: { shown: `#${channel.name}`, id: channel.id, name: channel.name } }));
}

/** The command a text begins with, once it is typed out. */
export function commandIn(text) {
  const name = text.match(/^(\/\S+)/)?.[1];
  return state.app.commands.find((one) => one.command === name) ?? null;
}

/**
 * Suggestions for the text before the caret: {from, items, eager}.
 * `eager`: Enter takes the first one; else only after an arrow key (an empty word may be meant so).
 */
export function suggestionsFor(text, caret) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) return { from: 0, items: commands(before), title: "Commands", eager: before.length > 1 };
  const command = commandIn(before);
  const word = command && before.match(/^\/\S+\s+(\S*)$/);
  if (word) {
    return { from: caret - word[1].length, items: words(command, word[1]), title: command.command, eager: word[1] !== "" };
  }
  const mention = before.match(/(^|\s)([@#])([\p{L}\p{N}._-]{0,30}(?: [\p{L}]{0,20})?)$/u);
  if (mention) {
    const items = mention[2] === "@" ? people(mention[3]) : channels(mention[3]);
    return { from: caret - mention[3].length - 1, items, title: mention[2] === "@" ? "People" : "Channels", eager: mention[3] !== "" };
  }
  return { from: caret, items: [], eager: false };
}
