import { expect, test } from "bun:test";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../../src/base/failure.ts";
import { FrameSink } from "../../../src/native/player/frame-sink.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const mebi = 1024 * 1024;
const waitingBytesMax = 32 * mebi;

test("frames come out as they went in, one after the other", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.h264");
  const sink = await FrameSink.open(path);
  const frames = Array.from({ length: 50 }, (_, index) => new Uint8Array(index * 100).fill(index));
  for (const frame of frames) expect(sink.push(frame)).toBe(true);
  await sink.close();
  expect(await Bun.file(path).bytes()).toEqual(new Uint8Array(Buffer.concat(frames)));
});

test("a frame is the sink's own once it was taken", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.h264");
  const sink = await FrameSink.open(path);
  const frame = Uint8Array.of(1, 2, 3);
  sink.push(frame);
  frame.fill(9);
  await sink.close();
  expect(await Bun.file(path).bytes()).toEqual(Uint8Array.of(1, 2, 3));
});

test("a reader that stands still fills the sink to its limit, and gets it all once it reads", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "pipe");
  expect(await Bun.spawn(["mkfifo", path]).exited).toBe(0);
  // Holds the pipe open, so that opening it to write does not wait for a reader.
  await using _held = await open(path, "r+");
  const sink = await FrameSink.open(path);
  const frame = new Uint8Array(mebi);
  let count = 0;
  while (sink.push(frame)) count += 1;
  expect(count * mebi).toBe(waitingBytesMax);
  const reader = Bun.spawn(["head", "-c", String(waitingBytesMax), path], { stdout: "pipe" });
  const [bytes] = await Promise.all([reader.stdout.bytes(), sink.close()]);
  expect(bytes).toHaveLength(waitingBytesMax);
});

test("a file that is there keeps its bytes until a frame comes, and then has only frames", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.h264");
  await Bun.write(path, "an earlier stream");
  await (await FrameSink.open(path)).close();
  expect(await Bun.file(path).text()).toBe("an earlier stream");
  const sink = await FrameSink.open(path);
  sink.push(Uint8Array.of(1, 2, 3));
  await sink.close();
  expect(await Bun.file(path).bytes()).toEqual(Uint8Array.of(1, 2, 3));
});

test("a file made for frames that never came is not left behind", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.h264");
  await (await FrameSink.open(path)).close();
  expect(await Bun.file(path).exists()).toBe(false);
});

test("a file that cannot be opened is refused with its name", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "none", "a.h264");
  await expect(FrameSink.open(path)).rejects.toMatchObject({
    code: "output_failed",
    message: expect.stringContaining(path),
  });
});

test("a full disk is reported once, and nothing more is taken", async () => {
  const sink = await FrameSink.open("/dev/full");
  const failures: (Failure | undefined)[] = [];
  sink.onBroken = (failure) => failures.push(failure);
  sink.push(new Uint8Array(100));
  await sink.close();
  expect(failures.map((failure) => failure?.code)).toEqual(["output_failed"]);
  expect(sink.push(new Uint8Array(1))).toBe(false);
});
