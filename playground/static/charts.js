// data_visualization blocks as inline SVG.

import { h, svg } from "./dom.js";

const COLOURS = Array.from({ length: 12 }, (_, index) => `var(--chart-${index})`);
const WIDTH = 520;
const HEIGHT = 220;
const LEFT = 46;
const RIGHT = 12;
const TOP = 10;

function nice(most) {
  const power = 10 ** Math.floor(Math.log10(most || 1));
  return [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= most) ?? 1;
}

function short(value) {
  return Math.abs(value) >= 10000 ? `${Math.round(value / 1000)}k` : value.toLocaleString("en-GB", { maximumFractionDigits: 1 });
}

function legend(names) {
  return h("ul", { class: "legend" }, names.map((name, index) =>
    h("li", {}, svg("svg", { width: 10, height: 10, "aria-hidden": "true" }, svg("rect", { width: 10, height: 10, rx: 2, fill: COLOURS[index] })), name)));
}

function summary(title, series) {
  return `${title}. ${series.map((one) => `${one.name}: ${one.data.map((point) => `${point.label} ${point.value}`).join(", ")}`).join(". ")}`;
}

function axes(block) {
  const { type, series, axis_config: axis } = block.chart;
  const { categories } = axis;
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const most = nice(Math.max(...values, 0));
  const least = Math.min(...values, 0) < 0 ? -nice(-Math.min(...values)) : 0;
  const bottom = HEIGHT - (axis.x_label ? 44 : 28);
  const y = (value) => TOP + (bottom - TOP) * (1 - (value - least) / (most - least));
  const band = (WIDTH - LEFT - RIGHT) / categories.length;
  const middle = (index) => LEFT + band * (index + 0.5);
  const value = (one, category) => one.data.find((point) => point.label === category).value;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": summary(block.title, series) });

  for (let step = 0; step <= 4; step += 1) {
    const at = least + ((most - least) * step) / 4;
    picture.append(
      svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at), class: at === 0 ? "zero" : "grid-line" }),
      svg("text", { x: LEFT - 6, y: y(at) + 3.5, class: "tick end" }, short(at)));
  }
  const every = Math.ceil(categories.length / Math.max(1, Math.floor((WIDTH - LEFT) / 52)));
  categories.forEach((category, index) => {
    if (index % every === 0) picture.append(svg("text", { x: middle(index), y: bottom + 16, class: "tick middle" }, category));
  });
  if (axis.x_label) picture.append(svg("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, class: "axis middle" }, axis.x_label));
  if (axis.y_label) picture.append(svg("text", { transform: `translate(10 ${(TOP + bottom) / 2}) rotate(-90)`, class: "axis middle" }, axis.y_label));

  const tip = (name, category, amount) => svg("title", {}, `${name}, ${category}: ${amount.toLocaleString("en-GB")}`);
  series.forEach((one, number) => {
    const colour = COLOURS[number];
    const points = categories.map((category, index) => [middle(index), y(value(one, category)), category, value(one, category)]);
    if (type === "bar") {
      const width = Math.min(38, (band * 0.72) / series.length);
      for (const [x, top, category, amount] of points) {
        const left = x - (width * series.length) / 2 + width * number;
        picture.append(svg("rect", { x: left + 1, y: Math.min(top, y(0)), width: width - 2, height: Math.max(1, Math.abs(y(0) - top)), rx: 2, fill: colour }, tip(one.name, category, amount)));
      }
      return;
    }
    const path = points.map(([x, top], index) => `${index ? "L" : "M"}${x} ${top}`).join("");
    if (type === "area") picture.append(svg("path", { d: `${path}L${points.at(-1)[0]} ${y(0)}L${points[0][0]} ${y(0)}Z`, fill: colour, opacity: 0.18 }));
    picture.append(svg("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-linejoin": "round" }));
    for (const [x, top, category, amount] of points) picture.append(svg("circle", { cx: x, cy: top, r: 3.2, fill: colour }, tip(one.name, category, amount)));
  });
  return [picture, series.length > 1 ? legend(series.map((one) => one.name)) : null];
}

function pie(block) {
  const { segments } = block.chart;
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  const words = segments.map((one) => `${one.label} ${Math.round((100 * one.value) / total)} %`);
  const picture = svg("svg", { viewBox: "-100 -100 200 200", class: "chart pie", role: "img", "aria-label": `${block.title}. ${words.join(", ")}` });
  let from = -Math.PI / 2;
  segments.forEach((one, index) => {
    const share = one.value / total;
    const to = from + share * 2 * Math.PI;
    const point = (angle) => `${90 * Math.cos(angle)} ${90 * Math.sin(angle)}`;
    const slice = segments.length === 1
      ? svg("circle", { r: 90, fill: COLOURS[index] })
      : svg("path", { d: `M0 0L${point(from)}A90 90 0 ${share > 0.5 ? 1 : 0} 1 ${point(to)}Z`, fill: COLOURS[index], stroke: "var(--paper)", "stroke-width": 1.5 });
    slice.append(svg("title", {}, words[index]));
    picture.append(slice);
    from = to;
  });
  return [picture, legend(words)];
}

export function chart(block) {
  const drawing = block.chart.type === "pie" ? pie(block) : axes(block);
  return h("figure", { class: block.chart.type === "pie" ? "viz round" : "viz" }, h("figcaption", {}, block.title), drawing);
}
