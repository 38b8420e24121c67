/** Known faults in made rows, and the cause that is named for each. */
import { expect, test } from "bun:test";
import { judgeRows, strained } from "./judging.ts";
import { dice, fate, missedRow } from "./made-rows.ts";

test("a calm stream is smooth and nobody is blamed", () => {
  const verdict = judgeRows(() => ({}));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes).toEqual([]);
  expect(verdict.frames).toEqual({ slots: 1800, in_time: 1800, late: 0, absent: 0, old: 0 });
});

test("one lost packet in an hour is not a fault", () => {
  const verdict = judgeRows((row) => (row === 900 ? { lost_packets: 1, rebuilt: 1 } : {}));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes).toEqual([]);
});

test("a picture that stands still is not a fault of the host", () => {
  const verdict = judgeRows((row) => ({ repeat: row === 0 ? 0 : 1 }));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes).toEqual([]);
});

test("frames slow to encode while the thread ran are the encoder's", () => {
  const verdict = judgeRows((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  expect(verdict.quality).toBe("stutter");
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow", share: 1 });
  expect(verdict.causes[0]?.evidence[0]).toMatchObject({ metric: "encode_us", unit: "us" });
  expect(verdict.blame.encode).toBeCloseTo(1, 2);
});

test("an encoder that makes one frame a second is too slow, however few it makes", () => {
  const verdict = judgeRows((row) => {
    if (row < 10) return {};
    return row % 60 === 10 ? { encode_us: 980_000 } : missedRow;
  });
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow" });
  expect(verdict.causes[0]?.momentary).toBeUndefined();
});

test("a preset too slow from the start shows in the slots it leaves out", () => {
  const verdict = judgeRows((row) => (row % 2 === 1 ? missedRow : { encode_us: 24_000 }));
  expect(verdict.quality).toBe("bad");
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow" });
  expect(verdict.causes[0]?.share).toBeGreaterThan(0.95);
});

test("frames whose thread waited for a core are the machine's", () => {
  const verdict = judgeRows((row) =>
    row % 20 === 10 ? { encode_us: 40_000, cpu_wait_us: 35_000 } : {},
  );
  expect(verdict.causes[0]).toMatchObject({ code: "machine_busy", share: 1 });
});

test("an encoder whose threads lost the cores to other programs is not the encoder's", () => {
  const slow = (row: number) => (row >= 600 && row < 720 ? { encode_us: 40_000 } : {});
  const verdict = judgeRows(slow, (t_ms) => ({
    machine: {
      cpu_busy_share: t_ms > 9000 && t_ms <= 13_000 ? 1 : 0.4,
      cpu_others_share: t_ms > 9000 && t_ms <= 13_000 ? 0.7 : 0.05,
    },
  }));
  expect(verdict.causes[0]).toMatchObject({ code: "machine_busy", share: 1 });
});

test("without the measure that decides between them it cannot be decided", () => {
  const verdict = judgeRows((row) => ({
    cpu_wait_us: Number.NaN,
    ...(row % 20 === 10 ? { encode_us: 40_000 } : {}),
  }));
  expect(verdict.causes).toEqual([]);
  expect(verdict.cannot_tell).toEqual([
    { between: ["encoder_slow", "machine_busy"], for_lack_of: "cpu_wait_us" },
  ]);
  expect(verdict.unexplained).toBe(1);
});

test("a thread that was asleep too long on a busy machine is the machine's", () => {
  const verdict = judgeRows(
    (row) => (row >= 600 && row < 720 && row % 3 !== 0 ? missedRow : {}),
    (t_ms) => ({
      machine: {
        cpu_busy_share: t_ms > 10_000 && t_ms <= 12_000 ? 1 : 0.4,
        encode_run_delay_us: t_ms > 10_000 && t_ms <= 12_000 ? 900_000 : 1000,
      },
    }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "machine_busy", share: 1 });
});

test("a process that was stopped is not blamed on sending", () => {
  const verdict = judgeRows(
    (row) => (row >= 600 && row < 690 ? missedRow : {}),
    (t_ms) => ({ stopped_us: t_ms === 12_000 ? 1_500_000 : 0, machine: { cpu_busy_share: 0.3 } }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "host_paused" });
  expect(verdict.causes[0]?.share).toBeGreaterThan(0.95);
  expect(verdict.freezes.count).toBe(1);
  expect(verdict.freezes.ms).toBeCloseTo(1500, -2);
});

test("lost frames without a growing round trip are a link that loses", () => {
  const roll = dice(3);
  const verdict = judgeRows(() =>
    roll() < 0.05 ? { fate: fate("lost"), lost_packets: 3 } : { complete_us: 9000 },
  );
  expect(verdict.quality).toBe("bad");
  expect(verdict.causes[0]).toMatchObject({ code: "link_loss", share: 1 });
  expect(verdict.causes[0]?.step).toMatchObject({ code: "more_parity" });
});

test("lost frames with a growing round trip are a link too narrow", () => {
  const verdict = judgeRows(
    (row) => (row > 600 && row % 4 === 0 ? { fate: fate("lost"), lost_packets: 9 } : {}),
    (t_ms) => ({ rtt_us: t_ms > 10_000 ? 180_000 : 2000 }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "link_narrow" });
  expect(verdict.causes[0]?.step?.code).toBe("lower_bitrate");
});

test("the bitrate advised for a narrow link leaves room for all the parity that losses bring", () => {
  const advised = (parity: number) =>
    judgeRows(
      (row) => (row > 600 && row % 2 === 0 ? { fate: fate("lost"), packets: 20, parity } : {}),
      (t_ms) => ({ rtt_us: t_ms > 10_000 ? 180_000 : 2000 }),
    ).causes[0]?.step?.values.bitrate_kbps;
  // 7 Mbit/s of pictures came through beside that parity; half of a frame's packets is the most.
  expect(advised(0)).toBe(5600);
  expect(advised(4)).toBe(4500);
  expect(advised(10)).toBe(5600);
});

test("frames complete late of which nothing was lost are a link that jitters", () => {
  const roll = dice(5);
  const verdict = judgeRows(() => ({ complete_us: roll() < 0.05 ? 45_000 : 9000 }));
  expect(verdict.measured_until).toBe("complete");
  expect(verdict.causes[0]).toMatchObject({ code: "link_jitter", share: 1 });
});

test("frames complete in time and shown late are the player's", () => {
  const verdict = judgeRows((row) => ({
    complete_us: 9000,
    shown_us: row % 10 === 0 ? 60_000 : 20_000,
  }));
  expect(verdict.measured_until).toBe("shown");
  expect(verdict.causes[0]).toMatchObject({ code: "player_slow", share: 1 });
});

test("excess in key frames alone is reported as key frames", () => {
  const verdict = judgeRows((row) =>
    row % 60 === 30 ? { key: 1, encode_us: 12_000, send_us: 25_000, bytes: 200_000 } : {},
  );
  expect(verdict.causes[0]).toMatchObject({ code: "key_frames", share: 1 });
});

test("frames late only behind another are charged to what began the run", () => {
  const verdict = judgeRows((row) => {
    const place = row % 200;
    if (place === 100) return { encode_us: 70_000 };
    if (place > 100 && place < 104) return { wait_us: 60_000 - (place - 100) * 14_000 };
    return {};
  });
  expect(verdict.causes).toHaveLength(1);
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow", share: 1, episodes: 9 });
});

test("a source that freezes while it moved is reported as a source that stood still", () => {
  const verdict = judgeRows((row) => ({ repeat: row >= 600 && row < 900 ? 1 : 0 }));
  expect(verdict.quality).toBe("bad");
  expect(verdict.freezes).toMatchObject({ count: 1, ms: 5000 });
  expect(verdict.causes[0]).toMatchObject({ code: "source_still", share: 1 });
});

test("a film of 24 pictures in 60 is smooth, and its cadence is said", () => {
  const verdict = judgeRows((row) => ({ repeat: [0, 1, 0, 1, 1][row % 5] ?? 0 }));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes[0]).toMatchObject({
    code: "source_slow_rate",
    step: { values: { fps: 24 } },
  });
  expect(verdict.cadence?.source_fps).toBeCloseTo(24, 1);
  expect([...(verdict.cadence?.pattern ?? [])].sort()).toEqual([2, 3]);
});

test("intervals that vary at the source are uneven there, those that vary on the glass alone on the way", () => {
  const roll = dice(3);
  const shown = () => ({ complete_us: 9000, shown_us: 12_000 });
  expect(judgeRows(shown).cadence).not.toHaveProperty("uneven");
  const later = judgeRows((row) => ({ ...shown(), shown_us: row % 2 === 0 ? 12_000 : 24_000 }));
  expect(later.cadence?.uneven).toBe("way");
  const source = judgeRows(() => ({ ...shown(), repeat: roll() < 0.5 ? 1 : 0 }));
  expect(source.cadence?.uneven).toBe("source");
});

test("a game at 8 pictures a second is bad, and the source is named", () => {
  const verdict = judgeRows((row) => ({ repeat: row % 8 === 0 ? 0 : 1 }));
  expect(verdict.quality).toBe("bad");
  expect(verdict.causes[0]?.code).toBe("source_slow_rate");
});

test("59.94 pictures in 60 beat once in 16.7 s", () => {
  const verdict = judgeRows((row) => ({ repeat: row % 1001 === 500 ? 1 : 0 }), undefined, 6006);
  expect(verdict.quality).toBe("smooth");
  expect(verdict.cadence?.beat_s).toBeCloseTo(16.7, 0);
});

test("a rhythm of 7 s is named within three periods", () => {
  const verdict = judgeRows(
    (row) => (row % 420 >= 60 && row % 420 < 66 ? { encode_us: 45_000, cpu_wait_us: 40_000 } : {}),
    undefined,
    420 * 3 + 120,
  );
  expect(verdict.rhythm?.period_ms).toBeCloseTo(7000, -2);
  expect(verdict.rhythm?.metric).toBe("machine_busy");
});

test("episodes at random times have no rhythm", () => {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const roll = dice(seed);
    const verdict = judgeRows(() => (roll() < 0.004 ? { encode_us: 45_000 } : {}), undefined, 3600);
    if (verdict.rhythm !== undefined) found += 1;
  }
  expect(found).toBeLessThanOrEqual(2);
});

test("two faults at once get shares within ten points of the truth", () => {
  const verdict = judgeRows((row) => {
    if (row % 40 === 10) return { encode_us: 43_000 };
    if (row % 40 === 30) return { complete_us: 49_000 };
    return { complete_us: 9000 };
  });
  const shareOf = (code: string) => verdict.causes.find((cause) => cause.code === code)?.share ?? 0;
  expect(Math.abs(shareOf("encoder_slow") - 0.5)).toBeLessThan(0.1);
  expect(Math.abs(shareOf("link_jitter") - 0.5)).toBeLessThan(0.1);
});

test("shares and what is unexplained add up to one", () => {
  const roll = dice(9);
  const verdict = judgeRows(() => {
    const place = roll();
    if (place < 0.01) return { encode_us: 40_000 };
    if (place < 0.02) return { capture_us: 30_000 };
    if (place < 0.03) return { fate: fate("lost"), lost_packets: 2 };
    return {};
  });
  const sum = verdict.causes.reduce((total, { share }) => total + share, verdict.unexplained);
  expect(sum).toBeCloseTo(1, 2);
  const blame = Object.values(verdict.blame).reduce((total, share) => total + share, 0);
  expect(blame).toBeCloseTo(1, 2);
});

test("a bitrate that the mode cannot bear is named with the one that it needs", () => {
  const verdict = judgeRows(
    () => ({}),
    () => ({ bitrate_kbps: 300, mbps: 0.298 }),
  );
  expect(verdict.quality).toBe("stutter");
  expect(verdict.causes[0]).toMatchObject({
    code: "bitrate_too_low",
    step: { code: "raise_bitrate", values: { bitrate_kbps: 830 } },
  });
});

test("a coarse picture names the bitrate that it needs, whatever its codec", () => {
  const window = () => ({ bitrate_kbps: 900, mbps: 0.9, quality: 9 });
  const [cause] = judgeRows(() => ({}), window).causes;
  expect(cause).toMatchObject({
    code: "bitrate_too_low",
    evidence: [{ metric: "bitrate_kbps" }, { metric: "quality", seen: 0.09, unit: "share" }],
    step: { code: "raise_bitrate", values: { bitrate_kbps: 3600 } },
  });
});

test("a fine picture needs no more bits, however few there are", () => {
  const window = () => ({ bitrate_kbps: 300, mbps: 0.298, quality: 25 });
  expect(judgeRows(() => ({}), window)).toMatchObject({ quality: "smooth", causes: [] });
});

test("too little is not judged", () => {
  expect(judgeRows(() => ({}), undefined, 20).quality).toBe("cannot_tell");
  expect(judgeRows(() => ({}), undefined, 0).quality).toBe("cannot_tell");
});

test("a thread that stood still alone is a pause of our own, however busy the machine is", () => {
  const verdict = judgeRows(
    (row) => {
      if (row % 300 === 10) return { wait_us: 80_000 };
      return row % 300 > 10 && row % 300 < 15 ? missedRow : {};
    },
    () =>
      strained({
        ...{ cpu_busy_share: 1, cpu_others_share: 0.8, pressure_cpu_share: 0.9 },
        ...{ encode_run_delay_us: 9000, send_run_delay_us: 4000, cpu_encode_cores: 0.1 },
        ...{ main_pause_us: 2000, send_pause_us: 1000, encode_pause_us: 80_000 },
      }),
  );
  expect(verdict.causes).toMatchObject([{ code: "own_pause", share: 1 }]);
});

test("an encoder that works on a busy machine and hardly waits is slow by itself", () => {
  const machine = { cpu_busy_share: 1, cpu_others_share: 0.6, cpu_encode_cores: 0.9 };
  const verdict = judgeRows(
    (row) => (row % 2 === 1 ? missedRow : { encode_us: 24_000, cpu_wait_us: 500 }),
    () => strained({ ...machine, encode_run_delay_us: 60_000 }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow" });
});

test("threads that wait because the encoder's own take all cores are the encoder's doing", () => {
  const machine = { cpu_busy_share: 1, cpu_others_share: 0.1, cpu_encode_cores: 0.5 };
  const verdict = judgeRows(
    (row) => (row % 20 === 10 ? { encode_us: 40_000, cpu_wait_us: 30_000 } : {}),
    () => strained({ ...machine, encode_run_delay_us: 900_000 }),
  );
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow", share: 1 });
});

test("frames that arrive late because the player stood still are not the link's", () => {
  const stopped = (row: number) => row >= 600 && row < 660;
  const late = (row: number) => ({
    complete_us: stopped(row) ? 9000 + (660 - row) * 16_667 : 9000,
  });
  const said = judgeRows(late, (t_ms) => (t_ms === 12_000 ? { player_pause_us: 990_000 } : {}));
  expect(said.causes).toMatchObject([{ code: "player_still", share: 1 }]);
  expect(judgeRows(late).causes).toMatchObject([{ code: "link_jitter", share: 1 }]);
});

test("frames that arrive late because the player waits for a core, on a machine that is short of them, are the machine's", () => {
  const verdict = judgeRows(
    (row) => ({ complete_us: row % 20 === 10 ? 40_000 : 9000 }),
    () =>
      strained(
        {
          cpu_busy_share: 1,
          cpu_others_share: 0.9,
          cpu_encode_cores: 0.1,
          encode_run_delay_us: 900_000,
        },
        { player_wait_us: 900_000 },
      ),
  );
  expect(verdict.causes).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

test("frames that all take longer on the way stand in a queue, though one round trip was short", () => {
  const verdict = judgeRows((row) => ({ complete_us: row >= 600 && row < 900 ? 90_000 : 9000 }));
  expect(verdict.causes[0]?.code).toBe("link_narrow");
  // At the edges of those five seconds the frames around are not all late.
  expect(verdict.causes[0]?.share).toBeGreaterThan(0.8);
});

test("lost packets that parity made up for are named, and the stream is smooth", () => {
  const verdict = judgeRows((row) => ({
    complete_us: 9000,
    ...(row % 5 === 0 ? { lost_packets: 2, rebuilt: 2 } : {}),
  }));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes).toMatchObject([
    { code: "link_loss", share: 0, evidence: [{ metric: "lost_share", seen: 0.02 }] },
  ]);
});

test("a player of which nothing is heard, and that says nothing of it later, leaves it open", () => {
  const silent = (row: number) => (row >= 600 && row < 720 ? {} : { complete_us: 9000 });
  const verdict = judgeRows(silent, (t_ms) => (t_ms === 12_000 ? { unreachable_us: 2e6 } : {}));
  expect(verdict.quality).toBe("bad");
  expect(verdict.causes).toEqual([]);
  expect(verdict.cannot_tell).toEqual([
    { between: ["link_loss", "player_still"], for_lack_of: "player_pause_us" },
  ]);
});

test("a frame that is late by little does not take the blame for a stop behind it", () => {
  const verdict = judgeRows(
    (row) => {
      if (row === 609) return { complete_us: 30_000 };
      if (row === 610) return { wait_us: 1_000_000, complete_us: 1_009_000 };
      return row > 610 && row < 670 ? missedRow : { complete_us: 9000 };
    },
    (t_ms) => ({ stopped_us: t_ms === 12_000 ? 900_000 : 0 }),
  );
  expect(verdict.causes[0]?.code).toBe("host_paused");
  expect(verdict.causes[0]?.share).toBeGreaterThan(0.97);
});

test("where the encode thread waits for a core a quarter of its time, a late send thread is no pause of our own", () => {
  const machine = { cpu_busy_share: 1, cpu_others_share: 0.8, cpu_encode_cores: 0.2 };
  const verdict = judgeRows(
    (row) => (row % 20 === 10 ? { send_us: 40_000 } : {}),
    () =>
      strained({
        ...machine,
        ...{ encode_run_delay_us: 900_000, send_run_delay_us: 90_000, send_pause_us: 39_000 },
      }),
  );
  expect(verdict.causes).toMatchObject([{ code: "machine_busy", share: 1 }]);
});
