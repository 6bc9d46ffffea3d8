// Tables: `table` shows everything, `data_table` has sorting and pages.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { richText } from "./mrkdwn.js";

function shown(cell, block, context) {
  if (cell.type === "rich_text") return richText(cell, context);
  if (cell.type === "raw_number") return cell.text ?? cell.value.toLocaleString("en-GB");
  if (cell.type === "action_cell") return element({ ...cell.element, block_id: block.block_id }, context);
  return cell.text;
}

function key(cell) {
  if (cell.type === "raw_number") return cell.value;
  if (cell.type === "rich_text") return JSON.stringify(cell.elements);
  if (cell.type === "action_cell") return cell.element.text.text.toLowerCase();
  return cell.text.toLowerCase();
}

function classOf(cell, setting) {
  if (setting?.align) return `align-${setting.align}`;
  return cell.type === "raw_number" ? "align-right" : null;
}

export function table(block, context) {
  const [head, ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const line = (row, tag) =>
    h("tr", {}, row.map((cell, column) => h(tag, { class: classOf(cell, settings[column]), scope: tag === "th" ? "col" : null }, shown(cell, block, context))));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", { class: "grid" }, h("thead", {}, line(head, "th")), h("tbody", {}, rows.map((row) => line(row, "td")))));
}

export function dataTable(block, context) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const rowHeader = block.row_header_column_index ?? 0;
  const numeric = head.map((_, column) => rows.some((row) => row[column].type === "raw_number"));
  let page = 0;
  let sorted = { column: null, down: false };
  const body = h("tbody");
  const heads = h("tr");
  const place = h("span", { class: "pager-place", "aria-live": "polite" });
  const back = h("button", { type: "button", class: "pager", onclick: () => turn(-1), "aria-label": "Previous page" }, "‹");
  const next = h("button", { type: "button", class: "pager", onclick: () => turn(1), "aria-label": "Next page" }, "›");

  function inOrder() {
    if (sorted.column === null) return rows;
    const sign = sorted.down ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [key(a[sorted.column]), key(b[sorted.column])];
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true }));
    });
  }

  function turn(step) {
    page += step;
    draw();
  }

  function sort(column) {
    sorted = { column, down: sorted.column === column ? !sorted.down : numeric[column] };
    page = 0;
    draw();
  }

  function draw() {
    const first = page * size;
    heads.replaceChildren(...head.map((cell, column) => {
      const direction = sorted.column === column ? (sorted.down ? "descending" : "ascending") : null;
      const arrow = direction ? h("span", { class: "arrow", "aria-hidden": "true" }, sorted.down ? "↓" : "↑") : null;
      return h("th", { scope: "col", "aria-sort": direction, class: numeric[column] ? "align-right" : null },
        h("button", { type: "button", class: "sort", onclick: () => sort(column) }, shown(cell, block, context), arrow));
    }));
    body.replaceChildren(...inOrder().slice(first, first + size).map((row) =>
      h("tr", {}, row.map((cell, column) =>
        h(column === rowHeader ? "th" : "td", { scope: column === rowHeader ? "row" : null, class: numeric[column] ? "align-right" : null }, shown(cell, block, context))))));
    place.textContent = `${first + 1}–${Math.min(first + size, rows.length)} of ${rows.length}`;
    back.disabled = page === 0;
    next.disabled = first + size >= rows.length;
  }

  draw();
  const foot = rows.length > size ? h("div", { class: "pager-bar" }, place, back, next) : null;
  // Keep the caption outside the horizontal scroll area, so that it is always readable.
  return h("figure", { class: "data-table" },
    h("figcaption", {}, block.caption),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": block.caption },
      h("table", { class: "grid", "aria-label": block.caption }, h("thead", {}, heads), body)),
    foot);
}

const NUMBER = /^-?[\d,. ]*\d ?%?$/;
const LONG = 34;

// `all` are the rows by which a column is taken for one of numbers, so that it stays so when more are shown.
export function csvTable(name, head, rows, all) {
  const columns = [...head.keys()];
  const numeric = columns.map((column) => all.some((row) => row[column]) && all.every((row) => !row[column] || NUMBER.test(row[column])));
  const cell = (tag, words, column, more = {}) =>
    h(tag, { class: numeric[column] ? "align-right" : null, title: words.length > LONG ? words : null, ...more }, words);
  return h("div", { class: "scroll csv-scroll", tabindex: "0", role: "region", "aria-label": name },
    h("table", { class: "grid csv" },
      h("thead", {}, h("tr", {}, head.map((words, column) => cell("th", words, column, { scope: "col" })))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) => cell("td", row[column] ?? "", column)))))));
}

// A CSV's first rows; quoted fields may hold commas, quotes and line ends.
export function csvRows(text) {
  const rows = [[]];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    const [, field, end] = match;
    rows.at(-1).push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}
