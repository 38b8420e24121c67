/** What the machine's figures of one window say by themselves: busy, with what, or throttled. */
import type { Machine } from "../model/machine.ts";
import { busyShareMin, othersShareMin, pressureShareMin, throttledClockShare } from "./bounds.ts";
import type { Charge } from "./charged.ts";

/** A thread waited for a core: for other programs, or for threads of the encoder: those that took more. */
export function busyCharge({ cpu_busy_share, cpu_others_share }: Machine = {}): Charge {
  const isKnown = cpu_busy_share !== undefined && cpu_others_share !== undefined;
  const isOwn = isKnown && cpu_busy_share - cpu_others_share > cpu_others_share;
  return { code: isOwn ? "encoder_slow" : "machine_busy" };
}

/** Other programs took so much of the cores that the rest was short. */
export function areOthersBusy({ cpu_busy_share = 0, cpu_others_share = 0 }: Machine = {}): boolean {
  return cpu_busy_share >= busyShareMin && cpu_others_share >= othersShareMin;
}

/** How long the main thread, which takes any core that is left, went without one on a machine that others keep busy. */
export function mainWaitUs(machine: Machine = {}): number {
  const { main_pause_us = 0, main_collector_us = 0 } = machine;
  return areOthersBusy(machine) ? Math.max(0, main_pause_us - main_collector_us) : 0;
}

/** `undefined` where the machine's figures do not say. */
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
