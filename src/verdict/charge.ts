/**
 * The charges of each bad frame: the excess of its parts, each with the cause shown by the measures
 * of that moment. If they cannot decide it is charged to a question instead.
 */
import { frameFates } from "../model/frames.ts";
import type { CauseCode } from "../model/verdict.ts";
import { mainShare, pageLateShareMin, waitShareMin } from "./bounds.ts";
import type { BrokenChains } from "./broken.ts";
import type { Charge, Charged } from "./charged.ts";
import type { Episode } from "./episodes.ts";
import { IdleEncoding } from "./idle-encoding.ts";
import type { StreamFacts } from "./input.ts";
import { type Judged, slotStates } from "./judge.ts";
import { LargeFrames } from "./large-frames.ts";
import {
  areOthersBusy,
  busyCharge,
  isMachineBusy,
  isThrottled,
  sharedCharge,
} from "./machine-state.ts";
import type { Outages } from "./outages.ts";
import { type PartName, partNames } from "./parts.ts";
import { Pauses } from "./pauses.ts";
import {
  isPageUnsure,
  isShortOfCores,
  isStill,
  playerCharge,
  skippedCharge,
  unseenCharge,
} from "./player.ts";
import { StandingQueues } from "./standing.ts";
import { isBeyondMachine, type Strain, Strains } from "./strain.ts";
import { type Windows, wasRefused } from "./windows.ts";

type Excess = { readonly row: number; readonly excessUs: number; readonly isKeyEpisode: boolean };

const fateOf = (judged: Judged, row: number) =>
  frameFates[judged.table.columns.fate[row] ?? 0] ?? "sent";

type Origin = Pick<StreamFacts, "isImported"> & {
  readonly broken: BrokenChains;
  readonly outages: Outages;
};

/** All charges for the frames of one episode. */
export class Charger {
  readonly #judged: Judged;
  readonly #windows: Windows;
  readonly #strains: Strains;
  readonly #standing: StandingQueues;
  readonly #keyFrames: LargeFrames;
  readonly #idle: IdleEncoding;
  readonly #pauses: Pauses;
  readonly #broken: BrokenChains;
  readonly #outages: Outages;
  readonly #isImported: boolean;

  constructor(judged: Judged, windows: Windows, { isImported = false, broken, outages }: Origin) {
    this.#broken = broken;
    this.#outages = outages;
    this.#isImported = isImported;
    this.#judged = judged;
    this.#windows = windows;
    this.#strains = new Strains(judged, windows);
    this.#standing = new StandingQueues(judged);
    this.#keyFrames = new LargeFrames(judged);
    this.#idle = new IdleEncoding(judged, windows, this.#strains);
    this.#pauses = new Pauses(this.#strains);
  }

  chargesOf(episode: Episode): Charged[] {
    const charged: Charged[] = [];
    const isKeyEpisode = this.#keyFrames.made(episode);
    for (let row = episode.first; row <= episode.last; row++) {
      const state = this.#judged.state[row];
      if (state === slotStates.late) this.#chargeLate(row, isKeyEpisode, charged);
      else if (state === slotStates.absent) this.#chargeAbsent(row, isKeyEpisode, charged);
    }
    return this.#withQueuesCharged(charged, episode.first);
  }

  /**
   * A late start and a wait in a queue, after another bad frame, are due to that one: the largest
   * charge so far. A larger charge than all before it is something new.
   */
  #withQueuesCharged(charged: readonly Charged[], firstRow: number): Charged[] {
    const { state } = this.#judged;
    let main: Charged | undefined;
    return charged.map((item) => {
      const isLate = state[item.row] === slotStates.late && item.row > firstRow;
      if (main === undefined || item.excessUs > main.excessUs) main = item;
      else if (isLate && isQueueing(item.part))
        return { ...item, part: main.part, charge: main.charge };
      return item;
    });
  }

  #chargeLate(row: number, isKeyEpisode: boolean, charged: Charged[]): void {
    for (const part of partNames) {
      const excessUs = this.#judged.excess[part][row] ?? 0;
      if (excessUs <= 0) continue;
      const charge = this.#chargeOf(part, { row, excessUs, isKeyEpisode });
      charged.push({ row, part, excessUs, charge });
    }
  }

  #chargeAbsent(row: number, isKeyEpisode: boolean, charged: Charged[]): void {
    const { intervalUs } = this.#judged;
    const [part, charge] = this.#absence(row, isKeyEpisode);
    const excessUs = this.#isHeldUp(row) ? 0 : intervalUs;
    charged.push({ row, part, excessUs, charge });
  }

  /**
   * A late frame was still on its way through the host: its own excess includes this slot's time.
   */
  #isHeldUp(row: number): boolean {
    const { table, handedUs, state } = this.#judged;
    const before = fateOf(this.#judged, row) === "missed" ? this.#madeBefore(row) : -1;
    if (before < 0 || state[before] !== slotStates.late) return false;
    const { due_us } = table.columns;
    return (due_us[row] ?? 0) < (due_us[before] ?? 0) + (handedUs[before] ?? 0);
  }

  #absence(row: number, isKeyEpisode: boolean): readonly [PartName, Charge] {
    if (this.#isImported) return absenceElsewhere(fateOf(this.#judged, row));
    switch (fateOf(this.#judged, row)) {
      case "missed":
        return this.#missed(row, isKeyEpisode);
      case "refused":
        return ["send", { code: this.#outages.has(row) ? "link_loss" : "link_narrow" }];
      case "lost":
        return ["network", this.#lossCharge(row)];
      case "skipped":
        return ["network", this.#skipped(row)];
      case "sent":
        return this.#unseen(row);
      default:
        return this.#dropped(row);
    }
  }

  /** The thread's state when the slot was due: still at a stage, late to begin, or asleep. */
  #missed(row: number, isKeyEpisode: boolean): readonly [PartName, Charge] {
    const { table, parts, intervalUs } = this.#judged;
    const dueUs = table.columns.due_us[row] ?? 0;
    const before = this.#madeBefore(row);
    if (before < 0) return ["wait", this.#pauses.charge(row, intervalUs)];
    const waitUs = parts.wait[before] ?? 0;
    let atUs = (table.columns.due_us[before] ?? 0) + waitUs;
    if (dueUs < atUs && waitUs > intervalUs / 2)
      return ["wait", this.#pauses.charge(before, waitUs)];
    for (const part of ["capture", "submit", "encode"] as const) {
      const timeUs = parts[part][before] ?? 0;
      atUs += timeUs;
      // A slot that was due a moment after the stage ended had no time left to be made in.
      if (dueUs < atUs + intervalUs / 4 && timeUs > intervalUs / 2) {
        const excessUs = timeUs - intervalUs / 2;
        return [part, this.#chargeOf(part, { row: before, excessUs, isKeyEpisode })];
      }
    }
    return ["wait", this.#pauses.charge(row, intervalUs)];
  }

  /** No room on the way to the sender: charged to what the frames before it waited for. */
  #dropped(row: number): readonly [PartName, Charge] {
    const skippedCount = this.#strains.of(row)?.window.viewer_skipped ?? 0;
    if (skippedCount > 0) return ["network", this.#skipped(row)];
    const before = this.#sentBefore(row);
    if (before < 0) return ["queue", { between: ["link_narrow", "own_pause"], lacking: "send_us" }];
    const { excess, intervalUs } = this.#judged;
    const sendingUs = excess.send[before] ?? 0;
    const isSending = sendingUs > intervalUs / 2;
    if (!isSending) return ["queue", this.#pauses.charge(row, intervalUs)];
    return ["queue", this.#sendCharge(before, sendingUs, false)];
  }

  #skipped(row: number): Charge {
    return skippedCharge(this.#strains.of(row)) ?? this.#narrowOr(row, "player_slow");
  }

  /** Handed over, but not seen. */
  #unseen(row: number): readonly [PartName, Charge] {
    const lostRow = this.#broken.lostBefore(row);
    if (lostRow !== undefined) return ["network", this.#lossCharge(lostRow)];
    const { table, parts, usual, intervalUs } = this.#judged;
    if (Number.isNaN(table.columns.complete_us[row])) return ["network", this.#silence(row)];
    // Pictures that arrive late arrive together, and only the newest of them is shown.
    const delayUs = (parts.network[row] ?? 0) - usual.network;
    return delayUs >= mainShare * intervalUs
      ? ["network", this.#networkCharge(row, delayUs)]
      : ["display", this.#displayCharge(row, intervalUs)];
  }

  /** Handed over; the player was silent meanwhile, or requested a key frame after it. */
  #silence(row: number): Charge {
    const strain = this.#strains.of(row);
    if (isStill(strain) && !this.#outages.has(row)) return { code: "player_still" };
    const wasHeard = (strain?.window.unreachable_us ?? 0) === 0;
    if (wasHeard || strain?.isPauseKnown === true) return this.#lossCharge(row);
    return { between: ["link_loss", "player_still"], lacking: "player_pause_us" };
  }

  #chargeOf(part: PartName, { row, excessUs, isKeyEpisode }: Excess): Charge {
    switch (part) {
      case "wait":
      case "gap":
        return this.#pauses.charge(row, excessUs);
      case "capture":
        return this.#workCharge("source_slow_capture", row, excessUs);
      case "submit":
      case "encode":
        return this.#workCharge(isKeyEpisode ? "key_frames" : "encoder_slow", row, excessUs);
      case "packetize":
      case "queue":
      case "send":
        return this.#sendCharge(row, excessUs, isKeyEpisode);
      case "network":
        return this.#networkCharge(row, excessUs);
      case "display":
        return this.#displayCharge(row, excessUs);
      default:
        return part satisfies never;
    }
  }

  /**
   * Work of the encode thread: its own fault only as far as the thread, and those it waits for,
   * ran.
   */
  #workCharge(code: CauseCode, row: number, excessUs: number): Charge {
    const cpuWaitUs = this.#judged.table.columns.cpu_wait_us[row] ?? Number.NaN;
    if (this.#pauses.wasStopped(row, excessUs)) return { code: "host_paused" };
    const { intervalUs } = this.#judged;
    const isEncoder = code === "encoder_slow";
    if (isEncoder && isBeyondMachine(this.#strains.of(row), intervalUs)) return { code };
    if (cpuWaitUs >= mainShare * excessUs) return busyCharge(this.#machineAt(row));
    if (isThrottled(this.#machineAt(row))) return { code: "machine_throttled" };
    const waitShare = this.#strains.of(row)?.encodeWaitShare;
    if (waitShare !== undefined && waitShare >= waitShareMin) {
      const isOwn = this.#isOwnWork(code, row, { excessUs, waitShare });
      return isOwn ? this.#ownWork(code, row, excessUs) : busyCharge(this.#machineAt(row));
    }
    return waitShare === undefined && areOthersBusy(this.#machineAt(row))
      ? { code: "machine_busy" }
      : this.#knownWork(code, row, { excessUs, cpuWaitUs });
  }

  /** A question if it is unknown whether the thread had a core. */
  #knownWork(
    code: CauseCode,
    row: number,
    { excessUs, cpuWaitUs }: { readonly excessUs: number; readonly cpuWaitUs: number },
  ): Charge {
    const isKnown = !Number.isNaN(cpuWaitUs) || isMachineBusy(this.#machineAt(row)) === false;
    if (isKnown) return this.#ownWork(code, row, excessUs);
    return { between: [code, "machine_busy"], lacking: "cpu_wait_us" };
  }

  /**
   * The thread did not wait long enough for a core; if no core worked either, it was blocked in the
   * middle of a frame, or the encoder's own threads were short of one.
   */
  #ownWork(code: CauseCode, row: number, excessUs: number): Charge {
    const isHeld = code !== "source_slow_capture" && this.#idle.at(row, excessUs);
    return isHeld ? this.#pauses.ownOrBusy(row, excessUs) : { code };
  }

  /**
   * An encoder's own threads wait where the encode thread's figure does not look, and as much as it
   * does: most of the excess is left without that. Who gives the pictures waits about as long as the thread itself.
   */
  #isOwnWork(
    code: CauseCode,
    row: number,
    { excessUs, waitShare }: { readonly excessUs: number; readonly waitShare: number },
  ): boolean {
    const { capture, submit, encode } = this.#judged.parts;
    const workUs = (capture[row] ?? 0) + (submit[row] ?? 0) + (encode[row] ?? 0);
    const isCapture = code === "source_slow_capture";
    const waitedUs = isCapture
      ? (this.#machineAt(row)?.encode_run_delay_us ?? 0)
      : workUs * waitShare;
    return excessUs - waitedUs >= mainShare * excessUs;
  }

  #sendCharge(row: number, excessUs: number, isKeyEpisode: boolean): Charge {
    const strain = this.#strains.of(row);
    if (this.#pauses.wasStopped(row, excessUs)) return { code: "host_paused" };
    const { sendWaitUs, sendLateUs = 0 } = strain ?? {};
    if (sendWaitUs !== undefined && sendWaitUs >= mainShare * Math.max(excessUs, sendLateUs)) {
      return busyCharge(this.#machineAt(row));
    }
    if ((this.#machineAt(row)?.send_pause_us ?? 0) >= mainShare * excessUs) {
      return this.#pauses.ownOrBusy(row, excessUs);
    }
    if (isKeyEpisode) return { code: "key_frames" };
    if (sendWaitUs === undefined && isMachineBusy(this.#machineAt(row)) === true) {
      return { code: "machine_busy" };
    }
    return this.#linkCharge(row);
  }

  /** Sending took long, and nothing on this machine is known to have delayed it. */
  #linkCharge(row: number): Charge {
    if (this.#outages.has(row)) return { code: "link_loss" };
    const { window, pageLateShare = 0 } = this.#strains.of(row) ?? {};
    // A late page does not read either: its connection accepts no more.
    if (pageLateShare >= pageLateShareMin) return { code: "player_slow" };
    if ((window?.send_dropped ?? 0) > 0 || this.#isNarrow(row)) return { code: "link_narrow" };
    if (window?.rtt_us !== undefined) {
      return { between: ["machine_busy", "own_pause"], lacking: "send_run_delay_us" };
    }
    return { between: ["link_narrow", "machine_busy"], lacking: "rtt_us" };
  }

  #networkCharge(row: number, excessUs: number): Charge {
    const { lost_packets, rebuilt } = this.#judged.table.columns;
    const isLossy = (lost_packets[row] ?? 0) > 0 || (rebuilt[row] ?? 0) > 0;
    const strain = this.#strains.of(row);
    if (this.#isPlayerShort(strain, row, excessUs)) return sharedCharge(this.#machineAt(row));
    const byPlayer = playerCharge(strain, excessUs);
    if (byPlayer !== undefined) return byPlayer;
    return isPageUnsure(strain) && !this.#isNarrow(row)
      ? { between: ["link_jitter", "player_slow"], lacking: "rtt_us" }
      : this.#narrowOr(row, isLossy ? "link_loss" : "link_jitter");
  }

  #displayCharge(row: number, excessUs: number): Charge {
    const strain = this.#strains.of(row);
    return this.#isPlayerShort(strain, row, excessUs)
      ? sharedCharge(this.#machineAt(row))
      : unseenCharge(strain);
  }

  /** A player on this same machine is short of cores when the machine is. */
  #isPlayerShort(strain: Strain | undefined, row: number, excessUs: number): boolean {
    if (isShortOfCores(strain, excessUs)) return true;
    const isHere = strain?.window.machine?.player_local === true;
    return isHere && isMachineBusy(this.#machineAt(row)) === true && !isStill(strain);
  }

  #narrowOr(row: number, code: CauseCode): Charge {
    return { code: this.#isNarrow(row) ? "link_narrow" : code };
  }

  #lossCharge(row: number): Charge {
    const strain = this.#strains.of(row);
    if (this.#outages.has(row)) return { code: "link_loss" };
    if (isStill(strain)) return { code: "player_still" };
    if (this.#isNarrow(row) || wasRefused(strain?.window)) return { code: "link_narrow" };
    if (!Number.isNaN(this.#windows.usualRttUs)) return { code: "link_loss" };
    return { between: ["link_loss", "link_narrow"], lacking: "rtt_us" };
  }

  /** There is a queue on the way: every frame of that time took longer, or round trips grew. */
  #isNarrow(row: number): boolean {
    const dueUs = this.#judged.table.columns.due_us[row] ?? 0;
    return this.#standing.at(row) ?? this.#windows.isRttGrownAt(dueUs);
  }

  #machineAt(row: number) {
    return this.#windows.machineAt(this.#judged.table.columns.due_us[row] ?? 0);
  }

  #madeBefore(row: number): number {
    let before = row - 1;
    while (before >= 0 && Number.isNaN(this.#judged.handedUs[before])) before -= 1;
    return before;
  }

  /** The frame that the sender was processing: those after it were dropped too. */
  #sentBefore(row: number): number {
    let before = this.#madeBefore(row);
    while (before >= 0 && fateOf(this.#judged, before) === "dropped") {
      before = this.#madeBefore(before);
    }
    return before;
  }
}

/**
 * For another tool's recording: a gap is a frame that its program did not make, the rest was not
 * shown.
 */
function absenceElsewhere(fate: string): readonly [PartName, Charge] {
  return fate === "missed"
    ? ["capture", { code: "source_still" }]
    : ["display", { code: "player_slow" }];
}

const isQueueing = (part: PartName) => part === "wait" || part === "queue";
