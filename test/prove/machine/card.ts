/** What a graphics card of the emulated machine shows, as `kms:` takes it: its pixels, and what is new. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Micros } from "../../../src/base/clock.ts";
import { openKmsSource } from "../../../src/video/sources/kms.ts";

/** The kernel's own console is on it; it is written over. */
const screen = "/dev/fb0";
const size = { width: 640, height: 400 };
const now = 0 as Micros;

type Say = (isOk: boolean, what: string) => void;

/** A screen of one grey, four bytes a pixel. */
function paint(level: number): void {
  const facts = "/sys/class/graphics/fb0";
  const [width = 0, height = 0] = readFileSync(`${facts}/virtual_size`, "utf8")
    .split(",")
    .map(Number);
  const lineBytes = Number(readFileSync(`${facts}/stride`, "utf8")) || 4 * width;
  writeFileSync(screen, Buffer.alloc(lineBytes * height, level));
}

/** Throws where it cannot be opened. */
export function proveCard(say: Say): void {
  paint(255);
  const source = openKmsSource("", size);
  try {
    const { width, height } = source.pictureSize ?? {};
    say(source.capture(0, now), `a card of ${width}x${height} is captured`);
    const lumaAt = (line: number) =>
      source.frame.data?.[0]?.[line * (source.frame.linesize[0] ?? 0) + size.width / 2];
    say(lumaAt(200) === 235, `white is shown as white: ${lumaAt(200)}`);
    say(!source.capture(1, now), "a screen that stands still is not new");
    paint(0);
    say(source.capture(2, now), "what is drawn is new");
    say(lumaAt(200) === 16, `black is shown as black: ${lumaAt(200)}`);
  } finally {
    source.close();
  }
}
