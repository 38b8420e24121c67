import { expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostCommand, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** The native path is given this long to end its streams; without any there is nothing to wait for. */
const nativeDeadlineMs = 3000;

test("a host at rest ends before any deadline of its parts", async () => {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(join(directory.path, "data"));
  const startMs = Date.now();
  expect(await host.stop()).toBe(0);
  expect(Date.now() - startMs).toBeLessThan(nativeDeadlineMs);
}, 30_000);

test("a host whose console cannot listen ends with 1 and says why", async () => {
  await using directory = await tempDirectory();
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const address = `127.0.0.1:${taken.port}`;
  const ports = ["--listen", address, "--native-listen", "127.0.0.1:0"];
  const data = ["--data-dir", join(directory.path, "data"), "--gamestream-port", "0"];
  const child = Bun.spawn([...hostCommand(), "serve", ...data, ...ports], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [code, said] = await Promise.all([child.exited, child.stderr.text()]);
  await taken.stop(true);
  expect(code).toBe(1);
  expect(said).toContain(`"${address}"`);
}, 30_000);

test("a host that cannot save its capture ends with 1, and the next start recovers it", async () => {
  await using directory = await tempDirectory();
  const data = join(directory.path, "data");
  await using host = await startRunningHost(data);
  expect((await host.call("POST", "/api/v1/stats/capture/start")).status).toBe(200);
  // A file where the directory has to be: root could write into any directory.
  await rm(join(data, "captures"), { recursive: true });
  await writeFile(join(data, "captures"), "");
  expect(await host.stop()).toBe(1);
  expect(host.said()).toContain("it is recovered from its journal at the next start");
  await rm(join(data, "captures"));
  await using again = await startRunningHost(data);
  const listed = await again.call("GET", "/api/v1/stats/recordings");
  expect(await listed.json()).toMatchObject([{ recovered: true }]);
}, 60_000);
