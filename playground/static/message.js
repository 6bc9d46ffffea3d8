// One message: author, time, contents, files, and the link to its thread.

import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { csvRows, csvTable } from "./tables.js";

const HUES = [268, 168, 28, 212, 340, 96, 190, 320];

export function avatar(user) {
  const name = user?.real_name ?? "?";
  const initials = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const element = h("span", { class: user?.is_bot ? "avatar bot" : "avatar", "aria-hidden": "true" }, initials);
  const hue = HUES[[...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  element.style.setProperty("--hue", hue);
  return element;
}

export function clockTime(ts, zone) {
  return new Date(Number(ts) * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

export function dayOf(ts, zone) {
  return new Date(Number(ts) * 1000).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: zone });
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
}

const PREVIEW_ROWS = 6;

function preview(file) {
  if (!file.name.endsWith(".csv")) return file.preview ? h("pre", { class: "file-text" }, file.preview.split("\n").slice(0, PREVIEW_ROWS).join("\n")) : null;
  const all = csvRows(file.preview);
  // Where the preview ends within the file, its last row may be half a row.
  const [head, ...rows] = file.preview_cut ? all.slice(0, -1) : all;
  if (!head) return null;
  const name = `Preview of ${file.name}`;
  const place = h("div", {}, csvTable(name, head, rows.slice(0, PREVIEW_ROWS), rows));
  if (rows.length <= PREVIEW_ROWS) return place;
  const open = () => {
    const whole = csvTable(name, head, rows, rows);
    place.replaceChildren(whole);
    more.remove();
    whole.focus();
  };
  const more = h("button", { type: "button", class: "quiet", onclick: open }, file.preview_cut ? `Show the first ${rows.length} rows` : `Show all ${rows.length} rows`);
  return [place, more];
}

function fileCard(file) {
  const kind = file.name.split(".").at(-1).toUpperCase();
  return h("div", { class: "file" },
    h("div", { class: "file-head" },
      h("span", { class: "file-kind", "aria-hidden": "true" }, kind),
      h("span", { class: "grow" }, h("strong", {}, file.title), h("small", {}, file.name === file.title ? size(file.size) : `${file.name} · ${size(file.size)}`)),
      h("a", { class: "button", href: file.url, download: file.name }, "Download")),
    preview(file));
}

function replies(message, context) {
  const faces = [...new Set(message.thread.map((one) => one.user))].slice(0, 3);
  const count = message.thread.length;
  return h("button", { type: "button", class: "replies", onclick: () => context.openThread(message.ts) },
    faces.map((id) => avatar(context.users[id])),
    h("strong", {}, count === 1 ? "1 reply" : `${count} replies`),
    h("span", { class: "muted" }, `Last reply ${clockTime(message.thread.at(-1).ts, context.zone)}`));
}

export function messageElement(message, context, { inThread = false } = {}) {
  const user = context.users[message.user];
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  const body = message.blocks.length ? renderBlocks(message.blocks, context) : h("div", { class: "block" }, mrkdwn(message.text, context), edited);
  const showsReplies = !inThread && message.thread.length > 0;
  return h("article", { class: message.ephemeral ? "message ephemeral" : "message", "data-ts": message.ts, "aria-label": `Message of ${user.real_name}` },
    avatar(user),
    h("div", { class: "message-body" },
      message.ephemeral ? h("p", { class: "only-you" }, h("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you") : null,
      h("header", {},
        h("strong", { class: "author" }, user.real_name),
        user.is_bot ? h("span", { class: "badge" }, "APP") : null,
        h("time", { datetime: new Date(Number(message.ts) * 1000).toISOString() }, clockTime(message.ts, context.zone)),
        message.blocks.length ? edited : null),
      body,
      message.files.map(fileCard),
      showsReplies ? replies(message, context) : null),
    inThread || message.ephemeral ? null : h("div", { class: "hover-bar" },
      h("button", { type: "button", class: "quiet", onclick: () => context.openThread(message.ts), "aria-label": "Reply in thread" }, "Reply in thread")));
}
