import { expect, test } from "bun:test";
import { SlotPool } from "../../src/video/slot-pool.ts";

function poolOf(slotCount: number, slotBytes: number) {
  const memory = new Map<number, SharedArrayBuffer>();
  const onMemory = (slot: number, buffer: SharedArrayBuffer) => void memory.set(slot, buffer);
  const pool = new SlotPool({ slotCount, slotBytes, onMemory });
  return { pool, memory };
}

const bytes = (count: number, value = 1) => new Uint8Array(count).fill(value);

test("a pool has as many slots as it was made with, then none", () => {
  const { pool, memory } = poolOf(2, 10);
  const slots = [pool.put(bytes(10)), pool.put(bytes(10))];
  expect(slots.toSorted()).toEqual([0, 1]);
  expect(pool.put(bytes(1))).toBeUndefined();
  expect([...memory.values()].map((buffer) => buffer.byteLength)).toEqual([10, 10]);
});

test("what is put into a slot can be read from its memory", () => {
  const { pool, memory } = poolOf(1, 10);
  const slot = pool.put(bytes(3, 7)) ?? -1;
  expect([...new Uint8Array(memory.get(slot) ?? new ArrayBuffer(), 0, 3)]).toEqual([7, 7, 7]);
});

test("a slot that comes back is used again, with the memory it had", () => {
  const { pool, memory } = poolOf(1, 10);
  pool.put(bytes(10));
  const first = memory.get(0);
  pool.give(0);
  expect(pool.freeCount).toBe(1);
  expect(pool.put(bytes(10))).toBe(0);
  expect(memory.get(0)).toBe(first);
});

test("a slot that is too small gets larger memory, reported before the frame is there", () => {
  const { pool, memory } = poolOf(1, 10);
  pool.put(bytes(10));
  pool.give(0);
  expect(pool.put(bytes(11))).toBe(0);
  expect(memory.get(0)?.byteLength).toBeGreaterThanOrEqual(11);
});

test("a slot that was not given out, or came back already, is refused", () => {
  const { pool } = poolOf(1, 10);
  expect(() => pool.give(0)).toThrow("given out");
  pool.put(bytes(1));
  pool.give(0);
  expect(() => pool.give(0)).toThrow("once");
});
