/** Streams whose encoders and time a test moves, seen by a connection that subscribes as one would. */

import type { Track } from "@moq/net";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { Origin, type PeerConnection } from "../../src/moq/origin.ts";
import { Streams, type StreamsEvent } from "../../src/moq/streams.ts";
import { counting } from "./counting.ts";
import { FakeStream } from "./fake-stream.ts";

/** `watch` subscribes as the library would. */
export function watching() {
  const { counters, scheduler, clock } = counting();
  const origin = new Origin(() => counters);
  const gate = new Gate();
  const encoders: FakeStream[] = [];
  const events: StreamsEvent[] = [];
  const registered: { session_id: number; client: string }[] = [];
  const samples: { id: number; sample: StatsSample; captureNumber: number }[] = [];
  const streams = new Streams({
    origin,
    gate: gate.memory,
    clock,
    scheduler,
    sessionIds: new SharedSequence(),
    source: "testsrc",
    settings: settingsDefault,
    sink: {
      registerSession: (session) => registered.push(session),
      pushSample: (id, sample, captureNumber) => samples.push({ id, sample, captureNumber }),
    },
    onEvent: (event) => events.push(event),
    openStream: () => {
      const stream = new FakeStream(clock);
      encoders.push(stream);
      return Promise.resolve(stream);
    },
  });
  const announced = new Map<string, Parameters<PeerConnection["publish"]>[1]>();
  const peer: PeerConnection = {
    id: 7,
    tier: "external",
    publish: (path, broadcast) => {
      announced.set(path, broadcast);
      const gone = () => announced.delete(path);
      void broadcast.closed.then(gone, gone);
    },
  };
  origin.attach(peer);
  const watch = (path: string, track = "video") => announced.get(path)?.subscribe(track);
  return {
    streams,
    scheduler,
    clock,
    gate,
    encoders,
    events,
    registered,
    samples,
    announced,
    watch,
  };
}

export type Watching = ReturnType<typeof watching>;

export async function openOne(all: Watching) {
  const stream = await all.streams.open({});
  const [encoder] = all.encoders;
  if (encoder === undefined) throw new Error("no encoder was started");
  return { stream, encoder };
}

/** Takes frames as they come, like a connection with room. */
export async function takeAll(subscriber: Track.Subscriber | undefined): Promise<void> {
  for (;;) {
    const group = await subscriber?.recvGroup();
    if (group === undefined) return;
    while ((await group.readFrame()) !== undefined);
  }
}

/** Lets everything that waits for a promise continue. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
