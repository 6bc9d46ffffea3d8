// One function per block type. An unknown type is shown as unknown, not dropped.

import { chart } from "./charts.js";
import { h, safeUrl } from "./dom.js";
import { element } from "./elements.js";
import { emoji, markdown, richText, textObject } from "./mrkdwn.js";
import { dataTable, table } from "./tables.js";

const within = (block, one) => ({ ...one, block_id: block.block_id });

function picture(one) {
  const src = safeUrl(one.image_url ?? "");
  return src && one.image_url ? h("img", { src, alt: one.alt_text, loading: "lazy" }) : h("span", { class: "no-image", role: "img", "aria-label": one.alt_text }, "🖼 ", one.alt_text);
}

function section(block, context) {
  const accessory = block.accessory;
  return h("div", { class: "section" },
    h("div", { class: "grow" },
      block.text ? h("div", {}, textObject(block.text, context)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((one) => h("div", {}, textObject(one, context)))) : null),
    accessory ? h("div", { class: "accessory" }, accessory.type === "image" ? picture(accessory) : element(within(block, accessory), context)) : null);
}

function input(block, context) {
  const error = context.errors?.[block.block_id];
  const control = element(within(block, block.element), context, true);
  const id = `field-${block.block_id}`;
  const isOne = ["INPUT", "SELECT", "TEXTAREA"].includes(control.tagName);
  if (isOne) {
    control.id = id;
    control.removeAttribute("aria-label");
  } else control.setAttribute("aria-label", block.label.text);
  control.setAttribute("aria-describedby", `${id}-error ${id}-hint`);
  if (error) control.setAttribute("aria-invalid", "true");
  return h("div", { class: "field", "data-block": block.block_id },
    h(isOne ? "label" : "div", { class: "label", for: isOne ? id : null }, block.label.text, block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    control,
    h("p", { class: "field-error", id: `${id}-error`, role: "alert" }, error ?? ""),
    block.hint ? h("p", { class: "hint", id: `${id}-hint` }, block.hint.text) : null);
}

function header(block) {
  const level = block.level ?? 2;
  return h("div", { class: `heading level-${level}`, role: "heading", "aria-level": String(level + 1) }, emoji(block.text.text));
}

function card(block, context) {
  return h("div", { class: "card" },
    block.hero_image ? picture(block.hero_image) : null,
    block.title ? h("strong", {}, textObject(block.title, context)) : null,
    block.subtitle ? h("div", { class: "muted" }, textObject(block.subtitle, context)) : null,
    block.body ? h("div", {}, textObject(block.body, context)) : null,
    block.actions ? h("div", { class: "actions" }, block.actions.map((one) => element(within(block, one), context))) : null);
}

function container(block, context) {
  const title = block.title ? block.title.text : richText(block.rich_text_title, context);
  const children = block.child_blocks.map((child) => render(child, context));
  if (!block.is_collapsible) return h("section", { class: "container" }, h("strong", {}, title), children);
  return h("details", { class: "container", open: !block.default_collapsed }, h("summary", {}, title), children);
}

function task(one) {
  const mark = { pending: "○", in_progress: "◐", complete: "●", error: "✕" }[one.status];
  return h("li", { class: `task ${one.status}` }, h("span", { "aria-label": one.status }, mark), " ", one.title);
}

const RENDERERS = {
  section,
  input,
  header,
  card,
  container,
  divider: () => h("hr"),
  context: (block, context) => h("div", { class: "context" }, block.elements.map((one) => h("span", {}, one.type === "image" ? picture(one) : textObject(one, context)))),
  actions: (block, context) => h("div", { class: "actions" }, block.elements.map((one) => element(within(block, one), context))),
  image: (block) => h("figure", { class: "image" }, block.title ? h("figcaption", {}, block.title.text) : null, picture(block)),
  rich_text: (block, context) => h("div", {}, richText(block, context)),
  markdown: (block, context) => h("div", { class: "markdown" }, markdown(block.text, context)),
  table,
  data_table: dataTable,
  data_visualization: chart,
  alert: (block, context) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, textObject(block.text, context)),
  carousel: (block, context) => h("div", { class: "carousel" }, block.elements.map((one) => card(one, context))),
  plan: (block) => h("div", {}, h("strong", {}, block.title), h("ul", { class: "tasks" }, block.tasks.map(task))),
  task_card: (block) => h("ul", { class: "tasks" }, task(block)),
  context_actions: (block, context) => h("div", { class: "actions" }, block.elements.flatMap((one) =>
    one.type === "feedback_buttons" ? [one.positive_button, one.negative_button].map((each) => element({ ...each, type: "button", action_id: one.action_id, block_id: block.block_id, chosen: each.value ?? each.text.text }, context)) : [element(within(block, { ...one, type: "button" }), context)])),
};

function render(block, context) {
  const draw = RENDERERS[block.type];
  const drawn = draw ? draw(block, context) : h("p", { class: "unknown" }, `The playground cannot draw a ${block.type} block.`);
  return h("div", { class: `block block-${block.type}` }, drawn);
}

export function renderBlocks(blocks, context) {
  return blocks.map((block) => render(block, context));
}
