/**
 * Per frame: one stream's source, encoder and buffers. `makeFrame` takes one picture from the
 * source through the encoder; `drain` forwards what has come out.
 */
import type { Micros } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { ThreadTimes } from "../base/thread-times.ts";
import type { CodecName } from "../model/capture.ts";
import { qualityOf } from "../model/quality.ts";
import { withoutMessages } from "./access-unit.ts";
import type { Encoder } from "./encoder.ts";
import { type InFlightFrame, InFlightFrames } from "./in-flight.ts";
import { cancelledWord, type EncodeOptions } from "./link.ts";
import { Pictures } from "./pictures.ts";
import type { PipelineDeps } from "./pipeline-deps.ts";
import { ReopenBudget } from "./reopen-budget.ts";
import { SlotPool } from "./slot-pool.ts";
import { openSource } from "./sources/open.ts";
import type { PictureSize, Source, SourceHost } from "./sources/source.ts";
import { StreamSlots } from "./stream-slots.ts";

/** A failing encoder is reopened this many times per minute; then its stream ends. */
const reopenCountMax = 3;
/** About 130 ms at 60 fps: a consumer that keeps more has stalled. */
const slotCount = 8;
/** Slots start at this many average frames, room for most key frames; they grow where needed. */
const slotFrames = 4;

/** @throws Failure when the source or the encoder cannot be opened as asked */
export function openPipeline(options: EncodeOptions, deps: PipelineDeps): Pipeline {
  deps.onOpening("source");
  const source = openSource(options.source, options, hostOf(options, deps));
  try {
    deps.onOpening("encoder");
    return new Pipeline(options, { ...deps, source, encoder: deps.openEncoder(options) });
  } catch (cause) {
    source.close();
    throw cause;
  }
}

function hostOf({ dataDirectory }: EncodeOptions, deps: PipelineDeps): SourceHost {
  return {
    dataDirectory,
    onQuestion: deps.onQuestion,
    onChosen: deps.onChosen,
    onSizeKept: deps.onSizeKept,
    isCancelled: () => deps.activity[cancelledWord] === 1,
  };
}

/** Owns source, encoder and the pool of places; all calls come from one thread. */
export class Pipeline {
  readonly pool: SlotPool;
  readonly pictures: Pictures;
  readonly #slots: StreamSlots;
  readonly #deps: PipelineDeps;
  readonly #inFlight = new InFlightFrames({ recordCountMax: slotCount });
  readonly #threadTimes = new ThreadTimes();
  readonly #reopens = new ReopenBudget({ count: reopenCountMax, withinUs: 60_000_000 });
  #options: EncodeOptions;
  #encoder: Encoder;
  #isIdrWanted = true;

  constructor(options: EncodeOptions, deps: PipelineDeps & { source: Source; encoder: Encoder }) {
    this.#options = options;
    this.pictures = new Pictures(deps.source, options, deps);
    this.#slots = new StreamSlots(deps.onUnsent);
    this.#deps = deps;
    this.#encoder = deps.encoder;
    const frameBytes = Math.ceil((options.bitrateKbps * 125) / options.fps);
    this.pool = new SlotPool({
      slotCount,
      slotBytes: frameBytes * slotFrames,
      onMemory: deps.onMemory,
    });
  }

  get encoderName(): string {
    return this.#encoder.name;
  }

  get options(): EncodeOptions {
    return this.#options;
  }

  requestIdr(): void {
    this.#isIdrWanted = true;
  }

  /** Applies at once if the encoder can; false when it must be reopened. */
  follow(options: EncodeOptions): boolean {
    const { fps, preset, bitrateKbps } = this.#options;
    if (options.fps !== fps || options.preset !== preset) return false;
    if (!isSameSize(options.picture, this.#options.picture)) return false;
    const isSame = options.bitrateKbps === bitrateKbps;
    if (!(isSame || this.#encoder.setBitrate(options.bitrateKbps))) return false;
    this.#options = options;
    return true;
  }

  /** Switches to another encoder, from a key frame; frames in the old one are dropped. */
  switchTo(encoder: Encoder, options: EncodeOptions): void {
    this.#options = options;
    this.#replaceEncoder(encoder);
  }

  /** Changes size and frame rate, by opening source and encoder again. */
  setMode(mode: { width: number; height: number; fps: number }): void {
    const options = { ...this.#options, ...mode };
    this.pictures.changeMode(options, () =>
      openSource(options.source, options, hostOf(options, this.#deps)),
    );
    this.#options = options;
    this.#replaceEncoder(this.#deps.openEncoder(options));
  }

  /**
   * One picture goes into the encoder, or is dropped when there would be no slot for it.
   * @param dueUs when its slot was due
   */
  makeFrame(dueUs: Micros): void {
    const { clock, gate } = this.#deps;
    const isMeasured = gate.isMeasuring();
    const captureStartUs = clock.nowUs();
    const runDelayUs = isMeasured ? this.#threadTimes.waitedUs() : undefined;
    const { index, slot } = this.#slots;
    this.#slots.next();
    this.pictures.capture(index, captureStartUs);
    const capturedUs = isMeasured ? clock.nowUs() : captureStartUs;
    if (this.pool.freeCount <= this.#inFlight.count) {
      this.#drop(slot, dueUs);
      return;
    }
    const record = this.#inFlight.add();
    record.index = index;
    record.slot = slot;
    record.dueUs = dueUs;
    record.isRepeat = !this.pictures.isNew;
    record.isMeasured = isMeasured;
    record.captureStartUs = captureStartUs;
    record.capturedUs = capturedUs;
    record.runDelayUs = runDelayUs;
    record.sourceAgeUs = this.pictures.ageUs(captureStartUs);
    record.quietUs = this.#quietUs(captureStartUs);
    record.mark = this.pictures.mark;
    record.encodeStartUs = isMeasured ? clock.nowUs() : captureStartUs;
    this.#encode(this.pictures.frame);
  }

  /** Slots of the grid passed without a frame; the first was due at `dueUs`. */
  miss(count: number, dueUs: Micros): void {
    this.#slots.miss(count, dueUs, this.#options.fps);
  }

  /** The source had nothing new for these slots of the grid; the first was due at `dueUs`. */
  hold(count: number, dueUs: Micros): void {
    this.#slots.hold(count, dueUs, this.#options.fps);
  }

  /** Slots until the next frame, unless a new picture arrives or a key frame is requested. */
  patience(nowUs: Micros): number {
    return this.#isIdrWanted ? 1 : this.pictures.stillSlots(this.#options.fps, nowUs);
  }

  /** Forwards the encoder's output; true when it is empty. */
  drain(): boolean {
    while (this.#inFlight.count > 0 && this.#isPacketOut()) this.#forward(this.#inFlight.take());
    return this.#inFlight.count === 0;
  }

  close(): void {
    this.#encoder.close();
    this.pictures.close();
    this.#threadTimes.close();
  }

  #encode(frame: Source["frame"]): void {
    const isIdr = this.#isIdrWanted;
    this.#isIdrWanted = false;
    this.pictures.used();
    try {
      this.#encoder.prepare(frame, isIdr);
      this.#encoder.send(frame);
    } catch (cause) {
      this.#reopen(cause);
    }
  }

  #isPacketOut(): boolean {
    try {
      return this.#encoder.receive();
    } catch (cause) {
      this.#reopen(cause);
      return false;
    }
  }

  /**
   * The stream continues from a key frame; frames in the encoder are lost. If it does not open that
   * is an ordinary failure: the next attempt may find its device again.
   */
  #reopen(cause: unknown): void {
    let latest = cause;
    while (this.#reopens.use(this.#deps.clock.nowUs())) {
      try {
        this.#replaceEncoder(this.#deps.openEncoder(this.#options));
        this.#deps.onReopened(messageOf(cause));
        return;
      } catch (failure) {
        latest = failure;
      }
    }
    throw latest;
  }

  #forward(record: InFlightFrame): void {
    const { isMeasured, captureStartUs, capturedUs, encodeStartUs } = record;
    const encodedUs = isMeasured ? this.#deps.clock.nowUs() : (0 as Micros);
    const { packet, quantiser } = this.#encoder;
    const { codec } = this.#options;
    const data = unitOf(packet, codec);
    const place = data === null ? undefined : this.pool.put(data);
    if (data === null || place === undefined) {
      this.#drop(record.slot, record.dueUs);
      return;
    }
    this.#deps.send({
      place,
      byteCount: data.length,
      index: record.index,
      slot: record.slot,
      dueUs: record.dueUs,
      isKey: packet.isKeyframe,
      isRepeat: record.isRepeat,
      captureStartUs,
      isMeasured,
      captureUs: isMeasured ? capturedUs - captureStartUs : 0,
      submitUs: isMeasured ? encodeStartUs - capturedUs : 0,
      encodeUs: isMeasured ? encodedUs - encodeStartUs : 0,
      cpuWaitUs: this.#runDelaySince(record.runDelayUs),
      sourceAgeUs: record.sourceAgeUs,
      quietUs: record.quietUs,
      mark: record.mark === 0 ? undefined : record.mark,
      markEncodedUs: record.mark === 0 ? undefined : this.#deps.clock.nowUs(),
      quantiser,
      quality: quantiser === undefined ? undefined : qualityOf(codec, quantiser),
      droppedCount: this.#slots.droppedCount,
      missedCount: this.#slots.missedCount,
    });
  }

  /** Until the next frame of a picture that stands still. */
  #quietUs(nowUs: Micros): number | undefined {
    if (!this.pictures.canWait) return undefined;
    const count = this.pictures.stillSlots(this.#options.fps, nowUs);
    return count === 1 ? undefined : Math.round((count * 1e6) / this.#options.fps);
  }

  #runDelaySince(beforeUs: number | undefined): number | undefined {
    const nowUs = beforeUs === undefined ? undefined : this.#threadTimes.waitedUs();
    return nowUs === undefined || beforeUs === undefined ? undefined : nowUs - beforeUs;
  }

  #drop(slot: number, dueUs: Micros): void {
    this.#isIdrWanted = true;
    this.#slots.drop(slot, dueUs, this.#options.fps);
  }

  #replaceEncoder(encoder: Encoder): void {
    while (this.#inFlight.count > 0) {
      const { slot, dueUs } = this.#inFlight.take();
      this.#drop(slot, dueUs);
    }
    this.#encoder.close();
    this.#encoder = encoder;
    this.#isIdrWanted = true;
  }
}

function isSameSize(one: PictureSize | undefined, other: PictureSize | undefined): boolean {
  return one?.width === other?.width && one?.height === other?.height;
}

/** The packet's bytes; a key frame's first packet on the wire must reach its first slice. */
function unitOf(packet: Encoder["packet"], codec: CodecName): Uint8Array | null {
  const { data } = packet;
  return data !== null && packet.isKeyframe ? withoutMessages(data, codec) : data;
}
