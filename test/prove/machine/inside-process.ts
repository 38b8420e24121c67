/**
 * Runs inside the emulated machine, as its only program: makes each kind of device as a session does,
 * and has another process read it back from /dev/input. Prints one line for each thing that was looked
 * at, `ok` or `fault` first; the last line is `finished`.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { PadEvent, Rumble } from "../../../src/input/event.ts";
import { padButtons } from "../../../src/input/event.ts";
import { deviceProblem, PlayerDevices, padCountUsual } from "../../../src/input/player-devices.ts";
import { kernelUinput } from "../../../src/input/uinput/kernel.ts";
import { SeatInjector } from "../../../src/input/uinput/seat-injector.ts";
import { proveCard } from "./card.ts";
import { seesWithin } from "./wait.ts";

const whole = { x: 0, y: 0, width: 1, height: 1 };
const pad: PadEvent = {
  ...{ kind: "pad", pad: 0, activeMask: 1, buttons: 0 },
  ...{ leftTrigger: 0, rightTrigger: 0, leftX: 0, leftY: 0, rightX: 0, rightY: 0 },
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(isOk: boolean, what: string): void {
  print(`${isOk ? "ok" : "fault"} ${what}`);
}

function names(): string[] {
  const inputs = readdirSync("/sys/class/input").filter((name) => /^input\d+$/.test(name));
  return inputs.flatMap((name) => {
    try {
      return [readFileSync(`/sys/class/input/${name}/name`, "utf8").trim()];
    } catch {
      // It has been removed since it was listed.
      return [];
    }
  });
}

function nodeOf(name: string): string | undefined {
  for (const input of readdirSync("/sys/class/input")) {
    if (!/^input\d+$/.test(input)) continue;
    if (readFileSync(`/sys/class/input/${input}/name`, "utf8").trim() !== name) continue;
    const event = readdirSync(`/sys/class/input/${input}`).find((one) => one.startsWith("event"));
    if (event !== undefined) return `/dev/input/${event}`;
  }
  return undefined;
}

/** Another process at a device: the lines that it prints. */
async function openReader(name: string, what: "read" | "rumble") {
  const node = await seesWithin(5000, () => nodeOf(name));
  const script = `${import.meta.dir}/reader-process.ts`;
  const child = Bun.spawn([process.execPath, script, node ?? "", what], {
    ...{ stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  });
  const lines: string[] = [];
  void (async () => {
    let rest = "";
    for await (const chunk of child.stdout) {
      const parts = (rest + Buffer.from(chunk).toString()).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    }
  })();
  await seesWithin(20_000, () => lines.includes("ready"));
  return { lines, child };
}

const rumbles: Rumble[] = [];
const problems: unknown[] = [];
const devices = new PlayerDevices({
  padCountMax: padCountUsual,
  onRumble: (rumble) => rumbles.push(rumble),
  onProblem: (_problem, cause) => problems.push(cause),
  place: () => whole,
});

async function expectLine(reader: { lines: string[] }, wanted: string): Promise<void> {
  const found = await seesWithin(5000, () => reader.lines.includes(wanted));
  say(found === true, `${wanted}${found ? "" : `, but ${reader.lines.join(" / ")}`}`);
}

async function provePad(): Promise<void> {
  devices.accept(pad);
  const reader = await openReader("Microsoft X-Box 360 pad", "read");
  devices.accept({
    ...pad,
    buttons: padButtons.a | padButtons.dpadUp,
    leftX: 12_345,
    rightTrigger: 200,
  });
  await expectLine(reader, "1:304=1 3:0=12345 3:5=200 3:17=-1");
  devices.release();
  await expectLine(reader, "1:304=0 3:0=0 3:5=0 3:17=0");
  reader.child.kill();
  const program = await openReader("Microsoft X-Box 360 pad", "rumble");
  const sees = async (strong: number, what: string) => {
    const found = await seesWithin(5000, () => rumbles.at(-1)?.strong === strong);
    say(found === true, `${what}: ${JSON.stringify(rumbles)}`);
  };
  await sees(49_152, "a program's effect reaches the player");
  await sees(0, "it is over after its length");
  const uploadMs = await seesWithin(5000, () =>
    program.lines.find((line) => line.startsWith("upload")),
  );
  say(Number(uploadMs?.split(" ")[1]) >= 0, `${uploadMs} ms until the program has its answer`);
  await program.child.exited;
}

async function proveContacts(): Promise<void> {
  devices.accept({ ...{ kind: "touch", phase: "down", pointer: 9 }, x: 0.5, y: 1, pressure: 1 });
  const touch = await openReader("onglass touch screen", "read");
  devices.accept({ ...{ kind: "touch", phase: "move", pointer: 9 }, x: 0.25, y: 1, pressure: 1 });
  await expectLine(touch, "3:53=16384 3:0=16384");
  devices.accept({ ...{ kind: "touch", phase: "up", pointer: 9 }, x: 0.25, y: 1, pressure: 0 });
  await expectLine(touch, "3:57=-1 1:330=0");
  touch.child.kill();
  const stroke = { kind: "pen", tool: "pen", buttons: 0, x: 0.5, y: 0.5 } as const;
  devices.accept({ ...stroke, phase: "hover", pressure: 0, tilt: undefined });
  const pen = await openReader("onglass pen", "read");
  devices.accept({ ...stroke, phase: "down", pressure: 0.5, tilt: { x: 12, y: -7 } });
  await expectLine(pen, "3:24=2048 3:26=12 3:27=-7 1:330=1");
  pen.child.kill();
}

async function proveSeat(): Promise<void> {
  const where = { size: { width: 1280, height: 720 }, placement: () => whole };
  const seat = new SeatInjector(kernelUinput, where);
  const keyboard = await openReader("onglass keyboard", "read");
  seat.inject({ kind: "key", isDown: true, virtualKey: 0x41, modifiers: 0, flags: 0 });
  await expectLine(keyboard, "1:30=1");
  const mouse = await openReader("onglass mouse", "read");
  seat.inject({ kind: "pointer_move", dx: 7, dy: -3 });
  await expectLine(mouse, "2:0=7 2:1=-3");
  seat.inject({ kind: "scroll", axis: "vertical", amount: 120 });
  await expectLine(mouse, "2:11=120 2:8=1");
  const pointer = await openReader("onglass pointer", "read");
  seat.inject({ kind: "pointer", x: 640, y: 360, width: 1280, height: 720 });
  await expectLine(pointer, "3:0=32768 3:1=32768");
  await seat.close();
  await expectLine(keyboard, "1:30=0");
  for (const { child } of [keyboard, mouse, pointer]) child.kill();
}

function ours(): string[] {
  return names().filter((name) => name.startsWith("onglass") || name.startsWith("Microsoft"));
}

const startMs = performance.now();
say(deviceProblem() === undefined, "devices can be made");
proveCard(say);
await provePad();
await proveContacts();
await proveSeat();
devices.accept({ ...pad, pad: 1, activeMask: 0b10 });
devices.close();
say((await seesWithin(5000, () => ours().length === 0)) === true, `no device is left: ${ours()}`);
const descriptors = () => readdirSync("/proc/self/fd").length;
const before = descriptors();
for (let count = 0; count < 20; count++) {
  const brief = new PlayerDevices({
    ...{
      padCountMax: 4,
      place: () => whole,
      onRumble: () => undefined,
      onProblem: () => undefined,
    },
  });
  brief.accept(pad);
  brief.close();
}
const isEven = await seesWithin(5000, () => ours().length === 0 && descriptors() <= before);
say(
  isEven === true,
  `20 sessions leave nothing: ${ours()} ${before} -> ${descriptors()} descriptors`,
);
say(problems.length === 0, `nothing was in the way ${problems}`);
print(`inside ${Math.round(performance.now() - startMs)} ms`);
print("finished");
process.exit(0);
