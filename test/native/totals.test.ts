import { expect, test } from "bun:test";
import { Followers } from "../../src/counters/follow.ts";
import { counting, levelOf } from "../support/counting.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";

test("every byte that a native session sends is counted under its path", async () => {
  await using host = await startTestHost();
  const { counters } = counting();
  const followers = new Followers(counters);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { session, totals } = await host.event("session_started");
  followers.open(session.session_id, totals);
  await player.frameCount(90);
  const path = `live/${session.session_id}`;
  expect(levelOf(counters, path).external.publisher.frames).toBeGreaterThanOrEqual(90);
  player.player.stop();
  const ended = await host.event("session_ended");
  followers.close(session.session_id);
  const { publisher } = levelOf(counters, path).external;
  const received = player.frames.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  expect(publisher).toMatchObject({
    broadcasts: 1,
    broadcasts_closed: 1,
    subscriptions: 1,
    subscriptions_closed: 1,
    groups: player.frames.filter(({ isKey }) => isKey).length,
  });
  // What was under way when the player left had been sent and was not received any more.
  expect(publisher.bytes).toBeGreaterThanOrEqual(received);
  expect(publisher.bytes).toBeGreaterThanOrEqual(ended.session.bytes_sent);
  const average = publisher.bytes / publisher.frames;
  expect(publisher.bytes - received).toBeLessThan(6 * average + 20_000);
}, 20_000);
