/** `onglass timeline` against the real app on loopback. */
import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { runTimeline } from "../../src/cli/timeline.ts";
import { importBytesMax, type Timeline } from "../../src/model/timeline.ts";
import { fakeHost, token } from "../support/fake-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";
import { note } from "../support/timeline-parts.ts";

async function setUp(given: Parameters<typeof fakeHost>[0] = {}) {
  const directory = await tempDirectory();
  const host = fakeHost(given);
  host.app.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${host.app.server?.port}`;
  const run = async (...args: string[]) => {
    const terminal = new TestTerminal({ ONGLASS_TOKEN: token, HOME: directory.path });
    const code = await runTimeline([...args, "--listen", address], terminal);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  };
  return {
    ...host,
    run,
    file: join(directory.path, "x.json"),
    call: (path: string) =>
      fetch(`http://${address}/api/v1${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      }),
    [Symbol.asyncDispose]: async () => {
      await host.app.stop(true);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A host whose recording holds an event and two calls. */
async function withRecording() {
  const host = await setUp();
  host.timeline.start("mine");
  host.timeline.record(note("a"));
  await host.call("/stats/capture/start");
  await host.call("/pairing");
  return host;
}

test("an export is the whole recording, on stdout or in a file of its owner's", async () => {
  await using host = await withRecording();
  const { code, stdout } = await host.run("export");
  expect([code, (JSON.parse(stdout) as Timeline).events.length]).toEqual([0, 3]);
  expect((await host.run("export", "--of", "manual", "--out", host.file)).stdout).toBe("");
  expect(await Bun.file(host.file).json()).toEqual(JSON.parse(stdout));
  expect((await stat(host.file)).mode & 0o777).toBe(0o600);
});

test("an export is imported under a local id, which is printed", async () => {
  await using host = await withRecording();
  await host.run("export", "--out", host.file);
  const imported = await host.run("import", host.file);
  expect(imported).toEqual({ code: 0, stdout: "import-1\n", stderr: "3 events, 0 checkpoints\n" });
  const { stdout } = await host.run("import", host.file, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ id: "import-2", imported_id: "mine" });
});

test("an export is resumed as the manual recording", async () => {
  await using host = await withRecording();
  await host.run("export", "--out", host.file);
  host.timeline.stop();
  const { stdout } = await host.run("import", host.file, "--resume");
  expect(JSON.parse(stdout)).toMatchObject({ recording: true, manual: { id: "mine" } });
});

test("a replay shows its plan, unless it is asked to run", async () => {
  await using host = await withRecording();
  await host.run("export", "--out", host.file);
  await using fresh = await setUp();
  const plan = await fresh.run("replay", host.file);
  expect(plan.code).toBe(0);
  expect(plan.stdout.split("\n")).toEqual([
    "waiting    POST /api/v1/stats/capture/start",
    "skipped    POST /api/v1/pairing: this call cannot be replayed",
    "",
  ]);
  expect(fresh.stats.captureNumber()).toBe(0);
  const done = await fresh.run(
    "replay",
    host.file,
    "--run",
    "--pacing",
    "fixed",
    "--interval-ms",
    "0",
  );
  expect([done.code, done.stdout]).toEqual([0, "equal\n"]);
  expect(done.stderr).toContain("equal      POST /api/v1/stats/capture/start\n");
  expect(fresh.stats.captureNumber()).toBe(1);
});

test("a replay that finds another answer ends with 1, and says expected and found", async () => {
  await using host = await withRecording();
  await host.run("export", "--out", host.file);
  await using other = await setUp();
  other.stats.failure = new Error("made to fail");
  const { code, stdout } = await other.run("replay", host.file, "--run");
  expect([code, stdout]).toEqual([1, "different: status: expected 200, found 500\n"]);
});

test("nothing in a recording steers the terminal", async () => {
  await using host = await setUp();
  const path = "/api/v1/\u001b[2J";
  host.timeline.start("mine");
  host.timeline.record({
    ...{ type: "api_call", id: "x", method: "POST", route: path, path, status: 200 },
    ...{ duration_us: 1, actor: "token", answer_sha256: "" },
  });
  expect((await host.run("replay")).stdout).toStartWith("skipped    POST /api/v1/\\u001b[2J: ");
});

test("what the host has against it is passed on", async () => {
  await using host = await setUp();
  await expect(host.run("export")).rejects.toThrow("there is no recording of that name");
  await Bun.write(host.file, '{"version":2}');
  await expect(host.run("import", host.file)).rejects.toThrow("version: it is 2");
  await expect(host.run("export", "no-such-capture")).rejects.toThrow("none is saved with it");
});

test("a file that is missing or too large is not sent", async () => {
  await using host = await setUp();
  await expect(host.run("import", host.file)).rejects.toThrow("there is no such file");
  await Bun.write(host.file, " ".repeat(importBytesMax + 1));
  await expect(host.run("import", host.file)).rejects.toThrow("it is larger than");
});

test.each([[["dance"]], [[]], [["import"]], [["export", "a", "b"]], [["replay", "--x"]]])(
  "%p is a wrong call",
  async (args) => {
    await using host = await setUp();
    await expect(host.run(...args)).rejects.toMatchObject({ code: "usage" });
  },
);
