import { expect, test } from "bun:test";
import fc from "fast-check";
import { groupCountOf, groupDueUs, groupEnd } from "../../src/session/pacing.ts";

test("groups cover every packet once, differ by at most one, and end within the span", () => {
  const counts = fc.integer({ min: 1, max: 5000 });
  const spans = fc.integer({ min: 0, max: 50_000 });
  fc.assert(
    fc.property(counts, spans, (packetCount, spanUs) => {
      const groupCount = groupCountOf(packetCount, spanUs);
      let start = 0;
      for (let group = 0; group < groupCount; group++) {
        const end = groupEnd(group, groupCount, packetCount);
        const size = end - start;
        expect(size).toBeGreaterThanOrEqual(Math.floor(packetCount / groupCount));
        expect(size).toBeLessThanOrEqual(Math.ceil(packetCount / groupCount));
        start = end;
      }
      expect(start).toBe(packetCount);
      expect(groupDueUs(groupCount - 1)).toBeLessThanOrEqual(Math.max(0, spanUs - 1));
    }),
  );
});

test("a frame that fits one small group leaves at once, one packet more takes two", () => {
  expect(groupCountOf(8, 8333)).toBe(1);
  expect(groupCountOf(9, 8333)).toBe(2);
});

test("a large frame is spread over the span and no further", () => {
  expect(groupCountOf(64, 8333)).toBe(8);
  expect(groupCountOf(500, 8333)).toBe(8);
});
