/** What X servers and sound servers send, bent: read within its bounds, and nothing else happens. */

import { messageLength, readDBusMessage, writeDBusMessage } from "../../src/dbus/wire/message.ts";
import { DBusWireError } from "../../src/dbus/wire/signature.ts";
import { Variant } from "../../src/dbus/wire/value.ts";
import {
  readSwayMessage,
  readSwayOutputs,
  readSwayRefusal,
  writeSwayMessage,
} from "../../src/desktop/sway-ipc.ts";
import { readEvents, readUpload } from "../../src/input/uinput/wire.ts";
import { readPodObject } from "../../src/pipewire/pod.ts";
import { bufferParams, enumVideoFormat, readVideoFormat } from "../../src/pipewire/video-params.ts";
import {
  readCommand,
  readDefaultOutput,
  readDescriptor,
  writeGetServerInfo,
  writeSubscribe,
} from "../../src/pulse/wire.ts";
import {
  findCookie,
  messageBytes,
  readEvent,
  readExtension,
  readKeyboardMapping,
  readSetup,
  readXkbGroup,
  setupBytes,
} from "../../src/x11/wire.ts";
import type { Parser } from "./parsers.ts";

const serverInfo = Buffer.concat([
  Buffer.from("tpulseaudio\0t16.1\0tme\0there\0a"),
  Buffer.from([3, 2, 0, 0, 0xbb, 0x80]),
  Buffer.from("tspeakers\0tmicrophone\0L0000"),
]);

export const soundServer: Parser = {
  name: "sound server",
  share: 50_000,
  seeds: [serverInfo, writeSubscribe(1), writeGetServerInfo(2), writeSubscribe(3).subarray(20)],
  feed: (input) => {
    const bytes = Buffer.from(input);
    readDescriptor(bytes);
    const command = readCommand(bytes);
    if (command && command.fields.length > bytes.length) throw new Error("fields out of nothing");
    const output = readDefaultOutput(bytes);
    if (output !== undefined && output.length > bytes.length) throw new Error("a name too long");
  },
};

/** A setup with one screen, a keyboard mapping of three columns, an event, an authority file. */
const setup = Buffer.alloc(120);
setup.writeUInt8(1, 0);
setup.writeUInt16LE(28, 6);
setup.writeUInt8(1, 28);
setup.writeUInt8(8, 34);
setup.writeUInt8(255, 35);
const mapping = Buffer.alloc(32 + 4 * 3 * 20, 0x61);
mapping.writeUInt8(1, 0);
mapping.writeUInt8(3, 1);
const event = Buffer.alloc(32, 34);
const authority = Buffer.from(
  "\0\0\0\u0001h\0\u00010\0\u0012MIT-MAGIC-COOKIE-1\0\u0002ab",
  "latin1",
);

export const xServer: Parser = {
  name: "X server",
  share: 50_000,
  seeds: [setup, mapping, event, authority],
  feed: (input) => {
    const bytes = Buffer.from(input);
    if (messageBytes(bytes) < 32 || (setupBytes(bytes) ?? 8) < 8)
      throw new Error("it is too short");
    readSetup(bytes);
    readXkbGroup(bytes);
    readEvent(bytes, readExtension(bytes));
    if (readKeyboardMapping(bytes).flat().length * 4 > bytes.length)
      throw new Error("too many keys");
    if (findCookie(bytes, "0").data.length > bytes.length) throw new Error("a cookie too long");
  },
};

const busCall = writeDBusMessage(
  { type: 1, serial: 1, path: "/a", interface: "a.b", member: "C", signature: "sa{sv}(iu)ay" },
  ["text", new Map([["a", new Variant("as", ["b", "c"])]]), [1, 2], Buffer.from("bytes")],
);

/** A message is refused, or nothing in it is longer than the message. */
export const bus: Parser = {
  name: "session bus",
  share: 50_000,
  seeds: [busCall, busCall.subarray(16)],
  feed: (input) => {
    const bytes = Buffer.from(input);
    try {
      const length = messageLength(bytes);
      if (length === undefined || length > bytes.length) return;
      const message = readDBusMessage(bytes.subarray(0, length));
      if (message.body.length > length) throw new Error("values out of nothing");
    } catch (cause) {
      if (!(cause instanceof DBusWireError)) throw cause;
    }
  },
};

/** Parameters of a stream are read, or they are none. */
export const pods: Parser = {
  name: "PipeWire",
  share: 50_000,
  seeds: [enumVideoFormat({ fps: 60 }), ...bufferParams()],
  feed: (input) => {
    const bytes = Buffer.from(input);
    const values = readPodObject(bytes);
    if (values !== undefined && values.size * 16 > bytes.length) throw new Error("too many values");
    const format = readVideoFormat(bytes);
    if (format !== undefined && format.width > 16_384) throw new Error("a picture too wide");
  },
};

const swayAnswer = JSON.stringify([
  { success: false, error: "no" },
  { name: "eDP-1", active: true },
]);

/** What a sway answers is read, or it is none. */
export const sway: Parser = {
  name: "sway",
  share: 50_000,
  seeds: [writeSwayMessage(3, swayAnswer), writeSwayMessage(0, "[]"), writeSwayMessage(0, "{}")],
  feed: (input) => {
    const bytes = Buffer.from(input);
    const answer = readSwayMessage(bytes);
    const names = readSwayOutputs(answer);
    if (names.join("").length > bytes.length) throw new Error("names out of nothing");
    readSwayRefusal(answer);
  },
};

/** What the kernel says of a device: whole events, whatever is cut. */
export const devices: Parser = {
  name: "uinput",
  share: 50_000,
  seeds: [Buffer.alloc(48, 1), Buffer.alloc(24)],
  feed: (input) => {
    const bytes = Buffer.from(input);
    if (readEvents(bytes).length !== Math.floor(bytes.length / 24)) throw new Error("half events");
    readUpload(Buffer.concat([bytes, Buffer.alloc(104)]).subarray(0, 104));
  },
};
