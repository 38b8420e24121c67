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
  // Listened to before it can come: on a busy machine it comes while the server is still ending.
  const ending = collect(stream, () => false).then(() => "none", String);
  await screen.kill();
  expect(await ending).toContain(`Cannot stream "${source}"`);
  expect(await collect(other, ({ length }) => length === 30)).toHaveLength(30);
});

test("a screen of a depth that cannot be shown is refused in plain words", async () => {
  await using screen = await startScreen(size, 30);
  const refused = openSmall({ source: `x11:${screen.display}` });
  await expect(refused).rejects.toThrow("the colour depth of its screen is not supported");
});

test("a screen that shrinks and grows while it is streamed is shown whole, with its new size", async () => {
  await using screen = await startScreen({ width: 1280, height: 720 });
  screen.paint(0xffffff);
  await using stream = await openSmall({ source: `x11:${screen.display}` });
  const sizes: string[] = [];
  using _ = stream.subscribe({
    onFrame: (frame) => frame.release(),
    onResized: ({ width, height }) => void sizes.push(`${width}x${height}`),
    onEnd: () => undefined,
  });
  const levels = async () => {
    const shown = await collect(stream, ({ length }) => length === 5);
    const [picture] = (
      await decodeLuma(streamBytes(shown), { ...smallMode, format: "h264" })
    ).slice(-1);
    // The mouse pointer stands in the middle.
    return [4, 100, 315].map((x) => ((picture?.data[40 * 320 + x] ?? 0) > 128 ? "white" : "black"));
  };
  expect(await levels()).toEqual(["white", "white", "white"]);
  // 4:3 stands between bars at both sides.
  await screen.resize({ width: 640, height: 480 });
  await collect(stream, () => sizes.at(-1) === "640x480");
  expect(await levels()).toEqual(["black", "white", "black"]);
  await screen.resize({ width: 1280, height: 720 });
  await collect(stream, () => sizes.at(-1) === "1280x720");
  expect(await levels()).toEqual(["white", "white", "white"]);
  // The size at the start may be reported first.
  expect(sizes.slice(-2)).toEqual(["640x480", "1280x720"]);
});
