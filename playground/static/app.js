// The page: sidebar, conversation, thread. The server is the only source of what is shown.

import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h, svg } from "./dom.js";
import { avatar, dayOf, messageElement } from "./message.js";
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
  const response = await fetch(`/page/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: state.viewer, ...body }),
  });
  const answer = response.ok ? await response.json() : { ok: false, error: await response.text() };
  if (!answer.ok && answer.error) toast(`That did not work: ${answer.error}`);
  return answer;
}

const currentChannel = () => state.channels.find((one) => one.id === state.channel);
const openThread = (ts) => go(state.channel, ts);

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

function sign(channel) {
  if (channel.kind !== "private") return "#";
  return svg("svg", { viewBox: "0 0 12 13", class: "lock", role: "img", "aria-label": "Private" }, svg("path", { d: "M3 5.5V4a3 3 0 0 1 6 0v1.5M1.5 5.5h9v6.5h-9z" }));
}

function sidebarItem(label, { current, onclick, mark, muted }) {
  return h("li", {}, h("button", { type: "button", class: muted ? "item muted" : "item", "aria-current": current ? "page" : null, onclick }, h("span", { class: "mark", "aria-hidden": "true" }, mark), label));
}

async function direct(id) {
  const answer = await post("direct", { with: id });
  here.tab = "messages";
  go(answer.channel);
}

function drawSidebar() {
  const current = currentChannel();
  const rooms = state.channels.filter((one) => one.kind !== "im");
  const others = Object.values(state.users).filter((one) => !one.is_bot && one.id !== state.viewer);
  const people = Object.values(state.users).filter((one) => !one.is_bot);
  const room = (one) => sidebarItem(one.name, { current: one === current, onclick: () => go(one.id), mark: sign(one), muted: one.archived });
  document.getElementById("sidebar").replaceChildren(
    h("div", { class: "team" }, h("strong", {}, state.team.name), h("small", {}, "Local playground")),
    h("div", { class: "sidebar-scroll" },
      h("h2", {}, "Channels"), h("ul", {}, rooms.map(room)),
      h("h2", {}, "Direct messages"), h("ul", {}, others.map((one) => sidebarItem(one.real_name, { current: current.with === one.id, onclick: () => direct(one.id), mark: avatar(one) }))),
      state.apps.length ? [h("h2", {}, "Apps"), h("ul", {}, state.apps.map((one) => sidebarItem(one.name, { current: current.with === one.user, onclick: () => direct(one.user), mark: avatar(state.users[one.user]) })))] : null),
    h("label", { class: "viewer" }, h("span", {}, "You are"),
      h("select", { onchange: (event) => become(event.target.value) }, people.map((one) => h("option", { value: one.id, selected: one.id === state.viewer }, `${one.real_name} (${one.tz})`)))));
}

function become(user) {
  here.user = user;
  sessionStorage.setItem("user", user);
  refresh();
}

function keep(parent, id, make) {
  const present = parent.querySelector(`:scope > [data-part="${id}"]`);
  if (present) return present;
  const made = make();
  made.dataset.part = id;
  return made;
}

function composerFor(channel, thread) {
  const joined = channel.joined && !channel.archived;
  const name = channel.kind === "im" ? state.users[channel.with].real_name : `#${channel.name}`;
  const reason = channel.archived ? "This channel is archived" : `You are not in ${name}`;
  const label = joined ? (thread ? "Reply" : `Message ${name}`) : reason;
  const send = (text) => {
    // After sending a message, scroll to it, however far up the viewer was reading.
    const list = document.querySelector(thread ? "#thread .messages" : "#channel .messages");
    list.scrollTop = list.scrollHeight;
    return post("say", { channel: channel.id, text, thread_ts: thread || undefined });
  };
  return composer({ label, disabled: !joined, context: () => state, send });
}

async function openHome(app) {
  here.tab = "home";
  draw();
  await post("home", { app: app.id });
}

function drawHome(app) {
  if (!app.home) return h("div", { class: "home" }, h("p", { class: "empty" }, `${app.name} has not published its home tab yet.`));
  return h("div", { class: "home" }, renderBlocks(app.home.blocks, contextFor({ view: "home", app: app.id })));
}

function drawChannel() {
  const place = document.getElementById("channel");
  const channel = currentChannel();
  const app = state.apps.find((one) => one.user === channel.with);
  const title = channel.kind === "im" ? state.users[channel.with].real_name : [sign(channel), " ", channel.name];
  const tab = (name, label, onclick) => h("button", { type: "button", role: "tab", "aria-selected": String(here.tab === name), onclick }, label);
  const tabs = app ? h("div", { class: "tabs", role: "tablist" }, tab("home", "Home", () => openHome(app)), tab("messages", "Messages", () => { here.tab = "messages"; draw(); })) : null;
  const head = h("header", { class: "channel-head" }, h("h1", {}, title), h("span", { class: "muted grow" }, channel.topic), tabs,
    channel.kind === "im" ? null : h("span", { class: "muted" }, `${channel.members} members`));
  if (app && here.tab === "home") {
    place.replaceChildren(head, drawHome(app));
    return;
  }
  const part = `${channel.id} ${state.viewer} ${channel.joined}`;
  const list = keep(place, `list ${part}`, () => h("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: "0" }));
  const box = keep(place, `box ${part}`, () => composerFor(channel, ""));
  const fresh = !list.isConnected;
  if (fresh) place.replaceChildren(head, list, box);
  else place.firstChild.replaceWith(head);
  const empty = state.messages.length === 0;
  place.classList.toggle("is-empty", empty);
  fillList(list, withDays(state.messages), drawMessage({}));
  if (fresh) list.scrollTop = list.scrollHeight;
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
      h("header", { class: "channel-head" }, h("h2", {}, "Thread"), h("span", { class: "muted grow" }, `# ${currentChannel().name}`),
        h("button", { type: "button", class: "quiet", "aria-label": "Close thread", onclick: () => go(state.channel) }, "✕")),
      list, box);
  }
  fillList(list, [parent, ...parent.thread], drawMessage({ inThread: true }));
  if (fresh) list.scrollTop = 0;
}

function draw() {
  drawSidebar();
  // Draw the thread first: if it is open, the conversation is narrower and so taller.
  drawThread();
  drawChannel();
  document.title = `${currentChannel().kind === "im" ? state.users[currentChannel().with].real_name : `#${currentChannel().name}`} · ${state.team.name}`;
  showModal(state.modal, contextFor, { submit: (values) => post("submit", { filled: values }), close: () => post("close", {}) });
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
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && here.thread && !document.querySelector("dialog[open]")) go(state.channel);
});
readHash();
await refresh();
new EventSource("/page/events").onmessage = () => refresh();
