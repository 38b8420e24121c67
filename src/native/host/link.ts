/** What main and the native host's worker say to each other. */
import type { PathEvent, PathOptions } from "../../worker/link.ts";

export type HostOptions = PathOptions & {
  /** 0 takes any free one. */
  readonly port: number;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

export type HostEvent =
  /** Too many wrong tries, or too late: the code is worth nothing any more. */
  { readonly kind: "code_closed" } | PathEvent;

export type HostQuestion = { readonly kind: "create_code" } | { readonly kind: "cancel_code" };
