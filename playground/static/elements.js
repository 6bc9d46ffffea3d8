// Buttons, menus and inputs. `context.act(element, value)` presses one; `context.inputs` collects
// what people fill in, by block and action, because several blocks may use one action_id. An input
// that was emptied is sent as empty; otherwise its initial value would come back.

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
  const anchor = link(element.url, words, h("span", { "aria-hidden": "true" }, " ↗"));
  anchor.className = `button${style}`;
  anchor.addEventListener("click", () => context.act(element, element.chosen ?? null));
  return anchor;
}

function overflow(element, context) {
  const menu = h("details", { class: "overflow" },
    h("summary", { "aria-label": "More actions" }, "⋯"),
    h("div", { role: "menu", class: "menu" }, optionsOf(element).map((option) =>
      h("button", { type: "button", role: "menuitem", onclick: () => { menu.open = false; context.act(element, option.value); } }, emoji(option.text.text)))));
  return menu;
}

function select(element, context, isForm) {
  const chosen = element.initial_option?.value;
  const item = (option) => h("option", { value: option.value, selected: option.value === chosen }, emoji(option.text.text));
  const control = h("select", { "data-action": element.action_id, "aria-label": element.placeholder?.text ?? "Choose" },
    h("option", { value: "", selected: chosen === undefined }, element.placeholder?.text ?? "Choose an option"),
    element.option_groups
      ? element.option_groups.map((group) => h("optgroup", { label: group.label.text }, group.options.map(item)))
      : element.options.map(item));
  if (!isForm) control.addEventListener("change", () => control.value && context.act(element, control.value));
  context.inputs.set(nameOf(element), () => control.value);
  return control;
}

function conversation(element, context, isForm) {
  const name = (channel) => (channel.kind === "im" ? context.users[channel.with]?.real_name : `#${channel.name}`);
  const people = element.type === "users_select";
  const items = people ? Object.values(context.users).filter((user) => !user.is_bot).map((user) => [user.id, user.real_name]) : context.channels.map((channel) => [channel.id, name(channel)]);
  const start = element.initial_conversation ?? element.initial_channel ?? element.initial_user ?? (element.default_to_current_conversation ? context.channel : "");
  const control = h("select", { "data-action": element.action_id, "aria-label": element.placeholder?.text ?? "Choose" },
    h("option", { value: "" }, element.placeholder?.text ?? "Choose"),
    items.map(([id, label]) => h("option", { value: id, selected: id === start }, label)));
  if (!isForm) control.addEventListener("change", () => control.value && context.act(element, control.value));
  context.inputs.set(nameOf(element), () => control.value);
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
  const read = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);
  context.inputs.set(nameOf(element), () => (isRadio ? read()[0] ?? null : read()));
  const all = h("div", { class: "choices", role: isRadio ? "radiogroup" : "group" }, boxes.map(([, label]) => label));
  if (!isForm) all.addEventListener("change", () => context.act(element, isRadio ? read()[0] : read()));
  return all;
}

const KINDS = { number_input: "number", email_text_input: "email", url_text_input: "url", timepicker: "time", datepicker: "date" };

function field(element, context, isForm) {
  const start = element.initial_value ?? element.initial_time ?? element.initial_date ?? "";
  const common = { "data-action": element.action_id, placeholder: element.placeholder?.text, maxlength: element.max_length, value: start };
  const control = element.multiline
    ? h("textarea", { ...common, rows: "3" }, start)
    : h("input", { ...common, type: KINDS[element.type] ?? "text", min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : null });
  if (!isForm) control.addEventListener("change", () => context.act(element, control.value));
  context.inputs.set(nameOf(element), () => control.value);
  return control;
}

const SPECIAL = { button, overflow, static_select: select, checkboxes: choices, radio_buttons: choices,
  conversations_select: conversation, channels_select: conversation, users_select: conversation };

export function element(one, context, isForm = false) {
  return (SPECIAL[one.type] ?? field)(one, context, isForm);
}
