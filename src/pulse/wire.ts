/**
 * PulseAudio's native protocol, as far as recording takes it; PipeWire speaks it too. Numbers are
 * big-endian. A packet is a descriptor of 20 bytes and a payload: sound of the stream whose channel
 * the descriptor names, or a command made of tagged fields.
 *
 * | bytes | descriptor                                |
 * | ----: | ----------------------------------------- |
 * |     4 | bytes of the payload                      |
 * |     4 | channel, all ones for a command           |
 * |     8 | offset, of no use in recording            |
 * |     4 | flags, 0 for sound that follows as it is  |
 *
 * A command's fields begin with its number and the tag that its reply repeats, both `L`.
 */

/** Of the protocol. Later versions only add fields. */
const version = 13;

/** Numbers of commands, of both sides. */
export const command = {
  error: 0,
  reply: 2,
  createRecordStream: 5,
  authorize: 8,
  setClientName: 9,
  getServerInfo: 20,
  getSinkInfo: 21,
  getModules: 26,
  subscribe: 35,
  loadModule: 51,
  unloadModule: 52,
  recordStreamKilled: 65,
  subscribeEvent: 66,
} as const;

/** Bytes in front of each payload. */
export const descriptorBytes = 20;
const commandChannel = 0xffff_ffff;
const unset = 0xffff_ffff;
const serverFacility = 1 << 7;
const sampleFormatS16le = 3;
/** Of any output. */
const channelCountMax = 32;

/** `undefined` until all of it is there. */
export type PulseDescriptor = {
  readonly payloadBytes: number;
  readonly channel: number | undefined;
};

/** `channel` is absent for a command. */
export function readDescriptor(bytes: Buffer): PulseDescriptor | undefined {
  if (bytes.length < descriptorBytes) return undefined;
  const channel = bytes.readUInt32BE(4);
  return {
    payloadBytes: bytes.readUInt32BE(0),
    channel: channel === commandChannel ? undefined : channel,
  };
}

/** A command of the server; `fields` are what follows its number and tag. */
export type PulseCommand = {
  readonly number: number;
  readonly tag: number;
  readonly fields: Buffer;
};

/** `undefined` for a payload that is not a command. */
export function readCommand(payload: Buffer): PulseCommand | undefined {
  const reader = new FieldReader(payload);
  const [number, tag] = [reader.number(), reader.number()];
  if (number === undefined || tag === undefined) return undefined;
  return { number, tag, fields: payload.subarray(10) };
}

/** Name of the default output, in the reply to `getServerInfo`; "" when there is none. */
export function readDefaultOutput(fields: Buffer): string | undefined {
  const reader = new FieldReader(fields);
  for (let count = 0; count < 4; count++) reader.text();
  reader.skipSampleForm();
  return reader.text();
}

/** Speakers, as the server numbers them. */
export const speakers = {
  frontLeft: 1,
  frontRight: 2,
  center: 3,
  rearLeft: 5,
  rearRight: 6,
  bass: 7,
  sideLeft: 10,
  sideRight: 11,
} as const;

/** The speakers of an output, in the reply to `getSinkInfo`. */
export function readSpeakers(fields: Buffer): readonly number[] | undefined {
  const reader = new FieldReader(fields);
  reader.number();
  for (let count = 0; count < 2; count++) reader.text();
  reader.skipSampleForm();
  return reader.channelMap();
}

/** The first number of a reply: the server's version, a stream's channel, an error's code. */
export function readFirstNumber(fields: Buffer): number | undefined {
  return new FieldReader(fields).number();
}

/** The meaning of a server's error, for a person. */
export function refusalText(code: number | undefined): string {
  if (code === accessDenied) return "the sound server belongs to another user";
  if (code === noEntity) return "the sound server has no output";
  return `the sound server refuses it with error ${code ?? "of its own"}`;
}

const accessDenied = 1;
/** The code of an error: the requested object does not exist. */
export const noEntity = 5;

/** Without a cookie the server asks the kernel for our identity. */
export function writeAuthorize(tag: number, cookie: Buffer): Buffer {
  return writeCommand(command.authorize, tag, numberField(version), bytesField(cookie));
}

export function writeSetClientName(tag: number, name: string): Buffer {
  return writeCommand(command.setClientName, tag, properties({ "application.name": name }));
}

export function writeGetServerInfo(tag: number): Buffer {
  return writeCommand(command.getServerInfo, tag);
}

/** Requests the properties of an output. */
export function writeGetSinkInfo(tag: number, name: string): Buffer {
  return writeCommand(command.getSinkInfo, tag, numberField(unset), textField(name));
}

/** Requests all modules. */
export function writeGetModules(tag: number): Buffer {
  return writeCommand(command.getModules, tag);
}

/** Loads one more module; the reply's first number is its index. */
export function writeLoadModule(tag: number, name: string, argument: string): Buffer {
  return writeCommand(command.loadModule, tag, textField(name), textField(argument));
}

export function writeUnloadModule(tag: number, index: number): Buffer {
  return writeCommand(command.unloadModule, tag, numberField(index));
}

/** A module of the server, with the text that it was loaded with. */
export type PulseModule = {
  readonly index: number;
  readonly name: string;
  readonly argument: string;
};

/** Those in the reply to `getModules`, up to the first unexpected one. */
export function readModules(fields: Buffer): PulseModule[] {
  const reader = new FieldReader(fields);
  const modules: PulseModule[] = [];
  for (;;) {
    const index = reader.number();
    const name = reader.text();
    const argument = reader.text();
    // How many use it, and whether it goes by itself.
    reader.number();
    reader.skipFlag();
    if (index === undefined || name === undefined || argument === undefined) return modules;
    modules.push({ index, name, argument });
  }
}

/** Requests an event whenever the server's defaults change. */
export function writeSubscribe(tag: number): Buffer {
  return writeCommand(command.subscribe, tag, numberField(serverFacility));
}

/** The recording to open, as signed 16 bits, little-endian. */
export type PulseRecording = {
  readonly source: string;
  readonly sampleRate: number;
  /** The speaker of each channel, one of `speakers`. */
  readonly channelMap: readonly number[];
  /** Each speaker has its own sound only; otherwise the server mixes what has no place. */
  readonly isUnmixed: boolean;
  /** Of the pieces in which it comes. */
  readonly pieceBytes: number;
  /** Shown to the user. */
  readonly title: string;
};

/**
 * The stream never moves to another source: the server would choose the microphone when the output
 * that it records goes away.
 */
export function writeCreateRecordStream(tag: number, recording: PulseRecording): Buffer {
  const { source, sampleRate, channelMap, isUnmixed, pieceBytes, title } = recording;
  const channelCount = channelMap.length;
  const form = Buffer.from([0x61, sampleFormatS16le, channelCount, 0, 0, 0, 0]);
  form.writeUInt32BE(sampleRate, 3);
  const map = Buffer.from([0x6d, channelCount, ...channelMap]);
  const isCorked = flagField(false);
  // Not remapped, perhaps not remixed, no fixed format, rate or channels; no move; no variable rate.
  const choices = [false, isUnmixed, false, false, false, true, false].map(flagField);
  const [isPeakDetection, adjustsLatency] = [flagField(false), flagField(true)];
  return writeCommand(
    command.createRecordStream,
    tag,
    ...[form, map, numberField(unset), textField(source), numberField(unset), isCorked],
    ...[numberField(pieceBytes), ...choices, isPeakDetection, adjustsLatency],
    ...[properties({ "media.name": title }), numberField(unset)],
  );
}

function writeCommand(kind: number, tag: number, ...fields: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([numberField(kind), numberField(tag), ...fields]);
  const descriptor = Buffer.alloc(descriptorBytes);
  descriptor.writeUInt32BE(payload.length, 0);
  descriptor.writeUInt32BE(commandChannel, 4);
  return Buffer.concat([descriptor, payload]);
}

function numberField(value: number): Buffer {
  const bytes = Buffer.from([0x4c, 0, 0, 0, 0]);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function textField(value: string): Buffer {
  return Buffer.from(`t${value}\0`);
}

function flagField(isSet: boolean): Buffer {
  return Buffer.from(isSet ? "1" : "0");
}

function bytesField(value: Buffer): Buffer {
  const head = numberField(value.length);
  head.writeUInt8(0x78, 0);
  return Buffer.concat([head, value]);
}

/** Each is a name, the length of its value, and the value. */
function properties(values: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(values).flatMap(([name, value]) => {
    const bytes = Buffer.from(`${value}\0`);
    return [textField(name), numberField(bytes.length), bytesField(bytes)];
  });
  return Buffer.concat([Buffer.from("P"), ...fields, Buffer.from("N")]);
}

/** Reads fields in order; after the first unexpected one, all are `undefined`. */
class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number | undefined {
    if (!this.#take(0x4c, 4)) return undefined;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  /** "" for an unset text. */
  text(): string | undefined {
    if (this.#bytes[this.#at] === 0x4e) {
      this.#at += 1;
      return "";
    }
    const end = this.#bytes.indexOf(0, this.#at);
    if (this.#bytes[this.#at] !== 0x74 || end < 0) return this.#fail();
    const value = this.#bytes.toString("utf8", this.#at + 1, end);
    this.#at = end + 1;
    return value;
  }

  /** Format, channels and rate. */
  skipSampleForm(): void {
    this.#take(0x61, 6);
  }

  skipFlag(): void {
    const tag = this.#bytes[this.#at];
    if (tag === 0x30 || tag === 0x31) this.#at += 1;
    else this.#fail();
  }

  channelMap(): readonly number[] | undefined {
    const count = this.#bytes[this.#at + 1] ?? 0;
    if (count > channelCountMax || !this.#take(0x6d, 1 + count)) return this.#fail();
    return [...this.#bytes.subarray(this.#at - count, this.#at)];
  }

  #take(tag: number, byteCount: number): boolean {
    const end = this.#at + 1 + byteCount;
    const isThere = this.#bytes[this.#at] === tag && end <= this.#bytes.length;
    this.#at = isThere ? end : this.#bytes.length;
    return isThere;
  }

  #fail(): undefined {
    this.#at = this.#bytes.length;
    return undefined;
  }
}
