import { expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostCommand, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const hangingHost = join(import.meta.dir, "../support/end-process.ts");
/** What hangs would take a minute; how late a busy machine lets this process see the end is its own matter. */
const seenMsMax = 20_000;

/** How long it took to end, and how it ended. */
async function ended(how: string) {
  const child = Bun.spawn([process.execPath, hangingHost, how], { stderr: "ignore" });
  await child.stdout.getReader().read();
  const startMs = performance.now();
  const code = await child.exited;
  return { ms: performance.now() - startMs, code, signal: child.signalCode };
}

test("a host of which nothing answers ends with 1 when its deadline is over", async () => {
  const { ms, code } = await ended("waiting");
  expect(code).toBe(1);
  expect(ms).toBeWithin(2000, seenMsMax);
}, 30_000);

test("the kernel ends a host whose main thread is blocked", async () => {
  const { ms, signal } = await ended("blocked");
  expect(signal).toBe("SIGALRM");
  expect(ms).toBeWithin(2000, seenMsMax);
}, 30_000);

test("a host that is writing rows has a second more for as long as some were written", async () => {
  const { ms, code } = await ended("writing");
  expect(code).toBe(1);
  expect(ms).toBeWithin(4000, seenMsMax);
}, 30_000);

test("a host at rest ends before any deadline of its parts", async () => {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(join(directory.path, "data"));
  expect(await host.stop()).toBe(0);
  expect(host.said()).not.toContain("stopped without waiting");
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
