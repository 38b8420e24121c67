/** A host at rest sleeps: no part of it wakes up at intervals while there is nothing to do. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Gate } from "../../src/base/gate.ts";
import { loadHostIdentity } from "../../src/base/identity.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { appsFor } from "../../src/gamestream/http/apps.ts";
import { GamestreamServer } from "../../src/gamestream/server.ts";
import { ending } from "../../src/model/ending.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { farewellMs } from "../../src/moq/video-broadcast.ts";
import { NativeServer } from "../../src/native/host/server.ts";
import { freeBasePort } from "../support/gamestream-client/host.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { openOne, takeAll, turn, watching } from "../support/watching.ts";

/** Counts how often something woke up, besides what still waits to. */
class CountingScheduler extends ManualScheduler {
  wakeUpCount = 0;

  override after(delayMs: number, action: () => void) {
    return super.after(delayMs, () => {
      this.wakeUpCount += 1;
      action();
    });
  }
}

async function partsIn(directory: string) {
  const scheduler = new CountingScheduler();
  const options = {
    listenHost: "127.0.0.1",
    dataDirectory: join(directory, "data"),
    settings: settingsDefault,
    gate: new Gate().memory,
    sessionIds: new SharedSequence().memory,
    identity: await loadHostIdentity(join(directory, "data")),
  };
  return { scheduler, clock: scheduler.clock, options, onEvent: () => undefined };
}

/** Ten minutes of nothing. */
function rest(scheduler: CountingScheduler): number {
  scheduler.advanceMs(600_000);
  return scheduler.wakeUpCount;
}

test("GameStream wakes up never, in ten minutes without a player", async () => {
  await using directory = await tempDirectory();
  const { options, ...parts } = await partsIn(directory.path);
  const server = await GamestreamServer.start({
    ...parts,
    options: {
      ...options,
      basePort: await freeBasePort(),
      apps: appsFor(["testsrc"]),
      codecs: ["h264"],
      isAnnounced: false,
      isInputOn: false,
    },
  });
  expect(rest(parts.scheduler)).toBe(0);
  expect(parts.scheduler.waitingCount).toBe(0);
  await server.stop(ending("host_stopping"));
});

test("the native path wakes up never, in ten minutes without a player", async () => {
  await using directory = await tempDirectory();
  const { options, ...parts } = await partsIn(directory.path);
  const server = await NativeServer.start({
    ...parts,
    options: { ...options, port: 0, source: "testsrc" },
  });
  expect(rest(parts.scheduler)).toBe(0);
  expect(parts.scheduler.waitingCount).toBe(0);
  await server.stop(ending("host_stopping"));
});

test("MoQ wakes up while there is a stream, and never again after it", async () => {
  const all = watching();
  expect(all.scheduler.waitingCount).toBe(0);
  const { encoder } = await openOne(all);
  const viewer = all.watch("live/1.hang");
  void takeAll(viewer);
  encoder.push(true);
  await turn();
  expect(all.scheduler.waitingCount).toBeGreaterThan(0);
  viewer?.close();
  const closing = all.streams.close(1);
  await turn();
  all.scheduler.advanceMs(farewellMs);
  await closing;
  // What was counted of the stream stays readable for ten minutes, then its timer is gone too.
  all.scheduler.advanceMs(700_000);
  expect(all.scheduler.waitingCount).toBe(0);
});
