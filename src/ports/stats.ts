/** The flight recorder, for the API, the console and the event stream. */
import type { Capture, CaptureMeta, StatsSample, StatsStatus } from "../model/capture.ts";
import type { CaptureChange } from "../model/capture-note.ts";
import type { MetricName } from "../model/metrics.ts";

/** Something changed at the recorder or among the saved captures. */
export type StatsEvent =
  | { readonly kind: "status"; readonly status: StatsStatus }
  /** `index` is the sample's position in the capture, from 0. */
  | { readonly kind: "sample"; readonly index: number; readonly sample: StatsSample }
  | { readonly kind: "added"; readonly meta: CaptureMeta }
  /** Its name, note or labels. */
  | { readonly kind: "changed"; readonly meta: CaptureMeta }
  | { readonly kind: "removed"; readonly id: string };

/** One capture at a time: armed, held in memory, saved. */
export type Stats = {
  /** Changes nothing while one is recording. @throws Failure `capture_held`, `capture_not_saved` */
  start(): Promise<StatsStatus>;
  /** `undefined` when nothing was recording. @throws Failure `capture_not_saved` */
  stop(): Promise<CaptureMeta | undefined>;
  status(): StatsStatus;
  /** The capture that is recording or held, with the samples after the first `after`. */
  live(after?: number): Capture | undefined;
  /**
   * Listeners are called before the change is answered, in order, and never awaited.
   * @throws Failure `too_many_listeners`
   */
  subscribe(listener: (event: StatsEvent) => void): Disposable;
  /** Number of the capture that `live` gives, 0 when idle. */
  captureNumber(): number;
  /** Of all windows recorded since the host began, the metrics that are counts. */
  recordedTotals(): Readonly<Partial<Record<MetricName, number>>>;
  /**
   * Names, notes or labels a saved capture, or makes it the baseline.
   * @returns its head; `undefined` when nothing is saved under this id. @throws Failure `capture_not_saved`
   */
  change(id: string, change: CaptureChange): Promise<CaptureMeta | undefined>;
  /** Deletes a saved capture; false when nothing is saved under this id. */
  remove(id: string): Promise<boolean>;
};
