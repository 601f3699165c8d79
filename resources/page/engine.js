// Runs a lowered decoder in the browser: from latent codes to images, by the same operations as Keras.
"use strict";

const createDecoder = (() => {
  const { pack, padded, PANEL } = matrixProduct;
  /** Most float32 numbers in the values of a batch: 32 MB. */
  const MOST_NUMBERS = 2 ** 23;
  /** Most codes in a batch. */
  const MOST_AT_A_TIME = 64;
  /** Rows of a product that are computed into a buffer before their padding is removed. */
  const STRIP = 64;

  const product = (numbers) => numbers.reduce((total, number) => total * number, 1);

  /**
   * The error function with an error of 2e-9, by cubic interpolation in a table. The table is computed by the series
   * 7.1.6 of Abramowitz and Stegun, Handbook of Mathematical Functions; the slope is 2 / sqrt(pi) exp(-x²).
   */
  const erf = (() => {
    const [most, density] = [6, 64];
    const slope = (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
    const values = Float64Array.from({ length: most * density + 2 }, (_, i) => {
      const x = i / density;
      let [term, sum] = [x, x];
      for (let n = 1; term > sum * 1e-17; n++) sum += term *= (2 * x * x) / (2 * n + 1);
      return slope(x) * sum;
    });
    const slopes = values.map((_, i) => slope(i / density) / density);
    return (x) => {
      const position = Math.abs(x) * density;
      if (!(position < most * density)) return Math.sign(x);
      const i = Math.floor(position);
      const t = position - i;
      const rise = values[i + 1] - values[i];
      const bend = t * (1 - t) * ((1 - t) * (slopes[i] - rise) - t * (slopes[i + 1] - rise));
      return Math.sign(x) * (values[i] + t * rise + bend);
    };
  })();

  const clip = (x, least, most) => Math.min(Math.max(x, least), most);
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const hardSigmoid = (x) => clip(x / 6 + 0.5, 0, 1);

  /** For each kind, a function of the settings that returns a function of one number. */
  const ELEMENTWISE = {
    relu: ({ negative_slope: slope, max_value: most, threshold }) => (x) =>
      x > threshold ? (x < most ? x : most) : slope * (x - threshold),
    elu: ({ alpha }) => (x) => (x > 0 ? x : alpha * Math.expm1(x)),
    celu: ({ alpha }) => (x) => (x > 0 ? x : alpha * Math.expm1(x / alpha)),
    selu: () => (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
    gelu: () => (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
    gelu_tanh: () => (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    silu: () => (x) => x * sigmoid(x),
    mish: () => (x) => x * Math.tanh(softplus(x)),
    exponential: () => Math.exp,
    sigmoid: () => sigmoid,
    log_sigmoid: () => (x) => -softplus(-x),
    hard_sigmoid: () => hardSigmoid,
    hard_silu: () => (x) => x * hardSigmoid(x),
    sparse_sigmoid: () => (x) => clip(x / 2 + 0.5, 0, 1),
    tanh: () => Math.tanh,
    tanh_shrink: () => (x) => x - Math.tanh(x),
    hard_tanh: () => (x) => clip(x, -1, 1),
    softplus: () => softplus,
    softsign: () => (x) => x / (1 + Math.abs(x)),
    squareplus: ({ b }) => (x) => 0.5 * (x + Math.sqrt(x * x + b)),
    sparse_plus: () => (x) => (x < 1 ? Math.max(x + 1, 0) ** 2 / 4 : x),
    soft_shrink: ({ threshold }) => (x) => Math.sign(x) * Math.max(Math.abs(x) - threshold, 0),
    hard_shrink: ({ threshold }) => (x) => (Math.abs(x) > threshold ? x : 0),
    threshold: ({ threshold, default_value: otherwise }) => (x) => (x > threshold ? x : otherwise),
  };

  // The other kinds follow. Each takes an operation, with `inputs` and `output` as {at, size, shape} and `weights` as
  // {numbers, shape}, and a `Room` in which it reserves memory. It returns a function of the products (`matrixProduct`,
  // created when the size of the memory is known), which returns the step: a function of the number of decoded codes.

  /** Kinds that may overwrite their input with their output if no other operation reads the input. */
  const IN_PLACE = {
    reshape: ({ inputs: [x], output }) => ({ memory }) => (count) => {
      if (x.at !== output.at) memory.copyWithin(output.at, x.at, x.at + count * x.size);
    },

    scale: ({ inputs: [x], output, weights: [scale, offset] }) => ({ memory }) => (count) => {
      const { length } = scale.numbers;
      for (let i = 0, j = 0; i < count * x.size; i++, j = j + 1 === length ? 0 : j + 1) {
        memory[output.at + i] = memory[x.at + i] * scale.numbers[j] + offset.numbers[j];
      }
    },

    prelu: ({ inputs: [x], output, weights: [{ numbers: slope }] }) => ({ memory }) => (count) => {
      for (let i = 0, j = 0; i < count * x.size; i++, j = j + 1 === slope.length ? 0 : j + 1) {
        const value = memory[x.at + i];
        memory[output.at + i] = value > 0 ? value : value * slope[j];
      }
    },

    layer_normalization: ({ inputs: [x], output, weights: [scale, offset], settings }) => ({ memory }) => (count) => {
      const { length } = scale.numbers;
      for (let start = 0; start < count * x.size; start += length) {
        const values = memory.subarray(x.at + start, x.at + start + length);
        const mean = values.reduce((total, value) => total + value, 0) / length;
        const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / length;
        const factor = 1 / Math.sqrt(variance + settings.epsilon);
        for (let i = 0; i < length; i++) {
          memory[output.at + start + i] = (values[i] - mean) * factor * scale.numbers[i] + offset.numbers[i];
        }
      }
    },

    softmax: (operation) => overLastAxis(operation, (x, total) => Math.exp(x) / total),
    log_softmax: (operation) => overLastAxis(operation, (x, total) => x - Math.log(total)),
  };

  function overLastAxis({ inputs: [x], output }, share) {
    const length = x.shape.at(-1);
    return ({ memory }) => (count) => {
      for (let start = 0; start < count * x.size; start += length) {
        const values = memory.subarray(x.at + start, x.at + start + length);
        const most = values.reduce((a, b) => Math.max(a, b));
        const total = values.reduce((sum, value) => sum + Math.exp(value - most), 0);
        for (let i = 0; i < length; i++) memory[output.at + start + i] = share(values[i] - most, total);
      }
    };
  }

  const KINDS = {
    dense({ inputs: [x], output, weights: [kernel, bias] }, room) {
      const [length, columns] = kernel.shape;
      const matrix = room.matrix(length, columns);
      const ragged = columns % PANEL !== 0;
      const strip = ragged ? room.take(STRIP * padded(columns)) : 0;
      const rows = x.size / length;
      return ({ memory, multiply }) => {
        matrix.fill(memory, (row, column) => kernel.numbers[row * columns + column], bias.numbers);
        return (count) => {
          if (!ragged || count * rows === 1) {
            multiply(count * rows, x.at, length, ...matrix.whole, matrix.bias, 0, output.at, columns);
            return;
          }
          for (let row = 0; row < count * rows; row += STRIP) {
            const some = Math.min(STRIP, count * rows - row);
            multiply(some, x.at + row * length, length, ...matrix.whole, matrix.bias, 0, strip, padded(columns));
            compact(memory, strip, output.at + row * columns, some, columns);
          }
        };
      };
    },

    convolution(operation, room) {
      const { inputs: [x], output, weights: [kernel, bias], settings } = operation;
      const [rows, columns, channels, filters] = kernel.shape;
      const { strides: [down, right], dilation: [apartDown, apartRight], offset: [top, left] } = settings;
      if (filters < PANEL && down === 1 && right === 1) {
        // With few filters most columns of a panel would be empty; the transposed form fills more of them.
        const turned = (channel, i, j, filter) =>
          kernel.numbers[(((rows - 1 - i) * columns + columns - 1 - j) * channels + channel) * filters + filter];
        const offset = [(rows - 1) * apartDown - top, (columns - 1) * apartRight - left];
        return scattered(operation, room, [rows, columns], { ...settings, offset }, turned);
      }
      const [height, width] = output.shape;
      const spread = (count, stride, size, apart) => (count - 1) * stride + (size - 1) * apart + 1;
      const reach = [spread(height, down, rows, apartDown), spread(width, right, columns, apartRight)];
      const inside = top === 0 && left === 0 && reach[0] <= x.shape[0] && reach[1] <= x.shape[1];
      const line = (inside ? x.shape[1] : reach[1]) * channels; // numbers in a row of pixels
      const surrounded = inside ? 0 : room.take(reach[0] * line);
      const strip = room.take(width * padded(filters));
      const matrix = room.matrix(rows * columns * channels, filters);
      // Segments of the kernel that read consecutive numbers: its rows, or single pixels if it is dilated.
      const segments = [];
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < (apartRight === 1 ? 1 : columns); j++) {
          segments.push({
            at: i * apartDown * line + j * apartRight * channels,
            from: (i * columns + j) * channels,
            length: (apartRight === 1 ? columns : 1) * channels,
          });
        }
      }
      return ({ memory, multiply }) => {
        matrix.fill(memory, (row, column) => kernel.numbers[row * filters + column], bias.numbers);
        const direct = filters % PANEL === 0;
        const stride = padded(filters);
        return (count) => {
          for (let image = 0; image < count; image++) {
            let source = x.at + image * x.size;
            if (!inside) {
              moved(memory, source, x.shape, surrounded, [...reach, channels], [top, left]);
              source = surrounded;
            }
            for (let y = 0; y < height; y++) {
              const target = output.at + image * output.size + y * width * filters;
              const sums = direct ? target : strip;
              for (const { at, from, length } of segments) {
                const [start, startStride] = from === 0 ? [matrix.bias, 0] : [sums, stride];
                multiply(
                  width, source + y * down * line + at, right * channels, matrix.at + from * PANEL, matrix.panelStride,
                  length, filters, start, startStride, sums, stride,
                );
              }
              if (!direct) compact(memory, strip, target, width, filters);
            }
          }
        };
      };
    },

    transposed_convolution(operation, room) {
      const { weights: [{ numbers, shape: [, rows, columns, filters] }], settings } = operation;
      const entry = (channel, i, j, filter) => numbers[((channel * rows + i) * columns + j) * filters + filter];
      return scattered(operation, room, [rows, columns], settings, entry);
    },

    permute({ inputs: [x], output, settings: { axes } }) {
      const source = sourceIndices(output.shape, axes.map((axis) => product(x.shape.slice(axis + 1))));
      return ({ memory }) => (count) => {
        for (let image = 0; image < count; image++) {
          const [from, to] = [x.at + image * x.size, output.at + image * output.size];
          for (let i = 0; i < output.size; i++) memory[to + i] = memory[from + source[i]];
        }
      };
    },

    padding({ inputs: [x], output, settings }) {
      return ({ memory }) => (count) => {
        for (let image = 0; image < count; image++) {
          const target = output.at + image * output.size;
          memory.fill(0, target, target + output.size);
          moved(memory, x.at + image * x.size, x.shape, target, output.shape, settings.offset);
        }
      };
    },

    upsample_nearest({ inputs: [x], output }) {
      const [height, width, channels] = output.shape;
      const [tall, wide] = [height / x.shape[0], width / x.shape[1]];
      return ({ memory }) => (count) => {
        let target = output.at;
        for (let image = 0; image < count; image++) {
          for (let y = 0; y < height; y++) {
            const line = x.at + image * x.size + Math.floor(y / tall) * x.shape[1] * channels;
            for (let column = 0; column < width; column++) {
              const source = line + Math.floor(column / wide) * channels;
              for (let channel = 0; channel < channels; channel++) memory[target++] = memory[source + channel];
            }
          }
        }
      };
    },

    upsample_bilinear({ inputs: [x], output }) {
      const [height, width, channels] = output.shape;
      /** For each of `many` pixels, the two of `few` between which it lies, and the share of the second. */
      const between = (many, few) =>
        Array.from({ length: many }, (_, i) => {
          const position = clip(((i + 0.5) * few) / many - 0.5, 0, few - 1);
          const before = Math.floor(position);
          return [before, Math.min(before + 1, few - 1), position - before];
        });
      const [vertical, horizontal] = [between(height, x.shape[0]), between(width, x.shape[1])];
      return ({ memory }) => (count) => {
        let target = output.at;
        for (let image = 0; image < count; image++) {
          const source = x.at + image * x.size;
          for (const [up, down, fall] of vertical) {
            for (const [left, right, rise] of horizontal) {
              const corner = (row, column) => source + (row * x.shape[1] + column) * channels;
              const [a, b, c, d] = [corner(up, left), corner(up, right), corner(down, left), corner(down, right)];
              for (let i = 0; i < channels; i++) {
                const upper = memory[a + i] + rise * (memory[b + i] - memory[a + i]);
                const lower = memory[c + i] + rise * (memory[d + i] - memory[c + i]);
                memory[target++] = upper + fall * (lower - upper);
              }
            }
          }
        }
      };
    },

    add: (operation) => paired(operation, (a, b) => a + b),
    multiply: (operation) => paired(operation, (a, b) => a * b),

    concatenate({ inputs, output, settings: { axis } }) {
      const run = product(output.shape.slice(axis)); // distance in the output of two blocks of the same input
      return ({ memory }) => (count) => {
        let shift = 0;
        for (const { at, shape } of inputs) {
          const length = product(shape.slice(axis));
          for (let block = 0; block < (count * output.size) / run; block++) {
            const source = at + block * length;
            memory.copyWithin(output.at + block * run + shift, source, source + length);
          }
          shift += length;
        }
      };
    },
  };

  /** The input index of each number of an output of this shape; a step along an axis is `strides[axis]` numbers. */
  function sourceIndices(shape, strides) {
    const index = new Int32Array(product(shape));
    for (let i = 0; i < index.length; i++) {
      let rest = i;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index[i] += (rest % shape[axis]) * strides[axis];
        rest = Math.floor(rest / shape[axis]);
      }
    }
    return index;
  }

  /** Combines two inputs number by number; their shapes are broadcast as in numpy. */
  function paired({ inputs, output }, combine) {
    const broadcast = ({ shape }) => {
      const stride = (size, axis) => (size > 1 ? product(shape.slice(axis + 1)) : 0);
      return sourceIndices(output.shape, [...Array(output.shape.length - shape.length).fill(0), ...shape.map(stride)]);
    };
    const [a, b] = inputs;
    const [indexA, indexB] = [broadcast(a), broadcast(b)];
    return ({ memory }) => (count) => {
      for (let image = 0; image < count; image++) {
        const [fromA, fromB, to] = [a.at + image * a.size, b.at + image * b.size, output.at + image * output.size];
        for (let i = 0; i < output.size; i++) {
          memory[to + i] = combine(memory[fromA + indexA[i]], memory[fromB + indexB[i]]);
        }
      }
    };
  }

  /**
   * A transposed convolution: the product of each pixel with the whole kernel is added to the output at the position
   * of the kernel. `entry(channel, i, j, filter)` returns a number of the kernel.
   */
  function scattered({ inputs: [x], output, weights: [, bias] }, room, [rows, columns], settings, entry) {
    const [height, width, filters] = output.shape;
    const [lines, pixels, channels] = x.shape;
    const { strides: [down, right], dilation: [apartDown, apartRight], offset: [top, left] } = settings;
    const products = rows * columns * filters;
    const stride = padded(products);
    const matrix = room.matrix(channels, products);
    const strip = room.take(pixels * stride);
    return ({ memory, multiply }) => {
      const pixelOf = (column) => Math.floor(column / filters);
      matrix.fill(
        memory,
        (row, column) =>
          entry(row, Math.floor(pixelOf(column) / columns), pixelOf(column) % columns, column % filters),
        new Float32Array(products),
      );
      return (count) => {
        for (let image = 0; image < count; image++) {
          const target = output.at + image * output.size;
          memory.set(bias.numbers, target);
          for (let filled = filters; filled < output.size; filled *= 2) {
            memory.copyWithin(target + filled, target, target + Math.min(filled, output.size - filled));
          }
          for (let y = 0; y < lines; y++) {
            const source = x.at + image * x.size + y * pixels * channels;
            multiply(pixels, source, channels, ...matrix.whole, matrix.bias, 0, strip, stride);
            for (let i = 0; i < rows; i++) {
              const row = y * down + i * apartDown - top;
              if (row < 0 || row >= height) continue;
              for (let j = 0; j < columns; j++) {
                const shift = j * apartRight - left;
                const first = Math.max(0, Math.ceil(-shift / right));
                const end = Math.min(pixels, Math.floor((width - 1 - shift) / right) + 1);
                let from = strip + first * stride + (i * columns + j) * filters;
                let to = target + (row * width + first * right + shift) * filters;
                for (let pixel = first; pixel < end; pixel++) {
                  for (let filter = 0; filter < filters; filter++) memory[to + filter] += memory[from + filter];
                  from += stride;
                  to += right * filters;
                }
              }
            }
          }
        }
      };
    };
  }

  /** Copies an image (height, width, channels) into another, moved by the offset and cropped at its edges. */
  function moved(memory, source, [height, width, channels], target, [toHeight, toWidth], [top, left]) {
    const [first, end] = [Math.max(0, -left), Math.min(width, toWidth - left)];
    if (first >= end) return;
    for (let y = Math.max(0, -top); y < Math.min(height, toHeight - top); y++) {
      const line = source + y * width * channels;
      const to = target + ((y + top) * toWidth + first + left) * channels;
      memory.copyWithin(to, line + first * channels, line + end * channels);
    }
  }

  /** Removes the padding of rows that were filled up to whole panels. */
  function compact(memory, source, target, rows, columns) {
    const gap = padded(columns) - columns;
    for (let row = 0; row < rows; row++, source += gap) {
      for (let column = 0; column < columns; column++) memory[target++] = memory[source++];
    }
  }

  /** Reserves ranges of a memory that is created later. `take` returns the first index; a panel is free after each. */
  class Room {
    numbers = 0;

    take(numbers) {
      const at = this.numbers;
      this.numbers += padded(numbers) + PANEL;
      return at;
    }

    /** Reserves a packed matrix and its bias. `whole` holds the arguments of a product with the whole matrix. */
    matrix(length, columns) {
      const at = this.take(length * padded(columns));
      const bias = this.take(columns);
      const fill = (memory, entry, numbers) => {
        pack(memory, at, length, columns, entry);
        memory.set(numbers, bias);
      };
      const panelStride = length * PANEL;
      return { at, bias, panelStride, fill, whole: [at, panelStride, length, columns] };
    }
  }

  /**
   * A decoder, made from the description that `vae_explorer.run.lowered.Lowered.described` returns and its weights.
   *
   * `decode` takes `count` codes, at most `maxBatch`, as (count, latentDim), and returns their images (count, H, W, C):
   * a view that is valid until the next call.
   *
   * @param {{latent_dim: number, weights: number[][], operations: object[]}} description
   * @param {Float32Array[]} weights
   * @param {{wasm?: boolean}} options - wasm false: plain JavaScript even if WebAssembly is available
   * @returns {Promise<{latentDim: number, imageShape: number[], engine: string, maxBatch: number,
   *   decode: (codes: Float32Array, count: number) => Float32Array}>}
   */
  async function createDecoder(description, weights, { wasm = true } = {}) {
    const { latent_dim: latentDim, operations } = description;
    const readers = Array(operations.length + 1).fill(0);
    for (const { inputs } of operations) for (const value of inputs) readers[value]++;

    const buffers = [{ size: latentDim }];
    const values = [{ buffer: buffers[0], shape: [latentDim] }];
    for (const { kind, inputs: [first], shape } of operations) {
      const inPlace = (kind in ELEMENTWISE || kind in IN_PLACE) && readers[first] === 1;
      if (!inPlace) buffers.push({ size: product(shape) });
      values.push({ buffer: inPlace ? values[first].buffer : buffers.at(-1), shape });
    }
    const numbers = buffers.reduce((total, { size }) => total + size, 0);
    const maxBatch = clip(Math.floor(MOST_NUMBERS / numbers), 1, MOST_AT_A_TIME);

    const room = new Room();
    for (const buffer of buffers) buffer.at = room.take(buffer.size * maxBatch);
    const placed = values.map(({ buffer, shape }) => ({ at: buffer.at, size: buffer.size, shape }));
    const prepared = operations.map(({ kind, inputs, settings, weights: indices }, number) => {
      const operation = {
        inputs: inputs.map((value) => placed[value]),
        output: placed[number + 1],
        weights: indices.map((index) => ({ numbers: weights[index], shape: description.weights[index] })),
        settings,
      };
      if (kind in ELEMENTWISE) return elementwise(operation, ELEMENTWISE[kind](settings));
      return (IN_PLACE[kind] ?? KINDS[kind])(operation, room);
    });
    const products = await matrixProduct.create(room.numbers, wasm);
    const steps = prepared.map((prepare) => prepare(products));

    const [code, image] = [placed[0], placed.at(-1)];
    const decode = (codes, count) => {
      if (count > maxBatch) throw new RangeError(`At most ${maxBatch} codes are decoded at a time, not ${count}.`);
      products.memory.set(codes.subarray(0, count * latentDim), code.at);
      for (const step of steps) step(count);
      return products.memory.subarray(image.at, image.at + count * image.size);
    };
    return { latentDim, imageShape: image.shape, engine: products.engine, maxBatch, decode };
  }

  function elementwise({ inputs: [x], output }, apply) {
    return ({ memory }) => (count) => {
      const shift = output.at - x.at;
      for (let i = x.at; i < x.at + count * x.size; i++) memory[i + shift] = apply(memory[i]);
    };
  }

  return createDecoder;
})();
