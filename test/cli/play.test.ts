/** The command as a process of its own: its exit codes, its outputs, its ends. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { PlaySummary } from "../../src/native/player/totals.ts";
import { decodeLuma } from "../support/decode.ts";
import { startTestHost, type TestHost } from "../support/native.ts";
import { Relay } from "../support/relay.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const small = ["--width", "320", "--height", "180", "--bitrate-kbps", "1000"];

function play(host: TestHost, args: readonly string[], port = host.host.port) {
  const own = ["--data-dir", host.dataDirectory, ...small];
  return Bun.spawn([process.execPath, main, "play", `127.0.0.1:${port}`, ...own, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Everything on stderr; as by Ctrl-C once it has said so much. */
async function stopWhenSaid(child: ReturnType<typeof play>, words: string): Promise<string> {
  let said = "";
  for await (const chunk of child.stderr) {
    said += Buffer.from(chunk).toString();
    if (said.includes(words)) child.kill("SIGINT");
  }
  return said;
}

const keys = [
  "session_id",
  "kind",
  "width",
  "height",
  "fps",
  "codec",
  "seconds",
  "frames",
  "bytes",
  "packets_received",
  "packets_lost",
  "fec_recovered",
  "frames_lost",
  "idr_requests",
  "slots_skipped",
  "latency_p50_us",
  "latency_p99_us",
  "rtt_p50_us",
  "reconnects",
  "interrupted_seconds",
];

test("a run with --json ends by itself with one line that agrees with what was written", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const out = join(directory.path, "a.h264");
  const child = play(host, ["--seconds", "1.5", "--out", out, "--json"]);
  const [text, said, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  expect({ code, said }).toEqual({ code: 0, said: "" });
  expect(text.trim().split("\n")).toHaveLength(1);
  const summary: PlaySummary = JSON.parse(text);
  expect(Object.keys(summary)).toEqual(keys);
  const bytes = await Bun.file(out).bytes();
  const pictures = await decodeLuma(bytes, { width: 320, height: 180, format: "h264" });
  expect(summary.frames).toBe(pictures.length);
  expect(summary.bytes).toBe(bytes.length);
  expect(summary).toMatchObject({ kind: "native", seconds: 1.5, packets_lost: 0, frames_lost: 0 });
  expect(summary.frames).toBeGreaterThan(0);
  expect(summary.latency_p50_us).toBeGreaterThan(0);
  expect(summary.rtt_p50_us).toBeGreaterThan(0);
}, 30_000);

test("with --out - stdout is the stream alone and the summary is on stderr", async () => {
  await using host = await startTestHost();
  const child = play(host, ["--seconds", "0.5", "--out", "-", "--json"]);
  const [bytes, said, code] = await Promise.all([
    child.stdout.bytes(),
    child.stderr.text(),
    child.exited,
  ]);
  expect(code).toBe(0);
  const summary: PlaySummary = JSON.parse(said);
  expect(bytes).toHaveLength(summary.bytes);
  const pictures = await decodeLuma(bytes, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(summary.frames);
}, 30_000);

test("a reader that goes away ends the run well", async () => {
  await using host = await startTestHost();
  const child = play(host, ["--out", "-", "--json"]);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(said))).toEqual(keys);
}, 30_000);

test("Ctrl-C ends the run well, with the summary", async () => {
  await using host = await startTestHost();
  const child = play(host, ["--json"]);
  await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 20) await Bun.sleep(50);
  child.kill("SIGINT");
  const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
  expect(code).toBe(0);
  expect(JSON.parse(text).frames).toBeGreaterThan(0);
  const { ending } = await host.event("session_ended");
  expect(ending.code).toBe("player_ended");
}, 30_000);

test("a player that is killed ends its session on the host, which does not wait for its silence", async () => {
  await using host = await startTestHost();
  const child = play(host, []);
  await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 5) await Bun.sleep(50);
  child.kill("SIGKILL");
  expect((await host.event("session_ended")).ending.code).toBe("connection_closed");
}, 30_000);

test("a link that was away is found again: one stream, in two sessions of the same player", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const out = join(directory.path, "a.h264");
  using relay = await Relay.open(host.host.port);
  const child = play(host, ["--json", "--out", out], relay.port);
  const said = stopWhenSaid(child, "Reconnected");
  const { session: first } = await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 20) await Bun.sleep(50);
  relay.isCut = true;
  const { ending } = await host.event("session_ended");
  expect(ending.code).toBe("player_silent");
  relay.isCut = false;
  const { session: second } = await host.event(
    "session_started",
    ({ session }) => session.session_id !== first.session_id,
  );
  const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
  expect(code).toBe(0);
  expect(await said).toMatch(
    /Connection lost: .*; trying for 60 s to reconnect\nReconnected after/,
  );
  const summary: PlaySummary = JSON.parse(text);
  expect(summary).toMatchObject({ session_id: second.session_id, reconnects: 1 });
  expect(second).toMatchObject({ client: first.client, width: first.width, fps: first.fps });
  expect(summary.interrupted_seconds).toBeGreaterThan(3);
  expect(summary.seconds).toBeGreaterThan(summary.interrupted_seconds);
  const bytes = await Bun.file(out).bytes();
  const pictures = await decodeLuma(bytes, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(summary.frames);
}, 60_000);

test("a link that stays away is exit 1 with both reasons, and the summary all the same", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  const child = play(host, ["--json", "--reconnect", "1"], relay.port);
  await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 5) await Bun.sleep(50);
  relay.isCut = true;
  const [text, said, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  expect(code).toBe(1);
  expect(said).toMatch(/Cannot continue playing from .*; then: Cannot reach host .*within 2 s/);
  expect(JSON.parse(text)).toMatchObject({ session_id: 1, reconnects: 0 });
}, 60_000);

test("a session that the host ends is not opened again", async () => {
  await using host = await startTestHost();
  const child = play(host, []);
  const { session } = await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 5) await Bun.sleep(50);
  expect(await host.host.disconnect(session.session_id)).toBe(true);
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(code).toBe(1);
  expect(said).toContain("stopped by the operator");
}, 30_000);

test("with --reconnect 0 a host that goes away is exit 1 with the reason, and the summary all the same", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  const child = play(host, ["--json", "--reconnect", "0"], relay.port);
  await host.event("session_started");
  while ((host.host.sessions()[0]?.frames_sent ?? 0) < 5) await Bun.sleep(50);
  relay.isCut = true;
  const [text, said, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  expect(code).toBe(1);
  expect(said).toContain("silent for 4 s");
  expect(Object.keys(JSON.parse(text))).toEqual(keys);
}, 30_000);

test("a file that cannot be written is exit 1 and names the file", async () => {
  await using host = await startTestHost();
  const child = play(host, ["--out", "/dev/full"]);
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(code).toBe(1);
  expect(said).toContain('"/dev/full"');
}, 30_000);

test("nobody there is exit 1 and says where", async () => {
  await using host = await startTestHost();
  const port = host.host.port;
  await host.host.stop();
  const child = play(host, [], port);
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(code).toBe(1);
  expect(said).toContain(`Cannot reach host "127.0.0.1:${port}"`);
}, 30_000);

test.each([
  [["nowhere:port"], "HOST:PORT"],
  [["::1"], "HOST:PORT"],
  [[], "HOST:PORT"],
  [["127.0.0.1:1", "--fps", "0"], "--fps"],
  [["127.0.0.1:1", "--fps", "481"], "--fps"],
  [["127.0.0.1:1", "--codec", "theora"], "--codec"],
  [["127.0.0.1:1", "--seconds", "0"], "--seconds"],
  [["127.0.0.1:1", "--seconds", "1e3"], "--seconds"],
  [["127.0.0.1:1", "--bitrate-kbps", "199"], "--bitrate-kbps"],
  [["127.0.0.1:1", "--reconnect", "-1"], "--reconnect"],
  [["127.0.0.1:1", "--nonsense"], "Unknown option --nonsense\nTry `onglass play --help`"],
])("called with %p it exits 2 and names what is wrong", async (args, name) => {
  const child = Bun.spawn([process.execPath, main, "play", ...args], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(code).toBe(2);
  expect(said).toContain(name);
});
