/** What main and the native host's worker say to each other. */
import type { PathEvent, PathOptions } from "../session/link.ts";

export type HostOptions = PathOptions & {
  /** 0 takes any free one. */
  readonly port: number;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

/** Who asked for something. */
export type Asker = "player" | "host" | "operator";

/** Something about a stream other than its numbers, on the monotonic clock. */
export type Happening = { readonly atUs: number } & (
  | { readonly action: "idr_requested"; readonly by: Asker }
  | { readonly action: "idr_sent" }
  | {
      readonly action: "bitrate_changed";
      readonly from_kbps: number;
      readonly to_kbps: number;
      readonly by: Asker;
    }
  | { readonly action: "source_starved"; readonly ms: number }
  | { readonly action: "loss_burst"; readonly packets: number; readonly ms: number }
);

export type HostEvent =
  | {
      readonly kind: "happened";
      readonly session_id: number;
      readonly happenings: readonly Happening[];
      /** Of a flood, beyond what is told. */
      readonly leftOutCount: number;
    }
  | PathEvent;

export type HostQuestion = { readonly kind: "create_code" } | { readonly kind: "cancel_code" };
