/**
 * Opens a session again after its link was lost, as long as only time is missing: the link may stay
 * down for a while, and the host may still hold the lost session.
 */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import type { FailureCode } from "../../base/failure-codes.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
import type { Player } from "./player.ts";

/** A restored link is found within two seconds: requests into a dead one are lost. */
export const reconnectMsMax = 2000;
const againMs = 500;
const passing: readonly FailureCode[] = ["host_unreachable", "too_many_sessions"];

type Options = {
  readonly clock: Clock;
  /** The runtime's own unless given. */
  readonly scheduler?: Scheduler;
  readonly secondsMax: number;
  /** The user has cancelled. */
  readonly signal: AbortSignal;
};

/**
 * Tries until a session plays. No attempt begins after `secondsMax`.
 * @throws Failure of the last attempt, or of the first that would fail again
 */
export async function reconnect(
  start: () => Promise<Player>,
  { clock, scheduler = timers, secondsMax, signal }: Options,
): Promise<Player> {
  const untilUs = clock.nowUs() + secondsMax * 1e6 - againMs * 1000;
  for (;;) {
    try {
      return await start();
    } catch (cause) {
      const isPassing = cause instanceof Failure && passing.includes(cause.code);
      if (!isPassing || signal.aborted || clock.nowUs() > untilUs) throw cause;
    }
    await new Promise<void>((resolve) => scheduler.after(againMs, resolve));
  }
}
