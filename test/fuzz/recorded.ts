/**
 * What is read back from the data directory and from /proc, what compositors send, and what players
 * report of single frames: bent, read within its bounds, and nothing else happens.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openFrameFile } from "../../src/export/parquet-reader.ts";
import { parquetOf } from "../../src/export/parquet-writer.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import { readFecStatus } from "../../src/gamestream/control/fec-status.ts";
import { FecLossCounter } from "../../src/gamestream/media/loss-counter.ts";
import {
  decodeSegment,
  encodeBatch,
  type HistoryRecord,
  segmentStart,
} from "../../src/history/segment.ts";
import * as machine from "../../src/machine/parse.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { SeenFrames } from "../../src/moq/seen-frames.ts";
import { ViewerRegistry } from "../../src/moq/viewer-registry.ts";
import { readMessage, writeMessage } from "../../src/native/wire/messages.ts";
import { emptyRecord } from "../../src/session/frame-record.ts";
import { RowRecorder } from "../../src/session/row-recorder.ts";
import { TimelineFiles } from "../../src/store/timeline-files.ts";
import {
  Arguments,
  readMessages,
  WireError,
  writeMessage as writeWayland,
} from "../../src/wayland/wire/message.ts";
import { madeRows } from "../support/made-rows.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { type Parser, report } from "./parsers.ts";

const text = new TextDecoder();

export const waylandWire: Parser = {
  name: "compositor",
  share: 100_000,
  seeds: [
    writeWayland(2, 0, [7, "wl_output", 4]),
    Buffer.concat([writeWayland(1, 0, [3, 1, "no such object"]), writeWayland(9, 2, [1, 2, 3])]),
  ],
  feed: (input) => {
    const bytes = Buffer.from(input);
    try {
      const used = readMessages(bytes, ({ body }) => {
        const args = new Arguments(body);
        args.uint();
        if (args.string().length > body.length) throw new Error("a name longer than its message");
        args.time();
      });
      if (used > bytes.length) throw new Error("more was read than there is");
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
    }
  },
};

const records: readonly HistoryRecord[] = [
  {
    kind: "head",
    head: { version: 1, run: 1, host: "box", begin_unix_ms: 1, begin_us: 1, sessions: [] },
  },
  { kind: "sample", sample: { at_us: 5, sample: sampleOf({ t_ms: 2000, session_id: 1 }) } },
  { kind: "event", event: { at_us: 6, event: { type: "log" } } },
  { kind: "rows", rows: madeRows({ count: 40 }) },
];

/** Half of the inputs are bent before they are packed, so that they get past the checksum. */
export const segments: Parser = {
  name: "history segments",
  share: 30_000,
  seeds: [Buffer.concat([segmentStart(), encodeBatch(records)])],
  feed: (input, random) => {
    const segment = decodeSegment(input);
    if (segment !== undefined && segment.tornBytes > input.length) throw new Error("torn too much");
    const start = segmentStart();
    const plain = Bun.zstdDecompressSync(encodeBatch(records).subarray(8));
    const packed = Bun.zstdCompressSync(random.bend([plain]), { level: 1 });
    const head = Buffer.alloc(8);
    head.writeUInt32LE(packed.length, 0);
    head.writeUInt32LE(Bun.hash.crc32(packed), 4);
    decodeSegment(Buffer.concat([start, head, packed]));
  },
};

const rows = new RowRecorder({ stages: [], stageTimes: () => undefined });
const reader = new RowReader(rows.memory, 1);
let slot = 0;

/** A frame was sent in each slot; what a player says of it has to fit what was sent. */
export const frameReports: Parser = {
  name: "frame reports",
  share: 100_000,
  seeds: [
    writeMessage({
      kind: "report",
      ...report,
      frames: { first: 0, arrived: [4, 3], rebuilt: [0, 1], complete_us: [900, -1] },
    }).subarray(4),
  ],
  feed: (input) => {
    const dueUs = slot * 16_667;
    const record = { ...emptyRecord(), slot, dueUs, isMeasured: true, fate: "sent" as const };
    rows.onFrame({ ...record, byteCount: 1000, packetCount: 3, parityCount: 1 });
    slot += 1;
    const message = readMessage(input);
    if (typeof message === "string" || message.kind !== "report") return;
    const { arrived = [], rebuilt = [], complete_us = [] } = message.frames ?? {};
    for (const [index, count] of arrived.entries()) {
      const completeUs = complete_us[index] ?? -1;
      const reported = { arrived: count, rebuilt: rebuilt[index], isComplete: completeUs !== -1 };
      const completeAfterUs = completeUs >= 0 ? completeUs : undefined;
      rows.addReported(slot - 1 - index, { ...reported, completeAfterUs }, dueUs);
    }
    checkRows(reader.read(dueUs).final);
  },
};

function checkRows({ count, columns }: FrameTable): void {
  for (let row = 0; row < count; row++) {
    const lost = columns.lost_packets?.[row] ?? 0;
    const repaired = columns.rebuilt?.[row] ?? 0;
    if (lost > 4 || repaired > 3) throw new Error(`${lost} of 4 are lost, ${repaired} rebuilt`);
  }
}

const status = Buffer.alloc(21);
for (const [at, value] of [
  [8, 2],
  [10, 10],
  [12, 3],
  [14, 9],
  [16, 2],
] as const) {
  status.writeUInt16BE(value, at);
}

export const fecStatus: Parser = {
  name: "FEC status",
  share: 100_000,
  seeds: [status],
  feed: (input, random) => {
    let sent = 0;
    const counter = new FecLossCounter(({ lostPackets, rebuilt }) => {
      if (lostPackets > sent || rebuilt > sent) throw new Error("more is lost than was sent");
    });
    for (let frame = 1; frame <= 3; frame++) {
      const shards = random.below(20);
      counter.begins(frame, frame);
      counter.sent(frame, shards, 0);
      sent += shards;
    }
    for (let again = 0; again < 3; again++) {
      const bytes = Buffer.from(input);
      if (bytes.length >= 4) bytes.writeUInt32BE(random.below(5), 0);
      const known = readFecStatus(bytes);
      if (known !== undefined) counter.add(known);
    }
    const { packetsDroppedCount, framesLostCount } = counter;
    if (packetsDroppedCount > sent || framesLostCount > 3) throw new Error("more than there was");
  },
};

const page = {
  v: 1,
  ...{ frames: 3, bytes: 9, shown: 2, dropped: 1, stalls: 0, decode_queue: 0, jumps: 1 },
  ...{ behind_ms: 900, hidden_ms: 1, age_p50_us: 5, age_p99_us: 9 },
  frames_seen: {
    ...{ first_us: 16_667, at_us: [0, 16_667], complete_us: [9, 9] },
    ...{ decode_us: [10, -1], shown_us: [20, -1] },
  },
};
const clock = new ManualClock();

export const pageReports: Parser = {
  name: "page reports",
  share: 100_000,
  seeds: [Buffer.from(JSON.stringify(page))],
  feed: (input, random) => {
    const registry = new ViewerRegistry(clock);
    const seen = new SeenFrames({
      addLate: (_slot, facts) => {
        for (const value of Object.values(facts)) {
          if (typeof value === "number" && !(value >= 0 && value < 2 ** 32)) {
            throw new Error(`${value} is not a time`);
          }
        }
      },
    });
    for (let at = 0; at < 4; at++)
      seen.add({
        slot: at,
        dueUs: at * 16_667,
        captureStartUs: at * 16_667,
        arrivedUs: at * 16_667,
        byteCount: 9,
      });
    for (const payload of [Buffer.from(JSON.stringify(page)), input, random.bend([input])]) {
      clock.advanceMs(1000);
      registry.add(1, payload);
      const frames = registry.takeFrames(1);
      if (frames !== undefined) seen.onReport(frames, clock.nowUs());
    }
    const { clicks, ...figures } = registry.closeWindow();
    if (clicks !== undefined) throw new Error("a report is not a click");
    for (const value of Object.values(figures)) {
      if (!(value >= 0 && Number.isFinite(value))) throw new Error(`${value} is not a figure`);
    }
  },
};

const procTexts = [
  "cpu  10 20 30 40 50 60 70 80 0 0\ncpu0 1 2 3 4 5\n",
  "42 (a (b) c) S 1 1 1 0 -1 4194560 1 2 3 4 500 60 0 0 20 0 9 0 12345 1 1 1\n",
  "123456789 2345 67\n",
  "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345\nfull avg10=0.00 total=1\n",
  "MemTotal: 16000 kB\nMemAvailable: 8000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
  "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\nUdp: 1 2 3 4 5 6\n",
  "Udp6InErrors 1\nUdp6RcvbufErrors 2\n",
  "Inter-| Receive\n face |bytes packets\n  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n",
  "Inter-| sta-|   Quality\n face | tus | link level noise\n wlan0: 0000   70.  -40.  -256  0 0 0\n",
  "Iface\tDestination\tGateway\tFlags\nRefCnt\neth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n",
  "00000000000000000000000000000001 80 00000000000000000000000000000000 00 0 0 0 0 0 lo\n",
];

/** The parsers of /proc never throw, whatever a kernel or a container writes there. */
export const machineFiles: Parser = {
  name: "files of /proc",
  share: 100_000,
  seeds: procTexts.map((each) => Buffer.from(each)),
  feed: (input) => {
    const read = text.decode(input);
    machine.readCpu(read);
    machine.readProcess(read);
    machine.readSchedule(read);
    machine.readPressure(read);
    machine.readMemory(read);
    machine.readUdpErrors(read);
    machine.readUdp6Errors(read);
    machine.readInterfaces(read);
    machine.readWireless(read);
    machine.readCount(read);
    const routes = [...machine.readRoutes(read), ...machine.readRoutes6(read)];
    machine.interfaceTo("192.168.0.7", routes);
    machine.addressBytes(read);
  },
};

/** A file that is not one is refused with an error; it takes neither long nor much memory. */
export const frameFiles: Parser = {
  name: "frame files",
  share: 5000,
  seeds: [parquetOf({ version: 1 }, madeRows({ count: 200 }))],
  feed: async (input) => {
    const startMs = performance.now();
    const { buffer, byteOffset, byteLength } = input;
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    try {
      const file = await openFrameFile({
        byteLength,
        slice: (start, end = byteLength) => Promise.resolve(bytes.slice(start, end)),
      });
      await file.read({ fromUs: 0, toUs: 1e6 });
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
    }
    if (performance.now() - startMs > 2000) throw new Error("it took longer than two seconds");
  },
};

/** Timelines are files: `directory` holds one at a time. */
export async function timelineFiles(directory: string): Promise<Parser> {
  await mkdir(directory, { recursive: true });
  const files = new TimelineFiles(directory);
  const timeline = madeTimeline({
    times: [0, 5, 9],
    checkpoints: [{ t_ms: 6, state: { a: [1, { b: null }] } }],
  });
  return {
    name: "timeline files",
    share: 10_000,
    seeds: [Buffer.from(JSON.stringify({ ...timeline, id: "x" }))],
    feed: async (input) => {
      await Bun.write(join(directory, "x.json"), input);
      await files.load("x").catch((cause: unknown) => {
        if (cause instanceof Error && "code" in cause && cause.code === "timeline_damaged") return;
        throw cause;
      });
    },
  };
}
