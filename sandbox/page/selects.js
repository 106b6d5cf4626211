// Slack's select menus: what each chooses from, and how its value is said.

import { combobox, matching } from "./combobox.js";
import { channelLabel, nameOf, state, titleOf } from "./state.js";

const option = (value, text, detail) => ({ value, text: { type: "plain_text", text },
  ...(detail ? { description: { type: "plain_text", text: detail } } : {}) });

const userOptions = () => [...state.users.values()].filter((user) => !user.is_bot && !user.deleted)
  .map((user) => option(user.id, nameOf(user), titleOf(user))).sort((a, b) => a.text.text.localeCompare(b.text.text));

const channelOptions = (filter) => [...state.channels.values()].filter(filter)
  .map((channel) => option(channel.id, channel.is_im ? channelLabel(channel) : `#${channel.name}`));

const SOURCES = {
  users: userOptions,
  channels: () => channelOptions((channel) => !channel.is_im),
  conversations: (spec) => {
    const wanted = spec.filter?.include;
    const kind = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
    return channelOptions((channel) => !wanted || wanted.includes(kind(channel)));
  },
};

function staticLoad(spec) {
  return (query) => (spec.option_groups
    ? spec.option_groups.map((group) => ({ label: group.label, options: matching(group.options, query) }))
    : [{ options: matching(spec.options ?? [], query) }]);
}

function externalLoad(spec, names) {
  const least = spec.min_query_length ?? 3;
  const load = (query) => {
    if (query.length < least) {
      return Promise.reject(new Error(least === 1 ? "Type to search" : `Type at least ${least} characters to search`));
    }
    return names.options(query).then((answer) => answer.option_groups ?? [{ options: answer.options ?? [] }]);
  };
  load.live = true;
  return load;
}

function select(kind, multi) {
  const many = kind === "static" || kind === "external" ? "options" : kind;
  const field = `selected_${multi ? many : many.slice(0, -1)}`;
  const plainIds = kind !== "static" && kind !== "external";
  return (spec, names) => {
    const known = plainIds ? () => SOURCES[kind](spec) : null;
    const kept = names.kept?.[field];
    const start = [names.kept ? kept : spec[`initial_${multi ? many : many.slice(0, -1)}`]
      ?? (spec.default_to_current_conversation && state.channelId ? state.channelId : null)].flat().filter(Boolean);
    const initial = plainIds ? start.map((id) => known().find((one) => one.value === id) ?? option(id, id)) : start;
    const load = kind === "static" ? staticLoad(spec) : kind === "external" ? externalLoad(spec, names)
      : (query) => [{ options: matching(known(), query) }];
    const box = combobox({
      names, multi, load, initial, most: spec.max_selected_items,
      placeholder: spec.placeholder?.text ?? (multi ? "Choose one or more" : "Choose one"),
      onChange: () => {
        names.changed?.();
        if (names.dispatch) names.act(control);
      },
    });
    const said = () => {
      const values = box.chosen().map((one) => (plainIds ? one.value : one));
      return { [field]: multi ? values : values[0] ?? null };
    };
    const control = {
      node: box.node,
      value: () => ({ type: spec.type, ...said() }),
      payload: said,
      isEmpty: () => box.chosen().length === 0,
      focus: box.focus,
    };
    return control;
  };
}

export const SELECTS = {
  static_select: select("static", false),
  multi_static_select: select("static", true),
  external_select: select("external", false),
  multi_external_select: select("external", true),
  users_select: select("users", false),
  multi_users_select: select("users", true),
  channels_select: select("channels", false),
  multi_channels_select: select("channels", true),
  conversations_select: select("conversations", false),
  multi_conversations_select: select("conversations", true),
};
