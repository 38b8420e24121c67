/** Conclusions from the machine's figures of one window: busy, with what, or throttled. */
import type { Machine } from "../model/machine.ts";
import { busyShareMin, othersShareMin, pressureShareMin, throttledClockShare } from "./bounds.ts";
import type { Charge } from "./charged.ts";

/**
 * A thread waited for a core: because of other programs, or of threads of the encoder, whichever
 * took more.
 */
export function busyCharge(machine: Machine = {}): Charge {
  return { code: tookMost(machine) ? "encoder_slow" : "machine_busy" };
}

/**
 * A player waited for a core of this machine: because of the encoder only if that used them all.
 */
export function sharedCharge(machine: Machine = {}): Charge {
  const isFull = (machine.cpu_busy_share ?? 0) >= busyShareMin;
  return { code: isFull && tookMost(machine) ? "encoder_slow" : "machine_busy" };
}

/**
 * The encoder's threads took more than all other programs: sending, recording and answering are not
 * included.
 */
function tookMost({
  cpu_busy_share,
  cpu_others_share = cpu_busy_share,
  cpu_process_cores = 0,
  cpu_send_cores = 0,
  cpu_own_cores = 0,
}: Machine): boolean {
  if (cpu_busy_share === undefined || cpu_others_share === undefined) return false;
  const encoderCores = cpu_process_cores - cpu_send_cores - cpu_own_cores;
  const share = cpu_process_cores > 0 ? encoderCores / cpu_process_cores : 1;
  return (cpu_busy_share - cpu_others_share) * share > cpu_others_share;
}

/** Other programs used so much of the cores that the rest was short. */
export function areOthersBusy({ cpu_busy_share = 0, cpu_others_share = 0 }: Machine = {}): boolean {
  return cpu_busy_share >= busyShareMin && cpu_others_share >= othersShareMin;
}

/**
 * How much of its longest pause the main thread, which takes any free core, may have waited for
 * one. For captures without measured waits: all of the pause except collections, if others kept the
 * machine busy.
 */
export function mainWaitUs(machine: Machine = {}): number {
  const { main_run_delay_us, main_pause_us = 0, main_collector_us = 0 } = machine;
  if (main_run_delay_us !== undefined) return Math.min(main_run_delay_us, main_pause_us);
  return areOthersBusy(machine) ? Math.max(0, main_pause_us - main_collector_us) : 0;
}

/** `undefined` if the machine's figures do not show it. */
export function isMachineBusy(machine: Machine = {}): boolean | undefined {
  const { cpu_busy_share, pressure_cpu_share } = machine;
  if (cpu_busy_share === undefined && pressure_cpu_share === undefined) return undefined;
  return (cpu_busy_share ?? 0) >= busyShareMin || (pressure_cpu_share ?? 0) >= pressureShareMin;
}

/** Cores were throttled, and their clock shows it. */
export function isThrottled(machine: Machine = {}): boolean {
  const { cpu_mhz = 0, cpu_max_mhz = 0, cpu_throttle_count = 0 } = machine;
  return cpu_throttle_count > 0 && cpu_mhz < throttledClockShare * cpu_max_mhz;
}
