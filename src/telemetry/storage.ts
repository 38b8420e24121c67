/**
 * The size of a data directory and the free space of its disk, read on request, at most every half
 * minute and never concurrently. A disk that does not answer leaves its figures out.
 */
import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { hasCode } from "../base/error-text.ts";
import type { MetricSample, NumberMetric } from "../model/scraped-metric.ts";

const freshUs = 30_000_000;
/** Files whose size is read, per folder; the newest names. */
const fileCountMax = 20_000;
const statCountMax = 64;
/** Folders of captures, besides the first. */
const captureFolders = ["captures", "frames", "timelines", "notes"] as const;

/** The history's own totals. */
export type HistoryFacts = {
  readonly isOn: boolean;
  readonly isStopped: boolean;
  readonly droppedCount: number;
  readonly overwrittenCount: number;
  held(): { readonly bytes: number; readonly segmentCount: number };
};

/** Where to look, and the clock of the half minute. */
export type StorageOptions = {
  readonly directory: string;
  readonly history: HistoryFacts;
  readonly clock: Pick<Clock, "nowUs">;
};

type Seen = {
  readonly captureCount: number | undefined;
  readonly captureBytes: number | undefined;
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number } | undefined;
};

/** One for each host. */
export class StorageWatch {
  readonly #options: StorageOptions;
  #seen: Seen | undefined;
  #seenUs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  /**
   * The first call waits for the disk, at most some seconds; later ones return the known values.
   */
  async metrics(): Promise<NumberMetric[]> {
    const isFresh = this.#options.clock.nowUs() - this.#seenUs < freshUs;
    if (!isFresh) this.#looking ??= this.#look();
    if (this.#seen === undefined) await this.#looking;
    return [...capturesOf(this.#seen), ...historyOf(this.#options.history)];
  }

  async #look(): Promise<void> {
    const { directory, clock } = this.#options;
    const [held, disk] = await Promise.all([
      heldIn(directory).catch(() => undefined),
      dataDisk.run(() => statfs(directory)).catch(() => undefined),
    ]);
    this.#seen = {
      ...{ captureCount: held?.count, captureBytes: held?.bytes },
      disk: disk && {
        freeBytes: disk.bavail * disk.bsize,
        sizeBytes: disk.blocks * disk.bsize,
      },
    };
    this.#seenUs = clock.nowUs();
    this.#looking = undefined;
  }
}

function capturesOf(seen: Seen | undefined): NumberMetric[] {
  return [
    gauge("captures", "Saved captures", seen?.captureCount),
    gauge("captures_bytes", "Of captures, their rows and timelines", seen?.captureBytes),
    gauge("data_disk_free_bytes", "Left for the data directory", seen?.disk?.freeBytes),
    gauge("data_disk_size_bytes", "Of the disk under the data directory", seen?.disk?.sizeBytes),
    gauge(
      "data_disk_up",
      "0 while the disk under the data directory does not answer",
      seen?.disk === undefined ? 0 : 1,
    ),
  ];
}

function historyOf(history: HistoryFacts): NumberMetric[] {
  const { bytes, segmentCount } = history.held();
  return [
    gauge("history_on", "1 while every frame is kept", history.isOn ? 1 : 0),
    gauge("history_stopped", "1 while the disk refuses the history", history.isStopped ? 1 : 0),
    gauge("history_bytes", "Of the history on the disk", bytes),
    gauge("history_segments", "Its files, of about a minute each", segmentCount),
    {
      ...{ name: "history_dropped_total", type: "counter" },
      help: "History batches and records that could not be written",
      samples: single(history.droppedCount),
    },
    {
      ...{ name: "history_rows_overwritten_total", type: "counter" },
      help: "Rows overwritten before they were read; they are in no total and not in the history",
      samples: single(history.overwrittenCount),
    },
  ];
}

/** Files of captures in all folders; a capture is a file of the first. */
async function heldIn(directory: string): Promise<{ count: number; bytes: number }> {
  let bytes = 0;
  let count = 0;
  for (const folder of captureFolders) {
    const path = join(directory, folder);
    const names = (await namesIn(path)).filter((name) => !name.startsWith("."));
    if (folder === "captures") count = names.filter((name) => name.endsWith(".json")).length;
    bytes += await bytesOf(path, names.sort().slice(-fileCountMax));
  }
  return { count, bytes };
}

async function namesIn(path: string): Promise<string[]> {
  return await dataDisk
    .run(() => readdir(path))
    .catch((cause: unknown) => {
      if (hasCode(cause, "ENOENT")) return [];
      throw cause;
    });
}

async function bytesOf(path: string, names: readonly string[]): Promise<number> {
  let bytes = 0;
  for (let first = 0; first < names.length; first += statCountMax) {
    const some = names.slice(first, first + statCountMax);
    const sizes = await dataDisk.run(
      async () => await Promise.all(some.map((name) => sizeOf(join(path, name)))),
    );
    for (const size of sizes) bytes += size;
  }
  return bytes;
}

/** A deleted file has none. */
async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? stats.size : 0;
}

function gauge(name: string, help: string, value: number | undefined): NumberMetric {
  return { name, help, type: "gauge", samples: value === undefined ? [] : single(value) };
}

function single(value: number): MetricSample[] {
  return [{ labels: {}, value }];
}
