import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Arrival, SequenceWindow } from "../../../src/native/wire/sequence-window.ts";

const make = (sequenceCountMax = 64) => new SequenceWindow({ sequenceCountMax });

test("a sequence is accepted once", () => {
  const window = make();
  expect(window.accept(5)).toBe("new");
  expect(window.accept(5)).toBe("duplicate");
  expect(window.accept(4)).toBe("new");
  expect(window.accept(4)).toBe("duplicate");
  expect(window.receivedCount).toBe(2);
  expect(window.duplicateCount).toBe(2);
  expect(window.reorderedCount).toBe(1);
});

test("the oldest sequence that the window holds is distinguished from the one below it", () => {
  const window = make(64);
  window.accept(100);
  expect(window.accept(37)).toBe("new");
  expect(window.accept(36)).toBe("stale");
  expect(window.staleCount).toBe(1);
});

test("a gap is a loss only from the second settling on", () => {
  const window = make();
  window.accept(0);
  window.accept(3);
  window.settle();
  expect(window.lostCount).toBe(0);
  window.settle();
  expect(window.lostCount).toBe(2);
  expect(window.settled).toBe(4);
});

test("what comes between two settlings is reordered and no loss", () => {
  const window = make();
  window.accept(0);
  window.accept(2);
  window.settle();
  window.accept(1);
  window.settle();
  expect(window.lostCount).toBe(0);
  expect(window.reorderedCount).toBe(1);
  expect(window.lateCount).toBe(0);
});

test("what comes after its loss was counted is late and no loss any more", () => {
  const window = make();
  window.accept(0);
  window.accept(2);
  window.settle();
  window.settle();
  expect(window.lostCount).toBe(1);
  expect(window.accept(1)).toBe("new");
  expect(window.lostCount).toBe(0);
  expect(window.lateCount).toBe(1);
});

test("a jump past the whole window counts everything between", () => {
  const window = make(64);
  window.accept(0);
  window.accept(1_000_000);
  window.settleAll();
  expect(window.lostCount).toBe(999_999);
  expect(window.accept(1_000_000 - 63)).toBe("new");
});

test("however datagrams are lost, doubled and shuffled, received and lost make what was sent", () => {
  const action = fc.record({
    copies: fc.constantFrom(0, 1, 1, 1, 2),
    isHeld: fc.boolean(),
    settle: fc.boolean(),
  });
  const arrivals: Arrival[] = ["new", "duplicate"];
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 400 }), (actions) => {
      const window = make(1024);
      const held: number[] = [];
      let passed = 0;
      actions.forEach(({ copies, isHeld, settle }, sequence) => {
        if (settle) window.settle();
        if (isHeld) {
          held.push(sequence);
          return;
        }
        const said = arrivals.slice(0, copies).map(() => window.accept(sequence));
        expect(said).toEqual(arrivals.slice(0, copies));
        passed += Math.min(1, copies);
      });
      for (const sequence of held) expect(window.accept(sequence)).toBe("new");
      window.settleAll();
      const end = (window.highest ?? -1) + 1;
      expect(window.receivedCount).toBe(passed + held.length);
      expect(window.receivedCount + window.lostCount).toBe(end);
    }),
  );
});
