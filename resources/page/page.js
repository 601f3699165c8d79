// The standalone page: the probe follows the pointer, and the decoded image follows the probe.
"use strict";

/** Resolves to Bokeh's document and the view of its plot when both are ready. */
function standing() {
  return new Promise((resolve) => {
    const look = () => {
      const bokeh = Bokeh.documents[0];
      const view = bokeh && Bokeh.index.find_one(bokeh.get_model_by_name("map"));
      if (view?.canvas_view?.events_el && view.frame) resolve([bokeh, view]);
      else setTimeout(look, 10);
    };
    look();
  });
}

/** A coordinate as text with two decimals. */
const text = (value) => value.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "\u2212");

/** The coordinates in the page's address, such as [0.71, 1.79] from "#z=0.71,1.79", or null. */
function linked() {
  const found = location.hash.match(/^#z=(-?[\d.]+)(?:,(-?[\d.]+))?$/);
  const z = found && [Number(found[1]), Number(found[2] ?? 0)];
  return z?.every(Number.isFinite) ? z : null;
}

addEventListener("DOMContentLoaded", () => {
  const element = (id) => document.getElementById(id);
  const fail = (what) => Object.assign(element("failure"), { hidden: false, textContent: what });
  begin(element, fail).catch((error) => {
    fail(
      typeof DecompressionStream === "undefined" || typeof OffscreenCanvas === "undefined"
        ? "This browser is too old for the decoder: open the page in a browser from 2023 or later."
        : `This page does not work and may be damaged: ask for a new copy. (${error.message})`,
    );
  });
});

async function begin(element, fail) {
  const content = JSON.parse(element("content").textContent);
  const { classes, shape: [height, width], latent_dim: latentDim, plane: { names, directions, held } } = content;
  const one = latentDim === 1;
  const canvas = element("image");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);

  // The empty map is drawn while the arrays are unpacked.
  const unpacking = unpackArrays(element("arrays").textContent, content.arrays);
  unpacking.catch(() => {});
  const [bokeh, view] = await standing();
  const named = (name) => bokeh.get_model_by_name(name);
  const plot = named("map");
  const probe = named("probe_position");
  // Without these settings Bokeh lets a finger on the map scroll the page, which would end the drag, outlines the map
  // after a click, and makes it a second stop of the Tab key.
  Object.assign(view.canvas_view.events_el.style, { touchAction: "none", outline: "none" });
  view.el.tabIndex = -1;

  // Bokeh's canvas takes its colours from the page's style sheet, again whenever the system's colour scheme changes.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const pressed = (button) => button.getAttribute("aria-pressed") === "true";
  function paint() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`);
    const font = getComputedStyle(document.body).fontFamily;
    for (const axis of [...plot.below, ...plot.left]) {
      axis.setv({
        axis_line_color: colour("line"), major_tick_line_color: colour("line"),
        major_label_text_color: colour("muted"), major_label_text_font: font,
        axis_label_text_color: colour("text"), axis_label_text_font: font,
      });
    }
    for (const grid of plot.center) grid.grid_line_color = colour("grid");
    named("edge").glyph.line_color = colour("muted");
    named("probe").glyph.setv({ fill_color: colour("accent"), line_color: colour("surface") });
    named("way_ends").glyph.setv({ fill_color: colour("surface"), line_color: colour("accent") });
    named("way_names").glyph.setv({ text_color: colour("text"), text_font: font });
    const lifted = dark.matches || pressed(element("sheet-button")); // brighter on the mostly dark images
    const line = colour(lifted && !dark.matches ? "lifted" : "accent");
    for (const name of ["cross_z1", "cross_z2", "way_line", "path_line"]) named(name).glyph.setv({ line_color: line });
    named("colours").palette =
      classes.length ? classes.map((item) => (lifted ? item.dark : item.light)) : [content.colour];
  }
  dark.addEventListener("change", paint);
  paint();

  const arrays = await unpacking;
  const decoder = content.lattice
    ? createLattice(arrays.levels, { ...content.lattice, shape: content.shape, latentDim, directions })
    : await createDecoder(content.decoder, content.weights.map((name) => arrays[name]));

  /** The latent codes (n, latentDim) of points [x, y] of the map, which is a plane in the latent space. */
  function toCodes(points) {
    const codes = new Float32Array(points.length * latentDim);
    points.forEach(([x, y], k) => {
      for (let i = 0; i < latentDim; i++) {
        codes[k * latentDim + i] = held[i] + x * directions[0][i] + y * directions[1][i];
      }
    });
    return codes;
  }

  const chips = [...document.querySelectorAll("[data-class]")];
  let nearest = () => ""; // replaced when the examples are unpacked
  const embedded = window.parent !== window;
  let z = [0, 0];
  let exact = null; // the latent code at the probe where it need not lie in the plane of the map, null: it does
  let frame = 0;
  let speaking = 0;

  function draw() {
    frame = 0;
    probe.data.x[0] = z[0];
    probe.data.y[0] = z[1];
    probe.change.emit();
    z.forEach((value, i) => (element(`z${i + 1}`).textContent = one && i ? "unused" : text(value)));
    Object.assign(element("position").dataset, { z1: z[0], z2: z[1] });
    const codes = exact ?? toCodes([z]);
    paintImage(decoder.decode(codes, 1), 0, content.shape, pixels);
    context.putImageData(image, 0, 0);
    const beside = nearest(codes, chips.map(pressed));
    // The screen reader, the image's label and the address are updated when a move ends, not at each of its steps.
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      const where = names.slice(0, latentDim).map((name, i) => `${name} ${text(z[i])}`).join(", ");
      element("spoken").textContent = beside ? `${where}; ${beside}` : where;
      canvas.setAttribute("aria-label", `Decoded image at ${where}`);
      link();
    }, 400);
  }

  /** Moves the probe. Only the newest position is drawn, once per frame. */
  function move(z1, z2, code = null) {
    if (!Number.isFinite(z1) || !Number.isFinite(z2)) return;
    const { low, high } = content.lattice ?? { low: [-1e3, -1e3], high: [1e3, 1e3] };
    z = [z1, one ? 0 : z2].map((value, i) => Math.min(Math.max(value, low[i]), high[i]));
    exact = code;
    frame ||= requestAnimationFrame(draw);
  }

  /** Writes the position of the probe into the page's address and returns the address, which can be kept and sent. */
  function link() {
    const hash = `#z=${z.slice(0, latentDim).map((value) => String(Number(value.toFixed(3)))).join(",")}`;
    try {
      history.replaceState(null, "", hash);
    } catch {} // a page inside another one may not change its address
    return location.href.replace(/#.*|$/, hash);
  }

  const journey = createJourney(
    element, [[-1.28, 0], [1.28, 0]], () => [...z], move, carried(content, arrays), (ends, points) => {
      const of = (list, i) => list.map((point) => point[i]);
      const names = ends.map((_, k) => (points.length ? String(k + 1) : "AB"[k]));
      named("way").data = { x: of(ends, 0), y: of(ends, 1), name: names };
      named("way_line").visible = !points.length;
      named("path").data = { x: of(points, 0), y: of(points, 1) };
    },
  );
  function goto(z1, z2) {
    journey.pause();
    move(z1, z2);
  }

  // A drag that begins on the axes does not move the probe.
  const inside = ({ sx, sy }) => view.frame.bbox.contains(sx, sy);
  let dragging = false;
  plot.on_event("tap", (event) => inside(event) && goto(event.x, event.y));
  plot.on_event("panstart", (event) => {
    dragging = inside(event);
    if (dragging) goto(event.x, event.y);
  });
  for (const gesture of ["pan", "panend"]) plot.on_event(gesture, (event) => dragging && goto(event.x, event.y));
  // Bokeh reports a finger or button that rests before it moves as a press, not as a pan; it drags the probe, too.
  let resting = false;
  plot.on_event("press", (event) => {
    resting = inside(event);
    if (resting) goto(event.x, event.y);
  });
  plot.on_event("mousemove", (event) => resting && goto(event.x, event.y));
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (resting = false), true);

  element("map").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    const nearer = { "+": 0.8, "=": 0.8, "-": 1.25 }[event.key];
    if (!way && !nearer) return;
    event.preventDefault();
    if (nearer) return showAround(z, nearer);
    const step = event.shiftKey ? 0.25 : 0.05;
    goto(z[0] + step * way[0], z[1] + step * way[1]);
    const [x, y] = [plot.x_range, plot.y_range];
    if (!(x.start < z[0] && z[0] < x.end && y.start < z[1] && z[1] < y.end)) showAround(z, 1);
  });

  /** Centres the map on a point and multiplies its sides by `times`. */
  function showAround(point, times) {
    [plot.x_range, plot.y_range].forEach((range, i) => {
      const half = Math.min(Math.max(((range.end - range.start) * times) / 2, 0.001), 1000);
      range.setv({ start: point[i] - half, end: point[i] + half });
    });
  }

  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  element("home").onclick = () => goto(0, 0);
  element("random").onclick = () => goto(normal(), normal());
  element("fit").onclick = () => fit();
  element("save").onclick = () => save(
    canvas, `decoded ${names.slice(0, latentDim).map((name, i) => `${name} ${z[i].toFixed(2)}`).join(" ")}.png`,
  );
  element("link").onclick = async () => {
    try {
      await navigator.clipboard.writeText(link());
      element("spoken").textContent = element("link").textContent = "Copied";
    } catch {
      element("link").textContent = embedded ? "Not here" : "See address";
    }
    setTimeout(() => (element("link").textContent = "Copy link"), 1500);
  };
  addEventListener("hashchange", () => linked() && goto(...linked()));

  // Inside another page the wheel scrolls that page until the map is pressed.
  if (embedded) {
    const wheel = named("wheel");
    wheel.active = false;
    element("map").addEventListener("focusin", () => (wheel.active = true));
    element("map").addEventListener("focusout", () => (wheel.active = false));
  }

  const sheet = createSheet(element("sheet"), decoder, () => ({
    left: view.frame.bbox.left, top: view.frame.bbox.top, width: view.frame.bbox.width, height: view.frame.bbox.height,
    x0: plot.x_range.start, x1: plot.x_range.end, y0: plot.y_range.start, y1: plot.y_range.end,
  }), toCodes);
  element("sheet-button").onclick = (event) => {
    const on = !pressed(event.currentTarget);
    event.currentTarget.setAttribute("aria-pressed", on);
    for (const grid of plot.center) grid.visible = !on;
    paint();
    if (on) sheet.show();
    else sheet.hide();
  };
  let viewed = 0; // the requested animation frame that adapts proportion and sheet to the view, 0: none
  let whole = true; // whether the view shows the whole map
  const follow = () => {
    viewed ||= requestAnimationFrame(() => {
      viewed = 0;
      keepProportion();
      sheet.moved();
    });
  };
  let fitting = false; // whether the page itself, and not the reader, is changing the ranges
  for (const range of [plot.x_range, plot.y_range]) {
    range.change.connect(() => {
      whole &&= fitting;
      follow();
    });
  }
  // The size of the frame changes with the page and with the length of the labels.
  for (const side of ["inner_width", "inner_height"]) plot.properties[side].change.connect(follow);
  follow();

  function fit() {
    whole = true;
    follow();
  }

  /** Keeps a unit equally long on both axes for every frame and zoom. */
  function keepProportion() {
    const { x_range: x, y_range: y } = plot;
    const { width, height } = view.frame.bbox;
    if (!(width > 0 && height > 0)) return;
    const [[left, bottom], [right, top]] = content.whole;
    const unit = whole ? Math.max((right - left) / width, (top - bottom) / height) : (x.end - x.start) / width;
    const centre = whole ? [(left + right) / 2, (bottom + top) / 2] : [(x.start + x.end) / 2, (y.start + y.end) / 2];
    fitting = true;
    [x, y].forEach((range, i) => {
      const half = (unit * [width, height][i]) / 2;
      const [start, end] = [centre[i] - half, centre[i] + half];
      if (Math.abs(range.start - start) + Math.abs(range.end - end) > 0.005 * half) range.setv({ start, end });
    });
    fitting = false;
  }

  const points = element("points-button");
  if (points) {
    points.onclick = () => {
      points.setAttribute("aria-pressed", !pressed(points));
      named("scatter").visible = pressed(points);
    };
  }

  const all = element("all");
  function show(some, on) {
    for (const chip of some) chip.setAttribute("aria-pressed", on);
    const shown = chips.map(pressed);
    all?.setAttribute("aria-pressed", shown.every(Boolean));
    named("shown").booleans = Array.from(named("points").data.label, (k) => shown[k]);
    frame ||= requestAnimationFrame(draw);
  }
  for (const chip of chips) chip.onclick = () => show([chip], !pressed(chip));
  if (all) all.onclick = () => show(chips, !pressed(all));

  move(...(linked() ?? [0, 0]));
  if (arrays.z_mean) named("points").data = mapped(arrays, directions);
  createNearest(element, content, arrays).then((found) => {
    nearest = found;
    frame ||= requestAnimationFrame(draw);
  });
  requestAnimationFrame(() => {
    performance.mark("decoded");
    if (arrays.check_codes) check(element, fail, decoder, arrays);
  });
}

/** The paths of the page, each as the journey takes it. */
function carried({ paths = [], latent_dim: latentDim, plane: { directions } }, arrays) {
  return paths.map(({ anchors }, number) => {
    const all = arrays[`path_${number}`];
    const codes = Array.from({ length: all.length / latentDim }, (_, k) =>
      all.slice(k * latentDim, (k + 1) * latentDim));
    const along = (code, direction) => direction.reduce((sum, value, i) => sum + value * code[i], 0);
    return { anchors, codes, points: codes.map((code) => directions.map((direction) => along(code, direction))) };
  });
}

/** The points of the map as Bokeh's columns. With one dimension the second coordinate only spreads the points. */
function mapped({ z_mean, label, group, spread }, directions) {
  const latentDim = directions[0].length;
  const along = (direction) => Float32Array.from({ length: z_mean.length / latentDim }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < latentDim; i++) sum += z_mean[k * latentDim + i] * direction[i];
    return sum;
  });
  return { x: along(directions[0]), y: spread ?? along(directions[1]), label: group ?? label };
}

/** Offers the picture on `canvas` as a PNG file, enlarged so that its pixels are visible squares. */
function save(canvas, name) {
  const scale = Math.max(1, Math.round(512 / Math.max(canvas.width, canvas.height)));
  const larger = document.createElement("canvas");
  Object.assign(larger, { width: canvas.width * scale, height: canvas.height * scale });
  const context = larger.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, larger.width, larger.height);
  larger.toBlob((blob) => {
    const link = document.createElement("a");
    Object.assign(link, { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
