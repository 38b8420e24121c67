/** A capture is archived once, so with its verdict, however long that is waited for. */
import { expect, test } from "bun:test";
import { ArchiveCatalog } from "../../src/archive/catalog.ts";
import { s3Store } from "../../src/archive/s3-store.ts";
import { Failure } from "../../src/base/failure.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { openS3Server, s3Bucket, s3Keys } from "../support/s3-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { madeRows } from "../verdict/made-rows.ts";
import { captureOf, senderOf } from "./support.ts";

const stream = { session_id: 3, width: 1280, height: 720, fps: 60, codec: "h264" };
const rows = madeRows(600, () => ({}));

test("a capture waits for its verdict while nobody has time for it, and until this has ended", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  const store = s3Store({ bucket: s3Bucket, prefix: "", endpoint: server.endpoint, ...s3Keys });
  let busyCount = 2;
  let askedCount = 0;
  const verdict = () => {
    askedCount += 1;
    if (askedCount > busyCount) return Promise.resolve(verdictOf({ stream, rows, windows: [] }));
    return Promise.reject(new Failure("too_busy", "Others are waiting"));
  };
  const given = { store, directory: directory.path, verdict };
  const made = await senderOf({ ...given, captures: [captureOf(0)] });
  made.sender.look();
  for (const count of [1, 2]) {
    await until(() => askedCount === count && made.scheduler.waitingCount > 0, {
      what: "it waits",
    });
    expect(server.puts).toEqual([]);
    made.scheduler.advanceMs(5000);
  }
  await until(() => made.sender.status().sent === 1, { what: "it is sent" });
  const [listed] = await new ArchiveCatalog(store).list();
  expect(listed?.quality).toBe("smooth");
  busyCount = Number.POSITIVE_INFINITY;
  const second = await senderOf({ ...given, captures: [captureOf(1)] });
  second.sender.look();
  await until(() => askedCount === 4 && second.scheduler.waitingCount > 0, { what: "it waits" });
  await second.sender[Symbol.asyncDispose]();
  expect(second.scheduler.waitingCount).toBe(0);
});
