// What a person attaches to a message: each file is uploaded as soon as it is chosen, as Slack does.

import { attachFile } from "./api.js";
import { chosenFiles } from "./files.js";
import { el, iconButton } from "./dom.js";
import { state } from "./state.js";

const MOST = 10;

/** A button that takes files, and the list of those that go with the next message. */
export function makeAttacher({ testid, said }) {
  let files = [];
  let uploading = 0;
  const box = el("input", { type: "file", multiple: true, hidden: true, testid: `${testid}-files`, tabindex: "-1" });
  const list = el("ul", { class: "files", "aria-live": "polite", hidden: true });
  const button = iconButton("attach", "Attach files", () => box.click(), { testid: `${testid}-attach` });

  function draw() {
    list.hidden = files.length + uploading === 0;
    list.replaceChildren(...chosenFiles(files, uploading, (file) => {
      files = files.filter((one) => one !== file);
      draw();
      button.focus();
    }));
  }

  box.addEventListener("change", async () => {
    const chosen = [...box.files].slice(0, MOST - files.length);
    uploading += chosen.length;
    draw();
    for (const one of chosen) {
      try {
        files = [...files, (await attachFile(state.me.id, one)).file];
      } catch (refused) {
        said(refused.message, "composer-error");
      }
      uploading -= 1;
      draw();
    }
    box.value = "";
  });
  return { button, list, box, waits: () => uploading > 0, ids: () => files.map(({ id }) => ({ id })), clear: () => { files = []; draw(); } };
}
