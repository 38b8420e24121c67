/**
 * A program at an input device, as a game is one: `read` prints what happens, one change a line,
 * `rumble` uploads an effect and plays it. Prints `ready` first.
 */
import { constants, openSync, writeSync } from "node:fs";
import { controlDevice } from "../../../src/base/descriptors.ts";

const [, , node = "", what] = process.argv;
const eventBytes = 24;
const sendEffect = 0x4030_4580;
const descriptor = openSync(node, constants.O_RDWR | constants.O_NONBLOCK);
print("ready");
if (what === "rumble") await rumble();
else await read();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function read(): Promise<void> {
  let parts: string[] = [];
  for await (const chunk of Bun.file(descriptor).stream()) {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at + eventBytes <= bytes.length; at += eventBytes) {
      const type = bytes.readUInt16LE(at + 16);
      if (type === 0) {
        print(parts.join(" "));
        parts = [];
      } else parts.push(`${type}:${bytes.readUInt16LE(at + 18)}=${bytes.readInt32LE(at + 20)}`);
    }
  }
}

/** `struct ff_effect` of linux/input.h: half a second of rumble, then stopped by its length. */
async function rumble(): Promise<void> {
  const effect = Buffer.alloc(48);
  effect.writeUInt16LE(0x50, 0);
  effect.writeInt16LE(-1, 2);
  effect.writeUInt16LE(500, 10);
  effect.writeUInt16LE(0xc000, 16);
  effect.writeUInt16LE(0x4000, 18);
  const startMs = performance.now();
  if (!controlDevice(descriptor, sendEffect, effect)) throw new Error("The effect is refused");
  print(`upload ${Math.round((performance.now() - startMs) * 10) / 10}`);
  const event = Buffer.alloc(eventBytes);
  event.writeUInt16LE(0x15, 16);
  event.writeUInt16LE(effect.readInt16LE(2), 18);
  event.writeInt32LE(1, 20);
  writeSync(descriptor, event);
  await Bun.sleep(1500);
}
