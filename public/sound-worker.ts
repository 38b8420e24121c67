/**
 * The worker of a page's sound: a connection of its own and the decoder, and from there to the
 * sound thread. Work that blocks the page, which draws the picture, is not audible.
 */
import { Net } from "@moq/watch";
import { atOnce, patience } from "./moq-connection.ts";
import type { SoundCommand, SoundConnection, SoundLine, SoundOrder } from "./sound-messages.ts";
import { readSound } from "./sound-track.ts";

let thread: MessagePort | undefined;
let stop: () => void = () => undefined;

globalThis.addEventListener("message", ({ data }: MessageEvent<SoundOrder>) => {
  if (data.kind === "open") thread = data.port;
  else {
    stop();
    stop = data.line === undefined ? rest : follow(data.line);
  }
});

/**
 * Also across connections that end, and a broadcast that is published again.
 * @returns the call that ends it
 */
function follow({ url, isRelayed, broadcast: path, track }: SoundLine): () => void {
  const connection = new Net.Connection.Reload({
    ...{ url: new URL(url), enabled: true, delay: patience },
    ...(isRelayed ? {} : { websocket: atOnce }),
  });
  const broadcast = connection.announcedBroadcast(Net.Path.from(path));
  let reading = new AbortController();
  const following = new AbortController();
  const sayIf = (isSo: boolean, what: SoundConnection) => {
    if (isSo && !following.signal.aborted) self.postMessage(what);
  };
  connection.established.subscribe((established) => sayIf(established !== undefined, "connected"));
  connection.status.subscribe((status) => sayIf(status === "disconnected", "lost"));
  broadcast.active.subscribe((active) => {
    sayIf(active !== undefined, "received");
    reading.abort();
    reading = new AbortController();
    rest();
    if (active !== undefined) void readSound(active.track(track), readerOf(reading.signal));
  });
  return () => {
    following.abort();
    reading.abort();
    rest();
    broadcast.close();
    connection.close();
  };
}

function readerOf(signal: AbortSignal): Parameters<typeof readSound>[1] {
  return {
    signal,
    onSamples: (atUs, channels) => {
      const buffers = channels.map(({ buffer }) => buffer);
      if (!signal.aborted) tell({ kind: "samples", atUs, channels }, buffers);
    },
  };
}

function rest(): void {
  tell({ kind: "rest" });
}

function tell(command: SoundCommand, transfer: Transferable[] = []): void {
  thread?.postMessage(command, transfer);
}
