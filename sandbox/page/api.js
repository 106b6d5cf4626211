// Calls to the server. Every failure becomes one sentence a person can read.

export class Refused extends Error {}

async function call(method, path, body) {
  return request(path, body === undefined ? { method } : {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused("The local Slack does not answer. Check that it is still running.");
  }
  const text = await answer.text();
  let data = null;
  try {
    data = JSON.parse(text);
  } catch {
    data = null;
  }
  if (!answer.ok || data === null || data.ok === false) {
    const refused = new Refused(data?.error || `The local Slack answered with status ${answer.status}.`);
    refused.status = answer.status;
    throw refused;
  }
  return data;
}

const query = (values) => {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(kept).toString();
};

export const fetchState = (user) => call("GET", `/client/state?${query({ user })}`);
export const fetchStatus = () => call("GET", "/control/status");
export const fetchMessages = (user, channel, more = {}) =>
  call("GET", `/client/messages?${query({ user, channel, ...more })}`);
export const say = (body) => call("POST", "/client/say", body);
export const sendCommand = (body) => call("POST", "/client/command", body);
export const sendAction = (body) => call("POST", "/client/action", body);
export const submitView = (body) => call("POST", "/client/submit", body);
export const closeView = (body) => call("POST", "/client/close", body);
export const fetchOptions = (body) => call("POST", "/client/options", body);
export const runShortcut = (body) => call("POST", "/client/shortcut", body);
export const startStep = (body) => call("POST", "/control/steps", body);
export const fetchStep = (id) => call("GET", `/control/steps/${id}`);
export const markRead = (body) => call("POST", "/client/read", body);
export const openHome = (user) => call("POST", "/client/open_home", { user });
export const openIm = (user, other) => call("POST", "/client/open_im", { user, with: other });
export const moveClock = (body) => call("POST", "/control/clock", body);
export const fetchBroken = () => call("GET", "/control/faults");
export const addFault = (fault) => call("POST", "/control/faults", fault);
export const removeFault = (id) => call("DELETE", `/control/faults/${id}`);
export const mendAll = () => call("DELETE", "/control/faults");
export const doToSockets = (deed) => call("POST", "/control/sockets", { do: deed });
export const enforceLimits = (enforced) => call("POST", "/control/limits", { enforced });
export const changeChannel = (channel, change) => call("POST", "/control/channel", { channel, ...change });
export const changePerson = (person, change) => call("POST", "/control/person", { person, ...change });
export const attachFile = (user, file) => request(`/client/attach?${query({ user, name: file.name })}`,
  { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
