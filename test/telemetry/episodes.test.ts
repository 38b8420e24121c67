/** An episode is a stretch in which the verdict of a session is not smooth, with its slowest frame. */
import { expect, test } from "bun:test";
import { Episodes, type TracedEpisode } from "../../src/telemetry/otlp/episodes.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { madeRows } from "../verdict/made-rows.ts";

const session = {
  ...{ session_id: 1, kind: "moq", width: 640, height: 360, fps: 60, codec: "av1", client: "x" },
};

function follow() {
  const clock = new ManualClock({ monotonicUs: 100_000_000 });
  const episodes = new Episodes(() => clock.nowUs());
  const ended: TracedEpisode[] = [];
  episodes.follow((episode) => ended.push(episode));
  episodes.onStart(session);
  /** A second of rows, that ends now; one of them took so long to encode. */
  const second = (encode_us = 3000, fate = 0) => {
    clock.advanceMs(1000);
    const startUs = clock.nowUs() - 1_000_000;
    const rows = madeRows(60, (row) => ({
      due_us: startUs + row * 16_667,
      ...(row === 20 ? { encode_us, fate } : {}),
    }));
    episodes.onRows(session, madeRows(0), rows);
  };
  const turn = (quality: "smooth" | "stutter" | "bad" | "cannot_tell", cause?: string) =>
    episodes.onTurn(
      { session_id: 1, quality, ...(cause === undefined ? {} : { cause }) },
      clock.nowUs(),
    );
  return { clock, episodes, ended, second, turn };
}

test("it begins ten seconds before the turn and ends when it is smooth again", () => {
  const { clock, ended, second, turn } = follow();
  for (let count = 0; count < 15; count++) second();
  turn("stutter", "encoder_slow");
  const turnedUs = clock.nowUs();
  second();
  turn("smooth");
  expect(ended.length).toBe(1);
  expect(ended[0]).toMatchObject({ startUs: turnedUs - 10_000_000, endUs: clock.nowUs() });
  expect(ended[0]).toMatchObject({ quality: "stutter", end: "smooth" });
});

test("its slowest frame is that of the whole stretch, the seconds before the turn among them", () => {
  const { ended, second, turn } = follow();
  second(500_000);
  for (let count = 0; count < 12; count++) second();
  second(80_000);
  second(70_000);
  turn("bad", "encoder_slow");
  second(60_000);
  turn("smooth");
  // The first was before the seconds that were judged.
  expect(ended[0]?.slowest?.encode_us).toBe(80_000);
});

test("it counts what became of its slots", () => {
  const { ended, second, turn } = follow();
  turn("stutter");
  for (let count = 0; count < 3; count++) second(3000, 4);
  turn("smooth");
  expect(ended[0]?.fates).toEqual({
    ...{ sent: 177, missed: 0, dropped: 0, refused: 0, lost: 3, skipped: 0 },
  });
});

test("turning from one cause to another is the same episode, which is as bad as it ever was", () => {
  const { ended, second, turn } = follow();
  turn("bad", "link_loss");
  second();
  turn("stutter", "machine_busy");
  turn("cannot_tell");
  second();
  turn("smooth");
  expect(ended.length).toBe(1);
  expect(ended[0]?.quality).toBe("bad");
  expect(ended[0]?.turns.map(({ cause }) => cause)).toEqual(["link_loss", "machine_busy"]);
});

test("a session that ends in the middle of one ends it", () => {
  const { episodes, ended, second, turn } = follow();
  turn("bad");
  second();
  episodes.onEnd(1);
  turn("smooth");
  expect(ended.map(({ end }) => end)).toEqual(["session_ended"]);
});

test("one that lasts is cut every ten minutes, so that it is known while it lasts", () => {
  const { ended, second, turn } = follow();
  for (let count = 0; count < 20; count++) second();
  turn("stutter", "link_jitter");
  for (let count = 0; count < 1500; count++) second();
  expect(ended.map(({ end }) => end)).toEqual(["too_long", "too_long"]);
  turn("smooth");
  expect(ended.map(({ turns }) => turns[0]?.cause)).toEqual(Array(3).fill("link_jitter"));
});

test("a smooth session has none", () => {
  const { episodes, ended, second, turn } = follow();
  second();
  turn("smooth");
  episodes.onEnd(1);
  expect(ended).toEqual([]);
});
