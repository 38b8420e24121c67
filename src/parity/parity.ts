/**
 * Per frame: Reed-Solomon parity of one block of shards, and the rebuilding of what was lost.
 *
 * Shards live in the memory of the WASM kernel, so that nothing is copied in or out: the packetizer
 * writes payloads into `data(i)` and reads parity from `parity(j)`; the player writes what arrives
 * into both and reads rebuilt shards from `data(i)`.
 *
 *   0           data shards, one each `stride` bytes
 *   outputs     parity shards, one each `stride` bytes
 *   scratch     rebuilt shards, before they take their places
 *   tables      32 bytes a coefficient, row by row
 */
import { assert } from "../base/assert.ts";
import { galoisWasm } from "../generated/galois-wasm.ts";
import { coefficient, invertMatrix, multiply, shardCountMax } from "./galois.ts";

const lane = 16;
const tableBytes = 32;
const pageBytes = 65_536;
const tableWords = tableBytes / Uint32Array.BYTES_PER_ELEMENT;
/** Tables of all 256 factors, one after another. */
const factorTables = makeFactorTables();

type Kernel = {
  multiply(
    inputs: number,
    outputs: number,
    tables: number,
    inputCount: number,
    outputCount: number,
    stride: number,
    bytes: number,
  ): void;
};

/** Sizes of one block. `shardBytes` is the significant length of every shard. */
export type BlockShape = {
  readonly dataCount: number;
  readonly parityCount: number;
  readonly shardBytes: number;
};

/** The largest block that a `Parity` has memory for. */
export type ParityLimits = {
  readonly dataCountMax: number;
  readonly parityCountMax: number;
  readonly shardBytesMax: number;
};

/** Parity of one block at a time, in memory of its own. One per sender or player. */
export class Parity {
  readonly #limits: ParityLimits;
  readonly #stride: number;
  readonly #outputs: number;
  readonly #scratch: number;
  readonly #tables: number;
  readonly #words: Uint32Array;
  /** Views of all shards, made once: data, parity, scratch. */
  readonly #shards: readonly Uint8Array[];
  readonly #kernel: Kernel;
  /** Which block sizes the tables in memory are for. */
  #tablesKey = 0;

  constructor(limits: ParityLimits) {
    assert(limits.dataCountMax + limits.parityCountMax <= shardCountMax, "a block fits the field");
    this.#limits = limits;
    this.#stride = Math.ceil(limits.shardBytesMax / lane) * lane;
    this.#outputs = limits.dataCountMax * this.#stride;
    this.#scratch = this.#outputs + limits.parityCountMax * this.#stride;
    this.#tables = this.#scratch + limits.parityCountMax * this.#stride;
    const bytes = this.#tables + limits.dataCountMax * limits.parityCountMax * tableBytes;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
    this.#words = new Uint32Array(memory.buffer);
    const shardCount = limits.dataCountMax + 2 * limits.parityCountMax;
    this.#shards = Array.from(
      { length: shardCount },
      (_, index) => new Uint8Array(memory.buffer, index * this.#stride, limits.shardBytesMax),
    );
    this.#kernel = instantiate(memory);
  }

  /** Memory of data shard `index`: `shardBytesMax` bytes, to be filled with zeros past its end. */
  data(index: number): Uint8Array {
    assert(index < this.#limits.dataCountMax, "a data shard has a place");
    return this.#shard(index);
  }

  /** Memory of parity shard `index`. */
  parity(index: number): Uint8Array {
    assert(index < this.#limits.parityCountMax, "a parity shard has a place");
    return this.#shard(this.#limits.dataCountMax + index);
  }

  /** Compute the parity shards from the data shards. */
  encode(shape: BlockShape): void {
    this.#check(shape);
    if (shape.parityCount === 0) return;
    this.#layEncodeTables(shape);
    this.#multiply(shape, this.#outputs, shape.parityCount);
  }

  /**
   * Bring back the data shards that did not arrive. `arrived` has one entry for each data shard,
   * then one for each parity shard: not 0 when it lies in its place. Returns how many were rebuilt,
   * or `undefined` when too few shards arrived. Parity shards are used up.
   */
  rebuild(shape: BlockShape, arrived: Uint8Array): number | undefined {
    this.#check(shape);
    const missing = indexesOf(arrived, { from: 0, to: shape.dataCount, arrived: false });
    if (missing.length === 0) return 0;
    const end = shape.dataCount + shape.parityCount;
    const rows = indexesOf(arrived, { from: shape.dataCount, to: end, arrived: true });
    if (rows.length < missing.length) return undefined;
    const used = rows.slice(0, missing.length).map((index) => index - shape.dataCount);
    const matrix = repairMatrix(shape, missing, used);
    this.#tablesKey = 0;
    for (const [index, factor] of matrix.entries()) this.#layTable(index, factor);
    for (const [place, row] of used.entries()) this.data(missing[place] ?? 0).set(this.parity(row));
    this.#multiply(shape, this.#scratch, missing.length);
    for (const [place, index] of missing.entries()) {
      this.data(index).set(this.#scratchShard(place));
    }
    return missing.length;
  }

  #scratchShard(index: number): Uint8Array {
    return this.#shard(this.#limits.dataCountMax + this.#limits.parityCountMax + index);
  }

  #shard(place: number): Uint8Array {
    const shard = this.#shards[place];
    assert(shard !== undefined, "a shard has a place");
    return shard;
  }

  #multiply(shape: BlockShape, outputs: number, outputCount: number): void {
    const bytes = Math.ceil(shape.shardBytes / lane) * lane;
    const { multiply: run } = this.#kernel;
    run(0, outputs, this.#tables, shape.dataCount, outputCount, this.#stride, bytes);
  }

  #layEncodeTables({ dataCount, parityCount }: BlockShape): void {
    const key = dataCount * 256 + parityCount;
    if (key === this.#tablesKey) return;
    this.#tablesKey = key;
    for (let row = 0; row < parityCount; row++) {
      const first = row * dataCount;
      for (let column = 0; column < dataCount; column++) {
        this.#layTable(first + column, coefficient(parityCount, row, column));
      }
    }
  }

  /** Word by word: four times as fast as a call that copies 32 bytes. */
  #layTable(index: number, factor: number): void {
    const to = this.#tables / Uint32Array.BYTES_PER_ELEMENT + index * tableWords;
    const from = factor * tableWords;
    for (let word = 0; word < tableWords; word++) {
      this.#words[to + word] = factorTables[from + word] ?? 0;
    }
  }

  #check({ dataCount, parityCount, shardBytes }: BlockShape): void {
    const { dataCountMax, parityCountMax, shardBytesMax } = this.#limits;
    assert(dataCount > 0 && dataCount <= dataCountMax, "the block's data shards fit");
    assert(parityCount >= 0 && parityCount <= parityCountMax, "the block's parity shards fit");
    assert(shardBytes > 0 && shardBytes <= shardBytesMax, "the block's shards fit");
  }
}

function instantiate(memory: WebAssembly.Memory): Kernel {
  const module = new WebAssembly.Module(Buffer.from(galoisWasm, "base64"));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as Kernel;
}

function indexesOf(
  arrived: Uint8Array,
  range: { readonly from: number; readonly to: number; readonly arrived: boolean },
): number[] {
  const indexes: number[] = [];
  for (let index = range.from; index < range.to; index++) {
    if ((arrived[index] !== 0) === range.arrived) indexes.push(index);
  }
  return indexes;
}

/**
 * From shards that arrived to shards that did not, with each used parity shard in place of a
 * missing one: missing = inverse * (parity + code * present).
 */
function repairMatrix(
  { dataCount, parityCount }: BlockShape,
  missing: readonly number[],
  used: readonly number[],
): Uint8Array {
  const size = missing.length;
  const square = new Uint8Array(size * size);
  for (const [place, row] of used.entries()) {
    for (const [column, index] of missing.entries()) {
      square[place * size + column] = coefficient(parityCount, row, index);
    }
  }
  const inverse = invertMatrix(square, size);
  assert(inverse !== undefined, "every square part of a Cauchy matrix has an inverse");
  const matrix = new Uint8Array(size * dataCount);
  for (let output = 0; output < size; output++) {
    const weights = inverse.subarray(output * size, (output + 1) * size);
    for (let column = 0; column < dataCount; column++) {
      const place = missing.indexOf(column);
      matrix[output * dataCount + column] =
        place >= 0 ? (weights[place] ?? 0) : weigh(weights, used, { parityCount, column });
    }
  }
  return matrix;
}

function weigh(
  weights: Uint8Array,
  used: readonly number[],
  { parityCount, column }: { readonly parityCount: number; readonly column: number },
): number {
  let sum = 0;
  for (const [place, row] of used.entries()) {
    sum ^= multiply(weights[place] ?? 0, coefficient(parityCount, row, column));
  }
  return sum;
}

/** For each factor its products with 0..15 and with 0, 16..240: what the kernel looks up. */
function makeFactorTables(): Uint32Array {
  const tables = new Uint8Array(256 * tableBytes);
  for (let factor = 0; factor < 256; factor++) {
    for (let nibble = 0; nibble < lane; nibble++) {
      tables[factor * tableBytes + nibble] = multiply(factor, nibble);
      tables[factor * tableBytes + lane + nibble] = multiply(factor, nibble << 4);
    }
  }
  return new Uint32Array(tables.buffer);
}
