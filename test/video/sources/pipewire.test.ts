import { expect, test } from "bun:test";
import { PipewireConnection, type PipewireNode } from "../../../src/pipewire/connection.ts";
import { decodeLuma } from "../../support/decode.ts";
import { startPainter, startSession, type TestSession, tell } from "../../support/session-bus.ts";
import {
  collect,
  type KeptFrame,
  openSmall,
  smallMode,
  streamBytes,
} from "../../support/stream.ts";
import { until } from "../../support/until.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

async function nodeCalled(name: string): Promise<PipewireNode> {
  let found: PipewireNode | undefined;
  const look = () => {
    using connection = new PipewireConnection();
    found = connection.nodes().find((node) => node.name === name);
    return found !== undefined;
  };
  await until(look, { what: `PipeWire has the node ${name}` });
  if (found === undefined) throw new Error("it was found");
  return found;
}

async function withPictures(session: TestSession, size = { width: 320, height: 180 }) {
  const program = startPainter(session, { name: "painter", ...size });
  return { program, node: await nodeCalled("painter") };
}

test("what a node of PipeWire gives is streamed, by its name", async () => {
  await using session = await startSession();
  await withPictures(session);
  await using stream = await openSmall({ source: "pipewire:painter" });
  const frames = await collect(stream, ({ length }) => length === 60);
  expect(frames.filter(isNew).length).toBeGreaterThan(5);
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  // Its upper left quarter is black.
  const at = (x: number, y: number) => pictures.at(-1)?.data[y * smallMode.width + x] ?? 0;
  expect(at(40, 40)).toBeLessThan(24);
  for (const [x, y] of [
    [200, 40],
    [40, 140],
    [200, 140],
  ] as const) {
    expect(at(x, y)).toBeGreaterThan(60);
  }
});

test("a picture that its producer has turned is shown upright", async () => {
  await using session = await startSession();
  const { program } = await withPictures(session);
  await using stream = await openSmall({ source: "pipewire:painter" });
  await collect(stream, ({ length }) => length === 5);
  // A quarter turn against the clock brings the upper right, which is dark, to the upper left.
  tell(program, "turn 1");
  const levels = async () => {
    const frames = await collect(stream, ({ length }) => length === 20);
    const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
    // 180 lines of what is 180 wide and 320 high: 101 columns, in the middle.
    return [130, 190].map((x) => pictures.at(-1)?.data[40 * smallMode.width + x] ?? 0);
  };
  let [left = 0, right = 0] = await levels();
  for (let tries = 0; tries < 10 && right >= 24; tries++) [left = 0, right = 0] = await levels();
  expect([left > 60, right < 24]).toEqual([true, true]);
}, 30_000);

test("a node is found by its serial number, and scaled where its size is another", async () => {
  await using session = await startSession();
  const { node } = await withPictures(session, { width: 640, height: 480 });
  await using stream = await openSmall({ source: `pipewire:${node.serial}` });
  const frames = await collect(stream, ({ length }) => length === 30);
  expect(frames.filter(isNew).length).toBeGreaterThan(5);
});

test("a node that changes its size is followed", async () => {
  await using session = await startSession();
  const { program } = await withPictures(session);
  await using stream = await openSmall({ source: "pipewire:painter" });
  await collect(stream, ({ length }) => length === 10);
  const { promise: resized, resolve } = Promise.withResolvers<unknown>();
  using _ = stream.subscribe({
    onFrame: ({ release }) => release(),
    onResized: ({ width, height }) => resolve({ width, height }),
    onEnd: resolve,
  });
  tell(program, "size 480 270");
  expect(await resized).toEqual({ width: 480, height: 270 });
});

test("a node that is not there is refused with those that are", async () => {
  await using session = await startSession();
  await withPictures(session);
  const wrong = openSmall({ source: "pipewire:nothing" });
  await expect(wrong).rejects.toThrow('PipeWire has no node "nothing", only painter');
});

test("the end of a node ends its stream with a reason", async () => {
  await using session = await startSession();
  const { program } = await withPictures(session);
  await using stream = await openSmall({ source: "pipewire:painter" });
  await collect(stream, ({ length }) => length === 10);
  const ended = collect(stream, () => false).catch(String);
  await session.stop(program);
  expect(await ended).toContain("The screen is gone");
});

test("where PipeWire does not run, that is said", async () => {
  await using session = await startSession();
  process.env.XDG_RUNTIME_DIR = `${session.directory}/elsewhere`;
  await expect(openSmall({ source: "pipewire:painter" })).rejects.toThrow("pipewire-0");
});
