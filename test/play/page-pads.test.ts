/** Pads of pages: devices for as long as the page is there, with rumble back to it. */
import { expect, test } from "bun:test";
import { readHostAnswer } from "../../public/input-wire.ts";
import type { PadEvent } from "../../src/input/event.ts";
import { PagePads } from "../../src/play/page-pads.ts";
import { padStates } from "../../src/play/wire/layout.ts";
import { FakeUinput } from "../support/fake-uinput.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const pad = (state: Partial<PadEvent> = {}): PadEvent => ({
  ...{ kind: "pad", pad: 1, activeMask: 0b10, buttons: 0 },
  ...{ leftTrigger: 0, rightTrigger: 0, leftX: 0, leftY: 0, rightX: 0, rightY: 0 },
  ...state,
});

function open() {
  const scheduler = new ManualScheduler();
  const uinput = new FakeUinput();
  const sent: Buffer[] = [];
  const problems: unknown[] = [];
  const pads = new PagePads({
    ...{ scheduler, uinput },
    send: (bytes) => sent.push(Buffer.from(bytes)),
    onProblem: (cause) => problems.push(cause),
  });
  return { scheduler, uinput, sent, problems, pads };
}

test("the pads of a page go with it", () => {
  const { uinput, pads } = open();
  pads.accept(pad());
  expect(uinput.names).toHaveLength(1);
  pads.close();
  expect(uinput.names).toEqual([]);
});

test("a page that is silent for a second lets go of its pads", () => {
  const { scheduler, uinput, pads } = open();
  pads.accept(pad({ leftX: 30_000 }));
  const taken = () => uinput.devices[0]?.taken();
  expect(taken()).toContain("3:0=30000");
  scheduler.advanceMs(900);
  pads.heard();
  scheduler.advanceMs(900);
  expect(taken()).toBe("");
  scheduler.advanceMs(100);
  expect(taken()).toContain("3:0=0");
  expect(uinput.names).toHaveLength(1);
});

test("rumble reaches the page, and lasts longer than browsers let it", () => {
  const { scheduler, uinput, sent, pads } = open();
  pads.accept(pad());
  const [device] = uinput.devices;
  if (device === undefined) throw new Error("There is no pad");
  device.onControl = (_request, argument) => {
    const bytes = Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
    bytes.writeUInt16LE(0x50, 8);
    bytes.writeUInt16LE(0xc000, 24);
    bytes.writeUInt16LE(0x4000, 26);
    return true;
  };
  device.say(0x101, 1, 1);
  device.say(0x15, 0, 1);
  expect([...(sent[0]?.subarray(12) ?? [])]).toEqual([1, 0, 0, 0xc0, 0, 0x40, 0x88, 0x13]);
  scheduler.advanceMs(4500);
  expect(sent).toHaveLength(2);
  device.say(0x15, 0, 0);
  expect([...(sent[2]?.subarray(12) ?? [])]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  scheduler.advanceMs(60_000);
  expect(sent).toHaveLength(3);
});

test("without the right to make devices the reason is reported once", () => {
  const { scheduler, uinput, problems, sent, pads } = open();
  const fault = new Error("EACCES");
  uinput.fault = fault;
  for (let count = 0; count < 5; count++) pads.accept(pad());
  expect(problems).toEqual([fault]);
  // The page hears of it, and that its pads arrive once the right was given.
  const told = () => sent.map((bytes) => readHostAnswer(new Uint8Array(bytes).buffer));
  expect(told()).toEqual([{ kind: "pads", state: padStates.leftOut }]);
  uinput.fault = undefined;
  scheduler.advanceMs(2000);
  pads.accept(pad());
  expect(told().at(-1)).toEqual({ kind: "pads", state: padStates.arriving });
});
