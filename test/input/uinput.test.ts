/**
 * Devices of players, byte for byte as linux/uinput.h and linux/input.h lay them out on 64-bit Linux.
 * A machine with the real thing is `npm run prove -- machine`.
 */
import { expect, test } from "bun:test";
import type { InputEvent, PadEvent, PenEvent, Rumble, TouchEvent } from "../../src/input/event.ts";
import { padButtons, penButtons } from "../../src/input/event.ts";
import { deviceProblem, PlayerDevices, padCountUsual } from "../../src/input/player-devices.ts";
import { SeatInjector } from "../../src/input/uinput/seat-injector.ts";
import { readEvents, requests, writeAxis, writeSetup } from "../../src/input/uinput/wire.ts";
import type { InputProblem } from "../../src/model/input-problem.ts";
import { type FakeDevice, FakeUinput } from "../support/fake-uinput.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const whole = { x: 0, y: 0, width: 1, height: 1 };
const code = (error: string) => Object.assign(new Error(error), { code: error });

function open(options: { padCountMax?: number; place?: typeof whole } = {}) {
  const uinput = new FakeUinput();
  const scheduler = new ManualScheduler();
  const rumbles: Rumble[] = [];
  const problems: (InputProblem | undefined)[] = [];
  const devices = new PlayerDevices({
    padCountMax: options.padCountMax ?? padCountUsual,
    onRumble: (rumble) => rumbles.push(rumble),
    onProblem: (problem) => problems.push(problem),
    place: () => options.place ?? whole,
    ...{ scheduler, uinput },
  });
  const accept = (event: InputEvent) => devices.accept(event);
  return { uinput, scheduler, rumbles, problems, devices, accept };
}

const pad = (number: number, state: Partial<PadEvent> = {}): PadEvent => ({
  ...{ kind: "pad", pad: number, activeMask: 1 << number, buttons: 0 },
  ...{ leftTrigger: 0, rightTrigger: 0, leftX: 0, leftY: 0, rightX: 0, rightY: 0 },
  ...state,
});

const touch = (
  phase: TouchEvent["phase"],
  pointer: number,
  [x, y]: readonly [x: number, y: number] = [0, 0],
): TouchEvent => ({ kind: "touch", phase, pointer, x, y, pressure: 0 });

const pen = (phase: PenEvent["phase"], state: Partial<PenEvent> = {}): PenEvent => ({
  ...{ kind: "pen", phase, tool: "pen", buttons: 0, x: 0.5, y: 0.5, pressure: 0 },
  ...{ tilt: undefined, ...state },
});

test("requests are numbered as the kernel's macros make them", () => {
  const read = 2;
  const write = 1;
  const request = (direction: number, number: number, bytes: number) =>
    ((direction << 30) | (bytes << 16) | (0x55 << 8) | number) >>> 0;
  expect<Record<string, number>>(requests).toEqual({
    create: request(0, 1, 0),
    setup: request(write, 3, 92),
    setupAxis: request(write, 4, 28),
    allowType: request(write, 100, 4),
    allowKey: request(write, 101, 4),
    allowRelative: request(write, 102, 4),
    allowEffect: request(write, 107, 4),
    setProperty: request(write, 110, 4),
    beginUpload: request(read | write, 200, 104),
    endUpload: request(write, 201, 104),
    beginErase: request(read | write, 202, 12),
    endErase: request(write, 203, 12),
  });
});

test("a device is described in the kernel's layout", () => {
  const identity = { name: "Pad", bus: 3, vendor: 0x045e, product: 0x028e, version: 0x0114 };
  const setup = Buffer.alloc(92);
  setup.set([3, 0, 0x5e, 0x04, 0x8e, 0x02, 0x14, 0x01, 0x50, 0x61, 0x64]);
  setup[88] = 16;
  expect(writeSetup(identity, 16)).toEqual(setup);
  const long = writeSetup({ ...identity, name: "x".repeat(200) }, 0);
  expect([long.length, long[86], long[87]]).toEqual([92, 0x78, 0]);
  const axis = [3, 0, 0, 0, ...[0, -32_768, 32_767, 16, 128, 7].flatMap(littleEndian)];
  expect([
    ...writeAxis({ code: 3, min: -32_768, max: 32_767, fuzz: 16, flat: 128, resolution: 7 }),
  ]).toEqual(axis);
});

function littleEndian(value: number): number[] {
  return [...new Uint8Array(new Int32Array([value]).buffer)];
}

test("a report that ends within an event gives the whole ones", () => {
  const bytes = Buffer.alloc(24 + 23);
  bytes.writeUInt16LE(0x15, 16);
  bytes.writeUInt16LE(2, 18);
  bytes.writeInt32LE(-1, 20);
  expect(readEvents(bytes)).toEqual([{ type: 0x15, code: 2, value: -1 }]);
});

test("a pad comes with its first event as an Xbox 360 pad", () => {
  const { uinput, accept } = open();
  accept(pad(0, { buttons: padButtons.a | padButtons.dpadUp, leftY: 32_767, rightTrigger: 255 }));
  expect(uinput.names).toEqual(["Microsoft X-Box 360 pad"]);
  const events = uinput.devices[0]?.taken() ?? "";
  expect(events).toStartWith("1:304=1 1:305=0 1:307=0 1:308=0 1:310=0 1:311=0 1:314=0 1:315=0");
  expect(events).toEndWith("3:0=0 3:1=-32768 3:2=0 3:3=0 3:4=-1 3:5=255 3:16=0 3:17=-1 |");
  const controls = uinput.devices[0]?.controls ?? [];
  expect(controls.at(-1)).toEqual({ request: requests.create, argument: 0 });
  expect(controls.filter(({ request }) => request === requests.allowEffect)).toHaveLength(2);
});

test("a pad goes when the player says so, and all of them with the session", () => {
  const { uinput, devices, accept } = open();
  accept(pad(0));
  accept(pad(1, { activeMask: 0b11 }));
  expect(uinput.names).toHaveLength(2);
  accept(pad(1, { activeMask: 0b01 }));
  expect(uinput.devices.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  devices.close();
  expect(uinput.names).toEqual([]);
  accept(pad(0));
  expect(uinput.devices).toHaveLength(2);
});

test("more pads than the session may have are left out", () => {
  const { uinput, accept } = open();
  for (let number = 0; number < 6; number++) accept(pad(number, { activeMask: 0b11_1111 }));
  expect(uinput.devices).toHaveLength(4);
  const many = open({ padCountMax: 16 });
  for (let number = 0; number < 16; number++) many.accept(pad(number, { activeMask: 0xffff }));
  expect(many.uinput.devices).toHaveLength(16);
});

test("a player that is silent holds nothing, and its pads stay", () => {
  const { uinput, devices, accept } = open();
  accept(pad(0, { buttons: padButtons.a, leftX: 1000 }));
  uinput.devices[0]?.taken();
  devices.release();
  expect(uinput.devices[0]?.taken()).toContain("1:304=0");
  expect(uinput.names).toHaveLength(1);
});

/** Bytes of `struct ff_effect` at 8, as `UI_BEGIN_FF_UPLOAD` fills them. */
function uploads(effect: { id: number; strong: number; weak: number; length: number }) {
  return (request: number, argument: Uint8Array) => {
    const bytes = Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
    if (request === requests.beginErase) bytes.writeUInt32LE(effect.id, 8);
    if (request !== requests.beginUpload) return true;
    bytes.writeUInt16LE(0x50, 8);
    bytes.writeInt16LE(effect.id, 10);
    bytes.writeUInt16LE(effect.length, 18);
    bytes.writeUInt16LE(effect.strong, 24);
    bytes.writeUInt16LE(effect.weak, 26);
    return true;
  };
}

/** The answer to the program that has uploaded: 0, or the negative number of an error. */
function answerOf(control: FakeDevice["controls"][number] | undefined): number | undefined {
  return control?.argument instanceof Buffer ? control.argument.readInt32LE(4) : undefined;
}

function rumbling(length: number) {
  const opened = open();
  opened.accept(pad(2));
  const [device] = opened.uinput.devices;
  if (device === undefined) throw new Error("There is no pad");
  device.onControl = uploads({ id: 5, strong: 0xc000, weak: 0x4000, length });
  device.say(0x101, 1, 77);
  return { ...opened, device };
}

test("an effect that a program uploads is taken, and plays as rumble of the player's pad", () => {
  const { device, rumbles, scheduler } = rumbling(250);
  const [begin, end] = device.controls.slice(-2);
  expect(begin?.request).toBe(requests.beginUpload);
  expect(begin?.argument).toEqual(Buffer.concat([Buffer.from([77, 0, 0, 0]), Buffer.alloc(100)]));
  expect(end?.request).toBe(requests.endUpload);
  expect(answerOf(end)).toBe(0);
  expect(rumbles).toEqual([]);
  device.say(0x15, 5, 1);
  expect(rumbles).toEqual([{ pad: 2, strong: 0xc000, weak: 0x4000 }]);
  scheduler.advanceMs(249);
  expect(rumbles).toHaveLength(1);
  scheduler.advanceMs(1);
  expect(rumbles.at(-1)).toEqual({ pad: 2, strong: 0, weak: 0 });
});

test("an effect without a length plays until it is stopped, erased or the gain is zero", () => {
  const { device, rumbles, scheduler } = rumbling(0);
  const next = () => {
    scheduler.advanceMs(60_000);
    return rumbles.at(-1)?.strong;
  };
  device.say(0x15, 5, 1);
  expect(next()).toBe(0xc000);
  device.say(0x15, 5, 0);
  expect(next()).toBe(0);
  device.say(0x15, 5, 1);
  device.say(0x15, 0x60, 0x8000);
  expect(next()).toBe(Math.round(0xc000 * (0x8000 / 0xffff)));
  device.say(0x15, 0x60, 0);
  expect(next()).toBe(0);
  device.say(0x15, 0x60, 0xffff);
  expect(next()).toBe(0xc000);
  device.say(0x101, 2, 78);
  expect(next()).toBe(0);
  expect(device.controls.at(-1)?.request).toBe(requests.endErase);
});

test("effects that change a thousand times a second are joined, and the last one arrives", () => {
  const { device, rumbles, scheduler } = rumbling(0);
  device.say(0x15, 5, 1);
  for (let strong = 1; strong <= 1000; strong++) {
    device.onControl = uploads({ id: 5, strong, weak: 0, length: 0 });
    device.say(0x101, 1, strong);
    scheduler.advanceMs(1);
  }
  scheduler.advanceMs(10);
  expect(rumbles.length).toBeLessThan(140);
  expect(rumbles.at(-1)).toEqual({ pad: 2, strong: 1000, weak: 0 });
});

test("an effect that is none of rumble is refused for the program, and more than sixteen are", () => {
  const { device } = rumbling(0);
  const answer = () => answerOf(device.controls.at(-1));
  const taken: (number | undefined)[] = [];
  for (let id = 6; id < 24; id++) {
    device.onControl = uploads({ id, strong: 1, weak: 1, length: 0 });
    device.say(0x101, 1, id);
    taken.push(answer());
  }
  expect(taken).toEqual([...new Array(15).fill(0), ...new Array(3).fill(-22)]);
  device.onControl = () => true;
  device.say(0x101, 1, 99);
  expect(answer()).toBe(-22);
});

test("a player that wants no rumble gets none", () => {
  const { accept, device, rumbles } = rumbling(0);
  accept({ kind: "haptics", isOn: false });
  device.say(0x15, 5, 1);
  expect(rumbles).toEqual([]);
});

test("fingers have a slot each from down to up", () => {
  const { uinput, accept } = open();
  const taken = () => uinput.devices[0]?.taken();
  accept(touch("down", 70, [0, 1]));
  const first = "3:47=0 3:57=0 3:53=0 3:54=65535 3:58=128 3:0=0 3:1=65535 1:330=1 |";
  expect(taken()).toBe(first);
  accept(touch("down", 71, [0.5, 0.5]));
  expect(taken()).toBe("3:47=1 3:57=1 3:53=32768 3:54=32768 3:58=128 |");
  accept(touch("move", 71, [1, 0.5]));
  expect(taken()).toBe("3:47=1 3:53=65535 3:54=32768 3:58=128 |");
  accept(touch("up", 70));
  expect(taken()).toBe("3:47=0 3:57=-1 |");
  accept(touch("cancel_all", 0));
  expect(taken()).toBe("3:47=1 3:57=-1 1:330=0 |");
  accept(touch("move", 70));
  accept(touch("hover", 72));
  expect(taken()).toBe("");
});

test("an eleventh finger is left out", () => {
  const { uinput, accept } = open();
  for (let finger = 0; finger < 11; finger++) accept(touch("down", finger));
  expect(uinput.devices[0]?.events.filter((event) => event === "|")).toHaveLength(10);
});

test("fingers find the screen between the black bars", () => {
  const { uinput, accept } = open({ place: { x: 0.25, y: 0, width: 0.5, height: 1 } });
  accept(touch("down", 1, [0.5, 0]));
  expect(uinput.devices[0]?.taken()).toContain("3:53=32768 3:54=0");
  accept(touch("move", 1, [0.1, 0]));
  expect(uinput.devices[0]?.taken()).toContain("3:53=0 ");
});

test("a pen comes near, presses, leans and goes", () => {
  const { uinput, accept } = open();
  const taken = () => uinput.devices[0]?.taken();
  accept(pen("hover"));
  const place = "3:0=32768 3:1=32768";
  const buttons = "1:331=0 1:332=0 1:329=0 |";
  expect(taken()).toBe(`1:320=1 ${place} 3:24=0 3:26=0 3:27=0 1:330=0 ${buttons}`);
  accept(pen("down", { pressure: 0.25, tilt: { x: -30, y: 45 } }));
  expect(taken()).toBe(`${place} 3:24=1024 3:26=-30 3:27=45 1:330=1 ${buttons}`);
  accept(pen("buttons", { buttons: penButtons.secondary }));
  expect(taken()).toBe("1:331=0 1:332=1 1:329=0 |");
  accept(pen("hover", { tool: "eraser" }));
  expect(taken()).toStartWith("3:24=0 1:330=0 1:331=0 1:332=0 1:329=0 1:320=0 | 1:321=1 ");
  accept(pen("leave"));
  expect(taken()).toEndWith("1:321=0 |");
});

test("without rights the reason is known once, and devices come when they are given", () => {
  const { uinput, scheduler, problems, accept } = open();
  uinput.fault = code("EACCES");
  accept(pad(0));
  accept(pad(0));
  expect(problems).toEqual([{ code: "devices_no_rights", values: {} }]);
  uinput.fault = undefined;
  accept(pad(0));
  expect(uinput.devices).toHaveLength(0);
  scheduler.advanceMs(2000);
  accept(pad(0));
  expect(uinput.names).toHaveLength(1);
  expect(problems.at(-1)).toBeUndefined();
});

test("what is in the way is named: no module, no rights, or what the system says", () => {
  const uinput = new FakeUinput();
  expect(deviceProblem(uinput)).toBeUndefined();
  const codes = ["ENOENT", "EACCES", "EMFILE"].map((error) => {
    uinput.fault = code(error);
    return deviceProblem(uinput)?.code;
  });
  expect(codes).toEqual(["devices_missing", "devices_no_rights", "devices_failed"]);
});

test("keyboard and mouse of a screen without a desktop are devices, and let go at the end", async () => {
  const uinput = new FakeUinput();
  const where = { size: { width: 1280, height: 720 }, placement: () => whole };
  const injector = new SeatInjector(uinput, where);
  const taken = () => uinput.devices.map((device) => device.taken());
  injector.inject({ kind: "key", isDown: true, virtualKey: 0x41, modifiers: 0, flags: 0 });
  expect(taken()).toEqual(["1:30=1 |", "", ""]);
  injector.inject({ kind: "pointer_move", dx: 7, dy: -3 });
  injector.inject({ kind: "button", isDown: true, button: 1 });
  injector.inject({ kind: "scroll", axis: "vertical", amount: 60 });
  injector.inject({ kind: "scroll", axis: "vertical", amount: 60 });
  const mouse = "2:0=7 2:1=-3 | 1:272=1 | 2:11=60 | 2:11=60 2:8=1 |";
  expect(taken()).toEqual(["", mouse, ""]);
  injector.inject({ kind: "pointer", x: 640, y: 719, width: 1280, height: 719 });
  expect(taken()).toEqual(["", "", "3:0=32768 3:1=65535 |"]);
  await injector.close();
  expect(taken()).toEqual(["1:30=0 |", "1:272=0 |", ""]);
  expect(uinput.names).toEqual([]);
});

test("a device that the kernel refuses leaves none of the others behind", () => {
  const uinput = new FakeUinput();
  const made = uinput.control.bind(uinput);
  uinput.control = (descriptor, request, argument) =>
    made(descriptor, request, argument) && (descriptor < 2 || request !== requests.create);
  const where = { size: { width: 1280, height: 720 }, placement: () => whole };
  expect(() => new SeatInjector(uinput, where)).toThrow("onglass pointer");
  expect(uinput.names).toEqual([]);
});
