import { expect, test } from "bun:test";
import { Followers } from "../../../src/counters/follow.ts";
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
