// Builds DOM nodes. Foreign text only ever becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element; `props` takes attributes, `class`, `testid`, `on` (listeners) and `dataset`. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "testid") node.dataset.testid = value;
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (key === "on") for (const [name, fn] of Object.entries(value)) node.addEventListener(name, fn);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** Appends nodes, strings and nested lists; skips null and false. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Puts nodes into `parent` in this order; those that stand there already are not touched, so that no click is lost. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at] ?? null);
  });
}

const PATHS = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h13.5M3 12.5h13.5",
  home: "M3.5 9 10 3.5 16.5 9v7.5h-4.5v-4.5h-4v4.5h-4.5z",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5 5 15",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  reply: "M4 4.5h12v9h-6l-4 3v-3h-2z",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  bolt: "M11 2.5 4.5 11.5h5l-1 6 6.5-9h-5z",
  eye: "M2.5 10s2.700-5 7.5-5 7.5 5 7.5 5-2.700 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  pin: "M12.5 3 17 7.5l-3 1-3 3-.5 3.5L5 9.5l3.5-.5 3-3zM7.5 12.5 3.5 16.5",
  down: "M5 7.5l5 5 5-5",
  right: "M7.5 5l5 5-5 5",
  attach: "M15.5 9.5 10 15a3.5 3.5 0 0 1-5-5l6-6a2.300 2.300 0 0 1 3.300 3.300L8.500 13a1.100 1.100 0 0 1-1.600-1.600L12 6.500",
  back: "M12.5 5l-5 5 5 5",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  link: "M8.5 11.5l3-3M9.5 6l1.5-1.5a3.200 3.200 0 0 1 4.5 4.5L14 10.5M10.5 14 9 15.5A3.200 3.200 0 0 1 4.5 11L6 9.5",
  send: "M3.5 10h8M3.5 16.5 17 10 3.5 3.5 5 10z",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l2.5 2",
  swap: "M6.5 4 3.5 7l3 3M3.5 7h11M13.5 10l3 3-3 3M16.5 13h-11",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.5 2.300c-.700.300-1 .800-1 1.700M10 14.5h.01",
  warn: "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3h.01",
  calendar: "M4 5h12v11.5H4zM4 8.5h12M7.5 3v3M12.5 3v3",
};

/** An inline picture; silent for screen readers, its button carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only a picture; the label is read aloud and shown as a tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...props,
    on: { click: onClick, ...(props.on ?? {}) } }, icon(name));
}

let counter = 0;

/** A fresh id, for aria attributes. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Says a sentence to screen readers. */
export function announce(sentence) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  setTimeout(() => { region.textContent = sentence; }, 30);
}

/** Marks a button as waiting until the promise settles. */
export async function pending(button, promise) {
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  try {
    return await promise;
  } finally {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

/** Everything inside `root` that Tab would stop at, in order. */
export function tabbables(root) {
  const all = root.querySelectorAll("a[href], button, input, select, textarea, [tabindex]");
  return [...all].filter((node) => !node.disabled && node.tabIndex >= 0 && node.getClientRects().length > 0);
}
