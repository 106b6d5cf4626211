// What stands in the place of the composer while a channel is archived.

import { changeChannel } from "./api.js";
import { el, pending } from "./dom.js";
import { orToast } from "./toast.js";

/** Says that the channel is archived, with the way back. */
export function archivedNote(channel) {
  return el("div", { class: "archived", role: "note", testid: "archived" },
    el("p", {}, `#${channel.name} is archived. It can be read, but nobody can post to it.`),
    el("button", { type: "button", class: "button", testid: "unarchive",
      on: { click: (event) => pending(event.currentTarget, orToast(changeChannel(channel.id, { archived: false }))) } }, "Unarchive"));
}
