// Slack's message markup and rich text, as elements.

import { h, link } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", warning: "⚠️", x: "❌", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  mag: "🔍", link: "🔗", bulb: "💡", tada: "🎉", eyes: "👀", wave: "👋", information_source: "ℹ️", rocket: "🚀",
  lock: "🔒", bar_chart: "📊", chart_with_upwards_trend: "📈", memo: "📝", bell: "🔔", no_entry: "⛔", robot_face: "🤖",
};
const TOKEN = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\s][^<>]*)>|(?<![\w*])\*(?=\S)([^*\n]*?[^\s*])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*?[^\s_])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*?[^\s~])~(?![\w~])|:([a-z0-9_+-]+):|(https?:\/\/[^\s<>|]+)/g;

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function emoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);
}

const FORMS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hour12: false },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
};

export function dateToken(stamp, format, zone) {
  const when = new Date(Number(stamp) * 1000);
  return format.replace(/\{(\w+)\}/g, (all, name) => {
    const form = FORMS[name.replace(/_pretty$/, "")];
    return form ? when.toLocaleString("en-GB", { ...form, timeZone: zone }) : all;
  });
}

function entity(body, context) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescape(body.slice(bar + 1));
  if (target.startsWith("@")) {
    const user = context.users[target.slice(1)];
    return h("span", { class: "mention" }, `@${user?.real_name ?? (label || target.slice(1))}`);
  }
  if (target.startsWith("#")) {
    const channel = context.channels.find((one) => one.id === target.slice(1));
    return h("span", { class: "mention" }, `#${label || (channel?.name ?? target.slice(1))}`);
  }
  if (target.startsWith("!date^")) {
    const [, stamp, format, url] = target.split("^");
    const text = dateToken(stamp, format, context.zone);
    const shown = h("time", { title: label, datetime: new Date(Number(stamp) * 1000).toISOString() }, text);
    return url ? link(url, shown) : shown;
  }
  if (target.startsWith("!")) return h("span", { class: "mention everyone" }, `@${label || target.slice(1)}`);
  return link(unescape(target), label || unescape(target));
}

export function inline(text, context) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [all, block, code, tag, bold, italic, strike, name, url] = match;
    parts.push(unescape(text.slice(end, match.index)));
    end = match.index + all.length;
    if (block !== undefined) parts.push(h("pre", {}, unescape(block.replace(/^\n/, ""))));
    else if (code !== undefined) parts.push(h("code", {}, unescape(code)));
    else if (tag !== undefined) parts.push(entity(tag, context));
    else if (bold !== undefined) parts.push(h("strong", {}, inline(bold, context)));
    else if (italic !== undefined) parts.push(h("em", {}, inline(italic, context)));
    else if (strike !== undefined) parts.push(h("s", {}, inline(strike, context)));
    else if (name !== undefined) parts.push(EMOJI[name] ?? all);
    else parts.push(link(unescape(url), unescape(url)));
  }
  parts.push(unescape(text.slice(end)));
  return parts;
}

// Adjacent lines that start with a quote sign form one quote.
export function mrkdwn(text, context) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;)\s?/.exec(line);
    const last = groups.at(-1);
    if (last && last.quoted === Boolean(quoted)) last.lines.push(line.slice(quoted?.[0].length ?? 0));
    else groups.push({ quoted: Boolean(quoted), lines: [line.slice(quoted?.[0].length ?? 0)] });
  }
  return groups.map((group) => {
    const words = inline(group.lines.join("\n"), context);
    return group.quoted ? h("blockquote", {}, words) : h("span", { class: "prose" }, words);
  });
}

export function textObject(object, context) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : [h("span", { class: "prose" }, emoji(object.text))];
}

function styled(node, style) {
  let out = node;
  if (style?.code) out = h("code", {}, out);
  if (style?.bold) out = h("strong", {}, out);
  if (style?.italic) out = h("em", {}, out);
  if (style?.strike) out = h("s", {}, out);
  return out;
}

function leaf(part, context) {
  if (part.type === "text") return styled(part.text, part.style);
  if (part.type === "link") return styled(link(part.url, part.text || part.url), part.style);
  if (part.type === "emoji") return EMOJI[part.name] ?? `:${part.name}:`;
  if (part.type === "user") return entity(`@${part.user_id}`, context);
  if (part.type === "channel") return entity(`#${part.channel_id}`, context);
  if (part.type === "broadcast") return entity(`!${part.range}`, context);
  if (part.type === "date") return dateToken(part.timestamp, part.format, context.zone);
  return "";
}

const RICH = {
  rich_text_section: (part, context) => h("span", { class: "prose" }, part.elements.map((one) => leaf(one, context))),
  rich_text_quote: (part, context) => h("blockquote", {}, part.elements.map((one) => leaf(one, context))),
  rich_text_preformatted: (part, context) => h("pre", {}, part.elements.map((one) => leaf(one, context))),
  rich_text_list: (part, context) =>
    h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((one) => h("li", {}, RICH[one.type](one, context)))),
};

export function richText(block, context) {
  return block.elements.map((part) => RICH[part.type](part, context));
}

// GitHub's flavour, as far as a markdown block needs it: headings, lists, tables, emphasis, links.
export function markdown(text, context) {
  const toMrkdwn = (line) =>
    line.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
  const cells = (line) => line.replace(/^\||\|$/g, "").split("|").map((cell) => inline(toMrkdwn(cell.trim()), context));
  const lines = text.split("\n");
  const out = [];
  for (let at = 0; at < lines.length; at += 1) {
    const heading = /^(#{1,6})\s+(.*)/.exec(lines[at]);
    if (heading) out.push(h("strong", { class: "md-heading" }, inline(toMrkdwn(heading[2]), context)));
    else if (/^\s*\|?[\s:|-]*-{3}[\s:|-]*$/.test(lines[at + 1] ?? "") && lines[at].includes("|")) {
      const head = cells(lines[at]);
      const rows = [];
      for (at += 2; at < lines.length && lines[at].includes("|"); at += 1) rows.push(cells(lines[at]));
      at -= 1;
      out.push(h("table", { class: "grid" }, h("thead", {}, h("tr", {}, head.map((cell) => h("th", {}, cell)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))));
    } else if (/^\s*[-*]\s+/.test(lines[at])) out.push(h("ul", {}, h("li", {}, inline(toMrkdwn(lines[at].replace(/^\s*[-*]\s+/, "")), context))));
    else out.push(h("span", { class: "prose line" }, inline(toMrkdwn(lines[at]), context)));
  }
  return out;
}
