/**
 * Per frame: writes the row of each slot of a session, from the same record that its samples are made
 * of. For every frame that was handed over, wait + stages + queue + gap = handed over − due.
 */
import { absentMark, absentWord, fateIndex, ringRowCount } from "../frames/row-layout.ts";
import {
  type LateFacts,
  makeRowMemory,
  type RowDraft,
  type RowGap,
  RowWriter,
} from "../frames/row-writer.ts";
import { type StageName, stageNames } from "../model/capture.ts";
import type { UnsentSlots } from "../video/link.ts";
import type { FrameRecord } from "./frame-record.ts";
import { openSlotCount, stallUs } from "./slot-count.ts";

/** A player's report of one frame. */
export type ReportedFrame = {
  /** Datagrams that arrived, each counted once. */
  readonly arrived?: number | undefined;
  readonly rebuilt?: number | undefined;
  /** Datagrams before the first that arrived. */
  readonly headLost?: number | undefined;
  /** From the start of capture. */
  readonly completeAfterUs?: number | undefined;
  readonly isComplete: boolean;
};

type StageField = "captureUs" | "submitUs" | "encodeUs" | "packetizeUs" | "sendUs";

/** The stages of a path, and how their times are found in a record. */
export type RowPath = {
  readonly stages: readonly StageName[];
  stageTimes(record: FrameRecord, times: Float64Array): void;
};

const fieldOf = {
  capture: "captureUs",
  submit: "submitUs",
  encode: "encodeUs",
  packetize: "packetizeUs",
  send: "sendUs",
} as const satisfies Record<StageName, StageField>;
const sentFate = fateIndex("sent");
const missedFate = fateIndex("missed");
/**
 * This many slots of a stall wait for the frame being made, whose row comes before theirs; then
 * they are written by the clock, or the ring would not hold them all.
 */
const waitingSlotCountMax = ringRowCount / 2;

/** The rows of one session. Records nothing while frames are not measured. */
export class RowRecorder {
  readonly memory = makeRowMemory();
  readonly #path: RowPath;
  readonly #writer = new RowWriter(this.memory);
  readonly #times: Float64Array;
  /** Index of each stage in the path's order, -1 if the path does not have it. */
  readonly #places: readonly number[];
  #isRecording = false;
  /** The latest known slot, and when it was due. */
  #latestSlot = 0;
  #latestDueUs = 0;
  /** Until then the source's picture is unchanged, and no frame is due. */
  #quietUntilUs = 0;
  /** Slots before this one were written by the clock during a stall; no frame of theirs counts. */
  #stallEnd = 0;

  constructor(path: RowPath) {
    this.#path = path;
    this.#times = new Float64Array(path.stages.length);
    this.#places = stageNames.map((name) => path.stages.indexOf(name));
  }

  /**
   * A frame came out of the encoder, whatever happens to it. Rows begin here: slots may be missed
   * while the first frame is still being sent.
   */
  onArrival(frame: {
    readonly slot: number;
    readonly dueUs: number;
    readonly quietUs?: number | undefined;
    readonly isMeasured: boolean;
  }): void {
    this.#latestSlot = frame.slot;
    this.#latestDueUs = frame.dueUs;
    this.#quietUntilUs = frame.dueUs + (frame.quietUs ?? 0);
    if (frame.isMeasured) this.#begin(frame.slot);
  }

  /** The fate of a frame. The record may be reused at once. */
  onFrame(record: FrameRecord): void {
    if (!record.isMeasured) {
      this.#isRecording = false;
      return;
    }
    if (record.slot < this.#stallEnd) return;
    this.#begin(record.slot);
    const draft = this.#writer.draft;
    draft.frame = record.slot;
    draft.dueUs = record.dueUs;
    draft.fate = record.fate === "sent" ? sentFate : fateIndex(record.fate);
    draft.isRepeat = record.isRepeat;
    draft.isKey = record.isKey;
    draft.waitUs = wordOf(record.captureStartUs - record.dueUs);
    draft.cpuWaitUs = knownWord(record.cpuWaitUs);
    draft.sourceAgeUs = knownWord(record.sourceAgeUs);
    draft.quantiser = knownWord(record.quantiser);
    draft.quality = knownWord(record.quality);
    this.#fillTimes(draft, record);
    this.#fillSize(draft, record);
    this.#writer.write();
  }

  #begin(slot: number): void {
    if (this.#isRecording) return;
    this.#writer.begin(slot);
    this.#isRecording = true;
  }

  /** No frame will come from these slots. */
  onUnsent(slots: UnsentSlots): void {
    const { slot, count, dueUs, intervalUs } = slots;
    const last = slot + count - 1;
    if (last > this.#latestSlot) {
      this.#latestSlot = last;
      this.#latestDueUs = Math.round(dueUs + (count - 1) * intervalUs);
    }
    const known = Math.max(0, this.#stallEnd - slot);
    if (!this.#isRecording || known >= count) return;
    this.#writer.writeGap({
      frame: slot + known,
      count: count - known,
      dueUs: dueUs + known * intervalUs,
      intervalUs,
      ...(slots.fate === "held"
        ? { fate: sentFate, isHeld: true }
        : { fate: fateIndex(slots.fate) }),
    });
  }

  /** A few times a second: slots of a long stall are written while it lasts. */
  tick(nowUs: number, fps: number): void {
    if (this.#stalledCount(nowUs, fps) >= waitingSlotCountMax) this.#writeStall(nowUs, fps);
  }

  /**
   * No frame will come any more: slots that have passed since the last one are missed, except those
   * of an unchanged picture.
   */
  end(nowUs: number, fps: number): void {
    if (this.#isRecording) this.#writeHeld(nowUs, fps);
    this.#writeStall(nowUs, fps);
  }

  /** The data of a slot's frame; checked, and clamped. */
  addLate(slot: number, facts: LateFacts, nowUs: number): void {
    if (this.#isRecording) this.#writer.addLate(slot, facts, nowUs);
  }

  /**
   * A player's report of a slot's frame, checked and clamped. For a frame that the kernel refused
   * in part, the loss on the way is unknown.
   */
  addReported(slot: number, reported: ReportedFrame, nowUs: number): void {
    const written = this.#writer.written(slot);
    if (written === undefined || !this.#isRecording) return;
    const { arrived, rebuilt, headLost, completeAfterUs, isComplete } = reported;
    const sent = (written.packets ?? 0) + (written.parity ?? 0);
    const isCounted = written.packets !== undefined && arrived !== undefined && !written.isRefused;
    const facts: LateFacts = {
      ...(isCounted ? lossOf({ sent, arrived, headLost }) : {}),
      ...(rebuilt === undefined ? {} : { rebuilt: Math.min(rebuilt, written.packets ?? rebuilt) }),
      ...(completeAfterUs === undefined ? {} : { complete_us: written.waitUs + completeAfterUs }),
      isLost: !isComplete,
    };
    this.#writer.addLate(slot, facts, nowUs);
  }

  /** Slots that have passed without any news; the current one is not over. */
  #stalledCount(nowUs: number, fps: number): number {
    const sinceUs = nowUs - Math.max(this.#latestDueUs, this.#quietUntilUs);
    if (!this.#isRecording || sinceUs < stallUs) return 0;
    return Math.max(0, Math.floor((sinceUs * fps) / 1e6) - openSlotCount);
  }

  #writeStall(nowUs: number, fps: number): void {
    const count = this.#stalledCount(nowUs, fps);
    if (count === 0) return;
    this.#writeHeld(nowUs, fps);
    this.#writeSlots(count, fps, { fate: missedFate });
  }

  /** The slots of an unchanged picture that the worker has not reported. */
  #writeHeld(nowUs: number, fps: number): void {
    const heldUs = Math.min(nowUs, this.#quietUntilUs) - this.#latestDueUs;
    const count = Math.floor((heldUs * fps) / 1e6);
    if (count > 0) this.#writeSlots(count, fps, { fate: sentFate, isHeld: true });
  }

  #writeSlots(count: number, fps: number, what: Pick<RowGap, "fate" | "isHeld">): void {
    const intervalUs = 1e6 / fps;
    const frame = this.#latestSlot + 1;
    const dueUs = this.#latestDueUs + intervalUs;
    this.#writer.writeGap({ frame, count, dueUs, intervalUs, ...what });
    this.#latestSlot += count;
    this.#latestDueUs = Math.round(this.#latestDueUs + count * intervalUs);
    this.#stallEnd = frame + count;
  }

  #fillTimes(draft: RowDraft, record: FrameRecord): void {
    const times = this.#times;
    const isHandedOver = record.fate === "sent" || record.fate === "refused";
    this.#path.stageTimes(record, times);
    let stagesUs = 0;
    for (let stage = 0; stage < stageNames.length; stage++) {
      const name = stageNames[stage] ?? "send";
      const place = this.#places[stage] ?? -1;
      const isKnown = place >= 0 && (isHandedOver || !isOfSender(name));
      const timeUs = isKnown ? wordOf(times[place] ?? 0) : absentMark;
      if (isKnown) stagesUs += timeUs;
      draft[fieldOf[name]] = timeUs;
    }
    const { captureStartUs, captureUs, submitUs, encodeUs, takenUs, handedUs } = record;
    draft.queueUs = wordOf(takenUs - captureStartUs - captureUs - submitUs - encodeUs);
    const gapUs = handedUs - captureStartUs - stagesUs - draft.queueUs;
    draft.gapUs = isHandedOver ? wordOf(gapUs) : absentMark;
  }

  #fillSize(draft: RowDraft, record: FrameRecord): void {
    const isHandedOver = record.fate === "sent" || record.fate === "refused";
    const hasPackets = isHandedOver && record.packetCount > 0;
    draft.bytes = isHandedOver ? record.byteCount : absentMark;
    draft.packets = hasPackets ? record.packetCount : absentMark;
    draft.parity = hasPackets ? record.parityCount : absentMark;
  }
}

/** The encoder's stages are over when a frame is dropped; the sender's have not begun. */
function isOfSender(name: StageName): boolean {
  return name === "packetize" || name === "send";
}

function knownWord(value: number | undefined): number {
  return value === undefined ? absentMark : wordOf(value);
}

/** Whole, not negative, and never mistaken for "not measured". */
function wordOf(timeUs: number): number {
  if (!(timeUs > 0)) return 0;
  return Math.min(Math.round(timeUs), absentWord - 1);
}

/** A frame of which nothing arrived has no first packet that did. */
function lossOf(frame: {
  readonly sent: number;
  readonly arrived: number;
  readonly headLost: number | undefined;
}): LateFacts {
  const lost_packets = Math.max(0, frame.sent - frame.arrived);
  if (frame.headLost === undefined || frame.arrived === 0) return { lost_packets };
  return { lost_packets, lost_head: Math.min(frame.headLost, lost_packets) };
}
