/** When a session that was lost is opened again, and when that is dropped. */
import { expect, test } from "bun:test";
import { Failure } from "../../../src/base/failure.ts";
import type { Player } from "../../../src/native/player/player.ts";
import { reconnect } from "../../../src/native/player/reconnect.ts";
import { ManualScheduler } from "../../support/manual-scheduler.ts";

const away = () => new Failure("host_unreachable", "nobody answers");
const full = () => new Failure("too_many_sessions", "the lost session is still there");

/** Each try takes a second and ends as the list says; the last one again and again. */
async function tries(outcomes: readonly (Failure | Player)[], stopAfter = Infinity) {
  const scheduler = new ManualScheduler();
  const stopping = new AbortController();
  let count = 0;
  const start = () => {
    const outcome = outcomes[Math.min(count, outcomes.length - 1)];
    count += 1;
    scheduler.advanceMs(1000);
    if (count >= stopAfter) stopping.abort();
    return outcome instanceof Failure
      ? Promise.reject(outcome)
      : Promise.resolve(outcome as Player);
  };
  const { clock } = scheduler;
  let isOver = false;
  const result = reconnect(start, { clock, scheduler, secondsMax: 60, signal: stopping.signal })
    .catch((cause: unknown) => cause)
    .finally(() => {
      isOver = true;
    });
  for (let turn = 0; !isOver && turn < 1000; turn++) {
    await Promise.resolve();
    if (scheduler.waitingCount > 0) scheduler.advanceMs(500);
  }
  return { result: await result, count };
}

test("a link that is away and a host that still holds the lost session are tried again", async () => {
  const player = {} as Player;
  expect(await tries([away(), away(), full(), player])).toEqual({ result: player, count: 4 });
});

test("no try begins after the time that was given", async () => {
  const failure = away();
  expect(await tries([failure])).toEqual({ result: failure, count: 41 });
});

test("what would fail again is not tried again", async () => {
  const failure = new Failure("not_paired", "this player was removed");
  expect(await tries([away(), failure, {} as Player])).toEqual({ result: failure, count: 2 });
});

test("a user who has had enough is not kept waiting", async () => {
  const failure = away();
  expect(await tries([failure], 3)).toEqual({ result: failure, count: 3 });
});
