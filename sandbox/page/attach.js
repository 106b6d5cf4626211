// What a person attaches to a message: each file is uploaded as soon as it is chosen, as Slack does.

import { attachFile } from "./api.js";
import { chosenFiles } from "./files.js";
import { el, iconButton } from "./dom.js";
import { state } from "./state.js";

const MOST = 10;

/** A button that takes files, the places where they can be dropped, and the list of those that go with the next message. */
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

  async function take(offered) {
    const chosen = [...offered].slice(0, MOST - files.length - uploading);
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
  }

  box.addEventListener("change", async () => {
    await take(box.files);
    box.value = "";
  });

  // Words and links can be dragged, too; and where nobody can write, nothing is taken.
  const brings = (event) => list.isConnected && event.dataTransfer.types.includes("Files");
  function takeDrops(place) {
    place.addEventListener("dragover", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      place.classList.add("dropping");
    });
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(event.relatedTarget)) place.classList.remove("dropping");
    });
    place.addEventListener("drop", (event) => {
      place.classList.remove("dropping");
      if (!brings(event)) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    });
  }
  return { button, list, box, takeDrops, waits: () => uploading > 0, ids: () => files.map(({ id }) => ({ id })), clear: () => { files = []; draw(); } };
}
