// Modals, the confirmation dialog and the home tab.

import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";

export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const done = (answer) => () => {
      dialog.onclose = null;
      dialog.close();
      resolve(answer);
    };
    dialog.onclose = () => resolve(false);
    dialog.replaceChildren(
      h("h2", { id: "confirm-title" }, confirm.title.text),
      h("p", {}, confirm.text.text),
      h("div", { class: "dialog-foot" },
        h("button", { type: "button", class: "button", onclick: done(false) }, confirm.deny.text),
        h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: done(true) }, confirm.confirm.text)));
    dialog.showModal();
  });
}

export const filled = (context) => Object.fromEntries([...context.inputs].map(([id, { read }]) => [id, read()]).filter(([, value]) => value !== null));

let shown = "";
let drawn = null;
const typed = new Map(); // By view: what was filled in when something else was drawn over it.

// As in Slack, what people typed outlives a push and an update that keeps block_id and action_id.
function restore(view, context) {
  for (const [name, value] of Object.entries(typed.get(view.id) ?? {})) context.inputs.get(name)?.write(value);
}

function showErrors(dialog, errors) {
  for (const field of dialog.querySelectorAll(".field")) {
    const words = errors[field.dataset.block] ?? "";
    field.querySelector(".field-error").textContent = words;
    field.querySelector("input,select,textarea")?.setAttribute("aria-invalid", String(Boolean(words)));
  }
  const whole = dialog.querySelector(".form-error");
  if (whole) whole.textContent = errors[""] ?? "";
  dialog.querySelector("[aria-invalid=true]")?.focus();
}

// Redraw the modal only when its contents changed, so that typed text stays.
export function showModal(view, makeContext, { submit, close }) {
  const dialog = document.getElementById("modal");
  if (drawn) typed.set(drawn.id, filled(drawn.context));
  if (!view) {
    shown = "";
    drawn = null;
    typed.clear();
    dialog.onclose = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (shown === view.id + view.hash) {
    showErrors(dialog, view.errors);
    return;
  }
  const sameView = drawn?.id === view.id;
  const held = sameView ? document.activeElement?.dataset.action : null;
  const top = sameView ? dialog.querySelector(".dialog-body").scrollTop : 0;
  shown = view.id + view.hash;
  const context = makeContext({ view: view.id, errors: view.errors });
  const send = (event) => {
    event.preventDefault();
    if (view.submit) submit(filled(context));
  };
  dialog.replaceChildren(
    h("form", { method: "dialog", onsubmit: send, novalidate: true },
      h("header", { class: "dialog-head" },
        h("h2", { id: "modal-title" }, view.title.text),
        h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "✕")),
      h("div", { class: "dialog-body" }, h("p", { class: "form-error", role: "alert" }, view.errors[""] ?? ""), renderBlocks(view.blocks, context)),
      h("footer", { class: "dialog-foot" },
        h("button", { type: "button", class: "button", onclick: close }, view.close?.text ?? "Close"),
        view.submit ? h("button", { type: "submit", class: "button primary" }, view.submit.text) : null)));
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  drawn = { id: view.id, context };
  restore(view, context);
  if (!dialog.open) dialog.showModal();
  const first = held ? dialog.querySelector(`[data-action="${CSS.escape(held)}"]`) : null;
  (first ?? dialog.querySelector(".field input, .field select, .field textarea"))?.focus({ preventScroll: sameView });
  dialog.querySelector(".dialog-body").scrollTop = top;
}
