/**
 * Arithmetic in GF(2^8) with the polynomial 0x11d, and the coefficients of the parity code.
 *
 * The code is systematic with a Cauchy matrix: parity row j, data column i has the coefficient
 * 1 / ((parityCount + i) XOR j). Every square part of such a matrix can be inverted, so any
 * dataCount of the shards bring back the block. GameStream demands this very matrix; the native
 * path uses it too.
 */
import { assert } from "../base/assert.ts";

/** Shards of one block, data and parity, that the field has room for. */
export const shardCountMax = 255;

const polynomial = 0x11d;
const { powers, logarithms } = makeTables();

/** Powers of 2 twice over, so that a sum of two logarithms needs no modulo. */
function makeTables(): { readonly powers: Uint8Array; readonly logarithms: Uint8Array } {
  const tables = { powers: new Uint8Array(510), logarithms: new Uint8Array(256) };
  let power = 1;
  for (let exponent = 0; exponent < 255; exponent++) {
    tables.powers[exponent] = power;
    tables.powers[exponent + 255] = power;
    tables.logarithms[power] = exponent;
    power <<= 1;
    if (power > 255) power ^= polynomial;
  }
  return tables;
}

/** The product in GF(2^8). */
export function multiply(left: number, right: number): number {
  if (left === 0 || right === 0) return 0;
  return powers[(logarithms[left] ?? 0) + (logarithms[right] ?? 0)] ?? 0;
}

/** The inverse in GF(2^8). Zero has none: a bug. */
export function invert(value: number): number {
  assert(value !== 0, "zero has no inverse");
  return powers[255 - (logarithms[value] ?? 0)] ?? 0;
}

/** Coefficient of data shard `column` in parity shard `row`. */
export function coefficient(parityCount: number, row: number, column: number): number {
  return invert((parityCount + column) ^ row);
}

/**
 * Inverse of a square matrix in row order, or `undefined` when it has none. Gauss and Jordan;
 * `matrix` is used up.
 */
export function invertMatrix(matrix: Uint8Array, size: number): Uint8Array | undefined {
  const inverse = new Uint8Array(size * size);
  for (let index = 0; index < size; index++) inverse[index * size + index] = 1;
  for (let column = 0; column < size; column++) {
    const pivot = findPivot(matrix, size, column);
    if (pivot === undefined) return undefined;
    swapRows(matrix, size, [pivot, column]);
    swapRows(inverse, size, [pivot, column]);
    const scale = invert(matrix[column * size + column] ?? 0);
    scaleRow(matrix.subarray(column * size, (column + 1) * size), scale);
    scaleRow(inverse.subarray(column * size, (column + 1) * size), scale);
    clearColumn(matrix, inverse, { size, column });
  }
  return inverse;
}

function findPivot(matrix: Uint8Array, size: number, column: number): number | undefined {
  for (let row = column; row < size; row++) if (matrix[row * size + column] !== 0) return row;
  return undefined;
}

function swapRows(
  matrix: Uint8Array,
  size: number,
  [left, right]: readonly [number, number],
): void {
  if (left === right) return;
  const kept = matrix.slice(left * size, (left + 1) * size);
  matrix.copyWithin(left * size, right * size, (right + 1) * size);
  matrix.set(kept, right * size);
}

function scaleRow(row: Uint8Array, factor: number): void {
  for (let index = 0; index < row.length; index++) row[index] = multiply(row[index] ?? 0, factor);
}

function clearColumn(
  matrix: Uint8Array,
  inverse: Uint8Array,
  { size, column }: { readonly size: number; readonly column: number },
): void {
  for (let row = 0; row < size; row++) {
    const factor = row === column ? 0 : (matrix[row * size + column] ?? 0);
    if (factor === 0) continue;
    addRow(matrix, { size, from: column, to: row, factor });
    addRow(inverse, { size, from: column, to: row, factor });
  }
}

type RowSum = {
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly factor: number;
};

function addRow(matrix: Uint8Array, { size, from, to, factor }: RowSum): void {
  for (let index = 0; index < size; index++) {
    const product = multiply(matrix[from * size + index] ?? 0, factor);
    matrix[to * size + index] = (matrix[to * size + index] ?? 0) ^ product;
  }
}
