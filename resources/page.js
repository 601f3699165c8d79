// The standalone page at work: the probe follows the pointer, and the image follows the probe.
"use strict";

/** The lattice of decoded images as bytes, row by row as a picture is read: z2 falls, z1 rises. */
async function unpack({ lattice, columns, shape: [height, width, channels] }) {
  const packed = Uint8Array.from(atob(lattice), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const levels = new Uint8Array(await new Response(stream).arrayBuffer());
  // Packed as differences of neighbouring images, first along the rows, then down the columns.
  const image = height * width * channels;
  for (const stride of [image * columns, image]) {
    for (let i = stride; i < levels.length; i++) levels[i] += levels[i - stride];
  }
  return levels;
}

/** Write the image at (z1, z2), interpolated between its four lattice images, as RGBA into `pixels` (uint32). */
function decode(lattice, content, z1, z2, pixels) {
  const { rows, columns, low, high, shape: [height, width, channels] } = content;
  const count = height * width * channels;
  const between = (place, size) => {
    const before = Math.min(Math.floor(place * (size - 1)), Math.max(size - 2, 0));
    return [before, Math.min(before + 1, size - 1), place * (size - 1) - before];
  };
  const [left, right, rise] = between((z1 - low[0]) / (high[0] - low[0]), columns);
  const [up, down, fall] = between((high[1] - z2) / (high[1] - low[1]), rows);
  const [a, b] = [(up * columns + left) * count, (up * columns + right) * count];
  const [c, d] = [(down * columns + left) * count, (down * columns + right) * count];
  const [wa, wb, wc, wd] = [(1 - fall) * (1 - rise), (1 - fall) * rise, fall * (1 - rise), fall * rise];
  const level = (i) =>
    Math.round(wa * lattice[a + i] + wb * lattice[b + i] + wc * lattice[c + i] + wd * lattice[d + i]);
  for (let pixel = 0, i = 0; pixel < pixels.length; pixel++, i += channels) {
    const red = level(i);
    const green = channels === 1 ? red : level(i + 1);
    const blue = channels === 1 ? red : level(i + 2);
    pixels[pixel] = 0xff000000 | (blue << 16) | (green << 8) | red;
  }
}

/** Bokeh's document and the view of its plot, once they stand. */
function standing() {
  return new Promise((resolve) => {
    const look = () => {
      const bokeh = Bokeh.documents[0];
      const view = bokeh && Bokeh.index.find_one(bokeh.get_model_by_name("map"));
      if (view?.canvas_view?.events_el) resolve([bokeh, view]);
      else setTimeout(look, 20);
    };
    look();
  });
}

addEventListener("DOMContentLoaded", async () => {
  const element = (id) => document.getElementById(id);
  const content = JSON.parse(element("content").textContent);
  const { low, high, classes, shape: [height, width] } = content;
  const canvas = element("image");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);

  const [bokeh, view] = await standing();
  const named = (name) => bokeh.get_model_by_name(name);
  const plot = named("map");
  const place = named("place");
  // Bokeh lets a finger scroll the page where no tool of its own pans, which would end the drag.
  view.canvas_view.events_el.style.touchAction = "none";

  // Colours of the page, from its style sheet to Bokeh's canvas, again whenever the system's scheme changes.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`);
    const font = getComputedStyle(document.body).fontFamily;
    plot.outline_line_color = colour("line");
    for (const axis of [...plot.below, ...plot.left]) {
      axis.setv({
        axis_line_color: colour("line"), major_tick_line_color: colour("line"),
        major_label_text_color: colour("muted"), major_label_text_font: font,
        axis_label_text_color: colour("text"), axis_label_text_font: font,
      });
    }
    for (const grid of plot.center) grid.grid_line_color = colour("grid");
    for (const name of ["cross_z1", "cross_z2"]) named(name).glyph.setv({ line_color: colour("accent"), line_alpha: 0.45 });
    named("edge").glyph.line_color = colour("muted");
    named("probe").glyph.setv({ fill_color: colour("accent"), line_color: colour("surface") });
    named("colours").palette =
      classes.length ? classes.map((item) => (dark.matches ? item.dark : item.light)) : [content.colour];
  }
  dark.addEventListener("change", paint);
  paint();

  let lattice = null;
  let z = [0, 0];
  let frame = 0;
  let speaking = 0;

  function draw() {
    frame = 0;
    place.data.x[0] = z[0];
    place.data.y[0] = z[1];
    place.change.emit();
    z.forEach((value, i) => (element(`z${i + 1}`).textContent = content.one && i ? "unused" : text(value)));
    Object.assign(element("position").dataset, { z1: z[0], z2: z[1] });
    if (lattice) {
      decode(lattice, content, z[0], z[1], pixels);
      context.putImageData(image, 0, 0);
    }
    // A screen reader is told where a move ended, not every step of it.
    clearTimeout(speaking);
    speaking = setTimeout(() => (element("spoken").textContent = `z1 ${text(z[0])}, z2 ${text(z[1])}`), 400);
  }

  const text = (value) => value.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "\u2212");

  /** However many moves come in, the newest is drawn, once a frame. */
  function move(z1, z2) {
    z = [z1, content.one ? 0 : z2].map((value, i) => Math.min(Math.max(value, low[i]), high[i]));
    frame ||= requestAnimationFrame(draw);
  }

  for (const gesture of ["tap", "panstart", "pan", "panend"]) plot.on_event(gesture, (event) => move(event.x, event.y));

  element("map").addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.25 : 0.05;
    move(z[0] + step * way[0], z[1] + step * way[1]);
  });

  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  element("home").onclick = () => move(0, 0);
  element("random").onclick = () => move(normal(), normal());
  element("fit").onclick = () => view.reset();

  const chips = [...document.querySelectorAll("[data-class]")];
  const all = element("all");
  const pressed = (chip) => chip.getAttribute("aria-pressed") === "true";
  const label = Array.from(named("points").data.label);
  function show(some, on) {
    for (const chip of some) chip.setAttribute("aria-pressed", on);
    const shown = chips.map(pressed);
    all?.setAttribute("aria-pressed", shown.every(Boolean));
    named("shown").booleans = label.map((k) => shown[k]);
  }
  for (const chip of chips) chip.onclick = () => show([chip], !pressed(chip));
  if (all) all.onclick = () => show(chips, !pressed(all));

  move(0, 0);
  try {
    lattice = await unpack(content);
    move(...z);
  } catch (error) {
    element("failure").hidden = false;
    element("failure").textContent =
      typeof DecompressionStream === "undefined"
        ? "This browser is too old to unpack the images: open the page in one from 2023 or later."
        : `The images of this page cannot be unpacked, so it may be damaged: ask for it again. (${error.message})`;
  }
});
