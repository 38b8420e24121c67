/**
 * Control messages of the native path, over TLS in both directions.
 *
 *   0  u32  bytes that follow, big-endian, 2 to 65,536
 *   4  u16  tag
 *   6  …    payload: JSON, UTF-8
 *
 * Order: challenge ▸ hello ▸ welcome or refused, open ▸ opened or refused, then reports, key frame
 * requests, modes, bye or ended. A tag that is not known is skipped, so that later versions can add some;
 * a payload that does not fit its tag ends the connection.
 */
import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parseJson } from "../../base/parse-json.ts";
import { codecs } from "../../model/capture.ts";
import { reasonShape } from "../../model/reason.ts";
import { packetBytesMax, packetBytesMin } from "./packet.ts";

export const protocolVersion = 1;
export const messageBytesMax = 65_536;
const headBytes = 4;
const tagBytes = 2;

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Frames a second; a fraction such as 59.94 is fine. */
const rate = Type.Number({ minimum: 0, maximum: 10_000 });
const text = (maxLength: number) => Type.String({ maxLength });
const base64 = (byteCount: number) => text(Math.ceil((byteCount * 4) / 3));

const Challenge = Type.Object({ version: count, nonce: base64(32) });

const Proof = Type.Union([
  Type.Object({ kind: Type.Literal("certificate") }),
  Type.Object({ kind: Type.Literal("code"), secret: base64(32) }),
  Type.Object({ kind: Type.Literal("key"), signature: base64(1024) }),
]);
/** How a player proves its right to play. */
export type Proof = Static<typeof Proof>;

const Hello = Type.Object({ version: count, name: text(256), proof: Proof });
const Welcome = Type.Object({ name: text(256) });
const Refused = Type.Object({ code: text(64), message: text(2000) });

const Open = Type.Object({
  width: count,
  height: count,
  fps: rate,
  codec: Type.Union(codecs.map((codec) => Type.Literal(codec))),
  bitrate_kbps: count,
  packet_bytes: Type.Integer({ minimum: packetBytesMin, maximum: packetBytesMax }),
});
/** A player's requested session. */
export type Open = Static<typeof Open>;

const Opened = Type.Object({
  session_id: count,
  tag: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
  key_to_player: base64(16),
  key_to_host: base64(16),
  width: count,
  height: count,
  fps: rate,
  codec: Type.Union(codecs.map((codec) => Type.Literal(codec))),
  encoder: text(64),
  packet_bytes: Type.Integer({ minimum: packetBytesMin, maximum: packetBytesMax }),
});
/** The session granted to it, with its keys. */
export type Opened = Static<typeof Opened>;

/** Most frames of one report: two seconds at 240 a second. */
const reportFrameCountMax = 480;
const framesOf = (minimum: number, maximum: number) =>
  Type.Array(Type.Integer({ minimum, maximum }), { maxItems: reportFrameCountMax });

/** The fate of consecutive frames, by their numbers on the wire; once for each frame. */
const FrameReport = Type.Object({
  first: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
  /** Received datagrams of the frame, each counted once. */
  arrived: framesOf(0, 65_535),
  /** Data shards rebuilt from parity. */
  rebuilt: framesOf(0, 65_535),
  /** From capture until complete; -1 = never complete, -2 = unknown. */
  complete_us: framesOf(-2, 60_000_000),
  /**
   * Datagrams of the frame's first block before the first one received; only later versions send
   * it.
   */
  lost_head: Type.Optional(framesOf(0, 65_535)),
});
/** Lists of equal length, or the longer ones are cut. */
export type FrameReport = Static<typeof FrameReport>;

/** All counts are totals of the session, so that a lost report loses nothing. */
const Report = Type.Object({
  highest_sequence: Type.Optional(count),
  /** Below this every datagram is counted, as received or as lost. */
  settled_sequence: count,
  packets_received: count,
  packets_lost: count,
  packets_duplicate: count,
  packets_reordered: count,
  packets_late: count,
  packets_stale: count,
  fec_recovered: count,
  frames_complete: count,
  frames_lost: count,
  frames_skipped: count,
  idr_requests: count,
  rtt_us: Type.Optional(count),
  /** The player's program was stopped for this long; only later versions send this and the next. */
  paused_us: Type.Optional(count),
  /** Its receiving thread waited for a core; only if its system reports that. */
  waited_us: Type.Optional(count),
  /** Only later versions send it; a host that does not know it ignores it. */
  frames: Type.Optional(FrameReport),
});
/** A player's report of what it has received. */
export type Report = Static<typeof Report>;

const Idr = Type.Object({});
const Bye = Type.Object({});
const Ended = Type.Object({ reason: text(2000), ...reasonShape });

const Mode = Type.Object({
  width: count,
  height: count,
  fps: rate,
  reason: text(2000),
  ...reasonShape,
});
/** The picture that the host makes from its next key frame on, and why. */
export type Mode = Static<typeof Mode>;

/**
 * The session is being opened, and takes as long as a person needs to answer at the host's desktop.
 */
const Waiting = Type.Object({ what: text(64) });

const schemas = {
  challenge: [1, Challenge],
  hello: [2, Hello],
  welcome: [3, Welcome],
  refused: [4, Refused],
  open: [5, Open],
  opened: [6, Opened],
  report: [7, Report],
  idr: [8, Idr],
  bye: [9, Bye],
  ended: [10, Ended],
  mode: [11, Mode],
  waiting: [12, Waiting],
} as const satisfies Record<string, readonly [number, TObject]>;

type Schemas = typeof schemas;
type Kind = keyof Schemas;
/** A message with its kind and content. */
export type Message = { [K in Kind]: { kind: K } & Static<Schemas[K][1]> }[Kind];

const byTag: ReadonlyMap<number, { kind: string; schema: TObject }> = new Map(
  Object.entries(schemas).map(([kind, [tag, schema]]) => [tag, { kind, schema }]),
);

/** A message with its length and tag. */
export function writeMessage({ kind, ...payload }: Message): Uint8Array {
  const [tag] = schemas[kind];
  const body = Buffer.from(JSON.stringify(payload));
  const bytes = Buffer.allocUnsafe(headBytes + tagBytes + body.length);
  bytes.writeUInt32BE(tagBytes + body.length, 0);
  bytes.writeUInt16BE(tag, headBytes);
  body.copy(bytes, headBytes + tagBytes);
  return bytes;
}

/** The result of parsing one framed message: known, unknown (to be skipped), or invalid. */
export type MessageReading = Message | "unknown" | "malformed";

/** Reads tag and payload, without the length. */
export function readMessage(bytes: Uint8Array): MessageReading {
  if (bytes.length < tagBytes) return "malformed";
  const known = byTag.get(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  if (known === undefined) return "unknown";
  // A message without content may omit the empty object.
  const payload = bytes.length === tagBytes ? {} : parseJson(bytes.subarray(tagBytes));
  if (!Value.Check(known.schema, payload)) return "malformed";
  // Checked against the schema of this very kind one line above.
  return { ...(payload as object), kind: known.kind } as Message;
}

/** Cuts a stream of bytes into messages. Holds at most one message and one chunk. */
export class MessageReader {
  #held = Buffer.alloc(0);

  /** Complete messages; "malformed" is always the last one. */
  *read(chunk: Uint8Array): Generator<Message | "malformed"> {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= headBytes) {
      const byteCount = this.#held.readUInt32BE(0);
      if (byteCount < tagBytes || byteCount > messageBytesMax) {
        yield "malformed";
        return;
      }
      if (this.#held.length < headBytes + byteCount) return;
      const reading = readMessage(this.#held.subarray(headBytes, headBytes + byteCount));
      this.#held = this.#held.subarray(headBytes + byteCount);
      if (reading !== "unknown") yield reading;
      if (reading === "malformed") return;
    }
  }
}
