/**
 * The recorder's events. An `id` is the capture's number and start (a number alone is reused after
 * a restart) and the index of the last sample sent, `7-1782504843000:41`; without index while none
 * was sent. A client that returns with it while that capture records gets the samples after it,
 * none missing, none twice.
 */
import { unreachable } from "../../base/assert.ts";
import type { StatsSample } from "../../model/capture.ts";
import type { RecordingChange } from "../../model/stream.ts";
import type { EventFeed } from "../../operations/operation.ts";
import type { Stats, StatsEvent } from "../../ports/stats.ts";
import {
  EventStreams,
  eventText,
  pingMsDefault,
  type StreamFeed,
  type StreamLimits,
} from "./event-stream.ts";

const limitsDefault: StreamLimits = {
  streamCountMax: 32,
  queueBytesMax: 256 * 1024,
  pingMs: pingMsDefault,
};

/** The event streams of the recorder. */
export class StatsFeeds implements EventFeed {
  readonly streams: EventStreams;
  readonly #stats: Stats;

  constructor({ stats }: { readonly stats: Stats }, limits: StreamLimits = limitsDefault) {
    this.#stats = stats;
    this.streams = new EventStreams("the event stream", limits);
  }

  /** @throws Failure `too_many` */
  open({ lastEventId }: { readonly lastEventId: string | undefined }): Response {
    return this.streams.open(new StatsFeed(this.#stats), lastEventId);
  }
}

/** A client's position in a capture: the samples it has of it. */
type Position = { readonly captureKey: string; readonly sampleCount: number };

class StatsFeed implements StreamFeed {
  readonly #stats: Stats;
  /** The capture that the sent samples belong to; "" before the first. */
  #captureKey = "";
  /** First sample of the live capture that is still to be read from it; absent when none is. */
  #missedFrom: number | undefined;

  constructor(stats: Stats) {
    this.#stats = stats;
  }

  begin(send: (text: string) => void, lastEventId: string | undefined): Disposable {
    const { sample_count: sampleCount } = this.#stats.status();
    const position = readPosition(lastEventId);
    this.#captureKey = keyOf(this.#stats);
    this.#missedFrom = firstMissed({ position, captureKey: this.#captureKey, sampleCount });
    send(this.#statusText());
    return this.#stats.subscribe((event) => {
      const text = this.#textOf(event);
      if (text !== "") send(text);
    });
  }

  missed(lengthMax: number): string {
    const from = this.#missedFrom;
    if (from === undefined) return "";
    const samples = this.#stats.live(from)?.samples ?? [];
    let text = "";
    let count = 0;
    for (const sample of samples) {
      if (text.length > lengthMax) break;
      text += this.#sampleText({ index: from + count, sample });
      count += 1;
    }
    this.#missedFrom = count < samples.length ? from + count : undefined;
    return text;
  }

  #textOf(event: StatsEvent): string {
    switch (event.kind) {
      case "status":
        this.#follow();
        return this.#statusText();
      case "sample":
        // While older ones are being read from the live capture, this one will be read there in
        // turn.
        return this.#missedFrom === undefined ? this.#sampleText(event) : "";
      case "added":
        return recordingText({ action: "added", id: event.meta.id, meta: event.meta });
      case "changed":
        return recordingText({ action: "changed", id: event.meta.id, meta: event.meta });
      case "removed":
        return recordingText({ action: "removed", id: event.id });
      default:
        return unreachable(event);
    }
  }

  /** A capture that has just begun is a new position to return to; one that ends keeps the old. */
  #follow(): void {
    const captureKey = keyOf(this.#stats);
    if (captureKey === "" || captureKey === this.#captureKey) return;
    this.#captureKey = captureKey;
    this.#missedFrom = undefined;
  }

  #statusText(): string {
    const status = this.#stats.status();
    const id = idOf(this.#captureKey, this.#missedFrom ?? status.sample_count);
    return eventText("status", status, status.armed ? id : undefined);
  }

  #sampleText({ index, sample }: { index: number; sample: StatsSample }): string {
    return eventText("sample", sample, idOf(this.#captureKey, index + 1));
  }
}

function recordingText(change: RecordingChange): string {
  return eventText("recording", change);
}

/** "" when nothing records. */
function keyOf(stats: Stats): string {
  const captureNumber = stats.captureNumber();
  return captureNumber === 0 ? "" : `${captureNumber}-${stats.status().started_unix_ms}`;
}

function idOf(captureKey: string, sentCount: number): string {
  return sentCount === 0 ? captureKey : `${captureKey}:${sentCount - 1}`;
}

/** Unknown ids are ignored. */
function readPosition(text: string | undefined): Position | undefined {
  const [, captureKey, index] = /^(\d{1,10}-\d{1,15})(?::(\d{1,6}))?$/.exec(text ?? "") ?? [];
  if (captureKey === undefined) return undefined;
  return { captureKey, sampleCount: index === undefined ? 0 : Number(index) + 1 };
}

type Place = {
  readonly position: Position | undefined;
  readonly captureKey: string;
  readonly sampleCount: number;
};

/** If it is another capture than the client last saw, it has missed everything. */
function firstMissed({ position, captureKey, sampleCount }: Place): number | undefined {
  if (position === undefined || captureKey === "") return undefined;
  const from = position.captureKey === captureKey ? position.sampleCount : 0;
  return from < sampleCount ? from : undefined;
}
