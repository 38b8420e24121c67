import { describe, expect, test } from "bun:test";
import { openOne, takeAll, turn, watching } from "../support/watching.ts";

describe("a key frame is asked for", () => {
  const open = async () => {
    const all = watching();
    const { encoder } = await openOne(all);
    const push = async (isKey: boolean, afterMs: number) => {
      all.clock.advanceMs(afterMs);
      encoder.push(isKey);
      await turn();
    };
    return { ...all, encoder, push };
  };

  test("when a viewer comes, shared by those that come at the same time", async () => {
    const { encoder, push, watch } = await open();
    await push(true, 1);
    await push(false, 300);
    watch("live/1.hang");
    watch("live/1.hang");
    watch("live/1.hang");
    expect(encoder.idrCount).toBe(1);
    await push(true, 16);
    watch("live/1.hang");
    await push(false, 199);
    expect(encoder.idrCount).toBe(1);
    await push(false, 1);
    expect(encoder.idrCount).toBe(2);
  });

  test("when a group has grown four seconds long", async () => {
    const { encoder, push, watch } = await open();
    await push(true, 1);
    void takeAll(watch("live/1.hang"));
    await push(true, 300);
    const before = encoder.idrCount;
    await push(false, 3999);
    expect(encoder.idrCount).toBe(before);
    await push(false, 1);
    expect(encoder.idrCount).toBe(before + 1);
  });

  test("for viewers that are too slow no oftener than every two seconds", async () => {
    const { encoder, push, watch } = await open();
    await push(true, 1);
    watch("live/1.hang");
    await push(true, 300);
    const before = encoder.idrCount;
    await push(false, 600);
    await push(false, 600);
    await push(false, 799);
    expect(encoder.idrCount).toBe(before);
    await push(false, 1);
    expect(encoder.idrCount).toBe(before + 1);
  });

  test("for nobody when nobody watches", async () => {
    const { encoder, push } = await open();
    await push(true, 1);
    await push(false, 9000);
    expect(encoder.idrCount).toBe(0);
  });
});
