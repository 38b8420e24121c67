/** Counts of the streams of one path and codec, from rows and windows, since the host began. */
import type { StatsSample } from "../model/capture.ts";
import { type FrameTable, frameFates } from "../model/frames.ts";
import { measured } from "../model/metric-columns.ts";
import type { MetricName } from "../model/metrics.ts";

/** Whether the player reported its losses in a window. */
const reportStates = ["reported", "not_reported"] as const;

/** Metrics of windows that are summed, if measured. */
const summed = [
  ["packets_lost", "packets_dropped", "Datagrams sent but reported missing by players"],
  ["packets_rebuilt", "fec_recovered", "Datagrams that players repaired with parity"],
  ["packets_refused", "send_dropped", "Datagrams that the kernel did not accept"],
  ["keyframe_requests", "idr_requests", "Key frames that players requested"],
  ["viewer_frames_dropped", "client_dropped", "Frames that browsers received but did not display"],
  ["viewer_stalls", "client_stalls", "Times the picture froze in a browser"],
] as const satisfies (readonly [string, MetricName, string])[];

/** One number with its labels in addition to those of its stream. */
export type StreamCount = {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Only grows. */
export class StreamCounts {
  readonly #fates = new Float64Array(frameFates.length);
  readonly #sums = new Map<string, number>();
  #repeats = 0;
  #keys = 0;
  #bytes = 0;
  #dataPackets = 0;
  #parityPackets = 0;
  readonly #windows = { reported: 0, not_reported: 0 };

  /** Rows that are final. */
  addRows({ count, columns }: FrameTable): void {
    for (let row = 0; row < count; row++) {
      const fate = columns.fate[row] ?? 0;
      this.#fates[fate] = (this.#fates[fate] ?? 0) + 1;
      // Not for slots without a frame, nor for frames that were not handed over.
      if (Number.isNaN(columns.bytes[row] ?? Number.NaN)) continue;
      this.#repeats += columns.repeat[row] ?? 0;
      this.#keys += columns.key[row] ?? 0;
      this.#bytes += columns.bytes[row] ?? 0;
      this.#dataPackets += known(columns.packets[row]);
      this.#parityPackets += known(columns.parity[row]);
    }
  }

  /** An ended window. Unmeasured metrics add nothing. */
  addWindow(sample: StatsSample): void {
    const isReported = measured(sample, "packets_dropped") !== undefined;
    this.#windows[isReported ? "reported" : "not_reported"] += 1;
    for (const [name, metric] of summed) {
      const value = measured(sample, metric);
      if (value !== undefined) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    }
  }

  /** In the same order each time; never-measured metrics are left out. */
  read(): StreamCount[] {
    return [...this.#ofRows(), ...this.#ofWindows()];
  }

  #ofRows(): StreamCount[] {
    const fates = frameFates.map((fate, index) =>
      counted("frames_total", fateHelp, { value: this.#fates[index] ?? 0, labels: { fate } }),
    );
    const packets = [
      counted("packets_total", packetHelp, {
        value: this.#dataPackets,
        labels: { content: "data" },
      }),
      counted("packets_total", packetHelp, {
        value: this.#parityPackets,
        labels: { content: "parity" },
      }),
    ];
    return [
      ...fates,
      counted("repeated_frames_total", "Frames encoded again because the source had nothing new", {
        value: this.#repeats,
      }),
      counted("key_frames_total", "Key frames sent", { value: this.#keys }),
      counted("bytes_total", "Media payload sent, without parity and headers", {
        value: this.#bytes,
      }),
      ...(this.#dataPackets > 0 ? packets : []),
    ];
  }

  #ofWindows(): StreamCount[] {
    const windows = reportStates.map((losses) =>
      counted("windows_total", windowHelp, { value: this.#windows[losses], labels: { losses } }),
    );
    const sums = summed.flatMap(([name, , help]) => {
      const value = this.#sums.get(name);
      return value === undefined ? [] : [counted(`${name}_total`, help, { value })];
    });
    return [...windows, ...sums];
  }
}

const fateHelp = "Slots by fate; together they make up the requested frame rate";
const packetHelp = "Datagrams of frames, including refused ones";
const windowHelp = "Windows of one or two seconds, by whether the player reported its losses";

function counted(
  name: string,
  help: string,
  { value, labels = {} }: { value: number; labels?: StreamCount["labels"] },
): StreamCount {
  return { name: `stream_${name}`, help, labels, value };
}

function known(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
