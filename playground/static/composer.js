// The box to write in: Enter sends, Shift+Enter breaks the line, "/" and "@" open completions.

import { h } from "./dom.js";

function offers(text, context) {
  if (/^\/\S*$/.test(text)) {
    const own = context.apps.flatMap((app) => app.commands.map((one) => ({ insert: `${one.name} `, name: one.name, about: [one.usage_hint, one.description].filter(Boolean).join(" — "), from: app.name })));
    const all = [...own, { insert: "/invite @", name: "/invite", about: "Bring somebody into this channel", from: "Built in" }];
    return all.filter((one) => one.name.startsWith(text));
  }
  const at = /(^|\s)@(\w*)$/.exec(text);
  if (!at) return [];
  return Object.values(context.users)
    .filter((user) => user.id !== "USLACKBOT" && user.name.startsWith(at[2].toLowerCase()))
    .map((user) => ({ insert: `${text.slice(0, text.length - at[2].length)}${user.name} `, name: user.real_name, about: `@${user.name}`, from: user.is_bot ? "App" : "" }));
}

export function composer({ label, disabled, context, send }) {
  let chosen = 0;
  let found = [];
  const list = h("ul", { class: "offers", role: "listbox", hidden: true });
  const box = h("textarea", { rows: "1", placeholder: label, "aria-label": label, disabled, oninput: look, onkeydown: key, onblur: () => setTimeout(hide, 150) });
  const button = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled }, "➤");
  const form = h("form", { class: "composer", onsubmit: submit }, list, box, button);

  function hide() {
    found = [];
    list.hidden = true;
  }

  function look() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    found = offers(box.value, context());
    chosen = 0;
    draw();
  }

  function draw() {
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((one, index) => h("li", { role: "option", "aria-selected": String(index === chosen), onmousedown: () => take(index) },
      h("strong", {}, one.name), h("span", { class: "muted" }, one.about), h("small", {}, one.from))));
  }

  function take(index) {
    box.value = found[index].insert;
    box.focus();
    look();
  }

  function key(event) {
    if (found.length && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      draw();
    } else if (found.length && (event.key === "Tab" || (event.key === "Enter" && found[chosen].insert.trim() !== box.value.trim()))) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape") hide();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  async function submit(event) {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    look();
    await send(text);
  }

  return form;
}
