import { expect, test } from "bun:test";
import { Varint } from "@moq/net";
import { systemClock } from "../../src/base/clock.ts";
import { readCode } from "../../src/video/code-block.ts";
import { levelOf } from "../support/counting.ts";
import { decodeLuma } from "../support/decode.ts";
import { parseFrame, readTrack } from "../support/moq-client.ts";
import { until } from "../support/until.ts";
import { smallRequest, WatchHost } from "../support/watch-host.ts";

const viewerScript = new URL("../support/moq-viewer.ts", import.meta.url).pathname;
const sum = (frames: readonly Uint8Array[]) =>
  frames.reduce((total, { byteLength }) => total + byteLength, 0);
/** The access unit of a frame in the legacy container, and its capture time. */
const unpack = (frame: Uint8Array) => {
  const [captureUs, unit] = Varint.decode(frame);
  return { captureUs, unit };
};

test("a client of the library gets a catalogue and pictures that decode", async () => {
  const startUs = systemClock().nowUs();
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const client = await host.connect();
  const catalog = readTrack(client, broadcast, "catalog.json");
  const video = readTrack(client, broadcast, "video");
  await until(() => catalog.frames.length > 0 && video.frames.length >= 60, { what: "a second" });
  const { renditions } = parseFrame(catalog.frames[0]).video as {
    renditions: { video: { codec: string; codedWidth: number } };
  };
  expect(renditions.video.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);
  expect(renditions.video.codedWidth).toBe(320);
  const endUs = systemClock().nowUs();
  const times = video.frames.map((frame) => unpack(frame).captureUs);
  expect([startUs, ...times, endUs]).toEqual([startUs, ...times, endUs].toSorted((a, b) => a - b));
  const units = Buffer.concat(video.frames.map((frame) => unpack(frame).unit));
  const pictures = await decodeLuma(units, { width: 320, height: 180, format: "h264" });
  // The time in the stream is the one that is drawn into the picture.
  expect(pictures.map((picture) => Number(readCode(picture)?.captureStartUs))).toEqual(times);
  await host.streams.close(session_id);
  await video.over;
}, 30_000);

test("a late viewer starts at a key frame, in the same groups as everybody", async () => {
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const early = readTrack(await host.connect(), broadcast, "video");
  await until(() => early.frames.length >= 30, { what: "the first has half a second" });
  const late = readTrack(await host.connect(), broadcast, "video");
  await until(() => late.frames.length >= 30, { what: "the late one has half a second" });
  expect(late.groups[0]).toBeGreaterThan(early.groups[0] ?? 0);
  const unit = unpack(late.frames[0] ?? new Uint8Array()).unit;
  // A sequence parameter set (7) comes first in a key frame, after a delimiter (9) if there is one.
  expect([7, 9]).toContain((unit[unit.indexOf(1) + 1] ?? 0) & 31);
  await host.streams.close(session_id);
  await Promise.all([early.over, late.over]);
  expect(early.groups.slice(-late.groups.length)).toEqual(late.groups);
  expect(host.streams.streams()).toEqual([]);
}, 30_000);

test("what the host counted equals what its viewers got, byte for byte", async () => {
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const viewers = await Promise.all(
    Array.from({ length: 4 }, async () => readTrack(await host.connect(), broadcast, "video")),
  );
  await until(() => viewers.every(({ frames }) => frames.length >= 90), { what: "1.5 seconds" });
  await host.streams.close(session_id);
  await Promise.all(viewers.map(({ over }) => over));
  await until(() => levelOf(host.counters, broadcast).open === 0, { what: "all is closed" });
  const { publisher } = levelOf(host.counters, broadcast).external;
  expect(publisher).toEqual({
    broadcasts: 4,
    broadcasts_closed: 4,
    subscriptions: 4,
    subscriptions_closed: 4,
    frames: sum(viewers.map(({ frames }) => new Uint8Array(frames.length))),
    groups: sum(viewers.map(({ groups }) => new Uint8Array(groups.length))),
    bytes: sum(viewers.flatMap(({ frames }) => frames)),
  });
}, 30_000);

test("a capture has a sample a second of the stream", async () => {
  await using host = new WatchHost();
  host.gate.open(1);
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const video = readTrack(await host.connect(), broadcast, "video");
  await until(() => host.samples.length === 3, { what: "three samples" });
  await host.streams.close(session_id);
  await video.over;
  const [, second] = host.samples;
  expect(second?.stages.map(({ name }) => name)).toEqual(["capture", "submit", "encode", "send"]);
  expect(second?.viewers).toBe(1);
  const rate = (second?.fps ?? 0) + (second?.repeat_fps ?? 0);
  // A busy machine may not keep up with sixty.
  expect(rate).toBeGreaterThan(20);
  expect(rate).toBeLessThan(70);
  const means = second?.stages.reduce((total, { mean_us }) => total + (mean_us ?? 0), 0) ?? 0;
  expect(means + (second?.gap_mean_us ?? 0)).toBeCloseTo(second?.total_mean_us ?? 0, 1);
}, 30_000);

test("a viewer frozen for five seconds skips, and neither the others nor the host notice", async () => {
  await using host = new WatchHost();
  const request = { width: 640, height: 360, fps: 60, bitrate_kbps: 12_000 };
  const { broadcast, session_id } = await host.streams.open(request);
  const other = readTrack(await host.connect(), broadcast, "video");
  const frozen = Bun.spawn([process.execPath, viewerScript, host.url.href, broadcast], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const stream = () => host.streams.streams()[0];
  await until(() => stream()?.viewers === 2 && other.frames.length > 60, { what: "both watch" });
  frozen.kill("SIGSTOP");
  await until(() => (stream()?.skipped ?? 0) > 60, { what: "it skips" });
  const before = { frames: stream()?.frames ?? 0, other: other.frames.length };
  const startUs = systemClock().nowUs();
  await until(() => systemClock().nowUs() - startUs > 5e6, { what: "5 s", deadlineMs: 10_000 });
  const encoded = (stream()?.frames ?? 0) - before.frames;
  expect(encoded).toBeGreaterThan(0);
  await until(() => other.frames.length - before.other > encoded - 45, {
    what: "the other has them",
  });
  frozen.kill("SIGCONT");
  const groupsBefore = other.groups.length;
  await until(() => other.groups.length > groupsBefore + 1, {
    what: "new groups",
  });
  await host.streams.close(session_id);
  await other.over;
  const lines = (await new Response(frozen.stdout).text()).trim().split("\n");
  const totals = JSON.parse(lines.at(-1) ?? "") as {
    frames: number;
    bytes: number;
    groups: number;
  };
  expect(totals.groups).toBeGreaterThan(1);
  await until(() => levelOf(host.counters, broadcast).open === 0, { what: "all is closed" });
  const { publisher } = levelOf(host.counters, broadcast).external;
  expect(publisher.bytes).toBe(sum(other.frames) + totals.bytes);
  expect(publisher.frames).toBe(other.frames.length + totals.frames);
}, 60_000);

test("a socket that is cut in the middle leaves the counts balanced", async () => {
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const viewer = Bun.spawn([process.execPath, viewerScript, host.url.href, broadcast], {
    stdout: "ignore",
    stderr: "inherit",
  });
  const viewers = () => host.streams.streams()[0]?.viewers;
  await until(() => viewers() === 1, { what: "it watches" });
  const set = () => levelOf(host.counters, broadcast).external.publisher;
  await until(() => set().frames > 30, { what: "frames have left" });
  viewer.kill("SIGKILL");
  await until(() => viewers() === 0 && levelOf(host.counters, broadcast).open === 0, {
    what: "it is gone",
  });
  expect(set()).toMatchObject({ subscriptions: 1, subscriptions_closed: 1, broadcasts_closed: 1 });
  await host.streams.close(session_id);
}, 30_000);
