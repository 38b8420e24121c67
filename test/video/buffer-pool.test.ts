import { expect, test } from "bun:test";
import { BufferPool } from "../../src/video/buffer-pool.ts";

test("a pool gives out as many buffers as it has, then none", () => {
  const pool = new BufferPool({ bufferCount: 2, bufferBytes: 10 });
  expect(pool.take(10)?.byteLength).toBe(10);
  expect(pool.take(10)?.byteLength).toBe(10);
  expect(pool.take(10)).toBeUndefined();
});

test("a buffer that is too small is replaced by one that fits", () => {
  const pool = new BufferPool({ bufferCount: 1, bufferBytes: 10 });
  const grown = pool.take(11);
  expect(grown?.byteLength).toBeGreaterThanOrEqual(11);
  pool.give(grown ?? new ArrayBuffer());
  expect(pool.take(10_000)).toBe(grown);
});

test("more buffers than were given out are not kept", () => {
  const pool = new BufferPool({ bufferCount: 1, bufferBytes: 10 });
  pool.give(new ArrayBuffer(10));
  expect(pool.freeCount).toBe(1);
});
