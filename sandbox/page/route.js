// The address after `#`: who acts, which channel is open, which thread or message is shown.

/** Reads `#/U123/C456/tTS`, `#/C456/pTS`, `#/U123/home`; absent parts are null. */
export function readRoute() {
  const route = { user: null, channel: null, home: false, thread: null, point: null };
  for (const part of location.hash.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    if (part === "home") route.home = true;
    else if (/^t\d+\.\d+$/.test(part)) route.thread = part.slice(1);
    else if (/^p\d+\.\d+$/.test(part)) route.point = part.slice(1);
    else if (/^[UW]/.test(part) && route.user === null) route.user = part;
    else if (/^[CDG]/.test(part)) route.channel = part;
  }
  return route;
}

export function addressOf({ user, channel, home, thread, point }) {
  const parts = [user, home ? "home" : channel, thread && `t${thread}`, point && `p${point}`];
  return `#/${parts.filter(Boolean).join("/")}`;
}

/** Goes to a place; the page follows the change of the address. */
export function go(place, { replace = false } = {}) {
  const address = addressOf(place);
  if (address === location.hash) return;
  if (replace) {
    history.replaceState(null, "", address);
  } else {
    location.hash = address;
  }
}
