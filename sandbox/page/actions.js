// Tells the app about a pressed button or a changed choice, asking first where the element wants it.

import { fetchOptions, sendAction } from "./api.js";
import { stateValues } from "./blocks.js";
import { pending } from "./dom.js";
import { ask } from "./dialog.js";
import { state } from "./state.js";
import { orToast } from "./toast.js";

/** The ctx that blocks.js wants, for one message or view. */
export function blockContext(container, { kept = null, controls = new Map() } = {}) {
  const act = async (blockId, spec, control) => {
    if (control.waits?.getAttribute("aria-busy") === "true") return;
    if (spec.confirm && !(await ask(spec.confirm))) return;
    const sending = orToast(sendAction({
      user: state.me.id, container: container(), block_id: blockId, action_id: spec.action_id, type: spec.type,
      value: control.payload(), values: stateValues(controls),
    }));
    if (control.waits) await pending(control.waits, sending);
    else {
      control.node.classList.add("waiting");
      await sending;
      control.node.classList.remove("waiting");
    }
  };
  const options = (blockId, spec, query) => fetchOptions({
    user: state.me.id, container: container(), block_id: blockId, action_id: spec.action_id, query });
  return { controls, kept, act, options };
}
