/** The whole of watching on loopback: endpoint, streams and the real encoder. */

import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { Streams, type StreamsEvent } from "../../src/moq/streams.ts";
import { openStream } from "../../src/video/stream.ts";
import { MoqHost } from "./moq-host.ts";

export const smallRequest = { width: 320, height: 180, fps: 60, bitrate_kbps: 1000 };

export class WatchHost extends MoqHost {
  readonly gate = new Gate();
  readonly samples: StatsSample[] = [];
  readonly events: StreamsEvent[] = [];
  readonly streams: Streams;

  constructor() {
    super({
      onReport: (peerId, payload) => this.streams.report(peerId, payload),
      onGone: (peerId) => this.streams.forgetViewer(peerId),
    });
    this.streams = new Streams({
      origin: this.origin,
      gate: this.gate.memory,
      clock: systemClock(),
      scheduler: systemScheduler(),
      sessionIds: new SharedSequence(),
      source: "testsrc",
      settings: settingsDefault,
      openStream,
      onEvent: (event) => this.events.push(event),
      sink: {
        registerSession: () => undefined,
        pushSample: (_id, sample) => this.samples.push(sample),
      },
    });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.streams.stop();
    await super[Symbol.asyncDispose]();
  }
}
