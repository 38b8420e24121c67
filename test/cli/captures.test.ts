import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type CaptureFiles, runCaptures } from "../../src/cli/captures.ts";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { openCaptureStore } from "../../src/store/capture-store.ts";
import { madeCapture } from "../support/made-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const sample: StatsSample = {
  t_ms: 2000,
  session_id: 1,
  stages: [{ name: "encode", p50_us: 1900, p99_us: 2800, mean_us: 2000, max_us: 2900 }],
  fps: 60,
  repeat_fps: 0,
  mbps: 9.9,
  bitrate_kbps: 10_000,
  frames_dropped: 0,
  packets_dropped: 0,
  send_dropped: 2,
  fec_recovered: 7,
  unmeasured: ["packets_dropped"],
  lower_bounds: ["fec_recovered"],
};
const capture: Capture = {
  meta: {
    id: "2026-06-26T20-14-03Z_1280x720",
    started_unix_ms: 1,
    duration_ms: 2100,
    kind: "native",
    width: 1280,
    height: 720,
    fps: 60,
    codec: "h264",
    client: "den\u001b[31m",
    sample_count: 1,
  },
  samples: [sample],
};
const { id } = capture.meta;

const noFiles: CaptureFiles = {
  list: async () => ({ captures: [capture.meta], damaged: ["bad.json"] }),
  load: async (wanted) => (wanted === id ? capture : undefined),
  loadTimeline: async () => undefined,
  filePath: async () => undefined,
  frames: { filePath: async () => undefined },
  change: async (wanted) => (wanted === id ? capture.meta : undefined),
  remove: async (wanted) => wanted === id,
};

async function run(args: string[], files: Partial<CaptureFiles> = {}) {
  const terminal = new TestTerminal();
  const code = await runCaptures(args, terminal, () => ({ ...noFiles, ...files }));
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

test("list --json prints the heads as one array on stdout", async () => {
  const { code, stdout } = await run(["list", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([capture.meta]);
});

test("list names damaged files on stderr", async () => {
  expect((await run(["list"])).stderr).toContain("bad.json");
});

test("a client's name cannot steer the terminal", async () => {
  expect((await run(["list"])).stdout).not.toContain("\u001b");
});

test("show distinguishes what was not measured from zero", async () => {
  const { stdout } = await run(["show", id, "--samples"]);
  expect(stdout).toContain("not measured");
  expect(stdout).toContain(">=7");
});

test("show has times in milliseconds, and what a sample does not have in no column", async () => {
  const { stdout } = await run(["show", id, "--samples"]);
  expect(stdout).toContain("encode 1.9/2.8");
  expect(stdout).not.toMatch(/RTT|KEYFRAMES/);
});

test("show has a dash, not a gap in the measurement, where the host did not stop", async () => {
  const samples = [
    { ...sample, stopped_us: 3_000_000 },
    { ...sample, unmeasured: [] },
  ];
  const { stdout } = await run(["show", id, "--samples"], {
    load: async () => ({ ...capture, samples }),
  });
  expect(stdout).toContain("STOPPED ms");
  expect(stdout).toMatch(/ 3000\b/);
  expect(stdout.split("\n").findLast((line) => line !== "")).toMatch(/ -$/);
  expect(stdout.split("\n").findLast((line) => line !== "")).not.toContain("not measured");
});

test("show has clicks until their pictures behind the windows: percentiles, parts and a histogram", async () => {
  const click = (total_us: number) => ({
    ...{ to_host_us: 1000, to_capture_us: 9000, to_encoded_us: 10_000 },
    ...{ to_shown_us: total_us - 20_000, total_us },
  });
  const samples = [{ ...sample, clicks: [click(42_000), click(55_000), click(58_500)] }];
  const { stdout } = await run(["show", id], { load: async () => ({ ...capture, samples }) });
  expect(stdout).toContain("click to picture: 3 clicks, p50 55.0 ms, p99 58.5 ms");
  expect(stdout).toContain(
    "to the host 1.0 ms, until capture 9.0 ms, capture and encoding 10.0 ms",
  );
  expect(stdout).toMatch(/ 40 ms {4}1 #{20}$/m);
  expect(stdout).toMatch(/ 50 ms {4}2 #{40}$/m);
});

test("show of a capture without samples says so", async () => {
  const { stdout } = await run(["show", id, "--samples"], {
    load: async () => ({ ...capture, samples: [] }),
  });
  expect(stdout).toContain("no samples");
  expect(stdout).not.toContain("SESSION ");
});

test("show of an unknown id fails and says what to do", async () => {
  await expect(run(["show", "nothing"])).rejects.toThrow("onglass captures list");
});

test("delete of an unknown id exits 1", async () => {
  expect((await run(["delete", id, "nothing"])).code).toBe(1);
});

test("delete of a known id exits 0", async () => {
  expect((await run(["delete", id])).code).toBe(0);
});

test("export writes the very bytes of the file", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/x.json`;
  await Bun.write(path, `{"meta" : 1}`);
  const { stdout } = await run(["export", id], { filePath: async () => path });
  expect(stdout).toBe(`{"meta" : 1}`);
});

test("export --format csv leaves a counter that was not measured empty", async () => {
  const { stdout } = await run(["export", id, "--format", "csv"]);
  const [header = "", row = ""] = stdout.split("\r\n");
  const cells = row.split(",");
  expect(cells).toHaveLength(header.split(",").length);
  expect(cells[header.split(",").indexOf("packets_dropped")]).toBe("");
  expect(cells[header.split(",").indexOf("send_dropped")]).toBe("2");
});

test.each([[[]], [["destroy"]], [["show"]], [["show", "a", "b"]], [["delete"]], [["list", "--x"]]])(
  "%p is a wrong call",
  async (args) => {
    await expect(run(args)).rejects.toMatchObject({ code: "usage" });
  },
);

test("rename, note and label say something of a capture, and the list shows it", async () => {
  await using directory = await tempDirectory();
  const store = openCaptureStore(directory.path);
  const saved = (await store.save(capture)).id;
  const call = async (...args: string[]) => {
    const terminal = new TestTerminal();
    return { code: await runCaptures(args, terminal, () => store), stdout: terminal.stdout };
  };
  expect((await call("rename", saved, "first", "try")).code).toBe(0);
  await call("note", saved, "why it was done");
  expect((await call("note", saved)).stdout).toBe("why it was done\n");
  expect((await call("rename", saved)).stdout).toBe("first try\n");
  await call("label", saved, "wifi", "evening");
  await call("label", saved, "wifi", "--remove");
  const { stdout } = await call("baseline", saved);
  expect(stdout).toBe(`${saved} "first try" #evening baseline\n`);
  expect((await call("baseline")).stdout).toBe(`${saved}\n`);
  expect((await store.load(saved))?.meta).toMatchObject({
    ...{ name: "first try", note: "why it was done", labels: ["evening"], baseline: true },
  });
  expect(() => call("note", saved, "another", "--remove")).toThrow("leave out one");
  await call("note", saved, "--remove");
  await call("rename", saved, "--remove");
  expect((await call("note", saved)).stdout).toBe("");
  expect((await store.load(saved))?.meta).toMatchObject({ labels: ["evening"], baseline: true });
  expect((await store.load(saved))?.meta.name).toBeUndefined();
  expect((await call("baseline", "--remove")).code).toBe(0);
  expect((await store.load(saved))?.meta.baseline).toBeUndefined();
});

test("show has the figures of each session in lines that fit a terminal, with lower bounds and gaps", async () => {
  const { stdout } = await run(["show", id], {
    load: async () => madeCapture({ id, windowCount: 5, unmeasured: ["packets_dropped"] }),
  });
  const lines = stdout.split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toContain("session 1: 5 samples");
  expect(lines.find((line) => line.startsWith("encode "))).toMatch(/ ms( +[\d.]+){4} +-$/);
  expect(lines.find((line) => line.startsWith("packets lost"))).toContain("not measured");
  expect((await run(["show", id])).stdout).toMatch(/packets repaired .*>=7/);
});

test("a list is cut to the terminal, and its ids never are", async () => {
  const terminal = new TestTerminal({}, false, 80);
  const client = "the television in the living room of the second house";
  const name = "a name of many words that a person gave to it";
  const meta = { ...capture.meta, client, name };
  const list = async () => ({ captures: [meta], damaged: [] });
  await runCaptures(["list"], terminal, () => ({ ...noFiles, list }));
  const lines = terminal.stdout.trimEnd().split("\n");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines[1]).toStartWith(id);
  expect(lines[1]).toContain("the tel…");
  expect(lines[1]).toContain("…");
  expect((await run(["list"], { list })).stdout).toContain(client);
});

test("what an export wrote is for its owner alone, whole or not there, and said on stderr", async () => {
  await using directory = await tempDirectory();
  const out = join(directory.path, "a.csv");
  for (const format of ["csv", "json"]) {
    const done = await run(["export", id, "--format", format, "--out", out], {
      filePath: async () => import.meta.path,
    });
    expect([done.code, done.stdout]).toEqual([0, ""]);
    expect(done.stderr).toMatch(/^wrote \S+a\.csv \(\d+(\.\d)? (bytes|kB)\)\n$/);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  }
  expect(await readdir(directory.path)).toEqual(["a.csv"]);
  const missing = join(directory.path, "none", "a.csv");
  await expect(run(["export", id, "--format", "csv", "--out", missing])).rejects.toMatchObject({
    code: "output_failed",
    message: expect.stringContaining("its directory is missing"),
  });
});
