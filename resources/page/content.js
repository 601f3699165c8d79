// Reads the content of the page: its arrays are one block of compressed bytes. Paints decoded images.
"use strict";

/** The arrays by name. `layout` lists [name, dtype, shape] in order; each array begins at a multiple of 4 bytes. */
async function unpackArrays(text, layout) {
  const characters = atob(text.trim());
  const packed = new Uint8Array(characters.length);
  for (let i = 0; i < packed.length; i++) packed[i] = characters.charCodeAt(i);
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter(); // faster than a pipe, which copies in small chunks
  for (const done of [writer.write(packed), writer.close()]) done.catch(() => {}); // reading reports the same error
  const buffer = await new Response(stream.readable).arrayBuffer();
  const kinds = {
    float32: Float32Array, float16: Uint16Array, uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array,
  };
  const arrays = {};
  let start = 0;
  for (const [name, dtype, shape] of layout) {
    const values = new kinds[dtype](buffer, start, shape.reduce((a, b) => a * b, 1));
    arrays[name] = dtype === "float16" ? fromHalf(values) : values;
    start += Math.ceil(values.byteLength / 4) * 4;
  }
  return arrays;
}

/** Converts the bits of IEEE 754 half-precision numbers to a Float32Array. */
function fromHalf(bits) {
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const exponent = (bits[i] >> 10) & 31;
    const fraction = bits[i] & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24
      : exponent === 31 ? (fraction ? NaN : Infinity)
      : (1 + fraction / 1024) * 2 ** (exponent - 15);
    floats[i] = bits[i] & 0x8000 ? -size : size;
  }
  return floats;
}

/**
 * A lattice of decoded images that is used instead of a decoder: images between its points are interpolated.
 *
 * `packed` holds levels 0 to 255 as (rows, columns, ...shape), of a plane of the latent space that two orthonormal
 * `directions` span: the second coordinate falls from row to row, the first rises from column to column. They are stored as differences of neighbouring images, along the rows and then down the columns.
 */
function createLattice(packed, { rows, columns, low, high, shape, latentDim, directions }) {
  const count = shape.reduce((a, b) => a * b, 1);
  const along = (direction, codes, k) => direction.reduce((sum, d, i) => sum + d * codes[k * latentDim + i], 0);
  const levels = packed.slice();
  for (const stride of [count * columns, count]) {
    for (let i = stride; i < levels.length; i++) levels[i] += levels[i - stride];
  }
  const between = (share, size) => {
    const position = Math.min(Math.max(share, 0), 1) * (size - 1);
    const before = Math.min(Math.floor(position), Math.max(size - 2, 0));
    return [before, Math.min(before + 1, size - 1), position - before];
  };
  return {
    imageShape: shape,
    latentDim,
    maxBatch: 64,
    /** codes (n, latentDim) to images (n, height, width, channels) in [0, 1], in steps of 1 / 255. */
    decode(codes, n) {
      const images = new Float32Array(n * count);
      for (let k = 0; k < n; k++) {
        const [x, y] = directions.map((direction) => along(direction, codes, k));
        const [left, right, rise] = between((x - low[0]) / (high[0] - low[0]), columns);
        const [up, down, fall] = between((high[1] - y) / (high[1] - low[1]), rows);
        const [a, b] = [(up * columns + left) * count, (up * columns + right) * count];
        const [c, d] = [(down * columns + left) * count, (down * columns + right) * count];
        const [wa, wb, wc, wd] = [(1 - fall) * (1 - rise), (1 - fall) * rise, fall * (1 - rise), fall * rise];
        for (let i = 0; i < count; i++) {
          const level = wa * levels[a + i] + wb * levels[b + i] + wc * levels[c + i] + wd * levels[d + i];
          images[k * count + i] = Math.round(level) / 255;
        }
      }
      return images;
    },
  };
}

/** Writes the image that begins at index `start` of `images` as RGBA pixels (uint32): each level is round(255 v). */
function paintImage(images, start, [height, width, channels], pixels) {
  const level = (i) => Math.round(255 * Math.min(Math.max(images[i], 0), 1));
  for (let pixel = 0, i = start; pixel < height * width; pixel++, i += channels) {
    const red = level(i);
    const green = channels === 1 ? red : level(i + 1);
    const blue = channels === 1 ? red : level(i + 2);
    pixels[pixel] = 0xff000000 | (blue << 16) | (green << 8) | red;
  }
}
