// Slack's charts as a table of bars: every number stands beside its bar, and no colour means anything.

import { el } from "./dom.js";

function bar(value, most) {
  const width = most > 0 ? Math.max(0, (100 * value) / most) : 0;
  return el("div", { class: "chart-cell" },
    el("span", { class: "chart-track", "aria-hidden": "true" },
      el("span", { class: "chart-bar", style: `width: ${width}%` })),
    el("span", { class: "chart-number" }, String(value)));
}

/** A data_visualization block: a row for each category or slice, a column for each series. */
export function chart(block) {
  const { type, series, segments, axis_config: axis } = block.chart;
  const columns = type === "pie"
    ? [{ name: "Share", data: segments }] : series;
  const rows = type === "pie" ? segments.map((slice) => slice.label) : axis.categories;
  const most = Math.max(0, ...columns.flatMap((column) => column.data.map((point) => point.value)));
  const valueOf = (column, row) => column.data.find((point) => point.label === row)?.value ?? 0;
  return el("div", { class: "block chart", tabindex: "0", role: "region", "aria-label": block.title },
    el("table", {},
      el("caption", {}, block.title, axis?.y_label && el("span", { class: "chart-unit" }, ` (${axis.y_label})`)),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, axis?.x_label ?? ""),
        columns.map((column) => el("th", { scope: "col" }, column.name)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row),
        columns.map((column) => el("td", {}, bar(valueOf(column, row), most))))))));
}
