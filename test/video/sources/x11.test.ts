import { expect, test } from "bun:test";
import { decodeLuma } from "../../support/decode.ts";
import {
  collect,
  type KeptFrame,
  openSmall,
  smallMode,
  streamBytes,
} from "../../support/stream.ts";
import { startScreen } from "../../support/x-server.ts";

const size = { width: 640, height: 360 };
const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

test("a screen on which nothing moves is new once and repeats from then on", async () => {
  await using screen = await startScreen(size);
  await using stream = await openSmall({ source: `x11:${screen.display}` });
  const frames = await collect(stream, ({ length }) => length === 60);
  expect(frames.map(isNew).lastIndexOf(true)).toBe(0);
});

test("a screen that is painted gives new frames, scaled to the stream", async () => {
  await using screen = await startScreen(size);
  await using stream = await openSmall({ source: `x11:${screen.display}` });
  const frames = await collect(stream, ({ length }) => {
    if (length <= 50) screen.paint(length % 2 === 0 ? 0x000000 : 0xffffff);
    return length === 60;
  });
  expect(frames.filter(isNew).length).toBeGreaterThan(20);
  expect(frames.slice(55).filter(isNew)).toEqual([]);
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  // The last colour painted is black; the one before was white.
  expect(Math.abs((pictures.at(-1)?.data[1000] ?? 0) - 16)).toBeLessThan(6);
  const brightest = Math.max(...pictures.map(({ data }) => data[1000] ?? 0));
  expect(brightest).toBeGreaterThan(200);
});

test("a display that is not there is refused by name", async () => {
  const refusal = "Cannot open display :65000. Is an X server running there? (XAUTHORITY?)";
  await expect(openSmall({ source: "x11::65000" })).rejects.toThrow(new Error(refusal));
  const wrong = openSmall({ source: "x11:/etc/passwd" });
  await expect(wrong).rejects.toThrow("it does not name a display");
});

test("the end of the X server ends its own stream with a reason and no other", async () => {
  await using screen = await startScreen(size);
  const source = `x11:${screen.display}`;
  await using stream = await openSmall({ source });
  await using other = await openSmall();
  await collect(stream, ({ length }) => length === 10);
  const ended = collect(stream, () => false);
  await screen.kill();
  await expect(ended).rejects.toThrow(`Cannot stream "${source}"`);
  expect(await collect(other, ({ length }) => length === 30)).toHaveLength(30);
});
