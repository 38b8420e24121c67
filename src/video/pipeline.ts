/**
 * Per frame: one stream's source, encoder and buffers. `makeFrame` takes one picture from the
 * source through the encoder; `drain` forwards what has come out.
 */
import type { Micros } from "../base/clock.ts";
import { ThreadTimes } from "../base/thread-times.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import type { CodecName } from "../model/capture.ts";
import { qualityOf } from "../model/quality.ts";
import type { AbsenceCode } from "../model/reason.ts";
import { withoutMessages } from "./access-unit.ts";
import type { Encoder } from "./encoder.ts";
import { type InFlightFrame, InFlightFrames } from "./in-flight.ts";
import { activities, cancelledWord, type EncodeOptions, type UnsentSlots } from "./link.ts";
import type { PipelineDeps } from "./pipeline-deps.ts";
import { ReopenBudget } from "./reopen-budget.ts";
import { SlotPool } from "./slot-pool.ts";
import { openSource } from "./sources/open.ts";
import type { PictureSize, Source, SourceHost } from "./sources/source.ts";
import { StillPicture } from "./still-picture.ts";

const checkIntervalUs = 1_000_000;
/** An encoder that fails is opened again so many times a minute; then its stream ends. */
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
  readonly #deps: PipelineDeps;
  readonly #activity: Int32Array;
  #checkedUs = 0;
  #pictureSize: PictureSize | undefined;
  #absence: AbsenceCode | undefined;
  #absentUs = 0;
  readonly #inFlight = new InFlightFrames({ recordCountMax: slotCount });
  readonly #threadTimes = new ThreadTimes();
  readonly #reopens = new ReopenBudget({ count: reopenCountMax, withinUs: 60_000_000 });
  #options: EncodeOptions;
  #source: Source;
  #encoder: Encoder;
  #index = 0;
  #droppedCount = 0;
  #missedCount = 0;
  #heldCount = 0;
  readonly #still: StillPicture;
  #isIdrWanted = true;
  /** The source's picture has not been encoded yet. */
  #isPictureNew = false;
  /** Drawn, and not yet in a picture that went into the encoder; 0 for none. */
  #mark = 0;

  constructor(options: EncodeOptions, deps: PipelineDeps & { source: Source; encoder: Encoder }) {
    this.#options = options;
    this.#still = new StillPicture(options.stillMs);
    this.#deps = deps;
    this.#activity = deps.activity;
    this.#source = deps.source;
    this.#encoder = deps.encoder;
    this.#pictureSize = deps.source.pictureSize;
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

  /** Where a player's input reaches what the source shows. A descriptor in it is the caller's. */
  openInputTarget(): InputTarget | undefined {
    return this.#source.openInputTarget?.();
  }

  /** What the programs of the source play to; the default output unless it says. */
  get soundOutput(): string | undefined {
    return this.#source.soundOutput;
  }

  get options(): EncodeOptions {
    return this.#options;
  }

  requestIdr(): void {
    this.#isIdrWanted = true;
  }

  /** The next picture shall show it. Nothing comes of it where the source cannot draw one. */
  mark(mark: number): void {
    if (this.#source.mark?.(mark) === true) this.#mark = mark;
  }

  /** Follows at once where the encoder can; false when it has to be opened again for this. */
  follow(options: EncodeOptions): boolean {
    const { fps, preset, bitrateKbps } = this.#options;
    if (options.fps !== fps || options.preset !== preset) return false;
    if (!isSameSize(options.picture, this.#options.picture)) return false;
    const isSame = options.bitrateKbps === bitrateKbps;
    if (!(isSame || this.#encoder.setBitrate(options.bitrateKbps))) return false;
    this.#options = options;
    return true;
  }

  /** Switches to another encoder, from a key frame; what is still in the old one is dropped. */
  switchTo(encoder: Encoder, options: EncodeOptions): void {
    this.#options = options;
    this.#replaceEncoder(encoder);
  }

  /** Changes size and frame rate, by opening source and encoder again. */
  setMode(mode: { width: number; height: number; fps: number }): void {
    const options = { ...this.#options, ...mode };
    const kept = this.#source.reopen?.(options);
    const source = kept ?? openSource(options.source, options, hostOf(options, this.#deps));
    this.#source.close();
    this.#source = source;
    this.#options = options;
    // What belonged to the source that is closed takes no input any more.
    if (kept === undefined) this.#deps.onInputMoved(this.openInputTarget());
    this.#replaceEncoder(this.#deps.openEncoder(options));
  }

  /**
   * One picture goes into the encoder, or is dropped when there would be no place for it.
   * @param dueUs when its slot was due
   */
  makeFrame(dueUs: Micros): void {
    const { clock, gate } = this.#deps;
    const isMeasured = gate.isMeasuring();
    const captureStartUs = clock.nowUs();
    const runDelayUs = isMeasured ? this.#threadTimes.waitedUs() : undefined;
    const index = this.#index;
    const slot = this.#slotOf(index);
    this.#index += 1;
    this.#activity[0] = activities.capture;
    if (this.#source.capture(index, captureStartUs)) {
      this.#isPictureNew = true;
      this.#still.onNew(captureStartUs);
    }
    this.#activity[0] = activities.other;
    if (this.#source.absence !== this.#absence) this.#reportAbsence(captureStartUs);
    const { filmStartUs } = this.#source;
    if (filmStartUs !== undefined) this.#deps.filmStart.set(filmStartUs);
    const capturedUs = isMeasured ? clock.nowUs() : captureStartUs;
    if (this.pool.freeCount <= this.#inFlight.count) {
      this.#drop(slot, dueUs);
      return;
    }
    const record = this.#inFlight.add();
    record.index = index;
    record.slot = slot;
    record.dueUs = dueUs;
    record.isRepeat = !this.#isPictureNew;
    record.isMeasured = isMeasured;
    record.captureStartUs = captureStartUs;
    record.capturedUs = capturedUs;
    record.runDelayUs = runDelayUs;
    record.sourceAgeUs = this.#sourceAgeUs(captureStartUs);
    record.quietUs = this.#quietUs(captureStartUs);
    record.mark = this.#mark;
    this.#mark = 0;
    record.encodeStartUs = isMeasured ? clock.nowUs() : captureStartUs;
    this.#encode(this.#source.frame);
  }

  /** Whether the source says when it has a picture. */
  get canWait(): boolean {
    return this.#source.wait !== undefined;
  }

  /** Can be read once there may be a picture; `undefined` while the source has to be asked. */
  get readyDescriptor(): number | undefined {
    return this.#source.readyDescriptor;
  }

  /** Blocks this thread for so long at most. True when there is a picture to make a frame of. */
  waitForPicture(ms: number): boolean {
    return this.#source.wait?.(ms) ?? true;
  }

  /** Between two frames: about once a second the source looks whether its size has changed. */
  checkSource(nowUs: Micros): void {
    if (nowUs - this.#checkedUs < checkIntervalUs) return;
    this.#checkedUs = nowUs;
    this.#activity[0] = activities.capture;
    this.#source.checkSize?.();
    this.#activity[0] = activities.other;
    this.#reportSize(nowUs);
  }

  /** Slots of the grid went by without a frame; the first was due at `dueUs`. */
  miss(count: number, dueUs: Micros): void {
    if (count === 0) return;
    this.#unsent({ slot: this.#slotOf(this.#index), count, dueUs, fate: "missed" });
    this.#missedCount += count;
  }

  /** The source had nothing new for these slots of the grid; the first was due at `dueUs`. */
  hold(count: number, dueUs: Micros): void {
    if (count === 0) return;
    this.#unsent({ slot: this.#slotOf(this.#index), count, dueUs, fate: "held" });
    this.#heldCount += count;
  }

  /** Slots until the next frame, unless a new picture comes or a key frame is asked for. */
  patience(nowUs: Micros): number {
    return this.#isIdrWanted ? 1 : this.#still.slotCount(this.#options.fps, nowUs);
  }

  /** Forwards what has come out of the encoder; true when nothing is left in it. */
  drain(): boolean {
    while (this.#inFlight.count > 0 && this.#isPacketOut()) this.#forward(this.#inFlight.take());
    return this.#inFlight.count === 0;
  }

  close(): void {
    this.#encoder.close();
    this.#source.close();
    this.#threadTimes.close();
  }

  #encode(frame: Source["frame"]): void {
    const isIdr = this.#isIdrWanted;
    this.#isIdrWanted = false;
    this.#isPictureNew = false;
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
   * The stream continues from a key frame; the frames that were in the encoder are lost. One that
   * does not open is a failure like any other: the next attempt may find its device again.
   */
  #reopen(cause: unknown): void {
    let latest = cause;
    while (this.#reopens.use(this.#deps.clock.nowUs())) {
      try {
        this.#replaceEncoder(this.#deps.openEncoder(this.#options));
        this.#deps.onReopened(cause instanceof Error ? cause.message : String(cause));
        return;
      } catch (failure) {
        latest = failure;
      }
    }
    throw latest;
  }

  #reportAbsence(atUs: Micros): void {
    const why = this.#source.absence;
    const wasThere = this.#absence === undefined;
    this.#absence = why;
    if (wasThere) this.#absentUs = atUs;
    this.#deps.onAbsence({ atUs, why, ms: Math.round((atUs - this.#absentUs) / 1000) });
    if (why === undefined) this.#deps.onInputMoved(this.openInputTarget());
  }

  /** Names the size of the source's pictures when it is another than before. */
  #reportSize(atUs: Micros): void {
    const now = this.#source.pictureSize;
    const before = this.#pictureSize;
    if (now?.width === before?.width && now?.height === before?.height) return;
    this.#pictureSize = now;
    if (now !== undefined) this.#deps.onResized({ atUs, width: now.width, height: now.height });
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
      droppedCount: this.#droppedCount,
      missedCount: this.#missedCount,
    });
  }

  /** A repeat was taken earlier: its age says nothing of this slot. */
  #sourceAgeUs(captureStartUs: Micros): number | undefined {
    const { pictureUs } = this.#source;
    if (pictureUs === undefined || !this.#isPictureNew) return undefined;
    return Math.max(0, captureStartUs - pictureUs);
  }

  /** Until the next frame of a picture that stands still. */
  #quietUs(nowUs: Micros): number | undefined {
    if (!this.canWait) return undefined;
    const count = this.#still.slotCount(this.#options.fps, nowUs);
    return count === 1 ? undefined : Math.round((count * 1e6) / this.#options.fps);
  }

  #runDelaySince(beforeUs: number | undefined): number | undefined {
    const nowUs = beforeUs === undefined ? undefined : this.#threadTimes.waitedUs();
    return nowUs === undefined || beforeUs === undefined ? undefined : nowUs - beforeUs;
  }

  #drop(slot: number, dueUs: Micros): void {
    this.#droppedCount += 1;
    this.#isIdrWanted = true;
    this.#unsent({ slot, count: 1, dueUs, fate: "dropped" });
  }

  #unsent(slots: Omit<UnsentSlots, "intervalUs">): void {
    this.#deps.onUnsent({ ...slots, intervalUs: 1e6 / this.#options.fps });
  }

  #slotOf(index: number): number {
    return index + this.#missedCount + this.#heldCount;
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
