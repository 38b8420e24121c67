/** What main and the native host's worker say to each other. */
import type { PathEvent, PathOptions } from "../../worker/link.ts";

/** What the native worker is started with. */
export type NativeOptions = PathOptions & {
  /** 0 takes any free one. */
  readonly port: number;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

/** What the native worker reports besides what all paths report. */
export type NativeEvent =
  /** Too many wrong tries, or too late: the code is worth nothing any more. */
  { readonly kind: "code_closed" } | PathEvent;

/** What main asks the native worker. */
export type NativeQuestion = { readonly kind: "create_code" } | { readonly kind: "cancel_code" };
