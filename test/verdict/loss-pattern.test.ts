/** How packets were lost follows from where they were lost, and what helps follows from that. */
import { expect, test } from "bun:test";
import { settingsDefault } from "../../src/model/settings.ts";
import { changeOfStep } from "../../src/model/trial.ts";
import { judgeRows } from "./judging.ts";
import { dice, fate, type MadeRow } from "./made-rows.ts";

/** A frame that lost more than its parity of two makes up for. */
function losing(lost: number): MadeRow {
  if (lost === 0) return { complete_us: 9000 };
  const isWhole = lost <= 2;
  const rebuilt = isWhole ? lost : 0;
  return {
    ...{ lost_packets: lost, rebuilt, fate: fate(isWhole ? "sent" : "lost") },
    complete_us: isWhole ? 9000 : Number.NaN,
  };
}

/** Each packet has the same chance, in the rows that a test says. */
function atRandom(chance: number, isOn: (row: number) => boolean = () => true) {
  const roll = dice(7);
  return (row: number) => {
    let lost = 0;
    for (let packet = 0; packet < 20; packet++) if (roll() < chance) lost += 1;
    return losing(isOn(row) ? lost : 0);
  };
}

const lossOf = (change: (row: number) => MadeRow) =>
  judgeRows(change).causes.find(({ code }) => code === "link_loss");

test("packets that are lost independently of each other are lost at random, and parity helps", () => {
  const cause = lossOf(atRandom(0.05));
  expect(cause).toMatchObject({ loss: "random", step: { code: "more_parity" } });
  expect(cause?.evidence.find(({ metric }) => metric === "repaired_share")?.seen).toBeGreaterThan(
    0.3,
  );
});

test("a few seconds of random loss are no burst", () => {
  expect(lossOf(atRandom(0.08, (row) => row >= 600 && row < 900))?.loss).toBe("random");
});

test("losses of whole stretches are bursts, and a cable helps", () => {
  const cause = lossOf((row) => losing(row % 100 < 6 ? 9 : 0));
  expect(cause).toMatchObject({ loss: "bursts", step: { code: "check_wireless" } });
});

test("losses of key frames ask for the next one, and gentler bursts help", () => {
  const cause = lossOf((row) => ({
    ...losing(row % 60 === 0 ? 25 : 0),
    ...(row % 60 === 0 ? { key: 1, packets: 80, parity: 16 } : {}),
  }));
  expect(cause).toMatchObject({ loss: "key_frames", step: { code: "more_pacing" } });
});

test("losses before the first packet that came are those of frames' starts, and parity helps", () => {
  const cause = lossOf((row) => ({
    ...losing(row % 9 === 0 ? 3 : 0),
    lost_head: row % 9 === 0 ? 3 : 0,
  }));
  expect(cause).toMatchObject({ loss: "frame_starts", step: { code: "more_parity" } });
});

test("of packets that are lost at random the first is lost now and then, which is no pattern", () => {
  const roll = dice(11);
  const cause = lossOf(() => {
    const lost = Array.from({ length: 20 }, () => roll() < 0.06);
    const head = lost.indexOf(false);
    return { ...losing(lost.filter(Boolean).length), lost_head: head };
  });
  expect(cause?.loss).toBe("random");
});

test("a few lost packets do not show how they were lost", () => {
  expect(lossOf((row) => losing(row % 900 === 10 ? 5 : 0))).not.toHaveProperty("loss");
});

test("where packets are spread over most of the frame time already, the bitrate is lowered", () => {
  const step = { code: "more_pacing", values: { pacing_share: 0.5, bitrate_kbps: 4000 } } as const;
  const at = (pacing_share: number, bitrate_kbps = 0) =>
    changeOfStep(step, { ...settingsDefault, pacing_share, bitrate_kbps });
  expect([at(0), at(0.5), at(0.8), at(0.8, 3000)]).toEqual([
    { pacing_share: 0.5 },
    { pacing_share: 0.8 },
    { bitrate_kbps: 4000 },
    undefined,
  ]);
});

test("a frame that was lost on the way is no frame that took no time on it", () => {
  const cause = lossOf((row) => losing(row % 20 === 0 ? 18 : 0));
  expect(cause?.evidence.map(({ metric }) => metric)).not.toContain("network_us");
  expect(cause?.evidence[0]).toMatchObject({ metric: "lost_packets", seen: 18 });
});
