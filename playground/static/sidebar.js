// The list of channels, people and apps. Below 640 pixels it lies over the page, opened by a button.

import { h, svg } from "./dom.js";
import { avatar } from "./message.js";

const NARROW = matchMedia("(max-width: 640px)");
const place = () => document.getElementById("sidebar");
const rest = () => [document.getElementById("channel"), document.getElementById("thread")];
const isOpen = () => document.body.classList.contains("rooms-open");

function set(open) {
  document.body.classList.toggle("rooms-open", open);
  for (const one of rest()) one.inert = open;
  for (const one of document.querySelectorAll(".rooms-button")) one.setAttribute("aria-expanded", String(open));
}

function open() {
  set(true);
  (place().querySelector("[aria-current]") ?? place().querySelector("button")).focus();
}

// Return whether there was something to close.
export function closeSidebar() {
  if (!isOpen()) return false;
  set(false);
  [...document.querySelectorAll(".rooms-button")].find((one) => one.checkVisibility())?.focus();
  return true;
}

NARROW.addEventListener("change", () => set(false));
document.addEventListener("click", (event) => { if (event.target === document.body) closeSidebar(); });

export function roomsButton() {
  return h("button", { type: "button", class: "quiet rooms-button", "aria-label": "Channels", "aria-controls": "sidebar", "aria-expanded": String(isOpen()), "data-hold": "rooms", onclick: open }, h("span", { "aria-hidden": "true" }, "☰"));
}

export function sign(channel) {
  if (channel.kind !== "private") return "#";
  return svg("svg", { viewBox: "0 0 12 13", class: "lock", role: "img", "aria-label": "Private" }, svg("path", { d: "M3 5.5V4a3 3 0 0 1 6 0v1.5M1.5 5.5h9v6.5h-9z" }));
}

function item(label, { current, go, mark, muted, hold }) {
  const onclick = () => { closeSidebar(); go(); };
  return h("li", {}, h("button", { type: "button", class: muted ? "item muted" : "item", "aria-current": current ? "page" : null, "data-hold": hold, onclick }, h("span", { class: "mark", "aria-hidden": "true" }, mark), label));
}

// Redrawn only when it changed, so that an open menu stays open while messages arrive.
export function drawSidebar(state, { go, direct, become }) {
  const key = JSON.stringify([state.team, state.viewer, state.channel, state.channels, state.users, state.apps.map((one) => [one.name, one.user])]);
  if (place().dataset.key === key) return;
  place().dataset.key = key;
  const current = state.channels.find((one) => one.id === state.channel);
  const rooms = state.channels.filter((one) => one.kind !== "im");
  const people = Object.values(state.users).filter((one) => !one.is_bot);
  const person = (id, name) => item(name, { current: current.with === id, go: () => direct(id), mark: avatar(state.users[id]), hold: id });
  const section = (title, items) => [h("h2", {}, title), h("ul", {}, items)];
  place().replaceChildren(
    h("div", { class: "team" },
      h("div", { class: "grow" }, h("strong", {}, state.team.name), h("small", {}, "Local playground")),
      h("button", { type: "button", class: "quiet close-rooms", "aria-label": "Close channels", "data-hold": "close rooms", onclick: closeSidebar }, "✕")),
    h("div", { class: "sidebar-scroll" },
      section("Channels", rooms.map((one) => item(one.name, { current: one === current, go: () => go(one.id), mark: sign(one), muted: one.archived, hold: one.id }))),
      section("Direct messages", people.filter((one) => one.id !== state.viewer).map((one) => person(one.id, one.real_name))),
      state.apps.length ? section("Apps", state.apps.map((one) => person(one.user, one.name))) : null),
    h("label", { class: "viewer" }, h("span", {}, "You are"),
      h("select", { "data-hold": "viewer", onchange: (event) => become(event.target.value) }, people.map((one) => h("option", { value: one.id, selected: one.id === state.viewer }, `${one.real_name} (${one.tz})`)))));
}
