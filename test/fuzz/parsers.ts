/**
 * Every parser that reads bytes from outside, each with inputs to begin from and what must hold
 * whatever comes. A parser that throws what it may not, or answers nonsense, throws here.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSeries } from "../../src/analysis/series.ts";
import { captureCsv } from "../../src/cli/capture-csv.ts";
import { cleanName } from "../../src/native/host/connection.ts";
import { LossCounter } from "../../src/native/host/loss-counter.ts";
import { readCode, writeCode } from "../../src/native/host/pairing.ts";
import { Assembly } from "../../src/native/player/assembly.ts";
import {
  MessageReader,
  type Report,
  readMessage,
  writeMessage,
} from "../../src/native/wire/messages.ts";
import {
  emptyShardHeader,
  pingBytes,
  pongBytes,
  readArrivals,
  readPing,
  readPong,
  readShardHeader,
  readTag,
  shardHeaderBytes,
  viewOf,
  writePing,
  writePong,
  writeShardHeader,
} from "../../src/native/wire/packet.ts";
import { Opener, Sealer } from "../../src/native/wire/seal.ts";
import { parseJournal } from "../../src/recorder/journal-lines.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import type { Random } from "../support/random.ts";
import { nativeSession, sampleOf } from "../support/recorder-parts.ts";

export type Parser = {
  readonly name: string;
  /** Inputs of a million, in all parsers together. */
  readonly share: number;
  readonly seeds: readonly Uint8Array[];
  feed(input: Uint8Array<ArrayBuffer>, random: Random): void | Promise<void>;
};

const text = new TextDecoder();
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

export const report: Report = {
  highest_sequence: 4000,
  settled_sequence: 3990,
  packets_received: 3900,
  packets_lost: 90,
  packets_duplicate: 1,
  packets_reordered: 2,
  packets_late: 3,
  packets_stale: 4,
  fec_recovered: 5,
  frames_complete: 600,
  frames_lost: 7,
  frames_skipped: 8,
  idr_requests: 9,
  rtt_us: 420,
};
const open = {
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  bitrate_kbps: 10_000,
  packet_bytes: 1200,
} as const;

/** The order in which a player says them, and the host's side of it. */
export const messages: readonly Uint8Array[] = [
  writeMessage({ kind: "hello", version: 1, name: "desk", proof: { kind: "certificate" } }),
  writeMessage({
    kind: "hello",
    version: 1,
    name: "desk",
    proof: { kind: "code", secret: "c2Vj" },
  }),
  writeMessage({ kind: "open", ...open }),
  writeMessage({ kind: "report", ...report }),
  writeMessage({ kind: "idr" }),
  writeMessage({ kind: "bye" }),
  writeMessage({ kind: "challenge", version: 1, nonce: "bm9uY2U" }),
  writeMessage({ kind: "ended", reason: "it was time" }),
];

export const controlMessages: Parser = {
  name: "control messages",
  share: 250_000,
  seeds: [...messages, Buffer.concat([...messages])],
  feed: (input, random) => {
    const reader = new MessageReader();
    const cut = random.below(input.length + 1);
    for (const part of [input.subarray(0, cut), input.subarray(cut)]) {
      for (const message of reader.read(part)) {
        if (message !== "malformed" && message.kind === "hello") cleanName(message.name);
      }
    }
  },
};

const reportPayload = writeMessage({ kind: "report", ...report }).subarray(4);

export const reports: Parser = {
  name: "reports",
  share: 150_000,
  seeds: [reportPayload],
  feed: (input, random) => {
    const message = readMessage(input);
    if (typeof message === "string" || message.kind !== "report") return;
    const counter = new LossCounter();
    const sentCount = random.below(5000);
    counter.add(message, sentCount);
    const counts = [
      counter.packetsDroppedCount,
      counter.fecRecoveredCount,
      counter.framesLostCount,
    ];
    for (const count of counts) {
      if (!(count >= 0 && count <= sentCount)) throw new Error(`${count} of ${sentCount} are lost`);
    }
  },
};

const media = { key: new Uint8Array(16).fill(7), tag: 9 };
const shardBytes = 100;
const opener = new Opener(media);
const arrivals = { sequence: 0, arrivedUs: 0, receivedCount: 0, receivedBytes: 0, lateUs: 0 };
let assembly = new Assembly({ shardBytes, patienceUs: 5 });
let fedCount = 0;

export const packets: Parser = {
  name: "media packets",
  share: 350_000,
  seeds: [shard(0), shard(1), ping(), pong(), sealed(shard(2)), sealed(ping())],
  feed: (input) => {
    const view = viewOf(input);
    readTag(view);
    readPing(view);
    readArrivals(view, arrivals);
    readPong(view);
    if (opener.readSequence(input) !== undefined) opener.open(input);
    fedCount += 1;
    if (fedCount % 10_000 === 0) assembly = new Assembly({ shardBytes, patienceUs: 5 });
    const header = emptyShardHeader();
    if (!readShardHeader(view, header)) return;
    // A frame of the largest size would only measure the machine's memory.
    if (header.frameBytes > 1e6) return;
    assembly.add(header, input.subarray(shardHeaderBytes), fedCount);
    const frame = assembly.take(fedCount);
    if (frame && frame.bytes.length === 0) throw new Error("a frame has no bytes");
  },
};

const sample = sampleOf({ t_ms: 2000, session_id: 1, unmeasured: ["rtt_us"] });
const session = { session_id: 1, ...nativeSession };
const meta = {
  id: "x",
  started_unix_ms: 1_782_504_843_000,
  duration_ms: 4000,
  kind: "native",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  client: "a",
  sample_count: 1,
  sessions: [session],
};
const lines = [
  { head: { version: 1, started_unix_ms: 1_782_504_843_000, host: "box" } },
  { session },
  { sample },
  { truncated: true },
  { end: { duration_ms: 4000 } },
];

export const journals: Parser = {
  name: "journal lines",
  share: 150_000,
  seeds: [
    Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    ...lines.map((line) => Buffer.concat([bytesOf(lines[0]), Buffer.from("\n"), bytesOf(line)])),
  ],
  feed: (input) => {
    const { capture } = parseJournal(text.decode(input));
    if (capture !== undefined && capture.meta.recovered !== true) throw new Error("not recovered");
  },
};

/** Captures are files: `directory` holds one at a time. */
export async function captureFiles(directory: string): Promise<Parser> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, "x.json");
  const store = new CaptureStore(directory);
  return {
    name: "capture files",
    share: 10_000,
    seeds: [bytesOf({ meta, samples: [sample, sample] })],
    feed: async (input) => {
      await Bun.write(path, input);
      await store.list();
      const capture = await store.load("x").catch((cause: unknown) => {
        if (cause instanceof Error && "code" in cause && cause.code === "capture_damaged") return;
        throw cause;
      });
      if (capture === undefined) return;
      makeSeries(capture, { points: 2 });
      captureCsv(capture);
    },
  };
}

export const codes: Parser = {
  name: "pairing codes",
  share: 50_000,
  seeds: [Buffer.from(writeCode({ fingerprint: "ab".repeat(32), secret: new Uint8Array(16) }))],
  feed: (input) => {
    const facts = readCode(text.decode(input));
    if (facts && facts.secret.length !== 16) throw new Error("a secret is not whole");
  },
};

function shard(index: number): Uint8Array {
  const bytes = new Uint8Array(shardHeaderBytes + shardBytes);
  const header = { ...emptyShardHeader(), shard: index, dataCount: 3, frameBytes: 3 * shardBytes };
  writeShardHeader(viewOf(bytes), header);
  return bytes;
}

function ping(): Uint8Array {
  const bytes = new Uint8Array(pingBytes);
  writePing(viewOf(bytes), 1000);
  return bytes;
}

function pong(): Uint8Array {
  const bytes = new Uint8Array(pongBytes);
  writePong(viewOf(bytes), { sentUs: 1, receivedUs: 2, answeredUs: 3 });
  return bytes;
}

function sealed(plain: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(1400);
  return datagram.subarray(0, new Sealer(media).seal(plain, datagram));
}
