// The line on which the server pushes news; it comes back by itself after a break.

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

let current = null;

/** Asks to be told everything; the answer is pushed, so that it is neither older nor newer than what comes around it. */
export const askForEverything = () => current.ask();

/** Listens for one person; an earlier line is closed. What came while there was none is asked for. */
export function listen(user, { onPush, onLost }) {
  current?.stop();
  let socket = null;
  let wait = FIRST_WAIT_MS;
  let stopped = false;
  let timer = 0;

  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/client/socket?user=${encodeURIComponent(user)}`);
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      socket.send("everything");
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
    ask: () => socket.send("everything"),
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
  open();
}
