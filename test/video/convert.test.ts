/** The kernel against the definition and against FFmpeg's own conversion. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { changedLines } from "../../src/base/line-range.ts";
import { Converter } from "../../src/video/convert.ts";

const random = (seed: number, count: number) => {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

type Made = {
  width: number;
  height: number;
  stride: number;
  isBlueFirst: boolean;
  bytes: Uint8Array;
};

function convert(from: Made & { isUpsideDown?: boolean }) {
  const { width, height } = from;
  const planes = [1, 4, 4].map((share) => new Uint8Array((width * height) / share));
  new Converter(width).convert(from, { planes, strides: [width, width / 2, width / 2] });
  return planes;
}

const shape = fc.record({
  width: fc.integer({ min: 1, max: 40 }).map((half) => half * 2),
  height: fc.integer({ min: 1, max: 20 }).map((half) => half * 2),
  extra: fc.integer({ min: 0, max: 3 }).map((pixels) => pixels * 4),
  isBlueFirst: fc.boolean(),
  seed: fc.nat(),
});

function make({
  width,
  height,
  extra,
  isBlueFirst,
  seed,
}: typeof shape extends fc.Arbitrary<infer T> ? T : never): Made {
  const stride = width * 4 + extra;
  return { width, height, stride, isBlueFirst, bytes: random(seed, stride * height) };
}

const rgbAt = ({ bytes, stride, isBlueFirst }: Made, x: number, y: number) => {
  const at = y * stride + x * 4;
  const [first = 0, green = 0, third = 0] = bytes.subarray(at, at + 3);
  return isBlueFirst ? [third, green, first] : [first, green, third];
};

const corners = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

/** Mean of the four pixels that share a chroma sample. */
function meanAt(from: Made, x: number, y: number): readonly number[] {
  const pixels = corners.map(([dx, dy]) => rgbAt(from, x + dx, y + dy));
  return [0, 1, 2].map(
    (channel) => pixels.reduce((sum, pixel) => sum + (pixel[channel] ?? 0), 0) / 4,
  );
}

function expectLuma(from: Made, luma: Uint8Array | undefined): void {
  for (let place = 0; place < from.width * from.height; place++) {
    const [r = 0, g = 0, b = 0] = rgbAt(from, place % from.width, Math.floor(place / from.width));
    const exact = 16 + 0.18259 * r + 0.61423 * g + 0.06201 * b;
    expect(Math.abs((luma?.[place] ?? 0) - exact)).toBeLessThan(0.51);
  }
}

function expectChroma(from: Made, u: Uint8Array | undefined, v: Uint8Array | undefined): void {
  const width = from.width / 2;
  for (let place = 0; place < (width * from.height) / 2; place++) {
    const [r = 0, g = 0, b = 0] = meanAt(from, (place % width) * 2, Math.floor(place / width) * 2);
    const exactU = 128 - 0.10064 * r - 0.33857 * g + 0.43922 * b;
    const exactV = 128 + 0.43922 * r - 0.39894 * g - 0.04027 * b;
    expect(Math.abs((u?.[place] ?? 0) - exactU)).toBeLessThan(0.51);
    expect(Math.abs((v?.[place] ?? 0) - exactV)).toBeLessThan(0.51);
  }
}

test("luma and chroma are BT.709 in limited range, to the nearest step", () => {
  fc.assert(
    fc.property(shape, (wanted) => {
      const from = make(wanted);
      const [luma, u, v] = convert(from);
      expectLuma(from, luma);
      expectChroma(from, u, v);
    }),
    { numRuns: 60 },
  );
});

test("a picture that lies upside down is the same picture", () => {
  const upright = make({ width: 24, height: 10, extra: 0, isBlueFirst: true, seed: 5 });
  const lines = Array.from({ length: 10 }, (_, line) =>
    upright.bytes.subarray(line * 96, line * 96 + 96),
  );
  const bytes = Uint8Array.from(lines.toReversed().flatMap((line) => [...line]));
  expect(convert({ ...upright, bytes, isUpsideDown: true })).toEqual(convert(upright));
});

test("a picture of which some lines changed is converted to the same as all of it", () => {
  fc.assert(
    fc.property(shape, fc.nat(), fc.integer({ min: 0, max: 39 }), (wanted, seed, line) => {
      const before = make({ ...wanted, height: 40 });
      const from = line - (line % 2);
      const bytes = before.bytes.slice();
      const part = bytes.subarray(from * before.stride, (from + 2) * before.stride);
      part.set(random(seed, part.length));
      const now = { ...before, bytes };
      const planes = convert(before);
      const strides = [now.width, now.width / 2, now.width / 2];
      new Converter(now.width).convert(now, { planes, strides }, [{ from, end: from + 2 }]);
      expect(planes).toEqual(convert(now));
      const found = changedLines(Buffer.from(before.bytes), Buffer.from(bytes), now.stride);
      const isFound = found.some((one) => one.from <= from && one.end >= from + 2);
      expect(isFound).toBe(!Buffer.from(before.bytes).equals(bytes));
    }),
    { numRuns: 60 },
  );
});

test("lines that did not change are left alone", () => {
  const from = make({ width: 16, height: 48, extra: 0, isBlueFirst: true, seed: 3 });
  const planes = [1, 4, 4].map((share) => new Uint8Array((16 * 48) / share).fill(7));
  const changed = [{ from: 20, end: 22 }];
  new Converter(16).convert(from, { planes, strides: [16, 8, 8] }, changed);
  const [luma = []] = planes;
  expect([...luma.slice(0, 16 * 16), ...luma.slice(16 * 32)].every((one) => one === 7)).toBe(true);
  expect([...luma.slice(16 * 16, 16 * 32)].some((one) => one !== 7)).toBe(true);
  expect(changedLines(Buffer.from(from.bytes), Buffer.from(from.bytes), from.stride)).toEqual([]);
});
