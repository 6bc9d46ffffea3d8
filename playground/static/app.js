// The page: sidebar, conversation, thread. The server is the only source of what is shown.

import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { draft } from "./drafts.js";
import { dayOf, messageElement } from "./message.js";
import { closeSidebar, drawSidebar, roomsButton, sign } from "./sidebar.js";
import { confirmed, filled, showModal } from "./views.js";

const query = new URLSearchParams(location.search);
const here = { user: query.get("user") ?? sessionStorage.getItem("user") ?? "", channel: "", thread: "", tab: "messages" };
let state = null;

function readHash() {
  const [channel, thread] = location.hash.slice(1).split("/");
  here.channel = decodeURIComponent(channel ?? "");
  here.thread = thread ?? "";
}

function go(channel, thread = "") {
  location.hash = thread ? `${channel}/${thread}` : channel;
}

function toast(words) {
  const place = document.getElementById("toast");
  place.textContent = words;
  place.className = "on";
  setTimeout(() => { place.className = ""; }, 4000);
}

async function post(deed, body) {
  let answer;
  try {
    const response = await fetch(`/page/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: state.viewer, ...body }),
    });
    answer = response.ok ? await response.json() : { ok: false, error: await response.text() };
  } catch {
    answer = { ok: false, error: "the playground has stopped" };
  }
  if (!answer.ok && answer.error) toast(`That did not work: ${answer.error}`);
  return answer;
}

const currentChannel = () => state.channels.find((one) => one.id === state.channel);

function openThread(ts) {
  go(state.channel, ts);
  const box = () => document.querySelector("#thread textarea:enabled") ?? document.querySelector("#thread [aria-label='Close thread']");
  addEventListener("drawn", () => box()?.focus(), { once: true });
}

// What a block needs to be drawn: the names of users, and what its buttons do. `place` is its location.
function contextFor(place) {
  const context = {
    users: state.users,
    channels: state.channels,
    channel: state.channel,
    zone: state.users[state.viewer].tz,
    errors: place.errors,
    inputs: new Map(),
    openThread,
  };
  context.act = async (element, value) => {
    if (!(await confirmed(element.confirm))) return;
    const { errors, ...rest } = place;
    await post("click", { ...rest, action_id: element.action_id, block_id: element.block_id, value, filled: filled(context) });
  };
  return context;
}

// Redraw a message only when it changed, so that an open table page or a half-filled input stays.
function fillList(list, messages, draw) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = messages.map((message) => {
    const key = JSON.stringify([message, state.viewer]);
    const element = old.get(key) ?? draw(message);
    element.dataset.key = key;
    return element;
  });
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  if (wanted.length !== list.children.length || wanted.some((element, index) => element !== list.children[index])) {
    list.replaceChildren(...wanted);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

function withDays(messages) {
  const zone = state.users[state.viewer].tz;
  return messages.flatMap((message, index) => {
    const day = dayOf(message.ts, zone);
    return index && dayOf(messages[index - 1].ts, zone) === day ? [message] : [{ day }, message];
  });
}

function drawMessage(options) {
  return (message) => (message.day
    ? h("div", { class: "day", role: "separator" }, h("span", {}, message.day))
    : messageElement(message, contextFor({ channel: message.channel, ts: message.ts }), options));
}

async function direct(id) {
  const answer = await post("direct", { with: id });
  here.tab = "messages";
  go(answer.channel);
}

function become(user) {
  here.user = user;
  sessionStorage.setItem("user", user);
  refresh();
}

function keep(parent, id, make) {
  const present = [...parent.children].find((one) => one.dataset.part === id);
  if (present) return present;
  const made = make();
  made.dataset.part = id;
  return made;
}

// Why nobody can write here; null where people can.
function closed(channel, name) {
  if (channel.archived) return "This channel is archived";
  if (!channel.joined) return `You are not in ${name}`;
  return null;
}

function composerFor(channel, thread) {
  const app = appOf(channel);
  if (app && !app.tabs.takes_messages) return h("p", { class: "closed" }, "Sending messages to this app has been turned off.");
  const name = channel.kind === "im" ? state.users[channel.with].real_name : `#${channel.name}`;
  const reason = closed(channel, name);
  const label = reason ?? (thread ? "Reply" : `Message ${name}`);
  const send = (text) => {
    // After sending a message, scroll to it, however far up the viewer was reading.
    const list = document.querySelector(thread ? "#thread .messages" : "#channel .messages");
    list.scrollTop = list.scrollHeight;
    return post("say", { channel: channel.id, text, thread_ts: thread || undefined });
  };
  return composer({ label, disabled: Boolean(reason), context: () => state, takes: { takesCommands: !thread, takesGuests: channel.kind !== "im" }, draft: draft(state.viewer, channel.id, thread), send });
}

const appOf = (channel) => state.apps.find((one) => one.user === channel.with);

// The tab that is shown: the one chosen, if the app's manifest has it.
function tabOf(app) {
  if (!app) return "messages";
  if (app.tabs.home && (here.tab === "home" || !app.tabs.messages)) return "home";
  return app.tabs.messages ? "messages" : "none";
}

function showTab(name) {
  here.tab = name;
  draw();
}

function tabList(app, shown) {
  if (!app?.tabs.home || !app.tabs.messages) return null;
  const tab = (name, label) => h("button", { type: "button", role: "tab", "aria-selected": String(shown === name), tabindex: shown === name ? "0" : "-1", "data-hold": `tab ${name}`, onclick: () => showTab(name) }, label);
  const turn = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = shown === "home" ? "messages" : "home";
    showTab(other);
    document.querySelector(`[data-hold="tab ${other}"]`).focus();
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": app.name, onkeydown: turn }, tab("home", "Home"), tab("messages", "Messages"));
}

function drawHome(app) {
  if (!app.home) return h("div", { class: "home" }, h("p", { class: "empty" }, `${app.name} has not published its home tab yet.`));
  return h("div", { class: "home" }, renderBlocks(app.home.blocks, contextFor({ view: "home", app: app.id })));
}

let openedHome = "";

// The app learns that its home was opened, once for each time that somebody comes to it.
function tellHome(app) {
  const opened = app ? `${state.viewer} ${app.id}` : "";
  if (opened && opened !== openedHome) post("home", { app: app.id });
  openedHome = opened;
}

function headOf(channel, app, tab) {
  const title = channel.kind === "im" ? state.users[channel.with].real_name : [sign(channel), " ", channel.name];
  return h("header", { class: "channel-head" }, roomsButton(), h("h1", {}, title), h("span", { class: "muted grow" }, channel.topic), tabList(app, tab),
    channel.kind === "im" ? null : h("span", { class: "muted members" }, `${channel.members} members`));
}

function drawChannel() {
  const place = document.getElementById("channel");
  const channel = currentChannel();
  const app = appOf(channel);
  const tab = tabOf(app);
  tellHome(tab === "home" ? app : null);
  const head = keep(place, `head ${JSON.stringify([channel, tab, app?.tabs])}`, () => headOf(channel, app, tab));
  if (tab !== "messages") {
    const home = tab === "home"
      ? keep(place, `home ${app.id} ${app.home?.hash} ${state.viewer}`, () => drawHome(app))
      : keep(place, "nothing", () => h("p", { class: "home empty" }, `${app.name} has neither a home tab nor a messages tab.`));
    place.classList.remove("is-empty");
    if (home.isConnected && head.isConnected) return;
    // An app that publishes its home anew must not throw the reader back to its top.
    const before = place.querySelector(`[data-of="${app.id} ${state.viewer}"]`)?.scrollTop ?? 0;
    home.dataset.of = `${app.id} ${state.viewer}`;
    place.replaceChildren(head, home);
    home.scrollTop = before;
    return;
  }
  const part = `${channel.id} ${state.viewer} ${channel.joined} ${app?.tabs.takes_messages}`;
  const list = keep(place, `list ${part}`, () => h("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: "0" }));
  const box = keep(place, `box ${part}`, () => composerFor(channel, ""));
  const fresh = !list.isConnected;
  if (fresh) place.replaceChildren(head, list, box);
  else if (!head.isConnected) place.firstChild.replaceWith(head);
  place.classList.toggle("is-empty", state.messages.length === 0);
  place.classList.toggle("is-closed", !box.matches(".composer") || box.querySelector("textarea").disabled);
  fillList(list, withDays(state.messages), drawMessage({}));
  if (fresh) list.scrollTop = list.scrollHeight;
}

const threadPlace = (channel) => (channel.kind === "im" ? state.users[channel.with].real_name : `# ${channel.name}`);

// Afterwards the focus is where the thread was opened.
function closeThread() {
  const { ts } = document.querySelector("#thread .message").dataset;
  go(state.channel);
  addEventListener("drawn", () => document.querySelector(`#channel [data-ts="${ts}"] .replies`)?.focus({ preventScroll: true }), { once: true });
}

function drawThread() {
  const place = document.getElementById("thread");
  // "latest" gives a stable address before the message exists.
  const parent = here.thread === "latest"
    ? state.messages.findLast((one) => one.thread.length)
    : state.messages.find((one) => one.ts === here.thread);
  place.hidden = !parent;
  document.body.classList.toggle("with-thread", Boolean(parent));
  if (!parent) {
    place.replaceChildren();
    return;
  }
  const part = `${state.channel} ${parent.ts} ${state.viewer}`;
  const list = keep(place, `list ${part}`, () => h("div", { class: "messages", role: "log", "aria-label": "Replies", tabindex: "0" }));
  const box = keep(place, `box ${part}`, () => composerFor(currentChannel(), parent.ts));
  const fresh = !list.isConnected;
  if (fresh) {
    place.replaceChildren(
      h("header", { class: "channel-head" }, roomsButton(), h("h2", {}, "Thread"), h("span", { class: "muted grow" }, threadPlace(currentChannel())),
        h("button", { type: "button", class: "quiet", "aria-label": "Close thread", onclick: closeThread }, "✕")),
      list, box);
  }
  fillList(list, [parent, ...parent.thread], drawMessage({ inThread: true }));
  if (fresh) list.scrollTop = 0;
}

function draw() {
  const { hold: held, action } = document.activeElement?.dataset ?? {};
  const heldAtHome = document.activeElement?.closest(".home") ? action : null;
  drawSidebar(state, { go, direct, become });
  // Draw the thread first: if it is open, the conversation is narrower and so taller.
  drawThread();
  drawChannel();
  document.title = `${currentChannel().kind === "im" ? state.users[currentChannel().with].real_name : `#${currentChannel().name}`} · ${state.team.name}`;
  showModal(state.modal, contextFor, { submit: (values) => post("submit", { filled: values }), close: () => post("close", {}) });
  // What was redrawn gets its focus back.
  if (held && !document.activeElement?.dataset.hold) document.querySelector(`[data-hold="${CSS.escape(held)}"]`)?.focus();
  else if (heldAtHome && document.activeElement === document.body) document.querySelector(`.home [data-action="${CSS.escape(heldAtHome)}"]`)?.focus();
  dispatchEvent(new Event("drawn"));
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const where = new URLSearchParams({ user: here.user, channel: here.channel });
      const response = await fetch(`/page/state?${where}`);
      state = await response.json();
      draw();
    } while (again);
  } finally {
    asking = false;
  }
}

window.addEventListener("hashchange", () => { readHash(); refresh(); });
// Esc closes one thing at a time, the topmost. Lists, menus and dialogs close themselves.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
  if (closeSidebar() || document.querySelector("dialog[open]")) return;
  const hasOwnList = event.target.closest?.("select, input[type=time], input[type=date], input[type=datetime-local]");
  if (here.thread && !hasOwnList) closeThread();
});
readHash();
await refresh();

// A page that the browser keeps for its Back button must let go of its connection: there are six.
let live = null;
function listen() {
  live ??= new EventSource("/page/events");
  live.onmessage = () => refresh();
}
window.addEventListener("pagehide", () => { live?.close(); live = null; });
window.addEventListener("pageshow", listen);
listen();
