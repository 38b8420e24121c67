/** What main and the native host's worker say to each other. */
import type { PathEvent, PathOptions } from "../../worker/link.ts";

export type NativeOptions = PathOptions & {
  /** 0 takes any free one. */
  readonly port: number;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
};

export type NativeEvent =
  /** Too many wrong tries, or too late: the code is worth nothing any more. */
  { readonly kind: "code_closed" } | PathEvent;

export type NativeQuestion = { readonly kind: "create_code" } | { readonly kind: "cancel_code" };
