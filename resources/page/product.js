// Matrix products of float32 numbers: by WebAssembly with SIMD if available, otherwise by plain JavaScript.
"use strict";

const matrixProduct = (() => {
  /** Columns computed at a time, as two vectors of four. Matrices are stored in panels of PANEL columns. */
  const PANEL = 8;
  /** Rows computed at a time. With four, all sums of a tile stay in the registers of any processor. */
  const HEIGHTS = [4, 2, 1];
  /** Steps of the innermost loop between two tests of its end. */
  const UNROLLED = 4;

  // The parameters of a kernel, all int32; addresses and strides are in bytes. A kernel of height h computes `tiles`
  // times h rows of PANEL columns: c = start + a b, where b is a panel and start may be c itself.
  const PARAMETERS = ["tiles", "a", "aStride", "b", "length", "start", "startStride", "c", "cStride"];

  // Bytes are collected as nested arrays that are flattened at the end.
  const unsigned = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]); // LEB128
  const signed = (value) =>
    value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
  const list = (items) => [unsigned(items.length), items];
  const name = (text) => list([...text].map((character) => character.charCodeAt(0)));
  const sized = (content) => list(content.flat(Infinity));
  const section = (id, items) => [id, sized(list(items))];

  const I32 = 0x7f;
  const V128 = 0x7b;
  const ALIGNED_TO_4 = 2;
  // Instructions by their names in the specification, https://webassembly.github.io/spec/core/binary/instructions.html
  const op = {
    loop: [0x03, 0x40],
    if: [0x04, 0x40],
    end: [0x0b],
    branchIf: (depth) => [0x0d, ...unsigned(depth)],
    get: (local) => [0x20, ...unsigned(local)],
    set: (local) => [0x21, ...unsigned(local)],
    tee: (local) => [0x22, ...unsigned(local)],
    constant: (value) => [0x41, ...signed(value)],
    greaterOrEqual: [0x4e],
    add: [0x6a],
    subtract: [0x6b],
    load: (offset) => [0xfd, ...unsigned(0x00), ALIGNED_TO_4, ...unsigned(offset)],
    loadSplat: (offset) => [0xfd, ...unsigned(0x09), ALIGNED_TO_4, ...unsigned(offset)],
    store: (offset) => [0xfd, ...unsigned(0x0b), ALIGNED_TO_4, ...unsigned(offset)],
    addFloats: [0xfd, ...unsigned(0xe4)],
    multiplyFloats: [0xfd, ...unsigned(0xe6)],
  };

  /** The bytes of the kernel of a height. */
  function kernel(height) {
    const rows = [...Array(height).keys()];
    const parameter = Object.fromEntries(PARAMETERS.map((key, local) => [key, local]));
    let locals = PARAMETERS.length;
    const panel = locals++;
    const left = locals++;
    const row = rows.map(() => locals++);
    const integers = locals - PARAMETERS.length;
    const [low, high, factor] = [locals++, locals++, locals++];
    const sum = rows.map(() => [locals++, locals++]);
    const vectors = locals - PARAMETERS.length - integers;

    const move = (local, bytes) => [op.get(local), op.constant(bytes), op.add, op.set(local)];
    const advance = (local, stride) => [op.get(local), op.get(stride), op.add, op.set(local)];
    const accumulate = (total, vector) =>
      [op.get(total), op.get(factor), op.get(vector), op.multiplyFloats, op.addFloats, op.set(total)];
    const step = (index) => [
      [op.get(panel), op.load(index * 32), op.set(low)],
      [op.get(panel), op.load(index * 32 + 16), op.set(high)],
      rows.map((r) => [
        [op.get(row[r]), op.loadSplat(index * 4), op.set(factor)],
        [accumulate(sum[r][0], low), accumulate(sum[r][1], high)],
      ]),
    ];
    const steps = (count) => [
      [op.get(left), op.constant(count), op.greaterOrEqual, op.if, op.loop],
      [...Array(count).keys()].map(step),
      [move(panel, 32 * count), row.map((local) => move(local, 4 * count))],
      [op.get(left), op.constant(count), op.subtract, op.tee(left)],
      [op.constant(count), op.greaterOrEqual, op.branchIf(0), op.end, op.end],
    ];
    const body = [
      op.loop,
      rows.map((r) => [
        [op.get(parameter.start), op.load(0), op.set(sum[r][0])],
        [op.get(parameter.start), op.load(16), op.set(sum[r][1])],
        [op.get(parameter.a), op.set(row[r])],
        [advance(parameter.start, parameter.startStride), advance(parameter.a, parameter.aStride)],
      ]),
      [op.get(parameter.b), op.set(panel), op.get(parameter.length), op.set(left)],
      [steps(UNROLLED), steps(1)],
      rows.map((r) => [
        [op.get(parameter.c), op.get(sum[r][0]), op.store(0)],
        [op.get(parameter.c), op.get(sum[r][1]), op.store(16)],
        advance(parameter.c, parameter.cStride),
      ]),
      [op.get(parameter.tiles), op.constant(1), op.subtract, op.tee(parameter.tiles)],
      [op.branchIf(0), op.end, op.end],
    ];
    return sized([list([[unsigned(integers), I32], [unsigned(vectors), V128]]), body]);
  }

  /** The module: it imports a memory and exports a kernel for each height, named by the height. */
  function assembled() {
    const type = [0x60, list(PARAMETERS.map(() => I32)), list([])];
    const bytes = [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
      section(1, [type]),
      section(2, [[name("page"), name("memory"), 0x02, 0x00, unsigned(1)]]),
      section(3, HEIGHTS.map(() => 0)),
      section(7, HEIGHTS.map((height, index) => [name(String(height)), 0x00, index])),
      section(10, HEIGHTS.map(kernel)),
    ];
    return new Uint8Array(bytes.flat(Infinity));
  }

  /** A kernel of height 1 in plain JavaScript; its sums have double precision. */
  const plainKernel = (memory) => (tiles, a, aStride, b, length, start, startStride, c, cStride) => {
    for (let tile = 0; tile < tiles; tile++) {
      let at = (start + tile * startStride) >> 2;
      let s0 = memory[at], s1 = memory[at + 1], s2 = memory[at + 2], s3 = memory[at + 3];
      let s4 = memory[at + 4], s5 = memory[at + 5], s6 = memory[at + 6], s7 = memory[at + 7];
      let row = (a + tile * aStride) >> 2;
      at = b >> 2;
      for (const end = row + length; row < end; row++, at += PANEL) {
        const factor = memory[row];
        s0 += factor * memory[at];
        s1 += factor * memory[at + 1];
        s2 += factor * memory[at + 2];
        s3 += factor * memory[at + 3];
        s4 += factor * memory[at + 4];
        s5 += factor * memory[at + 5];
        s6 += factor * memory[at + 6];
        s7 += factor * memory[at + 7];
      }
      at = (c + tile * cStride) >> 2;
      memory[at] = s0, memory[at + 1] = s1, memory[at + 2] = s2, memory[at + 3] = s3;
      memory[at + 4] = s4, memory[at + 5] = s5, memory[at + 6] = s6, memory[at + 7] = s7;
    }
  };

  /** The number of columns, rounded up to whole panels. */
  const padded = (columns) => Math.ceil(columns / PANEL) * PANEL;

  /**
   * Stores a matrix (rows, columns) as panels of PANEL columns, one after the other, the last filled up with zeros.
   * @param {(row: number, column: number) => number} entry
   */
  function pack(memory, at, rows, columns, entry) {
    for (let first = 0; first < columns; first += PANEL) {
      for (let row = 0; row < rows; row++) {
        for (let column = first; column < first + PANEL; column++) {
          memory[at++] = column < columns ? entry(row, column) : 0;
        }
      }
    }
  }

  /**
   * A memory of `numbers` float32 numbers and products within it. Indices and strides count numbers.
   * @param {boolean} wasm - false: plain JavaScript even if WebAssembly is available
   * @returns {Promise<{engine: string, memory: Float32Array, multiply: Function}>}
   */
  async function create(numbers, wasm = true) {
    let engine, memory, kernels;
    try {
      if (!wasm) throw new Error("WebAssembly is not wanted");
      const shared = new WebAssembly.Memory({ initial: Math.ceil((numbers * 4) / 65536) });
      const { instance } = await WebAssembly.instantiate(assembled(), { page: { memory: shared } });
      engine = "WebAssembly";
      memory = new Float32Array(shared.buffer);
      kernels = HEIGHTS.map((height) => [height, instance.exports[height]]);
    } catch {
      engine = "JavaScript";
      memory = new Float32Array(numbers);
      kernels = [[1, plainKernel(memory)]];
    }

    /**
     * C = start + A B: A has `rows` rows of `length` numbers, B is packed and has `columns` columns. Each panel of B
     * begins `panelStride` numbers after the previous one. `start` is the index of a matrix like C, or with stride 0
     * of one row for all rows. Rows of C are filled up to whole panels, which overwrites the beginning of the next row
     * if cStride leaves no space.
     */
    function multiply(rows, a, aStride, b, panelStride, length, columns, start, startStride, c, cStride) {
      for (let column = 0; column < columns; column += PANEL, b += panelStride) {
        let row = 0;
        for (const [height, kernel] of kernels) {
          const tiles = Math.floor((rows - row) / height);
          if (tiles === 0) continue;
          kernel(
            tiles, (a + row * aStride) * 4, aStride * 4, b * 4, length, (start + row * startStride + column) * 4,
            startStride * 4, (c + row * cStride + column) * 4, cStride * 4,
          );
          row += tiles * height;
        }
      }
    }
    return { engine, memory, multiply };
  }

  return { create, pack, padded, PANEL };
})();
