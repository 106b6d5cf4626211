// Files: those shown in messages and blocks, and the input that attaches one.

import { attachFile } from "./api.js";
import { el, iconButton } from "./dom.js";
import { state } from "./state.js";

const MEGABYTE = 1_000_000;

/** Where the page gets a file that this person may see. */
export const fileAddress = (id) => `/client/file?${new URLSearchParams({ user: state.me.id, file: id })}`;

/** The address of the picture in an image block: one of the web, or an uploaded file by its id or address. */
export function pictureAddress(spec) {
  const named = spec.slack_file?.id ?? spec.slack_file?.url?.match(/[-/](F[A-Z0-9]+)\//)?.[1];
  return named ? fileAddress(named) : spec.image_url ?? "";
}

function sizeText(bytes) {
  if (bytes >= MEGABYTE) return `${(bytes / MEGABYTE).toFixed(1)} MB`;
  return bytes >= 1000 ? `${Math.round(bytes / 1000)} kB` : `${bytes} bytes`;
}

/** A file as a message shows it. */
export function fileRow(file) {
  const words = el("span", { class: "file-words" }, el("span", { class: "file-name" }, file.title || file.name),
    el("span", { class: "file-detail" }, `${file.pretty_type}, ${sizeText(file.size)}`));
  const link = el("a", { class: "file", href: fileAddress(file.id), download: file.name, testid: `file-${file.id}` }, words);
  if (!file.mimetype.startsWith("image/")) return link;
  return el("div", {}, link, el("img", { class: "image-picture", src: fileAddress(file.id), alt: file.alt_txt || file.title }));
}

/** What is chosen so far, a row each with what takes it away, and whether more is on its way. */
export const chosenFiles = (files, uploading, takeAway) => [...files.map((file) => el("li", { class: "file" },
  el("span", { class: "file-words" }, el("span", { class: "file-name" }, file.name),
    el("span", { class: "file-detail" }, sizeText(file.size))),
  iconButton("close", `Take ${file.name} away`, () => takeAway(file), { testid: `remove-${file.id}` }))),
...(uploading ? [el("li", { class: "file-detail" }, "Uploading …")] : [])];

/** The input that takes files; each is uploaded as soon as it is chosen, as Slack does. */
export function fileInput(spec, names) {
  const most = spec.max_files ?? 10;
  let files = names.kept?.files ?? [];
  let uploading = 0;
  let refused = null;
  const box = el("input", { type: "file", id: names.fieldId, testid: names.testid, class: "file-input",
    "aria-describedby": names.describedBy, "aria-required": names.required ? "true" : null,
    accept: spec.filetypes?.map((ending) => `.${ending}`).join(","), multiple: most > 1 });
  const list = el("ul", { class: "files", "aria-live": "polite" });

  function draw() {
    list.replaceChildren(...chosenFiles(files, uploading, (file) => {
      files = files.filter((one) => one !== file);
      draw();
      box.focus();
    }));
    box.hidden = files.length >= most;
  }

  async function take(one) {
    const ending = one.name.includes(".") ? one.name.split(".").pop().toLowerCase() : "";
    if (spec.filetypes && !spec.filetypes.includes(ending)) {
      refused = `${one.name} is not one of: ${spec.filetypes.join(", ")}.`;
      return;
    }
    try {
      files = [...files, (await attachFile(state.me.id, one)).file];
    } catch (problem) {
      refused = problem.message;
    }
  }

  box.addEventListener("change", async () => {
    const chosen = [...box.files].slice(0, most - files.length);
    refused = null;
    uploading += chosen.length;
    draw();
    for (const one of chosen) {
      await take(one);
      uploading -= 1;
      draw();
    }
    box.value = "";
    names.changed?.(refused);
  });
  draw();
  return {
    node: el("div", {}, list, box),
    value: () => ({ type: spec.type, files }),
    isEmpty: () => files.length === 0 && uploading === 0,
    payload: () => ({ files }),
    problem: () => (uploading ? "Wait until the file is uploaded." : null),
    focus: () => box.focus(),
  };
}
