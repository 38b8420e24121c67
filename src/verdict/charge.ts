/**
 * What each bad frame is charged to: excess of its parts, each with the cause that the measures of
 * that moment show. What they cannot decide is charged to a question instead.
 */
import { frameFates } from "../model/frames.ts";
import type { CauseCode } from "../model/verdict.ts";
import {
  busyShareMin,
  keyShareMin,
  keyShareOfAllMax,
  mainShare,
  othersShareMin,
  pressureShareMin,
  rttGrowthShare,
  rttGrowthUs,
  throttledClockShare,
} from "./bounds.ts";
import type { Episode } from "./episodes.ts";
import { type Judged, slotStates } from "./judge.ts";
import { type PartName, partNames } from "./parts.ts";
import type { Windows } from "./windows.ts";

/** Either a cause, or what keeps it from being decided. */
export type Charge =
  | { readonly code: CauseCode }
  | { readonly between: readonly CauseCode[]; readonly lacking: string };

export type Charged = {
  readonly row: number;
  readonly part: PartName;
  readonly excessUs: number;
  readonly charge: Charge;
};

type Excess = { readonly row: number; readonly excessUs: number; readonly isKeyEpisode: boolean };

const fateOf = (judged: Judged, row: number) =>
  frameFates[judged.table.columns.fate[row] ?? 0] ?? "sent";

/** Everything that the frames of one episode are charged to. */
export class Charger {
  readonly #judged: Judged;
  readonly #windows: Windows;
  /** Key frames are few enough to stand out. */
  readonly #keysStandOut: boolean;

  constructor(judged: Judged, windows: Windows) {
    this.#judged = judged;
    this.#windows = windows;
    this.#keysStandOut = keyShare(judged) <= keyShareOfAllMax;
  }

  chargesOf(episode: Episode): Charged[] {
    const charged: Charged[] = [];
    const isKeyEpisode = this.#isKeyEpisode(episode);
    for (let row = episode.first; row <= episode.last; row++) {
      const state = this.#judged.state[row];
      if (state === slotStates.late) this.#chargeLate(row, isKeyEpisode, charged);
      else if (state === slotStates.absent) this.#chargeAbsent(row, isKeyEpisode, charged);
    }
    return withQueuesCharged(charged, episode.first);
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
    charged.push({ row, part, excessUs: intervalUs, charge });
  }

  #absence(row: number, isKeyEpisode: boolean): readonly [PartName, Charge] {
    switch (fateOf(this.#judged, row)) {
      case "missed":
        return this.#missed(row, isKeyEpisode);
      case "refused":
        return ["send", { code: "link_narrow" }];
      case "lost":
        return ["network", this.#lossCharge(row)];
      case "skipped":
        return ["network", this.#skipped(row)];
      default:
        return this.#dropped(row);
    }
  }

  /** What the thread did when the slot was due: still at a stage, or asleep. */
  #missed(row: number, isKeyEpisode: boolean): readonly [PartName, Charge] {
    const { table, parts, intervalUs } = this.#judged;
    const dueUs = table.columns.due_us[row] ?? 0;
    const before = this.#madeBefore(row);
    if (before < 0) return ["wait", this.#pauseCharge(row, intervalUs)];
    let atUs = (table.columns.due_us[before] ?? 0) + (parts.wait[before] ?? 0);
    for (const part of ["capture", "submit", "encode"] as const) {
      const timeUs = parts[part][before] ?? 0;
      atUs += timeUs;
      // A slot that was due a moment after the stage ended had no time left to be made in.
      if (dueUs < atUs + intervalUs / 4 && timeUs > intervalUs / 2) {
        return [
          part,
          this.#chargeOf(part, { row: before, excessUs: timeUs - intervalUs / 2, isKeyEpisode }),
        ];
      }
    }
    return ["wait", this.#pauseCharge(row, intervalUs)];
  }

  /** No room on the way to the sender: what the frames before it waited for. */
  #dropped(row: number): readonly [PartName, Charge] {
    const before = this.#madeBefore(row);
    if (before < 0) return ["queue", { between: ["link_narrow", "own_pause"], lacking: "send_us" }];
    const { excess, intervalUs } = this.#judged;
    const isSending = (excess.send[before] ?? 0) > intervalUs / 2;
    return ["queue", isSending ? { code: "link_narrow" } : this.#pauseCharge(row, intervalUs)];
  }

  #skipped(row: number): Charge {
    const window = this.#windows.at(this.#judged.table.columns.due_us[row] ?? 0);
    if (window?.client_fps === undefined) return { code: "player_still" };
    return this.#isRttGrown(row) ? { code: "link_narrow" } : { code: "player_slow" };
  }

  #chargeOf(part: PartName, { row, excessUs, isKeyEpisode }: Excess): Charge {
    switch (part) {
      case "wait":
      case "gap":
        return this.#pauseCharge(row, excessUs);
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
        return this.#networkCharge(row);
      case "display":
        return { code: "player_slow" };
      default:
        return part satisfies never;
    }
  }

  /** Work of the encode thread: its own doing only as far as the thread ran. */
  #workCharge(code: CauseCode, row: number, excessUs: number): Charge {
    const cpuWaitUs = this.#judged.table.columns.cpu_wait_us[row] ?? Number.NaN;
    if (cpuWaitUs >= mainShare * excessUs) return this.#waitedCharge(row);
    if (this.#isThrottled(row)) return { code: "machine_throttled" };
    // An encoder's own threads wait where the encode thread's figure does not look.
    if (this.#areOthersBusy(row)) return this.#waitedCharge(row);
    if (!Number.isNaN(cpuWaitUs)) return { code };
    const busy = this.#isMachineBusy(row);
    if (busy === false) return { code };
    return { between: [code, "machine_busy"], lacking: "cpu_wait_us" };
  }

  /** The thread could have run and did not. */
  #waitedCharge(row: number): Charge {
    return { code: this.#stoppedUs(row) > 0 ? "host_paused" : "machine_busy" };
  }

  #sendCharge(row: number, excessUs: number, isKeyEpisode: boolean): Charge {
    const machine = this.#machineAt(row);
    if (this.#stoppedUs(row) > 0) return { code: "host_paused" };
    if ((machine?.send_run_delay_us ?? 0) >= mainShare * excessUs) return { code: "machine_busy" };
    if ((machine?.send_pause_us ?? 0) >= mainShare * excessUs) return { code: "own_pause" };
    if (isKeyEpisode) return { code: "key_frames" };
    if (this.#isMachineBusy(row) === true) return { code: "machine_busy" };
    return this.#linkCharge(row);
  }

  /** Sending took long, and nothing on this machine is known to have held it up. */
  #linkCharge(row: number): Charge {
    const window = this.#windows.at(this.#judged.table.columns.due_us[row] ?? 0);
    if ((window?.send_dropped ?? 0) > 0 || this.#isRttGrown(row)) return { code: "link_narrow" };
    if (window?.rtt_us !== undefined) {
      return { between: ["machine_busy", "own_pause"], lacking: "send_run_delay_us" };
    }
    return { between: ["link_narrow", "machine_busy"], lacking: "rtt_us" };
  }

  #networkCharge(row: number): Charge {
    const { lost_packets, rebuilt } = this.#judged.table.columns;
    const isLossy = (lost_packets[row] ?? 0) > 0 || (rebuilt[row] ?? 0) > 0;
    if (this.#isRttGrown(row)) return { code: "link_narrow" };
    return { code: isLossy ? "link_loss" : "link_jitter" };
  }

  #lossCharge(row: number): Charge {
    if (this.#isRttGrown(row)) return { code: "link_narrow" };
    if (!Number.isNaN(this.#windows.usualRttUs)) return { code: "link_loss" };
    return { between: ["link_loss", "link_narrow"], lacking: "rtt_us" };
  }

  /** Nothing ran that should have: somebody else had the core, or something of ours held the thread. */
  #pauseCharge(row: number, waitedUs: number): Charge {
    if (this.#stoppedUs(row) >= mainShare * waitedUs) return { code: "host_paused" };
    const machine = this.#machineAt(row);
    if (machine === undefined) {
      return { between: ["machine_busy", "own_pause"], lacking: "encode_run_delay_us" };
    }
    const { encode_run_delay_us, encode_pause_us = 0 } = machine;
    if ((encode_run_delay_us ?? 0) >= mainShare * waitedUs) return { code: "machine_busy" };
    if (this.#isMachineBusy(row) === true) return { code: "machine_busy" };
    if (encode_pause_us >= mainShare * waitedUs) return { code: "own_pause" };
    return { between: ["machine_busy", "own_pause"], lacking: "encode_pause_us" };
  }

  #isRttGrown(row: number): boolean {
    const rttUs = this.#windows.at(this.#judged.table.columns.due_us[row] ?? 0)?.rtt_us;
    const usual = this.#windows.usualRttUs;
    if (rttUs === undefined || Number.isNaN(usual)) return false;
    return rttUs >= usual + rttGrowthUs && rttUs >= usual * rttGrowthShare;
  }

  /** Other programs took so much of the cores that the rest was short. */
  #areOthersBusy(row: number): boolean {
    const { cpu_busy_share = 0, cpu_others_share = 0 } = this.#machineAt(row) ?? {};
    return cpu_busy_share >= busyShareMin && cpu_others_share >= othersShareMin;
  }

  /** `undefined` where the machine's figures do not say. */
  #isMachineBusy(row: number): boolean | undefined {
    const machine = this.#machineAt(row);
    const { cpu_busy_share, pressure_cpu_share } = machine ?? {};
    if (cpu_busy_share === undefined && pressure_cpu_share === undefined) return undefined;
    return (cpu_busy_share ?? 0) >= busyShareMin || (pressure_cpu_share ?? 0) >= pressureShareMin;
  }

  #isThrottled(row: number): boolean {
    const machine = this.#machineAt(row);
    const { cpu_mhz = 0, cpu_max_mhz = 0, cpu_throttle_count = 0 } = machine ?? {};
    return cpu_throttle_count > 0 && cpu_mhz < throttledClockShare * cpu_max_mhz;
  }

  /** How long the whole process was stopped in the row's window. */
  #stoppedUs(row: number): number {
    return this.#windows.at(this.#judged.table.columns.due_us[row] ?? 0)?.stopped_us ?? 0;
  }

  #machineAt(row: number) {
    return this.#windows.machineAt(this.#judged.table.columns.due_us[row] ?? 0);
  }

  #madeBefore(row: number): number {
    let before = row - 1;
    while (before >= 0 && Number.isNaN(this.#judged.handedUs[before])) before -= 1;
    return before;
  }

  /** The bad frames are key frames, or stand right behind one. */
  #isKeyEpisode({ first, last, badCount }: Episode): boolean {
    if (!this.#keysStandOut) return false;
    const { key } = this.#judged.table.columns;
    let behindCount = 0;
    for (let row = first; row <= last; row++) {
      const state = this.#judged.state[row];
      const isBad = state === slotStates.late || state === slotStates.absent;
      if (isBad && (key[row] === 1 || key[row - 1] === 1 || key[row - 2] === 1)) behindCount += 1;
    }
    return behindCount >= keyShareMin * badCount;
  }
}

function keyShare({ table, handedUs }: Judged): number {
  let keyCount = 0;
  let madeCount = 0;
  for (let row = 0; row < table.count; row++) {
    if (Number.isNaN(handedUs[row])) continue;
    madeCount += 1;
    if (table.columns.key[row] === 1) keyCount += 1;
  }
  return madeCount === 0 ? 1 : keyCount / madeCount;
}

/** Beginning late and waiting in a queue, behind another bad frame, are that one's doing. */
function withQueuesCharged(charged: readonly Charged[], firstRow: number): Charged[] {
  const first = mainOf(charged.filter(({ row, part }) => row === firstRow && !isQueueing(part)));
  const began = first ?? mainOf(charged.filter(({ part }) => !isQueueing(part)));
  if (began === undefined) return [...charged];
  return charged.map((item) => {
    const isBehind = item.row > firstRow && isQueueing(item.part);
    return isBehind ? { ...item, part: began.part, charge: began.charge } : item;
  });
}

const isQueueing = (part: PartName) => part === "wait" || part === "queue";

function mainOf(charged: readonly Charged[]): Charged | undefined {
  return charged.reduce<Charged | undefined>(
    (main, item) => (main === undefined || item.excessUs > main.excessUs ? item : main),
    undefined,
  );
}
