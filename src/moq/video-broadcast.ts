/**
 * One encode stream as a broadcast `live/<session_id>.hang`: a catalogue, and the video in a group
 * for each key frame. It asks for key frames for viewers that come, that skipped, and so that no
 * group grows long, and ends when nobody has watched for ten seconds.
 */
import type { Clock, Micros } from "../base/clock.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Asker, Happened } from "../model/happening.ts";
import type { WatchViewer } from "../model/watch.ts";
import { SessionLog } from "../session/session-log.ts";
import type { EncodeOptions, Tuning } from "../video/link.ts";
import type { EncodeStream, SharedFrame } from "../video/stream.ts";
import { catalogOf } from "./catalog.ts";
import type { BroadcastSource } from "./feed.ts";
import { LatestTrack } from "./latest-track.ts";
import { Meter, type MeterFacts, type SampleSink } from "./meter.ts";
import type { Origin } from "./origin.ts";
import { PublishedFrame } from "./published-frame.ts";
import { relayPeerId } from "./relay-link.ts";
import { VideoTrack } from "./video-track.ts";
import { ViewerBoard } from "./viewer-registry.ts";

/** Without a viewer for so long the stream ends. */
export const lingerMs = 10_000;
/** A frame sent just before the broadcast is unannounced would be lost on its way. */
const farewellMs = 250;
/** A relay serves its late viewers from the beginning of the group, and keeps 1,024 frames of it. */
const groupUsMax = 4_000_000;
/** Viewers that come at the same time share a key frame. */
const cameKeyUsMin = 200_000;
/** A viewer that is too slow must not make everybody's stream one of key frames. */
const skippedKeyUsMin = 2_000_000;
/** The encoder answers within a few frames, or has lost the request. */
const keyAnswerUsMax = 1_000_000;

type Options = {
  readonly sessionId: number;
  readonly encode: EncodeOptions;
  readonly stream: EncodeStream;
  readonly origin: Origin;
  readonly gate: SharedArrayBuffer;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sink: SampleSink;
  /** What happened besides numbers: once a second, or after a change. */
  readonly onHappened: (taken: Omit<Happened, "session_id">) => void;
  /** Called once, when the broadcast is over and unannounced. */
  readonly onOver: (why: Ending) => void;
};

export class VideoBroadcast {
  readonly path: string;
  readonly board: ViewerBoard;
  readonly startedUnixMs: number;
  frameCount = 0;
  byteCount = 0;
  /** Handed to one viewer at least. */
  sentFrameCount = 0;
  sentByteCount = 0;
  readonly #options: Options;
  readonly #catalog = new LatestTrack("catalog.json");
  readonly #video: VideoTrack;
  readonly #source: BroadcastSource;
  readonly #meter: Meter;
  readonly #log = new SessionLog();
  #bitrateKbps: number;
  #fps: number;
  #unsentCount = 0;
  #lostCount = 0;
  #missedCount = 0;
  #idrRequestCount = 0;
  #lastKeyUs = 0;
  #askedUs = 0;
  /** When the next key frame is to be asked for; none is wanted while undefined. */
  #keyDueUs: number | undefined;
  #isKeyForViewers = false;
  /** Whom the next key frame answers. One that only begins a group, every four seconds, is no news. */
  #nextKey: "nobody" | "asker" | "group" = "nobody";
  #cancelLinger: Cancel | undefined;
  #watchingCount = 0;
  readonly #subscription: Disposable;
  #isOver = false;

  constructor(options: Options) {
    const { sessionId, encode, clock, origin, stream } = options;
    this.#options = options;
    this.path = `live/${sessionId}.hang`;
    this.startedUnixMs = clock.wallMs();
    this.board = new ViewerBoard(clock);
    this.#bitrateKbps = encode.bitrateKbps;
    this.#fps = encode.fps;
    this.#video = new VideoTrack({
      clock,
      onViewers: (count) => this.#viewersChanged(count),
      onKeyWanted: (why) => this.#wantKey(why === "came" ? cameKeyUsMin : skippedKeyUsMin),
    });
    this.#source = { path: this.path, tracks: [this.#catalog, this.#video] };
    this.#meter = this.#createMeter();
    this.#lingerWithout(0);
    origin.publish(this.#source);
    this.#subscription = stream.subscribe({
      onFrame: (frame) => this.#publish(frame),
      onReset: ({ atUs, reason }) => {
        this.#nextKey = "nobody";
        this.#log.add({ atUs, action: "encoder_reset", reason });
      },
      onEnd: (why) => void this.stop(why),
    });
  }

  get viewerCount(): number {
    return this.#video.viewerCount;
  }

  get skippedCount(): number {
    return this.#video.skippedCount;
  }

  get bitrateKbps(): number {
    return this.#bitrateKbps;
  }

  get fps(): number {
    return this.#fps;
  }

  viewers(): WatchViewer[] {
    return this.#video.peerIds().map((id) => ({
      id,
      isRelay: id === relayPeerId,
      report: this.board.reportOf(id),
    }));
  }

  isWatchedBy(peerId: number): boolean {
    return this.#video.isWatchedBy(peerId);
  }

  requestIdr(by: Asker): void {
    if (by === "player") this.#idrRequestCount += 1;
    this.#nextKey = "asker";
    this.#log.add({ atUs: this.#options.clock.nowUs(), action: "idr_requested", by });
    this.#options.stream.requestIdr();
  }

  /** A viewer says how it fares. */
  report(peerId: number, payload: Uint8Array): void {
    const atUs = this.#options.clock.nowUs();
    for (const news of this.board.add(peerId, payload)) this.#log.add({ atUs, ...news });
  }

  /** @throws Failure `invalid_bitrate` */
  setBitrate(kbps: number): void {
    this.tune({ bitrateKbps: kbps });
  }

  /** @throws Failure `invalid_bitrate`, `invalid_mode` */
  tune(tuning: Tuning): void {
    this.#options.stream.tune(tuning);
    this.#fps = tuning.fps ?? this.#fps;
    const { bitrateKbps = this.#bitrateKbps } = tuning;
    if (bitrateKbps === this.#bitrateKbps) return;
    const change = { from_kbps: this.#bitrateKbps, to_kbps: bitrateKbps, by: "operator" } as const;
    const atUs = this.#options.clock.nowUs();
    this.#log.add({ atUs, action: "bitrate_changed", ...change });
    this.#bitrateKbps = bitrateKbps;
    // Whoever asked may first say how things stood before.
    queueMicrotask(() => this.#tellLog());
  }

  /** Viewers get what waits for them, then the broadcast is unannounced. Resolves when all is over. */
  async stop(why: Ending): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { stream, scheduler, origin, onOver } = this.#options;
    this.#cancelLinger?.();
    this.#subscription[Symbol.dispose]();
    this.#meter.stop();
    this.#video.end();
    this.#catalog.end();
    await Promise.all([
      stream.close(),
      new Promise<void>((resolve) => void scheduler.after(farewellMs, resolve)),
    ]);
    origin.unpublish(this.#source);
    this.#tellLog();
    onOver(why);
  }

  #tellLog(): void {
    const taken = this.#log.take();
    if (taken !== undefined) this.#options.onHappened(taken);
  }

  /** Hot path. */
  #publish(frame: SharedFrame): void {
    const arrivedUs = this.#options.clock.nowUs();
    const published = new PublishedFrame(frame, { arrivedUs, onSettled: this.#settled });
    this.#lostCount = frame.droppedCount;
    this.#missedCount = frame.missedCount;
    this.#log.onFrame(frame, this.#nextKey === "group");
    frame.release();
    this.frameCount += 1;
    this.byteCount += published.byteCount;
    if (published.isKey) this.#keyCame(published);
    this.#video.publish(published);
    this.#askForKey(arrivedUs);
  }

  readonly #settled = (frame: PublishedFrame): void => {
    if (frame.sentUs === 0) {
      this.#unsentCount += 1;
      return;
    }
    this.sentFrameCount += 1;
    this.sentByteCount += frame.byteCount;
    this.#meter.frame(frame);
  };

  #keyCame(frame: PublishedFrame): void {
    if (this.#lastKeyUs === 0)
      this.#catalog.write(catalogOf(this.#options.encode, this.#video.name, frame));
    this.#lastKeyUs = frame.arrivedUs;
    this.#keyDueUs = undefined;
    this.#isKeyForViewers = false;
    this.#nextKey = "nobody";
  }

  #viewersChanged(count: number): void {
    const action = count > this.#watchingCount ? "viewer_joined" : "viewer_left";
    this.#watchingCount = count;
    const atUs = this.#options.clock.nowUs();
    if (!this.#isOver) this.#log.add({ atUs, action, viewers: count });
    this.#lingerWithout(count);
  }

  #wantKey(intervalUsMin: number): void {
    const dueUs = Math.max(this.#lastKeyUs + intervalUsMin, this.#askedUs + cameKeyUsMin);
    this.#keyDueUs = Math.min(this.#keyDueUs ?? dueUs, dueUs);
    this.#isKeyForViewers = true;
    this.#askForKey(this.#options.clock.nowUs());
  }

  #askForKey(nowUs: Micros): void {
    if (this.#lastKeyUs === 0 || this.viewerCount === 0) return;
    if (nowUs < (this.#keyDueUs ?? this.#lastKeyUs + groupUsMax)) return;
    this.#askedUs = nowUs;
    // Asked for again only if none has come by then.
    this.#keyDueUs = nowUs + keyAnswerUsMax;
    if (this.#nextKey === "nobody" && !this.#isKeyForViewers) this.#nextKey = "group";
    if (this.#isKeyForViewers) this.requestIdr("player");
    else this.#options.stream.requestIdr();
  }

  #lingerWithout(count: number): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    if (count > 0 || this.#isOver) return;
    const end = () => void this.stop(ending("unwatched", { seconds: lingerMs / 1000 }));
    this.#cancelLinger = this.#options.scheduler.after(lingerMs, end);
  }

  #createMeter(): Meter {
    const { gate, clock, scheduler, sink } = this.#options;
    return new Meter({
      gate,
      clock,
      scheduler,
      sink,
      facts: () => this.#facts(),
      clientFields: () => {
        this.#tellLog();
        this.board.retain((peerId) => this.isWatchedBy(peerId));
        return this.board.closeWindow();
      },
    });
  }

  #facts(): MeterFacts {
    const { sessionId, encode } = this.#options;
    const { viewerCount } = this;
    return {
      session: {
        session_id: sessionId,
        kind: "moq",
        width: encode.width,
        height: encode.height,
        fps: encode.fps,
        codec: encode.codec,
        client: viewerCount === 1 ? "1 viewer" : `${viewerCount} viewers`,
      },
      bitrateKbps: this.#bitrateKbps,
      droppedCount: this.#unsentCount + this.#lostCount,
      missedCount: this.#missedCount,
      skippedCount: this.skippedCount,
      idrRequestCount: this.#idrRequestCount,
      viewerCount,
    };
  }
}
