/**
 * The streams that browsers watch: one encode worker each, however many watch. Requesting what is
 * already streamed returns that stream.
 */
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import type { Scheduler } from "../base/scheduler.ts";
import type { SharedSequence } from "../base/shared-sequence.ts";
import type { ClickTimes } from "../model/click.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Happened } from "../model/happening.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import { hasAnySize } from "../model/source.ts";
import type { SourceNews } from "../model/source-state.ts";
import type { EndedStream, StreamRequest, WatchStream, WatchViewer } from "../model/watch.ts";
import type { WatchStreams } from "../ports/streams.ts";
import type { StreamSession } from "../session/stream-session.ts";
import type { EncoderChoice } from "../video/encoders.ts";
import type { EncodeOptions, Tuning } from "../video/link.ts";
import type { PictureSize } from "../video/sources/source.ts";
import type { EncodeStream } from "../video/stream.ts";
import { tuningOf } from "../video/tuning.ts";
import type { Origin } from "./origin.ts";
import type { SampleSink } from "./sampler.ts";
import type { ActionCount, VideoBroadcast } from "./video-broadcast.ts";
import { viewersText } from "./viewers-text.ts";

/** Encoding more than this at the same time exceeds the target machines. */
export const streamCountMax = 4;
/** Ended streams that are still reported. */
const endedCountMax = 32;

/** Events of the streams for browsers. */
export type StreamsEvent =
  | {
      readonly kind: "session_started";
      readonly session: Session;
      /** The fate of each slot, as laid out in `frames/row-layout.ts`. */
      readonly rows: SharedArrayBuffer;
      readonly threads: StreamSession["shared"]["threads"];
    }
  | { readonly kind: "session_ended"; readonly session: Session; readonly ending: Ending }
  | { readonly kind: "source"; readonly news: SourceNews }
  /** The picture of the stream's screen has another size; the stream keeps its own. */
  | {
      readonly kind: "resized";
      readonly session_id: number;
      readonly size: { readonly width: number; readonly height: number };
    }
  | ({ readonly kind: "happened" } & Happened);

/** Options of streams for browsers. */
export type StreamsOptions = {
  readonly origin: Origin;
  readonly gate: SharedArrayBuffer;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sessionIds: SharedSequence;
  readonly sink: SampleSink;
  /** The host's own source, for a request without one. */
  readonly source: string;
  readonly preset?: string | undefined;
  readonly encoder?: EncoderChoice | undefined;
  /** Where sources store data of desktops. */
  readonly dataDirectory?: string | undefined;
  /** As at start; changes are reported. */
  readonly settings: Settings;
  /** Must not throw or wait. */
  onEvent(event: StreamsEvent): void;
  openStream(
    options: EncodeOptions,
    deps: { gate: SharedArrayBuffer; onSource?: (news: SourceNews) => void },
  ): Promise<EncodeStream>;
};

type Running = {
  readonly sessionId: number;
  /** As it was asked for. */
  readonly encode: EncodeOptions;
  readonly stream: EncodeStream;
  readonly broadcast: VideoBroadcast;
  readonly actions: ActionCount;
};

/** The streams for browsers, at most four. One per host. */
export class Streams implements WatchStreams {
  readonly #options: StreamsOptions;
  readonly #running = new Map<number, Running>();
  /** Streams that are being opened, by request. */
  readonly #opening = new Map<string, Promise<Running>>();
  /** By session, oldest first. */
  readonly #ended = new Map<number, EndedStream>();

  #settings: Settings;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  streams(): WatchStream[] {
    return [...this.#running.values()].map(describe);
  }

  /** `undefined` when there is none with this id, or it ended long ago. */
  ended(sessionId: number): EndedStream | undefined {
    return this.#ended.get(sessionId);
  }

  viewers(sessionId: number): WatchViewer[] {
    return this.#running.get(sessionId)?.broadcast.viewers() ?? [];
  }

  /**
   * The requested stream, started if it is not running yet.
   * @throws Failure `too_many`, or the encoder's failure
   */
  async open(request: StreamRequest): Promise<WatchStream> {
    const encode = this.#encodeOptions(request);
    const same = this.#same(encode);
    if (same !== undefined) return describe(same);
    const key = JSON.stringify(encode);
    const opening = this.#opening.get(key) ?? this.#start(key, encode);
    return describe(await opening);
  }

  /** Ends the stream for everyone. `false` when there is none with this id. */
  async close(sessionId: number): Promise<boolean> {
    const running = this.#running.get(sessionId);
    await running?.broadcast.stop(ending("operator_stopped"));
    return running !== undefined;
  }

  requestFor(sessionId: number): StreamRequest | undefined {
    const running = this.#running.get(sessionId);
    return running && requestOf(running);
  }

  /** Its last viewer was disconnected: it does not wait for another. */
  endUnlessWatched(request: StreamRequest): void {
    const id = this.find(request)?.session_id;
    if (id !== undefined) this.#running.get(id)?.broadcast.linger.stopWaiting();
  }

  find(request: StreamRequest): WatchStream | undefined {
    const found = this.#same(this.#encodeOptions(request));
    return found && describe(found);
  }

  /**
   * For all who watch it. `undefined` when none runs with this id. @throws Failure `invalid_mode`, also
   * for a source that would have to be opened again: a person may be asked, or a film begin again
   */
  resize(sessionId: number, size: PictureSize): WatchStream | undefined {
    const running = this.#running.get(sessionId);
    if (running === undefined) return undefined;
    const { source } = running.encode;
    if (!hasAnySize(source)) {
      const text = `Cannot change the size of "${source}": its pictures have their own; start another stream of it`;
      throw new Failure("invalid_mode", text);
    }
    const { stream, broadcast } = running;
    const { width, height } = broadcast.tracks.size;
    if (size.width === width && size.height === height) return describe(running);
    stream.setMode({ width: size.width, height: size.height, fps: broadcast.tuning.fps });
    broadcast.tracks.resize(size);
    return describe(running);
  }

  /** The facts that input to a stream needs; `undefined` when none runs with this id. */
  played(sessionId: number) {
    const running = this.#running.get(sessionId);
    if (running === undefined) return undefined;
    const { encode, stream, broadcast, actions } = running;
    return {
      source: encode.source,
      size: broadcast.tracks.size,
      takeInputTarget: () => stream.takeInputTarget?.(),
      whenInputMoves: (listener: () => void) => stream.whenInputMoves?.(listener),
      mark: (mark: number, onDrawn: Parameters<NonNullable<EncodeStream["mark"]>>[1]) =>
        stream.mark?.(mark, onDrawn),
      encodedUs: (capturedUs: number) => broadcast.recent.encodedUs(capturedUs),
      onAction: () => {
        actions.count += 1;
      },
    };
  }

  /** A viewer has seen the picture that answers its input. */
  clicked(sessionId: number, times: ClickTimes): void {
    this.#running.get(sessionId)?.broadcast.clicked(times);
  }

  sessions(): Session[] {
    return [...this.#running.values()].map(describeSession);
  }

  requestIdr(sessionId: number): boolean {
    const running = this.#running.get(sessionId);
    running?.broadcast.requestIdr("operator");
    return running !== undefined;
  }

  /** @throws Failure `invalid_bitrate` */
  setBitrate(sessionId: number, kbps: number): boolean {
    const running = this.#running.get(sessionId);
    running?.broadcast.setBitrate(kbps);
    return running !== undefined;
  }

  /** Applies to running streams and to later ones. */
  applySettings(settings: Settings): void {
    this.#settings = settings;
    for (const { broadcast } of this.#running.values()) broadcast.apply(settings);
  }

  disconnect(sessionId: number): boolean {
    const running = this.#running.get(sessionId);
    void running?.broadcast.stop(ending("operator_stopped"));
    return running !== undefined;
  }

  /** A connection has ended: its viewer's reports are dropped. */
  forgetViewer(peerId: number): void {
    for (const { broadcast } of this.#running.values()) broadcast.forgetViewer(peerId);
  }

  /** A viewer's report: for every stream that it watches. */
  report(peerId: number, payload: Uint8Array, relayed?: string): void {
    for (const { broadcast } of this.#running.values()) {
      const isRelayed = broadcast.tracks.source.path === relayed;
      if (isRelayed || broadcast.isWatchedBy(peerId)) broadcast.report(peerId, payload, isRelayed);
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    const all = [...this.#running.values()];
    await Promise.all(all.map(({ broadcast }) => broadcast.stop(ending("host_stopping"))));
  }

  /** By its request, otherwise by its current settings. */
  #same(encode: EncodeOptions): Running | undefined {
    const all = [...this.#running.values()];
    const now = ({ encode: asked, broadcast }: Running) => ({ ...asked, ...broadcast.tracks.size });
    return (
      all.find((running) => isSame(running.encode, encode)) ??
      all.find((running) => isSame(now(running), encode))
    );
  }

  #start(key: string, encode: EncodeOptions): Promise<Running> {
    if (this.#running.size + this.#opening.size >= streamCountMax) {
      const text = `Cannot start a stream: ${streamCountMax} are running`;
      throw new Failure("too_many", text, { values: { most: streamCountMax } });
    }
    const opening = this.#run(encode).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async #run(encode: EncodeOptions): Promise<Running> {
    // Loaded with the first stream: most of the code for streams to browsers.
    const { VideoBroadcast: Broadcast } = await import("./video-broadcast.ts");
    const { openStream, sessionIds, onEvent } = this.#options;
    const settings = this.#settings;
    const tuning = this.#tuningOf(encode);
    const { encoder } = this.#options;
    const request = { ...encode, ...tuning, ...(encoder === undefined ? {} : { encoder }) };
    const stream = await openStream(request, {
      gate: this.#options.gate,
      onSource: (news) => onEvent({ kind: "source", news }),
    });
    const sessionId = sessionIds.next();
    const actions: ActionCount = { count: 0 };
    const broadcast = new Broadcast({
      ...{ ...this.#options, actions },
      sessionId,
      encode,
      settings,
      stream,
      onResized: (size) => onEvent({ kind: "resized", session_id: sessionId, size }),
      onHappened: (happened) => onEvent({ kind: "happened", session_id: sessionId, ...happened }),
      onOver: (why) => this.#over(sessionId, why),
    });
    const running = { sessionId, encode, stream, broadcast, actions };
    this.#running.set(sessionId, running);
    onEvent({ kind: "session_started", session: describeSession(running), ...broadcast.shared });
    // They may have changed while the encoder was opened.
    broadcast.apply(this.#settings);
    return running;
  }

  #over(sessionId: number, why: Ending): void {
    const running = this.#running.get(sessionId);
    if (running === undefined) return;
    this.#running.delete(sessionId);
    this.#ended.set(sessionId, { ending: why, request: requestOf(running) });
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined && this.#ended.size > endedCountMax) this.#ended.delete(oldest);
    const session = describeSession(running);
    this.#options.onEvent({ kind: "session_ended", session, ending: why });
  }

  #tuningOf(encode: EncodeOptions): Required<Tuning> {
    return tuningOf(encode, { settings: this.#settings, preset: this.#options.preset });
  }

  #encodeOptions(request: StreamRequest): EncodeOptions {
    const { source } = this.#options;
    const codec = request.codec ?? "h264";
    return {
      source: request.source ?? source,
      width: request.width ?? 1280,
      height: request.height ?? 720,
      fps: request.fps ?? 60,
      codec,
      bitrateKbps: request.bitrate_kbps ?? 5000,
    };
  }
}

/** The bitrate may have been changed since: the requests are compared. */
function isSame(a: EncodeOptions, b: EncodeOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function requestOf({ encode }: Running): Required<StreamRequest> {
  return {
    source: encode.source,
    width: encode.width,
    height: encode.height,
    fps: encode.fps,
    codec: encode.codec === "av1" ? "av1" : "h264",
    bitrate_kbps: encode.bitrateKbps,
  };
}

function describe({ sessionId, encode, stream, broadcast }: Running): WatchStream {
  return {
    session_id: sessionId,
    broadcast: broadcast.tracks.source.path,
    source: encode.source,
    ...broadcast.tracks.size,
    fps: broadcast.tuning.fps,
    codec: encode.codec,
    encoder: stream.encoder,
    bitrate_kbps: broadcast.tuning.bitrateKbps,
    started_unix_ms: broadcast.startedUnixMs,
    viewers: broadcast.viewerCount,
    listeners: broadcast.tracks.audio.listenerCount,
    frames: broadcast.frameCount,
    bytes: broadcast.byteCount,
    skipped: broadcast.skippedCount,
  };
}

function describeSession(running: Running): Session {
  const { sessionId, encode, stream, broadcast } = running;
  return {
    session_id: sessionId,
    kind: "moq",
    client: viewersText(broadcast.viewerCount),
    viewers: broadcast.viewerCount,
    ...broadcast.tracks.size,
    fps: broadcast.tuning.fps,
    codec: encode.codec,
    encoder: stream.encoder,
    bitrate_kbps: broadcast.tuning.bitrateKbps,
    started_unix_ms: broadcast.startedUnixMs,
    frames_sent: broadcast.sent.frameCount,
    bytes_sent: broadcast.sent.byteCount,
    packets_sent: 0,
  };
}
