/**
 * Why nothing ran that should have: the process was stopped, the machine was busy, or onglass
 * paused by itself.
 */
import { mainShare, stopShareMin, waitShareMin } from "./bounds.ts";
import type { Charge } from "./charged.ts";
import { busyCharge, isMachineBusy, mainWaitUs } from "./machine-state.ts";
import type { Strains } from "./strain.ts";

/** Answers for the rows that its strains are of. */
export class Pauses {
  readonly #strains: Strains;

  constructor(strains: Strains) {
    this.#strains = strains;
  }

  /**
   * Nothing ran that should have: another program had the core, or something of ours blocked the
   * thread.
   */
  charge(row: number, waitedUs: number): Charge {
    if (this.wasStopped(row, waitedUs)) return { code: "host_paused" };
    const strain = this.#strains.of(row);
    const machine = strain?.window.machine;
    if (strain === undefined || machine === undefined) {
      return { between: ["machine_busy", "own_pause"], lacking: "encode_run_delay_us" };
    }
    const { idleWaitUs, startLateUs } = strain;
    if (idleWaitUs !== undefined) {
      const isBusy = idleWaitUs >= mainShare * Math.max(waitedUs, startLateUs);
      return isBusy ? busyCharge(machine) : this.ownOrBusy(row, waitedUs);
    }
    if (isMachineBusy(machine) === true) return { code: "machine_busy" };
    if ((machine.encode_pause_us ?? 0) >= mainShare * waitedUs) return { code: "own_pause" };
    return { between: ["machine_busy", "own_pause"], lacking: "encode_run_delay_us" };
  }

  /**
   * Where the encode thread is short of a core, so are the others; if the collector or the main
   * thread is, which have no priority and hold locks that the others wait for, so is the thread,
   * however much it has itself.
   */
  ownOrBusy(row: number, pausedUs: number): Charge {
    const { encodeWaitShare: waitShare = 0, window } = this.#strains.of(row) ?? {};
    const machine = window?.machine;
    const { encode_run_delay_us: waitUs = 0, collector_run_delay_us: collectorUs = 0 } =
      machine ?? {};
    // A thread that waited less than the pause was blocked by something else, however large the
    // share is.
    const isThreadShort = waitShare >= waitShareMin && waitUs >= mainShare * pausedUs;
    const isMainShort = mainWaitUs(machine) >= mainShare * pausedUs;
    const isShort = isThreadShort || isMainShort || collectorUs >= mainShare * pausedUs;
    return isShort ? busyCharge(machine) : { code: "own_pause" };
  }

  /** The process was stopped for about the length of this delay. */
  wasStopped(row: number, heldUpUs: number): boolean {
    const strain = this.#strains.of(row);
    if ((strain?.window.stopped_us ?? 0) >= mainShare * heldUpUs) return true;
    const togetherUs = strain?.togetherUs ?? 0;
    return togetherUs > 0 && heldUpUs >= stopShareMin * togetherUs && heldUpUs <= 2 * togetherUs;
  }
}
