// Buttons, menus and inputs. `context.act(element, value)` presses one; `context.inputs` reads and
// writes what people fill in, by block and action, because several blocks may use one action_id. An
// input that was emptied is sent as empty; otherwise its initial value would come back.

import { h, link } from "./dom.js";
import { emoji, textObject } from "./mrkdwn.js";

const nameOf = (element) => `${element.block_id} ${element.action_id}`;
const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];

function button(element, context) {
  const words = emoji(element.text.text);
  const style = element.style ? ` ${element.style}` : "";
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.classList.add("busy");
    try {
      await context.act(element, element.chosen ?? null);
    } finally {
      pressed.classList.remove("busy");
    }
  };
  const attributes = { class: `button${style}`, onclick: press, "data-action": element.action_id, "aria-label": element.accessibility_label };
  if (!element.url) return h("button", { type: "button", ...attributes }, words);
  const anchor = link(element.url, words, h("span", { class: "leads-out", "aria-hidden": "true" }, "↗"));
  anchor.className = `button${style}`;
  anchor.dataset.action = element.action_id;
  if (element.accessibility_label) anchor.setAttribute("aria-label", element.accessibility_label);
  anchor.addEventListener("click", () => context.act(element, element.chosen ?? null));
  return anchor;
}

function overflow(element, context) {
  const summary = h("summary", { "aria-label": "More actions", "aria-haspopup": "menu", "data-action": element.action_id }, "⋯");
  const choose = (option) => {
    menu.open = false;
    summary.focus();
    if (option.url) window.open(link(option.url).href, "_blank", "noopener");
    context.act(element, option.value);
  };
  const items = optionsOf(element).map((option) => h("button", { type: "button", role: "menuitem", onclick: () => choose(option) }, emoji(option.text.text)));
  const key = (event) => {
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!menu.open || !(step || event.key === "Escape")) return;
    // Esc closes the menu only, not the thread or the dialog that it is in.
    event.preventDefault();
    if (step) items[(at + step + items.length) % items.length].focus();
    else {
      menu.open = false;
      summary.focus();
    }
  };
  const leave = (event) => { if (!menu.contains(event.relatedTarget)) menu.open = false; };
  const menu = h("details", { class: "overflow", onkeydown: key, onfocusout: leave, ontoggle: () => menu.open && items[0].focus() },
    summary, h("div", { role: "menu", class: "menu", tabindex: "-1" }, items));
  return menu;
}

// A control that is one HTML element with a value.
function plain(control, element, context, isForm) {
  if (!isForm) control.addEventListener("change", () => control.value && context.act(element, control.value));
  context.inputs.set(nameOf(element), { read: () => control.value, write: (value) => { control.value = value; } });
  return control;
}

// Which options a menu has: its own, or the people or conversations of the workspace.
function menuItems(element, context) {
  const name = (channel) => (channel.kind === "im" ? context.users[channel.with]?.real_name : `#${channel.name}`);
  if (element.type.endsWith("users_select")) return Object.values(context.users).filter((user) => !user.is_bot).map((user) => [user.id, user.real_name]);
  if (element.type.endsWith("channels_select")) return context.channels.filter((one) => one.kind === "public").map((one) => [one.id, name(one)]);
  if (element.type.endsWith("conversations_select")) return context.channels.map((one) => [one.id, name(one)]);
  return optionsOf(element).map((option) => [option.value, emoji(option.text.text)]);
}

function select(element, context, isForm) {
  const ask = element.placeholder?.text ?? "Choose an option";
  const start = element.initial_option?.value ?? element.initial_conversation ?? element.initial_channel ?? element.initial_user ?? (element.default_to_current_conversation ? context.channel : "");
  const item = ([value, label]) => h("option", { value, selected: value === start }, label);
  const items = element.option_groups
    ? element.option_groups.map((group) => h("optgroup", { label: group.label.text }, menuItems({ ...group, type: element.type }, context).map(item)))
    : menuItems(element, context).map(item);
  const control = h("select", { "data-action": element.action_id, "aria-label": ask }, h("option", { value: "", selected: !start }, ask), items);
  return plain(control, element, context, isForm);
}

function several(element, context, isForm) {
  const start = [...(element.initial_options ?? []).map((one) => one.value), ...(element.initial_users ?? []), ...(element.initial_channels ?? []), ...(element.initial_conversations ?? [])];
  const items = menuItems(element, context);
  const control = h("select", { "data-action": element.action_id, "aria-label": element.placeholder?.text ?? "Choose options", multiple: true, size: Math.min(6, Math.max(2, items.length)) },
    items.map(([value, label]) => h("option", { value, selected: start.includes(value) }, label)));
  const read = () => [...control.selectedOptions].map((one) => one.value);
  const write = (values) => { for (const one of control.options) one.selected = values.includes(one.value); };
  if (!isForm) control.addEventListener("change", () => context.act(element, read()));
  context.inputs.set(nameOf(element), { read, write });
  return control;
}

function choices(element, context, isForm) {
  const isRadio = element.type === "radio_buttons";
  const chosen = isRadio ? [element.initial_option?.value] : (element.initial_options ?? []).map((option) => option.value);
  const group = `${element.action_id}-${Math.random().toString(36).slice(2, 7)}`;
  const boxes = optionsOf(element).map((option) => {
    const box = h("input", { type: isRadio ? "radio" : "checkbox", name: group, value: option.value, checked: chosen.includes(option.value) });
    return [box, h("label", { class: "choice" }, box, h("span", {}, textObject(option.text, context),
      option.description ? h("small", {}, textObject(option.description, context)) : null))];
  });
  const ticked = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);
  const read = () => (isRadio ? ticked()[0] ?? null : ticked());
  const write = (values) => { for (const [box] of boxes) box.checked = [values].flat().includes(box.value); };
  context.inputs.set(nameOf(element), { read, write });
  const all = h("div", { class: "choices", role: isRadio ? "radiogroup" : "group", "data-action": element.action_id }, boxes.map(([, label]) => label));
  if (!isForm) all.addEventListener("change", () => context.act(element, read()));
  return all;
}

// As in Slack, a field is as tall as what it shows at first, within bounds.
const linesOf = (text) => Math.min(12, Math.max(3, text.split("\n").reduce((sum, line) => sum + Math.ceil(line.length / 52 || 1), 0)));

const KINDS = { number_input: "number", email_text_input: "email", url_text_input: "url", timepicker: "time", datepicker: "date" };

function field(element, context, isForm) {
  const start = element.initial_value ?? element.initial_time ?? element.initial_date ?? "";
  const common = { "data-action": element.action_id, placeholder: element.placeholder?.text, maxlength: element.max_length, value: start };
  const control = element.multiline
    ? h("textarea", { ...common, rows: linesOf(start) }, start)
    : h("input", { ...common, type: KINDS[element.type] ?? "text", min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : null });
  return plain(control, element, context, isForm);
}

// Slack sends seconds since 1970; the browser's control has local time without a zone.
function moment(element, context, isForm) {
  const control = h("input", { type: "datetime-local", "data-action": element.action_id });
  const read = () => (control.value ? String(new Date(control.value).getTime() / 1000) : "");
  const write = (seconds) => {
    const local = new Date(Number(seconds) * 1000);
    control.value = seconds ? new Date(local.getTime() - local.getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "";
  };
  write(element.initial_date_time);
  if (!isForm) control.addEventListener("change", () => context.act(element, read()));
  context.inputs.set(nameOf(element), { read, write });
  return control;
}

const SPECIAL = { button, overflow, checkboxes: choices, radio_buttons: choices, datetimepicker: moment,
  static_select: select, conversations_select: select, channels_select: select, users_select: select,
  multi_static_select: several, multi_conversations_select: several, multi_channels_select: several, multi_users_select: several };

export function element(one, context, isForm = false) {
  return (SPECIAL[one.type] ?? field)(one, context, isForm);
}
