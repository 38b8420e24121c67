/** What a check of the link finds, and advises, from what its rounds received. */
import { expect, test } from "bun:test";
import { adviceOf, checkLines, checkLink, type SettledLoss } from "../../src/cli/play-check.ts";
import type { PlaySummary } from "../../src/native/player/totals.ts";

const blank: PlaySummary & { readonly peak_kbps?: number } = {
  ...{ session_id: 1, kind: "native", width: 1280, height: 720, fps: 60, codec: "h264" },
  ...{ seconds: 4, frames: 240, bytes: 0, packets_received: 1000, packets_lost: 0 },
  ...{ fec_recovered: 0, frames_lost: 0, idr_requests: 0, slots_skipped: 0 },
  ...{ reconnects: 0, interrupted_seconds: 0 },
  ...{ latency_p50_us: 8000, latency_p99_us: 11_000, rtt_p50_us: 2000 },
};

/** A link of so many kbit/s: more is lost; the picture needs so much at most. */
function link(capacityKbps: number, { pictureKbps = 200_000, lossShare = 0 } = {}) {
  const asked: number[] = [];
  const play = (kbps: number): Promise<PlaySummary> => {
    asked.push(kbps);
    const made = Math.min(kbps, pictureKbps);
    const received = Math.min(made, capacityKbps);
    const lost = Math.round(1000 * (1 - received / made + lossShare));
    const packets = { packets_lost: lost, packets_received: 1000 - lost };
    return Promise.resolve({ ...blank, ...packets, bytes: received * 500 });
  };
  return { asked, play };
}

test("rounds stop at the first that does not come through, and one at half follows", async () => {
  const { asked, play } = link(20_000);
  const check = await checkLink(play, () => undefined);
  expect(asked).toEqual([4000, 12_000, 36_000, 10_000]);
  expect(check).toMatchObject({ carried_kbps: 20_000, is_at_least: false, loss_share: 0 });
  expect(check.advice).toEqual(["Set the bitrate to 14 Mbit/s, enough for 1920x1080 at 60 fps"]);
  expect(checkLines(check)[0]).toBe("carries     20 Mbit/s");
});

test("where the picture needs no more, the link carries at least what came", async () => {
  const check = await checkLink(link(1_000_000, { pictureKbps: 20_000 }).play, () => undefined);
  expect(check).toMatchObject({ carried_kbps: 20_000, is_at_least: true });
  expect(checkLines(check)[0]).toBe("carries     at least 20 Mbit/s");
});

test("a link that loses packets when it is half empty gets more error correction advised", async () => {
  const check = await checkLink(link(50_000, { lossShare: 0.04 }).play, () => {});
  expect(check.loss_share).toBeCloseTo(0.04);
  expect(check.advice[1]).toStartWith("Set the minimum error correction to 12%");
  expect(checkLines(check).slice(-2)).toEqual([
    "play with   --width 2560 --height 1440 --fps 60 --bitrate-kbps 35000",
    "on the host onglass settings set parity_percent_min=12",
  ]);
});

test("no more error correction is advised than the host takes", async () => {
  const check = await checkLink(link(50_000, { lossShare: 0.2 }).play, () => {});
  expect(checkLines(check).at(-1)).toBe("on the host onglass settings set parity_percent_min=50");
});

test("what a burst overran while the link was half empty is no reason for error correction", async () => {
  const played = (settled_loss: SettledLoss) => {
    const { play } = link(2000, { lossShare: 0.07 });
    return checkLink(
      async (kbps) => ({ ...(await play(kbps)), settled_loss }),
      () => undefined,
    );
  };
  const first = await played({ share: 0, isBursty: false });
  expect([first.loss_share, first.advice.length]).toEqual([0, 1]);
  const later = await played({ share: 0.069, isBursty: true });
  expect([later.loss_share, later.advice.length]).toEqual([0.069, 1]);
  expect(checkLines(later)[1]).toStartWith("at half     6.90% lost in bursts, jitter");
  const random = await played({ share: 0.069, isBursty: false });
  expect(random.advice[1]).toStartWith("Set the minimum error correction to 21%");
});

test("the least link has an advice too, and jitter and a long way theirs", () => {
  const facts = { carried_kbps: 200, is_at_least: false, loss_share: 0 };
  expect(adviceOf(facts)).toEqual(["Set the bitrate to 0.2 Mbit/s, enough for 640x360 at 30 fps"]);
  expect(adviceOf({ ...facts, jitter_us: 40_000, rtt_us: 90_000 })).toHaveLength(3);
});

test("a host that lowers its bitrate to a narrow link is not taken for a picture that needs no more", async () => {
  const narrow = (trace: Partial<PlaySummary>) => (kbps: number) =>
    Promise.resolve({
      ...blank,
      bytes: Math.min(kbps, 5000) * 500,
      ...(kbps > 5000 ? trace : {}),
    });
  const queued = await checkLink(narrow({ latency_p99_us: 24_000 }), () => undefined);
  expect(queued).toMatchObject({ carried_kbps: 5000, is_at_least: false });
  const lost = await checkLink(narrow({ packets_lost: 6 }), () => undefined);
  expect(lost).toMatchObject({ carried_kbps: 5000, is_at_least: false });
});

test("a host that follows a full link shows less of it on the whole than came while it was full", async () => {
  const play = (kbps: number) =>
    Promise.resolve({
      ...blank,
      bytes: (kbps > 3000 ? 1200 : kbps) * 500,
      ...(kbps > 3000 ? { packets_lost: 80, peak_kbps: 2900 } : {}),
    });
  const check = await checkLink(play, () => undefined);
  expect(check).toMatchObject({ carried_kbps: 2900, is_at_least: false });
  expect(check.rounds).toHaveLength(1);
});

test("a busy machine and packets lost by chance end no rounds", async () => {
  const uneven = { packets_lost: 40, latency_p99_us: 90_000 };
  const play = (kbps: number) =>
    Promise.resolve({ ...blank, ...uneven, bytes: Math.min(kbps, 30_000) * 500 });
  const check = await checkLink(play, () => undefined);
  expect(check.rounds).toHaveLength(4);
  expect(check.carried_kbps).toBe(30_000);
});
