/**
 * Repair of a block by arithmetic of its own: products by shifting and adding, inverses by search,
 * equations by elimination. Slow, and shares nothing with the code under test.
 */

export function times(left: number, right: number): number {
  let product = 0;
  let shifted = left;
  for (let bits = right; bits > 0; bits >>= 1) {
    if ((bits & 1) === 1) product ^= shifted;
    shifted <<= 1;
    if (shifted > 0xff) shifted ^= 0x11d;
  }
  return product;
}

const inverses = Array.from({ length: 256 }, (_, value) => {
  for (let other = 1; other < 256; other++) if (times(value, other) === 1) return other;
  return 0;
});

/** The video code: row by row, a coefficient for each data shard. */
export function videoMatrix(dataCount: number, parityCount: number): number[][] {
  return Array.from({ length: parityCount }, (_row, row) =>
    Array.from({ length: dataCount }, (_, column) => inverses[(parityCount + column) ^ row] ?? 0),
  );
}

export const audioMatrix = [
  [0x77, 0x40, 0x38, 0x0e],
  [0xc7, 0xa7, 0x0d, 0x6c],
];

/**
 * Data shards that are missing, rebuilt from what is there: `shards` has data, then parity, with
 * holes. `undefined` when too few are there.
 */
export function rebuild(
  shards: readonly (Uint8Array | undefined)[],
  matrix: readonly number[][],
): Map<number, Uint8Array> | undefined {
  const dataCount = shards.length - matrix.length;
  const missing = [...Array(dataCount).keys()].filter((index) => shards[index] === undefined);
  const equations: Equation[] = [];
  for (const [row, coefficients] of matrix.entries()) {
    const parity = shards[dataCount + row];
    if (parity === undefined || equations.length === missing.length) continue;
    const sum = Uint8Array.from(parity);
    for (let column = 0; column < dataCount; column++) {
      const shard = shards[column];
      if (shard !== undefined) addTo(sum, shard, coefficients[column] ?? 0);
    }
    equations.push({ weights: missing.map((index) => coefficients[index] ?? 0), sum });
  }
  if (equations.length < missing.length) return undefined;
  solve(equations);
  return new Map(
    missing.map((index, place) => [index, equations[place]?.sum ?? new Uint8Array(0)]),
  );
}

type Equation = { weights: number[]; sum: Uint8Array };

function solve(equations: Equation[]): void {
  for (let pivot = 0; pivot < equations.length; pivot++) {
    const found = equations.findIndex((each, row) => row >= pivot && each.weights[pivot] !== 0);
    const chosen = equations[found];
    const other = equations[pivot];
    if (chosen === undefined || other === undefined) throw new Error("The matrix is singular");
    equations[pivot] = chosen;
    equations[found] = other;
    scale(chosen, inverses[chosen.weights[pivot] ?? 0] ?? 0);
    for (const equation of equations) if (equation !== chosen) subtract(equation, chosen, pivot);
  }
}

function subtract(equation: Equation, chosen: Equation, pivot: number): void {
  const factor = equation.weights[pivot] ?? 0;
  if (factor === 0) return;
  addTo(equation.sum, chosen.sum, factor);
  for (const [index, weight] of chosen.weights.entries()) {
    equation.weights[index] = (equation.weights[index] ?? 0) ^ times(weight, factor);
  }
}

function scale(equation: Equation, factor: number): void {
  equation.weights = equation.weights.map((weight) => times(weight, factor));
  const table = tableOf(factor);
  for (let at = 0; at < equation.sum.length; at++) {
    equation.sum[at] = table[equation.sum[at] ?? 0] ?? 0;
  }
}

function addTo(sum: Uint8Array, shard: Uint8Array, factor: number): void {
  const table = tableOf(factor);
  for (let at = 0; at < sum.length; at++) {
    sum[at] = (sum[at] ?? 0) ^ (table[shard[at] ?? 0] ?? 0);
  }
}

const tables = new Map<number, Uint8Array>();

function tableOf(factor: number): Uint8Array {
  let table = tables.get(factor);
  if (table === undefined) {
    table = Uint8Array.from({ length: 256 }, (_, value) => times(value, factor));
    tables.set(factor, table);
  }
  return table;
}
