// The sheet: decoded images that fill the view of the map, behind the points.
"use strict";

const SHEET_SIDE = 20; // images along the shorter side of the view
const SHEET_LONGEST = 48; // most images along the longer side
const FRAME_SHARE = 6; // milliseconds of each frame that decoding may take

/**
 * Draws on `canvas`, which lies behind the map. `frame()` returns the view: { left, top, width, height } in pixels of
 * the canvas's parent, and { x0, x1, y0, y1 } in coordinates of the map. `toCodes(points)` returns the latent codes of
 * points (n, 2).
 */
function createSheet(canvas, decoder, frame, toCodes) {
  const [height, width] = decoder.imageShape;
  const context = canvas.getContext("2d");
  const tile = new OffscreenCanvas(width, height);
  const tileContext = tile.getContext("2d");
  const image = tileContext.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const count = decoder.imageShape.reduce((a, b) => a * b, 1);
  let drawn = null; // the coordinates of the map that the canvas shows
  let generation = 0;
  let batch = 1;

  /** Moves and scales the drawn sheet to its position in the present view. */
  function follow(view) {
    const across = view.width / (view.x1 - view.x0);
    const up = view.height / (view.y1 - view.y0);
    Object.assign(canvas.style, {
      left: `${view.left + (drawn.x0 - view.x0) * across}px`,
      top: `${view.top + (view.y1 - drawn.y1) * up}px`,
      width: `${(drawn.x1 - drawn.x0) * across}px`,
      height: `${(drawn.y1 - drawn.y0) * up}px`,
    });
    const clip = [view.top - parseFloat(canvas.style.top), view.left - parseFloat(canvas.style.left)];
    const [high, wide] = [parseFloat(canvas.style.height), parseFloat(canvas.style.width)];
    canvas.style.clipPath =
      `inset(${clip[0]}px ${wide - clip[1] - view.width}px ${high - clip[0] - view.height}px ${clip[1]}px)`;
  }

  /** Decodes the sheet for the present view from its middle outwards, some images per frame; a newer call ends it. */
  function draw() {
    const mine = ++generation;
    const view = frame();
    if (!(view.width > 0 && view.height > 0)) return;
    const [shorter, longer] = [Math.min(view.width, view.height), Math.max(view.width, view.height)];
    const side = Math.max(shorter / SHEET_SIDE, longer / SHEET_LONGEST);
    const cell = [side * Math.sqrt(width / height), side * Math.sqrt(height / width)]; // in pixels, in the proportion of an image
    const [columns, rows] = [Math.ceil(view.width / cell[0]), Math.ceil(view.height / cell[1])];
    const scale = Math.min(1, (cell[0] * devicePixelRatio) / width);
    const [across, up] = [Math.ceil(width * scale), Math.ceil(height * scale)];
    const step = [cell[0] * (view.x1 - view.x0) / view.width, cell[1] * (view.y1 - view.y0) / view.height];
    // The sheet has whole images and is centred in the view.
    const origin = [
      (view.x0 + view.x1 - columns * step[0]) / 2,
      (view.y0 + view.y1 + rows * step[1]) / 2,
    ];
    const cells = []; // [row, column, distance from the middle]
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        cells.push([row, column, Math.hypot(row - (rows - 1) / 2, column - (columns - 1) / 2)]);
      }
    }
    cells.sort((a, b) => a[2] - b[2]);
    let next = 0;
    // The old sheet is kept, moved and scaled, until the new one covers it.
    const old = drawn && new OffscreenCanvas(canvas.width, canvas.height);
    old?.getContext("2d").drawImage(canvas, 0, 0);
    const shown = { x0: origin[0], x1: origin[0] + columns * step[0], y0: origin[1] - rows * step[1], y1: origin[1] };
    Object.assign(canvas, { width: columns * across, height: rows * up });
    if (old) {
      const [perX, perY] = [canvas.width / (shown.x1 - shown.x0), canvas.height / (shown.y1 - shown.y0)];
      context.drawImage(
        old, (drawn.x0 - shown.x0) * perX, (shown.y1 - drawn.y1) * perY,
        (drawn.x1 - drawn.x0) * perX, (drawn.y1 - drawn.y0) * perY,
      );
    }
    drawn = shown;
    follow(view);
    canvas.dataset.done = "";

    function slice() {
      if (mine !== generation) return;
      const began = performance.now();
      while (next < cells.length && performance.now() - began < FRAME_SHARE) {
        const some = cells.slice(next, next + batch);
        const points = some.map(([row, column]) => [
          origin[0] + (column + 0.5) * step[0], origin[1] - (row + 0.5) * step[1],
        ]);
        const started = performance.now();
        const images = decoder.decode(toCodes(points), some.length);
        some.forEach(([row, column], k) => {
          paintImage(images, k * count, decoder.imageShape, pixels);
          tileContext.putImageData(image, 0, 0);
          context.drawImage(tile, column * across, row * up, across, up);
        });
        next += some.length;
        const each = (performance.now() - started) / some.length;
        batch = Math.max(1, Math.min(decoder.maxBatch, 32, Math.floor(FRAME_SHARE / 2 / Math.max(each, 0.01))));
      }
      if (next < cells.length) requestAnimationFrame(slice);
      else canvas.dataset.done = `${columns} x ${rows}`;
    }
    requestAnimationFrame(slice);
  }

  return {
    show() {
      canvas.hidden = false;
      draw();
    },
    hide() {
      canvas.hidden = true;
      generation++;
      drawn = null;
    },
    /** To be called when the view has moved: the drawn sheet follows at once and is then decoded again. */
    moved() {
      if (canvas.hidden) return;
      draw();
    },
  };
}
