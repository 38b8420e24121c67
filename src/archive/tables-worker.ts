/**
 * The worker of `table-maker.ts`: makes the archived tables of a capture, so that no stream waits
 * for it.
 */
import { messageOf } from "../base/error-text.ts";
import { quietConsole } from "../base/library-console.ts";
import { lowerPriority } from "../base/threads.ts";
import { type MadeTables, makeTables, type TableFacts } from "./tables.ts";

declare const self: Worker;

/** What the worker answers. */
export type TablesAnswer =
  | { readonly kind: "made"; readonly tables: MadeTables }
  | { readonly kind: "failed"; readonly reason: string };

quietConsole(console);

self.onmessage = ({ data }: MessageEvent<TableFacts>) => {
  lowerPriority();
  try {
    const tables = makeTables(data);
    const buffers = Object.values(tables).map((bytes) => bytes.buffer);
    answer({ kind: "made", tables }, buffers);
  } catch (cause) {
    answer({ kind: "failed", reason: messageOf(cause) }, []);
  }
};

function answer(message: TablesAnswer, buffers: ArrayBuffer[]): void {
  self.postMessage(message, buffers);
}
