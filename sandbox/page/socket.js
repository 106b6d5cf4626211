// The line on which the server pushes news; it comes back by itself after a break.

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

let current = null;

/** Listens for one person; an earlier line is closed. `onBack` runs after each re-connection. */
export function listen(user, { onPush, onBack, onLost }) {
  current?.stop();
  let socket = null;
  let wait = FIRST_WAIT_MS;
  let opened = false;
  let stopped = false;
  let timer = 0;

  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/client/socket?user=${encodeURIComponent(user)}`);
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      if (opened) onBack();
      opened = true;
    });
    socket.addEventListener("message", (event) => {
      if (!stopped) onPush(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => {
      if (stopped) return;
      onLost();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  };

  current = {
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
  open();
}
