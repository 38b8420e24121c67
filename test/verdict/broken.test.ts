/** What a link that loses packets does to a stream, beside players that are short of cores. */
import { expect, test } from "bun:test";
import { judgeRows, strained } from "./judging.ts";
import { fate, type MadeRow } from "./made-rows.ts";

const whole: MadeRow = { complete_us: 9000 };
const lostRow: MadeRow = { fate: fate("lost"), lost_packets: 4 };
/** Each second a frame is lost, and the key frame that was asked for comes a fifth of a second later. */
const brokenRow = (row: number): MadeRow => {
  if (row % 60 === 30) return lostRow;
  return row % 60 === 42 ? { ...whole, key: 1 } : whole;
};

test("frames that came whole behind a lost one were not seen until the next key frame", () => {
  const verdict = judgeRows(brokenRow);
  expect(verdict.frames.absent).toBe(30 * 12);
  expect(verdict).toMatchObject({ quality: "bad", causes: [{ code: "link_loss", share: 1 }] });
  const metrics = verdict.causes[0]?.evidence.map(({ metric }) => metric);
  expect(metrics).toContain("lost_packets");
  expect(metrics).not.toContain("network_us");
});

test("a key frame that is lost too leaves the picture broken until the one behind it", () => {
  const verdict = judgeRows((row) => {
    if (row === 600) return lostRow;
    if (row === 620) return { ...lostRow, key: 1 };
    return row === 640 ? { ...whole, key: 1 } : whole;
  });
  expect(verdict.frames.absent).toBe(40);
});

test("behind a hole in the rows nobody knows whether the picture is still broken", () => {
  const verdict = judgeRows((row) => ({
    ...(row === 600 ? lostRow : whole),
    // A second of rows is missing, the key frame among them.
    due_us: Math.round(((row < 606 ? row : row + 60) * 1e6) / 60),
  }));
  expect(verdict.frames.absent).toBe(6);
});

test("of a player that does not report single frames nobody knows what it could decode", () => {
  const verdict = judgeRows((row) => (row % 60 === 30 ? lostRow : {}));
  expect(verdict.frames.absent).toBe(30);
});

/** The player gets no core for six frames' time, eight times a second: they come at one moment. */
const heldRow = (row: number): MadeRow => {
  const isHeld = row >= 600 && row < 840;
  return isHeld ? { complete_us: 9000 + Math.round((7 - (row % 7)) * 16_667) } : whole;
};

test("frames that a starved player takes all at once stand in no queue of the link", () => {
  const verdict = judgeRows(heldRow, (t_ms) =>
    strained({}, { player_wait_us: t_ms === 12_000 || t_ms === 14_000 ? 1_900_000 : 0 }),
  );
  expect(verdict.causes).toMatchObject([
    {
      ...{ code: "player_slow", share: 1, player_busy: true },
      step: { code: "free_the_player", values: {} },
    },
  ]);
});

test("what a player reports of its wait, late or as short as usual, is evidence only where it is longer", () => {
  const evidence = (of: (t_ms: number) => number) =>
    judgeRows(heldRow, (t_ms) => ({ player_wait_us: of(t_ms) })).causes[0];
  const told = evidence((t_ms) => (t_ms === 14_000 || t_ms === 16_000 ? 1_900_000 : 5000));
  expect(told).toMatchObject({ code: "player_slow", player_busy: true });
  expect(told?.evidence).toContainEqual({
    ...{ metric: "player_wait_us", usual: 5000, seen: 1_900_000, unit: "us" },
  });
  const less = evidence((t_ms) => (t_ms > 10_000 && t_ms <= 16_000 ? 1_800_000 : 1_990_000));
  expect(less).toMatchObject({ code: "player_slow", player_busy: true });
  expect(less?.evidence.map(({ metric }) => metric)).toEqual(["network_us"]);
});

test("a player that waited for a core nearly all the time was not stopped for what is left", () => {
  const verdict = judgeRows(heldRow, (t_ms) =>
    t_ms === 12_000 || t_ms === 14_000
      ? { player_wait_us: 1_700_000, player_pause_us: 1_900_000 }
      : { player_wait_us: 0 },
  );
  expect(verdict.causes[0]?.code).toBe("player_slow");
});

test("a bitrate that was lowered for losses that stay does not say that the link carries no more", () => {
  const verdict = judgeRows(
    () => ({ ...whole, lost_packets: 2, rebuilt: 2 }),
    () => ({ bitrate_kbps: 400, mbps: 0.39, bitrate_asked_kbps: 8000, packets_dropped: 240 }),
  );
  expect(verdict.causes.map(({ code }) => code)).toEqual(["link_loss"]);
});

test("a little loss is not put before the narrow link that coarsened the picture", () => {
  const lowered = { bitrate_kbps: 400, mbps: 0.39, bitrate_asked_kbps: 8000 };
  // Every fourth frame makes a stream that stutters, every twelfth one that does not.
  for (const every of [4, 12]) {
    const verdict = judgeRows(
      (row) => {
        const place = row >= 600 && row < 720 ? row % every : (row % 200) + 2;
        if (place === 2) return lostRow;
        return place === 3 ? { ...whole, key: 1 } : whole;
      },
      (t_ms) => ({ ...lowered, rtt_us: t_ms === 12_000 ? 180_000 : 2000 }),
    );
    expect(verdict).toMatchObject({ quality: "stutter", coarse: true });
    expect(verdict.causes.map(({ code }) => code)).toEqual(["link_narrow", "link_loss"]);
  }
});

test("a bitrate that was hardly lowered was too low from the start, whatever is lost", () => {
  const verdict = judgeRows(
    (row) => ({ ...whole, ...(row % 5 === 0 ? { lost_packets: 2, rebuilt: 2 } : {}) }),
    () => ({ bitrate_kbps: 760, mbps: 0.75, bitrate_asked_kbps: 800 }),
  );
  expect(verdict.causes).toMatchObject([
    { code: "bitrate_too_low", step: { code: "raise_bitrate", values: { bitrate_kbps: 830 } } },
    { code: "link_loss", share: 0 },
  ]);
});

test("losses that lowered the bitrate tell to what", () => {
  const verdict = judgeRows(brokenRow, () => ({ bitrate_kbps: 400, bitrate_asked_kbps: 8000 }));
  expect(verdict.causes[0]?.evidence).toContainEqual({
    ...{ metric: "bitrate_kbps", usual: 8000, seen: 400, unit: "kbps" },
  });
});

test("the parity that helps is that against the loss while packets were lost, not over the whole range", () => {
  const verdict = judgeRows((row) => {
    const isLossy = row > 600 && row <= 720;
    if (!isLossy) return whole;
    const lossy = { lost_packets: 2, rebuilt: 2, key: row === 661 ? 1 : 0 };
    return row === 660 ? { ...lostRow, lost_packets: 2 } : { ...whole, ...lossy };
  });
  expect(verdict.causes[0]?.step).toEqual({ code: "more_parity", values: { loss_percent: 10 } });
});
