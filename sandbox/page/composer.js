// The box to write in: messages, commands, completion by keyboard.

import { runShortcut, say, sendCommand } from "./api.js";
import { makeAttacher } from "./attach.js";
import { commandIn, suggestionsFor } from "./complete.js";
import { announce, el, freshId, iconButton } from "./dom.js";
import { showMenu } from "./menus.js";
import { state } from "./state.js";
import { offeredSteps } from "./steps.js";
import { orToast } from "./toast.js";

const drafts = new Map();

/**
 * A composer for a channel, or for a thread in it. `onSent` runs when the server has taken the text, and before a
 * command is run, so that it does not move the command's answer.
 */
export function makeComposer({ channelId, threadTs = null, placeholder, testid, onSent }) {
  const draftKey = `${state.me.id} ${channelId} ${threadTs ?? ""}`;
  const listId = freshId("suggestions");
  const box = el("textarea", { class: "composer-box", rows: 1, testid, placeholder, "aria-label": placeholder,
    "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": listId, spellcheck: "true",
    value: drafts.get(draftKey)?.text ?? "" });
  const list = el("div", { class: "suggestions", id: listId, role: "listbox", "aria-label": "Suggestions", testid: "suggestions", hidden: true });
  const note = el("p", { class: "composer-note", role: "status" });
  const send = iconButton("send", threadTs ? "Send reply" : "Send", () => submit(), { class: "icon-button send", testid: `${testid}-send` });
  const attacher = makeAttacher({ testid, said: (text, kind) => hint(text, kind) });
  const tools = el("div", { class: "composer-tools" }, shortcutsButton(), attacher.button, attacher.box, note, send);
  const node = el("div", { class: "composer" }, list, el("div", { class: "composer-frame" }, box, attacher.list, tools));
  let mentions = drafts.get(draftKey)?.mentions ?? [];
  let offer = { from: 0, items: [] };
  let active = -1;
  let moved = false;
  let sending = false;
  let again = false;
  let dismissed = null;
  let offered = null;

  function shortcutsButton() {
    const globals = state.app.shortcuts.filter((one) => one.type === "global");
    if (threadTs || globals.length + offeredSteps().length === 0) return null;
    const face = iconButton("bolt", "Shortcuts", () => showMenu(face, [
      ...globals.map((one) => ({ label: one.name, detail: state.app.name, testid: `shortcut-${one.callback_id}`, run: () => shortcut(one) })),
      ...offeredSteps(),
      { label: "Commands", detail: "the same as typing /", run: () => { box.value = "/"; box.focus(); changed(); } },
    ], { label: "Shortcuts", above: true }), { "aria-haspopup": "menu", "aria-expanded": "false", testid: "shortcuts" });
    return face;
  }

  const shortcut = (one) => orToast(runShortcut({ user: state.me.id, callback_id: one.callback_id, channel: channelId }));

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, window.innerHeight * 0.4)}px`;
  }

  function changed() {
    drafts.set(draftKey, { text: box.value, mentions });
    node.classList.toggle("filled", box.value.trim() !== "");
    grow();
    suggest();
  }

  function suggest() {
    const caret = box.selectionStart;
    const possible = caret === box.selectionEnd && !(threadTs && box.value.startsWith("/"));
    offer = possible ? suggestionsFor(box.value, caret) : { from: 0, items: [] };
    if (dismissed !== box.value) dismissed = null;
    moved = false;
    active = offer.eager && offer.items.length ? 0 : -1;
    drawList();
    const command = commandIn(box.value);
    const word = command?.words?.find((one) => one.word === box.value.split(/\s+/)[1]);
    const start = !threadTs && box.value === "" && state.app.commands.length ? "Type / for commands" : "";
    hint(word ? `${word.word}: ${word.description}` : command && list.hidden ? command.description : start);
  }

  const hint = (text, kind = "") => {
    note.textContent = text ?? "";
    note.className = `composer-note ${kind}`;
  };

  function drawList() {
    const show = offer.items.length > 0 && dismissed === null && document.activeElement === box;
    list.hidden = !show;
    if (show && offered !== offer.title) announce(`${offer.items.length} suggestions: ${offer.title}. Arrow keys to move, Tab to take.`);
    offered = show ? offer.title : null;
    if (!show) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    list.replaceChildren(el("div", { class: "suggestions-title", role: "presentation" }, el("span", {}, offer.title),
      el("span", { class: "keys" }, el("kbd", {}, "↑"), el("kbd", {}, "↓"), " to move ", el("kbd", {}, "Tab"), " to take")),
    ...offer.items.map((item, at) => el("div", { role: "option", id: `${listId}-${at}`, class: "suggestion",
      testid: `suggestion-${item.key}`, "aria-selected": String(at === active),
      on: { pointerdown: (event) => event.preventDefault(), click: () => take(item) } },
    el("span", { class: "suggestion-label" }, item.label, item.usage && el("span", { class: "suggestion-usage" }, ` ${item.usage}`)),
    item.detail && el("span", { class: "suggestion-detail" }, item.detail))));
    const row = list.querySelector('[aria-selected="true"]');
    row?.scrollIntoView({ block: "nearest" });
    if (row) box.setAttribute("aria-activedescendant", row.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function take(item) {
    if (item.kind === "shortcut") {
      box.value = "";
      changed();
      shortcut(item.shortcut);
      return;
    }
    const after = box.value.slice(box.selectionStart).replace(/^\s/, "");
    box.value = box.value.slice(0, offer.from) + item.insert + after;
    const caret = offer.from + item.insert.length;
    box.setSelectionRange(caret, caret);
    if (item.mention) mentions = [...mentions, item.mention];
    box.focus();
    changed();
  }

  // A complete word followed by Enter is meant to be sent, not completed once more.
  const typedOut = (item) => item.insert && box.value.slice(offer.from).trim() === item.insert.trim();

  function onKey(event) {
    if (event.isComposing) return;
    const open = !list.hidden;
    const count = offer.items.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      event.preventDefault();
      active = active < 0 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count;
      moved = true;
      drawList();
    } else if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      take(offer.items[Math.max(active, 0)]);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      dismissed = box.value;
      drawList();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const item = open && active >= 0 ? offer.items[active] : null;
      if (item && (moved || !typedOut(item))) take(item);
      else submit();
    }
  }

  function wire(text) {
    const command = text.startsWith("/") ? commandIn(text) : null;
    if (text.startsWith("/") && !command?.should_escape) return text;
    const parts = [...mentions].sort((a, b) => b.shown.length - a.shown.length);
    return parts.reduce((whole, { shown, id, name }) => whole.replaceAll(shown,
      `<${shown[0]}${id}${command ? `|${name}` : ""}>`), text);
  }

  async function submit() {
    const text = box.value.trim();
    if (sending) {
      // Who types on while a line is under way sends the next one after it.
      again = true;
      return;
    }
    if (attacher.waits()) {
      hint("Wait until the file is uploaded.", "composer-error");
      return;
    }
    const files = attacher.ids();
    if (text === "" && files.length === 0) return;
    const command = text.startsWith("/");
    if (command && threadTs) {
      hint(`${text.split(/\s/)[0]} does not work in threads. Write it in the channel instead.`, "composer-error");
      return;
    }
    sending = true;
    dismissed = box.value;
    drawList();
    node.classList.add("sending");
    send.setAttribute("aria-busy", "true");
    hint(command ? `Running ${text.split(/\s/)[0]}…` : "");
    const keptValue = box.value;
    try {
      const body = { user: state.me.id, channel: channelId, text: wire(text), ...(threadTs ? { thread_ts: threadTs } : {}) };
      if (command) onSent?.();
      await (command ? sendCommand(body) : say({ ...body, files }));
      if (!command) attacher.clear();
      if (box.value === keptValue) {
        box.value = "";
        mentions = [];
        changed();
      }
      if (box.value !== "") hint("");
      if (!command) onSent?.();
    } catch (refused) {
      hint(refused.message, "composer-error");
    } finally {
      sending = false;
      node.classList.remove("sending");
      send.removeAttribute("aria-busy");
    }
    const next = again && box.value !== keptValue;
    again = false;
    if (next) await submit();
  }

  box.addEventListener("input", changed);
  box.addEventListener("keydown", onKey);
  box.addEventListener("click", suggest);
  box.addEventListener("blur", () => drawList());
  box.addEventListener("focus", () => suggest());
  requestAnimationFrame(grow);
  suggest();
  node.classList.toggle("filled", box.value.trim() !== "");
  attacher.takeDrops(node);
  return { node, focus: () => box.focus(), box, takeDrops: attacher.takeDrops };
}
