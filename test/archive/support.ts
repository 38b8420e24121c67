/** A host's captures without a host, and the sender over them. */
import { SentMarks } from "../../src/archive/marks.ts";
import type { ObjectStore } from "../../src/archive/object-store.ts";
import { ArchiveSender } from "../../src/archive/sender.ts";
import { makeTables } from "../../src/archive/tables.ts";
import type { Capture } from "../../src/model/capture.ts";
import type { Verdict } from "../../src/model/verdict.ts";
import { madeCapture } from "../support/made-capture.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

export const hostName = "den";
const dayMs = 24 * 3_600_000;
export const beginMs = Date.UTC(2026, 10, 20, 9);

/** A capture of a day, an id each. */
export function captureOf(index: number, host = hostName): Capture {
  const made = madeCapture({ id: "x", windowCount: 3 });
  const started_unix_ms = beginMs + index * dayMs;
  const id = `${new Date(started_unix_ms).toISOString().slice(0, 19).replaceAll(":", "-")}Z_1280x720`;
  return { ...made, meta: { ...made.meta, id, started_unix_ms, host } };
}

type Given = {
  readonly captures: Capture[];
  readonly store: ObjectStore;
  readonly directory: string;
  readonly rowsPath?: string;
  readonly scheduler?: ManualScheduler;
  readonly installation?: string;
  readonly verdict?: () => Promise<Verdict | undefined>;
};

export async function senderOf({
  captures,
  store,
  directory,
  rowsPath,
  scheduler = new ManualScheduler(),
  installation = "0a1b2c3d",
  verdict = () => Promise.resolve(undefined),
}: Given) {
  const sender = new ArchiveSender({
    ...{ store, scheduler, hostName, clock: scheduler.clock },
    marks: await SentMarks.open(directory, store.name),
    installation,
    machine: { onglassVersion: "0.1.0", kernel: "6.1.0", gpuDriver: "nvidia 570.1" },
    makeTables: (facts) => Promise.resolve(makeTables(facts)),
    sources: {
      list: () => Promise.resolve(captures.map(({ meta }) => meta).toReversed()),
      holds: (id) => Promise.resolve(captures.some(({ meta }) => meta.id === id)),
      load: (id) => Promise.resolve(captures.find(({ meta }) => meta.id === id)),
      loadTimeline: () => Promise.resolve(undefined),
      rowsSettled: () => Promise.resolve(),
      rowsPath: () => Promise.resolve(rowsPath),
      verdict,
    },
  });
  return { sender, scheduler };
}
