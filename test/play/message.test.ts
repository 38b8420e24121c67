/** What pages send and the host reads: the two ends agree, and nothing else is taken. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { positionOfCode } from "../../public/input-keys.ts";
import {
  aliveMessage,
  buttonMessage,
  copiedMessage,
  keyMessage,
  markMessage,
  moveMessage,
  padMessage,
  pointerMessage,
  readHostAnswer,
  releaseMessage,
  textMessages,
  wheelMessage,
} from "../../public/input-wire.ts";
import { keyAt, positionMax, positionOfKey } from "../../src/input/key-positions.ts";
import { copiedStates, inputStates, textBytesMax } from "../../src/play/wire/layout.ts";
import {
  readPlayMessage,
  writeAnswer,
  writeCopiedState,
  writeState,
} from "../../src/play/wire/message.ts";
import { copiedBytesMax } from "../../src/wayland/copied.ts";

const eventsOf = (bytes: Uint8Array) => {
  const message = readPlayMessage(bytes);
  return message?.kind === "input" ? message.events : undefined;
};

test("a key arrives as its place on the keyboard, with the page's time", () => {
  const position = positionOfCode("NumpadEnter") ?? 0;
  const message = readPlayMessage(keyMessage(12.5, position, true));
  const key = { kind: "key", isDown: true, virtualKey: keyAt(96), modifiers: 0, flags: 0 } as const;
  expect(message).toEqual({ kind: "input", atUs: 12_500, events: [key] });
  expect(positionOfKey(keyAt(96))).toBe(96);
});

test("a place that no keyboard has is refused on both sides of the limits", () => {
  expect(eventsOf(keyMessage(0, positionMax, true))).toHaveLength(1);
  for (const position of [0, positionMax + 1]) {
    expect(readPlayMessage(keyMessage(0, position, true))).toBeUndefined();
  }
});

test("the corners of the picture are its corners at the host", () => {
  const place = { kind: "pointer", width: 65_535, height: 65_535 } as const;
  expect(eventsOf(pointerMessage(0, 0, 1))).toEqual([{ ...place, x: 0, y: 65_535 }]);
  expect(eventsOf(pointerMessage(0, -3, 9))).toEqual([{ ...place, x: 0, y: 65_535 }]);
});

test("moves, buttons, the wheel and pads arrive as they were sent", () => {
  expect(eventsOf(moveMessage(0, -7, 70_000))).toEqual([
    { kind: "pointer_move", dx: -7, dy: 32_767 },
  ]);
  expect(eventsOf(buttonMessage(0, 3, true))).toEqual([
    { kind: "button", isDown: true, button: 3 },
  ]);
  expect(eventsOf(wheelMessage(0, -120, 30))).toEqual([
    { kind: "scroll", axis: "vertical", amount: -120 },
    { kind: "scroll", axis: "horizontal", amount: 30 },
  ]);
  const sent = {
    ...{ pad: 3, activeMask: 8, buttons: 0x1000 },
    triggers: [0, 1],
    sticks: [-1, 1, 0, 0],
  } as const;
  const [pad] = eventsOf(padMessage(0, sent)) ?? [];
  const sticks = { leftX: -32_767, leftY: 32_767, rightX: 0, rightY: 0 };
  const triggers = { leftTrigger: 0, rightTrigger: 255 };
  expect(pad).toEqual({
    ...{ kind: "pad", pad: 3, activeMask: 8, buttons: 0x1000 },
    ...triggers,
    ...sticks,
  });
  for (const button of [0, 6]) {
    expect(readPlayMessage(buttonMessage(0, button, true))).toBeUndefined();
  }
});

test("a long text arrives whole, in messages of which none is too large", () => {
  const text = "Grüße 👋 ".repeat(400);
  const messages = textMessages(0, text);
  const texts = messages.map((message) => eventsOf(message)?.[0]);
  expect(messages.length).toBeGreaterThan(1);
  expect(texts.map((event) => (event?.kind === "text" ? event.text : "")).join("")).toBe(text);
});

test("a text of the largest size is read, one byte more is refused", () => {
  const [largest = new Uint8Array()] = textMessages(0, "a".repeat(textBytesMax));
  expect(eventsOf(largest)).toHaveLength(1);
  expect(readPlayMessage(new Uint8Array([...largest, 97]))).toBeUndefined();
});

test("controls that no keyboard types are left out of texts", () => {
  const [message = new Uint8Array()] = textMessages(0, "a\u0000\u001b[31m\n\tb");
  expect(eventsOf(message)).toEqual([{ kind: "text", text: "a[31m\n\tb" }]);
});

test("a copied text arrives as it is, but for its controls; none is none", () => {
  const said = (text: string) => readPlayMessage(copiedMessage(1, new TextEncoder().encode(text)));
  const copied = { kind: "copied", atUs: 1000 } as const;
  expect(said("Grüße 👋\n\u001b[31m")).toEqual({ ...copied, text: "Grüße 👋\n[31m" });
  expect(said("x".repeat(copiedBytesMax))).toEqual({ ...copied, text: "x".repeat(copiedBytesMax) });
  expect(said("x".repeat(copiedBytesMax + 1))).toBeUndefined();
  expect(said("")).toBeUndefined();
  expect(readPlayMessage(copiedMessage(1, new Uint8Array([0xff])))).toBeUndefined();
});

test("what is said beside input arrives too", () => {
  expect(readPlayMessage(aliveMessage(1, undefined))).toEqual({
    ...{ kind: "alive", atUs: 1000, offsetUs: undefined },
  });
  expect(readPlayMessage(aliveMessage(1, -5))).toEqual({ kind: "alive", atUs: 1000, offsetUs: -5 });
  expect(readPlayMessage(releaseMessage(1))).toEqual({ kind: "release", atUs: 1000 });
  expect(readPlayMessage(markMessage(1, 65_535))).toEqual({
    ...{ kind: "mark", mark: 65_535, atUs: 1000 },
  });
  for (const mark of [0, 65_536]) expect(readPlayMessage(markMessage(1, mark))).toBeUndefined();
});

test("a kind of a later version is ignored, another version is refused", () => {
  const later = releaseMessage(1);
  later[1] = 200;
  expect(readPlayMessage(later)?.kind).toBe("unknown");
  const other = releaseMessage(1);
  other[0] = 2;
  expect(readPlayMessage(other)).toBeUndefined();
});

test("answers of the host arrive at the page", () => {
  const opened = readHostAnswer(writeState(inputStates.ready).buffer);
  expect(opened).toEqual({ kind: "state", state: inputStates.ready });
  const copied = readHostAnswer(writeCopiedState(copiedStates.held).buffer);
  expect(copied).toEqual({ kind: "copied", state: copiedStates.held });
  const answer = readHostAnswer(writeAnswer(1500, 7_000_000).buffer);
  expect(answer).toEqual({ kind: "answer", askedUs: 1500, hostUs: 7_000_000 });
});

test("no bytes make the reader throw, and every event it gives is finite", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      if (bytes.length > 1) bytes[0] = 1;
      const message = readPlayMessage(bytes);
      const events = message?.kind === "input" ? message.events : [];
      for (const value of events.flatMap((event) => Object.values(event))) {
        if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});
