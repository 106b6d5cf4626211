// What the page knows, and who is told when it changes.

import { setNow, zoneOr } from "./time.js";

export const state = {
  me: null,
  zone: "America/New_York",
  team: { name: "Local Slack" },
  users: new Map(),
  channels: new Map(),
  app: { name: "App", commands: [], shortcuts: [] },
  channelId: null,
  threadTs: null,
  atHome: false,
  pointedTs: null,
  defaultUser: null,
  // The channel with the welcome.
  welcome: null,
  // A channel read just now stays among the unread ones while it is open, so that it does not jump away.
  stickyUnread: null,
  // Goes up when messages have to be drawn anew: somebody is called otherwise, or today is another day.
  looks: 0,
};

let names = "";

const listeners = new Map();

/** Calls `fn` whenever `topic` is told. */
export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(fn);
}

export function tell(topic, payload) {
  for (const fn of listeners.get(topic) ?? []) fn(payload);
}

/** Takes over an answer of `/client/state`. */
export function adopt(answer) {
  state.users = new Map(answer.users.map((user) => [user.id, user]));
  state.me = typeof answer.me === "string" ? state.users.get(answer.me) : answer.me;
  state.users.set(state.me.id, state.me);
  state.zone = zoneOr(state.me.tz);
  state.team = answer.team ?? state.team;
  state.channels = new Map(answer.channels.map((channel) => [channel.id, channel]));
  state.app = { commands: [], shortcuts: [], ...(answer.app ?? { name: "App" }) };
  const called = JSON.stringify([answer.users, state.zone, state.app, answer.channels.map((channel) => [channel.id, channel.name])]);
  if (called !== names) state.looks += 1;
  names = called;
  state.defaultUser = answer.default_user;
  state.welcome = answer.welcome ?? null;
  if (answer.clock?.now) setNow(answer.clock.now);
}

export const titleOf = (user) => user?.title ?? user?.profile?.title ?? "";

export const nameOf = (user) => user?.real_name || user?.profile?.real_name || user?.name || "Unknown person";

/** The app's own user id, under whichever name the server gives it. */
export const botUserId = () => state.app.bot_user?.id ?? null;

export const isAppChannel = (channel) => Boolean(channel?.is_im && channel.user === botUserId());

/** What a channel is called in lists: its name, or the other person's. */
export function channelLabel(channel) {
  if (!channel) return "";
  if (!channel.is_im) return channel.name;
  return isAppChannel(channel) ? state.app.name : nameOf(state.users.get(channel.user));
}

/** Who wrote a message: name, whether an app, and what colours its picture. */
export function authorOf(message) {
  const appUser = botUserId();
  if (message.bot_id || (message.user && message.user === appUser)) {
    return { key: "app", name: message.username || state.app.name || nameOf(state.users.get(appUser)), app: true };
  }
  const user = state.users.get(message.user);
  if (message.user === "USLACKBOT") return { key: "slackbot", name: "Local Slack", app: true };
  return { key: message.user ?? "unknown", name: nameOf(user), user, app: Boolean(user?.is_bot) };
}
