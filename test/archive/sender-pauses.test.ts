/** How soon a store is asked again that comes and goes. */
import { expect, test } from "bun:test";
import { s3Store } from "../../src/archive/s3-store.ts";
import { openS3Server, s3Bucket, s3Keys } from "../support/s3-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { captureOf, senderOf } from "./support.ts";

const captures = Array.from({ length: 4 }, (_, index) => captureOf(index));

test("once the store has taken a capture the pause is short again", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  server.isDown = true;
  const { endpoint } = server;
  const store = s3Store({ bucket: s3Bucket, prefix: "onglass/", endpoint, ...s3Keys });
  const made = await senderOf({ captures, store, directory: directory.path });
  const pause = async () => {
    await until(() => made.sender.status().retry_in_ms !== undefined, { what: "it waits" });
    return made.sender.status().retry_in_ms ?? 0;
  };
  made.sender.look();
  for (const ms of [5000, 10_000]) {
    expect(await pause()).toBe(ms);
    made.scheduler.advanceMs(ms);
  }
  expect(await pause()).toBe(20_000);
  server.isDown = false;
  // The first capture; the second meets a store that is gone again.
  server.putsUntilDown = 4;
  made.scheduler.advanceMs(20_000);
  expect(await pause()).toBe(5000);
  expect(made.sender.status()).toMatchObject({ sent: 1, waiting: 3 });
  server.isDown = false;
  server.putsUntilDown = Number.POSITIVE_INFINITY;
  made.scheduler.advanceMs(5000);
  await until(() => made.sender.status().waiting === 0, { what: "all are sent" });
  expect(made.sender.status()).toMatchObject({ sent: 4 });
  // What says so on disk is written behind it.
  const marks = () => [...new Bun.Glob("**/*.sent").scanSync(directory.path)];
  await until(() => marks().length === 4, { what: "all are marked as sent" });
});
