/**
 * One encode stream as a broadcast `live/<session_id>.hang`: a catalogue, the video in a group for
 * each key frame, and the sound while somebody listens. It requests key frames for viewers that
 * join or have skipped, and to keep groups short, and ends when nobody has watched or recorded it
 * for a minute.
 */

import type { Clock, Micros } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";
import { type Cancel, every, type Scheduler } from "../base/scheduler.ts";
import type { StatsSample } from "../model/capture.ts";
import type { ClickTimes } from "../model/click.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Asker, Happened } from "../model/happening.ts";
import type { Settings } from "../model/settings.ts";
import type { WatchViewer } from "../model/watch.ts";
import { emptyRecord, fillRecord } from "../session/frame-record.ts";
import type { SentTotals } from "../session/sent-totals.ts";
import { StreamSession } from "../session/stream-session.ts";
import { sessionTickMs } from "../session/tick.ts";
import { followsBitrate } from "../video/encoders.ts";
import type { EncodeOptions, Tuning } from "../video/link.ts";
import type { EncodeStream, SharedFrame } from "../video/stream.ts";
import { BroadcastTracks } from "./broadcast-tracks.ts";
import { Linger, lingerMs } from "./linger.ts";
import type { Origin } from "./origin.ts";
import { PublishedFrame } from "./published-frame.ts";
import { RecentFrames } from "./recent-frames.ts";
import {
  type BroadcastSession,
  type BroadcastTotals,
  openSampler,
  type SampleSink,
} from "./sampler.ts";
import { SeenFrames } from "./seen-frames.ts";
import { VideoTrack } from "./video-track.ts";
import { ViewerLinks } from "./viewer-links.ts";
import { ViewerRegistry } from "./viewer-registry.ts";
import { viewersText } from "./viewers-text.ts";

/**
 * Data that a page has not read when the broadcast is unannounced is lost. A page may lag half a
 * second before it joins again, and the last frames need a moment to arrive.
 */
export const farewellMs = 750;
/** A relay serves its late viewers from the start of the group, and keeps 1,024 frames of it. */
const groupUsMax = 4_000_000;
/** Viewers that join at the same time share a key frame. */
const cameKeyUsMin = 200_000;
/** A viewer that is too slow must not turn everyone's stream into key frames. */
const skippedKeyUsMin = 2_000_000;

/** It only grows. */
export type ActionCount = { count: number };

type Options = {
  readonly sessionId: number;
  /** What was asked for. */
  readonly encode: EncodeOptions;
  /** The operator's settings when the stream was opened. */
  readonly settings: Settings;
  /** The host's own, if the settings set none. */
  readonly preset?: string | undefined;
  readonly stream: EncodeStream;
  /** Viewers' input that reached the source, counted where it is forwarded. */
  readonly actions: ActionCount;
  readonly origin: Origin;
  readonly gate: SharedArrayBuffer;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sink: SampleSink;
  /** The picture of the source's screen has this size now. */
  readonly onResized?: (size: { readonly width: number; readonly height: number }) => void;
  /** Events besides numbers: with a tick, or after a change. */
  readonly onHappened: (happened: Omit<Happened, "session_id">) => void;
  /** Called once, when the broadcast is over and unannounced. */
  readonly onOver: (why: Ending) => void;
};

/** A broadcast from its announcement on. Owns the encode stream. */
export class VideoBroadcast {
  readonly tracks: BroadcastTracks;
  readonly #viewerReports: ViewerRegistry;
  frameCount = 0;
  byteCount = 0;
  readonly #options: Options;
  readonly #core: StreamSession;
  /** Viewers' reports of single frames, and the rate that follows from them. */
  readonly #links: ViewerLinks;
  readonly #video: VideoTrack;
  readonly recent = new RecentFrames();
  readonly #record = emptyRecord();
  readonly #cancelTicks: Cancel;
  /** Frames that no viewer received. */
  #unsentCount = 0;
  readonly linger: Linger;
  #isEnded = false;

  constructor(options: Options) {
    const { sessionId, clock, origin, scheduler } = options;
    this.#options = options;
    this.linger = new Linger(options.gate, clock.nowUs());
    this.#viewerReports = new ViewerRegistry(clock);
    this.#video = new VideoTrack({
      clock,
      onViewers: (change) => this.#viewersChanged(change),
      onKeyWanted: (why) => this.#wantKey(why === "came" ? cameKeyUsMin : skippedKeyUsMin),
    });
    this.tracks = new BroadcastTracks({
      ...{ path: `live/${sessionId}.hang`, video: this.#video, made: options.encode },
      filmStart: options.stream.filmStart,
      output: options.stream.soundOutput,
    });
    this.#core = makeCore(options, {
      facts: () => ({ ...this.tracks.size, fps: this.tuning.fps, ...audienceOf(this.viewerCount) }),
      totals: () => this.#totals(),
      clientFields: () => this.#viewerReports.closeWindow(),
    });
    this.#links = linksOf(this.#core);
    origin.publish(this.tracks.source);
    this.#core.subscribe({
      ...{ onFrame: (frame) => this.#publish(frame), onResized: options.onResized },
      onReset: () => this.tracks.expectOther(),
      onEnd: (why) => void this.stop(why),
    });
    this.#cancelTicks = every(scheduler, sessionTickMs, () => this.#tick(clock.nowUs()));
  }

  get startedUnixMs(): number {
    return this.#core.startedUnixMs;
  }

  /** Frames that at least one viewer received. */
  get sent(): SentTotals {
    return this.#core.totals;
  }

  /** Memory that is read elsewhere, and the monitored threads. */
  get shared(): StreamSession["shared"] {
    return this.#core.shared;
  }

  get viewerCount(): number {
    return this.#video.viewerCount;
  }

  get skippedCount(): number {
    return this.#video.skippedCount;
  }

  /** The encoder's current output. */
  get tuning(): Required<Tuning> {
    return this.#core.control.tuning;
  }

  viewers(): WatchViewer[] {
    return this.#viewerReports.viewers(this.#video.peerIds());
  }

  isWatchedBy(peerId: number): boolean {
    return this.#video.isWatchedBy(peerId);
  }

  requestIdr(by: Asker): void {
    this.#core.keyFrames.request(by);
  }

  /** A viewer's report; one that watches through a relay has not subscribed here. */
  report(peerId: number, payload: Uint8Array, isRelayed: boolean): void {
    const atUs = this.#options.clock.nowUs();
    for (const news of this.#viewerReports.add(peerId, payload, isRelayed))
      this.#core.log.add({ atUs, ...news });
    this.#links.report(peerId, this.#viewerReports.takeFrames(peerId), atUs);
  }

  /** A viewer has seen the picture that answers its input. */
  clicked(times: ClickTimes): void {
    const atUs = this.#options.clock.nowUs();
    this.#viewerReports.clicked(times);
    this.#core.log.add({ atUs, action: "click_shown", ...times });
  }

  /** The connection of a viewer has ended. */
  forgetViewer(peerId: number): void {
    this.#viewerReports.remove(peerId);
    this.#links.remove(peerId);
  }

  /** Applies until the settings set another. @throws Failure `invalid_bitrate` */
  setBitrate(kbps: number): void {
    this.#core.control.setBitrate(kbps);
    this.#reportSoon();
  }

  /** Applies changes of the settings, without interruption. */
  apply(settings: Settings): void {
    if (this.#core.control.apply(settings)) this.#reportSoon();
  }

  /** Viewers get `farewellMs` to read queued frames, then it is unannounced. Resolves when it is over. */
  async stop(why: Ending): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { stream, scheduler, origin, onOver } = this.#options;
    this.#cancelTicks();
    this.#core.end();
    const read = this.viewerCount > 0 ? passed(scheduler, farewellMs) : undefined;
    await Promise.all([read, this.tracks.end(), stream.close()]);
    origin.unpublish(this.tracks.source);
    onOver(why);
  }

  /** The caller may first record the previous state. */
  #reportSoon(): void {
    queueMicrotask(() => this.#core.reportLog());
  }

  /** Hot path. */
  #publish(frame: SharedFrame): void {
    const arrivedUs = this.#options.clock.nowUs();
    const published = new PublishedFrame(frame, { arrivedUs, onSettled: this.#settled });
    frame.release();
    this.#links.publish(published);
    this.recent.add(published.captureStartUs, arrivedUs);
    if (published.isKey) this.tracks.describe(published, this.tuning);
    this.frameCount += 1;
    this.byteCount += published.byteCount;
    if (this.viewerCount > 0) this.#core.frameEvents.onTaken(published, arrivedUs);
    this.#video.publish(published);
    if (this.viewerCount > 0) this.#core.keyFrames.beginGroup(arrivedUs, groupUsMax);
  }

  /** Per frame: every viewer has received the frame, or never will. */
  readonly #settled = (frame: PublishedFrame): void => {
    const record = this.#record;
    fillRecord(record, frame, frame.arrivedUs);
    if (frame.sentUs === 0) {
      this.#unsentCount += 1;
      record.fate = frame.wasQueued ? "skipped" : "dropped";
      this.#core.frameEvents.onUnsent(record);
      return;
    }
    record.handedUs = frame.sentUs;
    record.byteCount = frame.byteCount;
    this.#core.frameEvents.onSent(record);
  };

  #viewersChanged(action: "viewer_joined" | "viewer_left"): void {
    const [atUs, viewers] = [this.#options.clock.nowUs(), this.viewerCount];
    if (!this.#isEnded) this.#core.log.add({ atUs, viewers, action });
  }

  /** The stream begins with a key frame: viewers that join before it are served. */
  #wantKey(sinceLastUs: number): void {
    if (this.frameCount > 0) this.#core.keyFrames.request("player", { sinceLastUs });
  }

  #tick(nowUs: Micros): void {
    this.#links.follow(this.#core.control, this.#video.peerIds());
    this.#core.tick(nowUs);
    if (this.linger.isOver(nowUs, this.viewerCount > 0)) {
      void this.stop(ending("unwatched", { seconds: lingerMs / 1000 }));
    }
  }

  #totals(): BroadcastTotals {
    return {
      framesDropped: this.#unsentCount + this.#core.lostCount,
      framesSkipped: this.skippedCount,
      idrRequests: this.#core.keyFrames.playerRequestCount,
      framesSent: this.sent.frameCount,
      viewers: this.viewerCount,
      actionCount: this.#options.actions.count,
      sound: this.tracks.soundLatency.totals,
      ...this.#core.control.bitrates,
    };
  }
}

/** The broadcast's data for its samples. */
type Reports = {
  facts(): Pick<BroadcastSession, "width" | "height" | "fps" | "client" | "viewers">;
  totals(): BroadcastTotals;
  clientFields(): Partial<StatsSample>;
};

function makeCore(options: Options, { facts, ...reports }: Reports): StreamSession {
  const { clock, gate, sink, sessionId, encode, settings, preset, onHappened } = options;
  const known = { session_id: sessionId, kind: "moq", codec: encode.codec } as const;
  const sampler = openSampler({
    ...{ gate: new Gate(gate), sink, sessionId, ...reports },
    describe: () => ({ ...known, ...facts() }),
    fps: () => core.control.fps,
  });
  const core = new StreamSession({
    ...{ clock, sampler, mode: encode, settings, preset, onHappened },
    keyFrameIntervalUs: cameKeyUsMin,
  });
  core.attach(options.stream, core.control.tuning);
  return core;
}

function linksOf(core: StreamSession): ViewerLinks {
  const frames = new SeenFrames(core.rows);
  const askedKbps = () => core.control.askedKbps;
  return new ViewerLinks({ frames, askedKbps, followsBitrate: () => followsBitrate(core.encoder) });
}

function audienceOf(viewers: number) {
  return { client: viewersText(viewers), viewers };
}

function passed(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => void scheduler.after(ms, resolve));
}
