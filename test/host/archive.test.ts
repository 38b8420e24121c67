/** The archive of a real host: what could not be sent is sent by the next start, after a kill too. */
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { ArchiveStatus } from "../../src/model/archive.ts";
import { type RunningHost, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function statusOf(host: RunningHost): Promise<ArchiveStatus> {
  return Value.Decode(ArchiveStatus, await (await host.call("GET", "/api/v1/archive")).json());
}

/** Asks until it is so, or for as long as the test has. */
async function untilStatus(
  host: RunningHost,
  isSo: (status: ArchiveStatus) => boolean,
): Promise<ArchiveStatus> {
  for (;;) {
    const status = await statusOf(host);
    if (isSo(status)) return status;
    await Bun.sleep(100);
  }
}

test("a capture that the archive did not take is sent by the next start, after kill -9 too", async () => {
  await using directory = await tempDirectory();
  const [data, archive] = [join(directory.path, "data"), join(directory.path, "archive")];
  // A file where the directory should be: nothing can be written there.
  await Bun.write(archive, "in the way");
  const flags = ["--archive", archive];
  const first = await startRunningHost(data, { flags });
  await first.call("POST", "/api/v1/stats/capture/start");
  await first.call("POST", "/api/v1/stats/capture/stop");
  const refused = await untilStatus(first, ({ problem }) => problem !== undefined);
  expect([refused.waiting, refused.sent]).toEqual([1, 0]);
  await first.kill();
  await rm(archive);
  await using second = await startRunningHost(data, { flags });
  const sent = await untilStatus(second, (status) => status.sent === 1);
  expect([sent.waiting, sent.problem]).toEqual([0, undefined]);
  const listed = (await (await second.call("GET", "/api/v1/archive/captures")).json()) as unknown[];
  expect(listed).toHaveLength(1);
}, 60_000);
