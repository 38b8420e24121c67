import { expect, test } from "bun:test";
import { Followers } from "../../../src/counters/follow.ts";
import type { Player } from "../../../src/native/player/player.ts";
import { PlayTotals } from "../../../src/native/player/totals.ts";
import { counting, levelOf } from "../../support/counting.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../../support/native.ts";

test("every byte that a native session sends is counted under its path", async () => {
  await using host = await startTestHost();
  const { counters } = counting();
  const followers = new Followers(counters);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { session, totals } = await host.event("session_started");
  followers.open(session.session_id, totals);
  // A frame is counted once its last packet was handed over: the player may have it before.
  await player.frameCount(91);
  const path = `live/${session.session_id}`;
  expect(levelOf(counters, path).external.publisher.frames).toBeGreaterThanOrEqual(90);
  player.player.stop();
  const ended = await host.event("session_ended");
  followers.close(session.session_id);
  const { publisher } = levelOf(counters, path).external;
  expect(publisher).toMatchObject({
    broadcasts: 1,
    broadcasts_closed: 1,
    subscriptions: 1,
    subscriptions_closed: 1,
  });
  const { frames_sent, bytes_sent } = ended.session;
  expect(publisher.groups).toBeGreaterThanOrEqual(
    player.frames.filter(({ isKey }) => isKey).length,
  );
  // The frame that was under way when the player left ended after the session's own account.
  expect(publisher.frames - frames_sent).toBeOneOf([0, 1]);
  if (publisher.frames === frames_sent) expect(publisher.bytes).toBe(bytes_sent);
  else expect(publisher.bytes).toBeGreaterThanOrEqual(bytes_sent);
});

test("slots from which the host sent no frame are counted, frames that were lost are not among them", () => {
  const totals = new PlayTotals();
  // At 50 fps: frame 2 is lost on its way, three slots before frame 3 were skipped.
  for (const [frame, captureMs] of [
    [0, 0],
    [1, 20],
    [3, 120],
  ] as const) {
    const times = { captureUs: captureMs * 1000, completeUs: captureMs * 1000 + 5000 };
    totals.addFrame(
      { frame, ...times, bytes: new Uint8Array(1), isKey: false, isRepeat: false },
      1,
    );
  }
  const opened = { session_id: 1, width: 64, height: 64, fps: 50, codec: "h264" };
  const counts = { receivedCount: 3, lostCount: 1, recoveredCount: 0 };
  // What the summary reads of a player.
  const player = { opened, arrivals: counts, frames: counts, idrRequestCount: 0 };
  const summary = totals.summary(player as unknown as Player, 125_000);
  expect(summary).toMatchObject({ frames: 3, frames_lost: 1, slots_skipped: 3 });
});

test("a session that continues one that was lost counts on, and the time between is no skipped slot", () => {
  const totals = new PlayTotals();
  const add = (frame: number, ms: number) => {
    const times = { captureUs: ms * 1000, completeUs: ms * 1000 + 5000 };
    totals.addFrame(
      { frame, ...times, bytes: new Uint8Array(2), isKey: frame === 0, isRepeat: false },
      1,
    );
  };
  const opened = { session_id: 1, width: 64, height: 64, fps: 50, codec: "h264" };
  const counts = { receivedCount: 3, lostCount: 1, recoveredCount: 2 };
  // What totals read of a player.
  const first = { opened, arrivals: counts, frames: counts, idrRequestCount: 1 };
  const second = { ...first, opened: { ...opened, session_id: 2 } };
  add(0, 0);
  add(1, 40);
  expect(totals.goOn(first as unknown as Player, 10_045_000)).toBe(10_000_000);
  add(0, 10_040);
  add(1, 10_060);
  const summary = totals.summary(second as unknown as Player, 10_065_000);
  expect(summary).toMatchObject({
    ...{ session_id: 2, seconds: 10.06, frames: 4, bytes: 8 },
    ...{ packets_received: 6, packets_lost: 2, fec_recovered: 4, frames_lost: 2, idr_requests: 2 },
    ...{ slots_skipped: 1, reconnects: 1, interrupted_seconds: 10 },
  });
});
