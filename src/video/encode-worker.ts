/**
 * Entry of the encode worker: one a stream. FFmpeg's addon must lie on the disk before anything
 * imports it, so all the rest is loaded after that.
 */
import { Failure } from "../base/failure.ts";
import { quietConsole } from "../base/library-console.ts";
import { encodeThreadName } from "../base/thread-id.ts";
import { nameThread } from "../base/threads.ts";
import { prepareAddon } from "./addon.ts";
import type { EncodeReport, EncodeRequest } from "./link.ts";

declare const self: Worker;

quietConsole(console);
nameThread(encodeThreadName);
const loop = loadLoop();

self.onmessage = (event: MessageEvent<EncodeRequest>) => {
  const isStream = event.data.kind === "open";
  loop
    .then((ready) => ready.handle(event.data))
    .then(() => isStream && process.exit())
    .catch(report);
};

async function loadLoop() {
  await prepareAddon();
  const { EncodeLoop } = await import("./encode-loop.ts");
  return new EncodeLoop({ post: (message) => self.postMessage(message) });
}

function report(cause: unknown): void {
  const reason = cause instanceof Error ? cause.message : `${cause}`;
  const failure = cause instanceof Failure ? { code: cause.code, values: cause.values } : {};
  self.postMessage({ kind: "failed", reason, ...failure } satisfies EncodeReport);
  process.exit();
}
