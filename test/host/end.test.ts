import { expect, test } from "bun:test";
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
