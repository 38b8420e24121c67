/** What players and their links are known to have done, and what is said of it. */
import { expect, test } from "bun:test";
import { judgeRows, strained } from "./judging.ts";
import { fate } from "./made-rows.ts";

const silentRows = (row: number) => (row > 600 && row < 840 ? {} : { complete_us: 9000 });

test("a player that stood still through a silence of several windows is reported as such", () => {
  const verdict = judgeRows(silentRows, (t_ms) => {
    if (t_ms === 12_000) return { unreachable_us: 1_990_000 };
    if (t_ms === 14_000) return { unreachable_us: 2e6 };
    return t_ms === 16_000 ? { player_pause_us: 4e6 } : {};
  });
  expect(verdict.causes).toMatchObject([{ code: "player_still", share: 1 }]);
  expect(verdict.cannot_tell).toEqual([]);
});

test("a player that ran through a silence was cut off by the network", () => {
  const verdict = judgeRows(silentRows, (t_ms) => {
    if (t_ms === 12_000) return { unreachable_us: 1_990_000 };
    if (t_ms === 14_000) return { unreachable_us: 2e6 };
    return t_ms === 16_000 ? { player_pause_us: 0 } : {};
  });
  expect(verdict.causes).toMatchObject([{ code: "link_loss", share: 1 }]);
});

test("frames that the player misses because the kernel refused their packets are a link too narrow", () => {
  const verdict = judgeRows(
    (row) => (row > 600 && row % 4 === 0 ? { fate: fate("lost"), lost_packets: 0 } : {}),
    () => ({ send_dropped: 400, packets_dropped: 3 }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "link_narrow", share: 1 });
});

test("a stream that was reduced to what the link carries is smooth, and that is what is said of it", () => {
  const verdict = judgeRows(
    (row) => (row === 900 ? { encode_us: 40_000 } : {}),
    (t_ms) => (t_ms > 10_000 ? { bitrate_kbps: 2600, mbps: 2.5, bitrate_asked_kbps: 6000 } : {}),
  );
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes[0]).toMatchObject({
    ...{ code: "link_narrow", share: 0 },
    evidence: [{ metric: "bitrate_kbps", usual: 6000, seen: 2600, unit: "kbps" }],
  });
});

test("a bitrate that the link decides is not to be raised", () => {
  const verdict = judgeRows(
    () => ({}),
    () => ({ bitrate_kbps: 300, mbps: 0.298, bitrate_asked_kbps: 6000 }),
  );
  expect(verdict.quality).toBe("stutter");
  expect(verdict.causes.map(({ code }) => code)).toEqual(["link_narrow"]);
});

const page = { viewers: 1, client_fps: 1 };
const covered = (row: number) =>
  row >= 606 && row < 830 ? { complete_us: 9000 } : { complete_us: 9000, shown_us: 20_000 };
const inGap = (t_ms: number) => t_ms === 12_000 || t_ms === 14_000;

test("frames that a covered page received and did not show are the player's that stood still", () => {
  const verdict = judgeRows(covered, (t_ms) => ({
    ...page,
    ...(inGap(t_ms) ? { player_pause_us: 1_900_000, player_wait_us: 4000 } : {}),
  }));
  expect(verdict.quality).toBe("bad");
  expect(verdict.causes).toMatchObject([{ code: "player_still", share: 1 }]);
});

test("pictures that the network delayed and that a page passed over for newer ones are the network's", () => {
  // Each arrives as late as to be shown at the end of its slot, but the next one is there by then.
  const verdict = judgeRows(
    (row) =>
      row > 600 && row % 15 === 0
        ? { complete_us: 23_000 }
        : { complete_us: 9000, shown_us: 20_000 },
    () => ({ ...page, player_wait_us: 0 }),
  );
  expect(verdict.causes).toMatchObject([
    { code: "link_jitter", share: 1, evidence: [{ metric: "network_us" }] },
  ]);
});

test("frames before the first page was there are no fault, those of a page that stalls later are", () => {
  const judged = (from: number) =>
    judgeRows(
      (row) =>
        row >= from && row < from + 90
          ? { fate: fate("dropped") }
          : { complete_us: 9000, shown_us: 20_000 },
      () => page,
    );
  expect(judged(0)).toMatchObject({ quality: "smooth", cannot_tell: [] });
  const alone = judgeRows(
    () => ({ fate: fate("dropped") }),
    () => page,
    90,
  );
  expect(alone).toMatchObject({ quality: "smooth", causes: [], cannot_tell: [] });
  expect(judged(600)).toMatchObject({ quality: "bad" });
});

test("frames that reach a page late because its own timers run late are not the network's", () => {
  const verdict = judgeRows(
    (row) => ({ complete_us: row > 600 && row < 840 && row % 3 > 0 ? 400_000 : 9000 }),
    (t_ms) => ({ ...page, player_wait_us: inGap(t_ms) ? 900_000 : 2000 }),
  );
  expect(verdict.causes).toMatchObject([{ code: "player_slow", share: 1 }]);
});

test("frames that no viewer was handed, because all were behind, are no pause of the host", () => {
  const verdict = judgeRows(
    (row) => (row > 600 && row < 660 ? { fate: fate("dropped") } : { complete_us: 9000 }),
    (t_ms) => ({ ...page, viewer_skipped: t_ms === 12_000 ? 60 : 0, player_wait_us: 900_000 }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "player_slow", share: 1 });
});

test("a player on this very machine is late because the machine is busy, not because of the network", () => {
  const late = (row: number) => ({ complete_us: row % 20 === 10 ? 40_000 : 9000 });
  const busy = { cpu_busy_share: 1, cpu_others_share: 0.8 };
  const here = judgeRows(late, () => strained({ ...busy, player_local: true }));
  expect(here.causes).toMatchObject([
    {
      ...{ code: "machine_busy", share: 1, player_local: true },
      step: { code: "play_elsewhere", values: {} },
    },
  ]);
  expect(judgeRows(late, () => strained(busy)).causes[0]?.code).toBe("link_jitter");
});

test("a page that reads nothing holds up its connection, not the network", () => {
  const verdict = judgeRows(
    (row) => (row % 20 === 10 ? { send_us: 90_000 } : {}),
    () => ({ ...page, player_wait_us: 900_000 }),
  );
  expect(verdict.causes).toMatchObject([{ code: "player_slow", share: 1 }]);
});

test("frames that found no room while the sender was held up are what held it up, to the last of them", () => {
  const verdict = judgeRows(
    (row) => {
      const place = row % 300;
      if (place === 100) return { send_us: 80_000 };
      return place > 100 && place < 108 ? { fate: fate("dropped"), send_us: Number.NaN } : {};
    },
    () => strained({ cpu_busy_share: 0.3, send_run_delay_us: 100 }, { send_dropped: 90 }),
  );
  expect(verdict.causes).toMatchObject([{ code: "link_narrow", share: 1 }]);
});

test("a link that is too narrow is not answered with a higher bitrate, though the picture is coarse", () => {
  const verdict = judgeRows(
    (row) => ({ complete_us: row >= 600 && row < 900 ? 90_000 : 9000 }),
    () => ({ bitrate_kbps: 300, mbps: 0.298, bitrate_asked_kbps: 6000 }),
  );
  expect(verdict.causes.map(({ code }) => code)).not.toContain("bitrate_too_low");
  expect(verdict.causes[0]?.code).toBe("link_narrow");
});

test("a page that reported nothing while pictures were left out for it ran late, whatever else it says after", () => {
  const silent = (t_ms: number) => t_ms > 10_000 && t_ms < 16_000;
  const verdict = judgeRows(
    (row) => (row > 640 && row < 960 && row % 2 === 0 ? { fate: fate("dropped") } : {}),
    (t_ms) => {
      if (silent(t_ms)) return { viewers: 1, viewer_skipped: 60 };
      if (t_ms !== 16_000) return { ...page, viewer_skipped: 0, player_wait_us: 0 };
      const told = { player_pause_us: 4_000_000, player_wait_us: 900_000, client_dropped: 0 };
      return { viewers: 1, viewer_skipped: 20, ...told };
    },
  );
  expect(verdict.causes).toMatchObject([{ code: "player_slow", share: 1 }]);
});

test("a page that was hidden kept reporting: it stood still", () => {
  const verdict = judgeRows(
    (row) => (row > 640 && row < 960 && row % 2 === 0 ? { fate: fate("dropped") } : {}),
    (t_ms) =>
      t_ms > 10_000 && t_ms <= 16_000
        ? { viewers: 1, viewer_skipped: 60, client_dropped: 0, player_pause_us: 1_990_000 }
        : { ...page, viewer_skipped: 0, player_wait_us: 0 },
  );
  expect(verdict.causes).toMatchObject([{ code: "player_still", share: 1 }]);
});

test("a picture of far too few bits comes before what made some frames late, and after what made it bad", () => {
  const coarse = () => ({ bitrate_kbps: 300, mbps: 0.298, quality: 4 });
  const some = judgeRows((row) => (row % 40 === 10 ? { encode_us: 60_000 } : {}), coarse);
  expect(some.quality).toBe("stutter");
  expect(some.causes[0]?.code).toBe("bitrate_too_low");
  const many = judgeRows((row) => (row % 8 === 4 ? { encode_us: 60_000 } : {}), coarse);
  expect(many.quality).toBe("bad");
  expect(many.causes[0]?.code).toBe("encoder_slow");
});

test("where other programs take the cores of the encode thread, a player on this machine is named with them", () => {
  const held = (row: number) => (row % 20 === 10 ? { encode_us: 45_000, cpu_wait_us: 40_000 } : {});
  const busy = { cpu_busy_share: 1, cpu_others_share: 0.8 };
  const here = judgeRows(held, () => strained({ ...busy, player_local: true }));
  expect(here.causes[0]).toMatchObject({ code: "machine_busy", player_local: true });
  const elsewhere = judgeRows(held, () => strained(busy));
  expect(elsewhere.causes[0]?.code).toBe("machine_busy");
  expect(elsewhere.causes[0]).not.toHaveProperty("player_local");
});

test("a page that ran somewhat late leaves open whether the network or its browser was late", () => {
  const judged = (player_wait_us: number) =>
    judgeRows(
      (row) => {
        const complete_us = row > 600 && row < 840 && row % 3 > 0 ? 400_000 : 9000;
        return { complete_us, shown_us: complete_us + 12_000 };
      },
      () => ({ ...page, unmeasured: ["rtt_us"], player_wait_us }),
    );
  const between = ["link_jitter", "player_slow"] as const;
  expect(judged(250_000).cannot_tell).toEqual([{ between: [...between], for_lack_of: "rtt_us" }]);
  expect(judged(250_000).causes).toEqual([]);
  expect(judged(20_000).causes).toMatchObject([{ code: "link_jitter", share: 1 }]);
});

test("a player that waits for a core of this machine is late because of the encoder only where that has them all", () => {
  const late = (row: number) => ({ complete_us: row % 20 === 10 ? 40_000 : 9000 });
  const shared = { player_local: true, pressure_cpu_share: 0.3 };
  const judged = (machine: object) =>
    judgeRows(late, () => strained({ ...shared, ...machine })).causes;
  const calm = { cpu_busy_share: 0.5, cpu_others_share: 0.2, cpu_process_cores: 0.6 };
  expect(judged(calm)).toMatchObject([{ code: "machine_busy", player_local: true, share: 1 }]);
  const full = { cpu_busy_share: 0.97, cpu_others_share: 0.3, cpu_process_cores: 1.34 };
  expect(judged(full)).toMatchObject([{ code: "encoder_slow", share: 1 }]);
  expect(judged({ ...full, cpu_own_cores: 0.9 })).toMatchObject([{ code: "machine_busy" }]);
});

test("a stream whose frame rate was lowered for want of bits is smooth, and its bitrate is named", () => {
  const judged = (kbps: number, gridFps: number, quality = 30) => {
    return judgeRows(
      (row) => ({ due_us: Math.round((row * 1e6) / gridFps) }),
      () => ({ bitrate_kbps: kbps, mbps: kbps / 1000, quality }),
    );
  };
  const lowered = judged(300, 30);
  expect(lowered).toMatchObject({ quality: "smooth" });
  expect(lowered.causes).toMatchObject([
    {
      code: "bitrate_too_low",
      share: 0,
      step: { code: "raise_bitrate", values: { bitrate_kbps: 869 } },
    },
  ]);
  // A rate that is capped, with pictures so fine that twice as many would be, too.
  expect(judged(300, 30, 70).causes).toEqual([]);
  // A cap of the rate, with bits enough for it; and a still desktop, which needs few.
  expect(judged(600, 30).causes).toEqual([]);
  expect(judged(300, 60).causes).toEqual([]);
});
