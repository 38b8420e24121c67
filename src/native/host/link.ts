/** Messages between main and the native host's worker. */
import type { PathEvent, PathOptions } from "../../worker/link.ts";

/** What the native worker is started with. */
export type NativeOptions = PathOptions & {
  /** 0 takes any free one. */
  readonly port: number;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

/** Messages of the native worker besides those of all paths. */
export type NativeEvent =
  /** Too many wrong attempts, or too late: the code is invalid now. */
  { readonly kind: "code_closed" } | PathEvent;

/** Messages from main to the native worker. */
export type NativeQuestion = { readonly kind: "create_code" } | { readonly kind: "cancel_code" };
