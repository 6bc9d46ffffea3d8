// The box to write in: Enter sends, Shift+Enter breaks the line, "/" and "@" open completions.

import { h } from "./dom.js";

// What may be completed before the caret. Slack takes no commands in threads.
function offers(text, context, { takesCommands, takesGuests }) {
  if (takesCommands && /^\/\S*$/.test(text)) {
    const own = context.apps.flatMap((app) => app.commands.map((one) => ({ insert: `${one.name} `, name: one.name, about: [one.usage_hint, one.description].filter(Boolean).join(" — "), from: app.name })));
    const invite = { insert: "/invite @", name: "/invite", about: "Bring somebody into this channel", from: "Built in" };
    return [...own, ...(takesGuests ? [invite] : [])].filter((one) => one.name.startsWith(text));
  }
  const at = /(^|\s)@(\w*)$/.exec(text);
  if (!at) return [];
  return Object.values(context.users)
    .filter((user) => user.id !== "USLACKBOT" && user.name.startsWith(at[2].toLowerCase()))
    .map((user) => ({ insert: `${text.slice(0, text.length - at[2].length)}${user.name} `, name: user.real_name, about: `@${user.name}`, from: user.is_bot ? "App" : "" }));
}

let made = 0;

export function composer({ label, disabled, context, takes, draft, send }) {
  const id = `offers-${(made += 1)}`;
  let chosen = 0;
  let found = [];
  const list = h("ul", { class: "offers", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  const box = h("textarea", {
    rows: "1", placeholder: label, "aria-label": label, disabled,
    role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": id,
    oninput: look, onkeydown: key, onblur: hide,
  });
  const button = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled }, h("span", { "aria-hidden": "true" }, "➤"));
  const form = h("form", { class: "composer", onsubmit: submit }, list, box, button);
  box.value = draft.read();
  requestAnimationFrame(fit);

  function fit() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
  }

  function hide() {
    found = [];
    draw();
  }

  function look() {
    draft.write(box.value);
    fit();
    found = offers(box.value.slice(0, box.selectionStart), context(), takes);
    chosen = 0;
    draw();
  }

  function draw() {
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((one, index) => h("li", { role: "option", id: `${id}-${index}`, "aria-selected": String(index === chosen), onmousedown: (event) => { event.preventDefault(); take(index); } },
      h("strong", {}, one.name), h("span", { class: "muted" }, one.about), h("small", {}, one.from))));
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (!found.length) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    box.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const { insert } = found[index];
    box.value = insert + box.value.slice(box.selectionStart).trimStart();
    box.focus();
    box.setSelectionRange(insert.length, insert.length);
    look();
  }

  function key(event) {
    if (event.isComposing) return;
    if (found.length && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      draw();
    } else if (found.length && !event.shiftKey && (event.key === "Tab" || (event.key === "Enter" && found[chosen].insert.trim() !== box.value.trim()))) {
      event.preventDefault();
      take(chosen);
    } else if (found.length && event.key === "Escape") {
      // Esc closes what is on top: the list now, a thread only when pressed again.
      event.preventDefault();
      hide();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  async function submit(event) {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    put("");
    const answer = await send(text);
    // What was refused comes back, unless something else was typed meanwhile.
    if (answer.error && !draft.read()) put(text);
  }

  function put(text) {
    box.value = text;
    draft.write(text);
    fit();
    hide();
  }

  return form;
}
