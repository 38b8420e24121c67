/**
 * The strain on the threads that made a window's frames: how long they waited for a core, and
 * whether all of them were stopped together. Computed for the requested windows, from their own
 * rows.
 */
import { ownShareMin, togetherUsMin, togetherWaitShareMax } from "./bounds.ts";
import type { Judged } from "./judge.ts";
import type { FrameParts } from "./parts.ts";
import type { Window, Windows } from "./windows.ts";

/** For one window; unmeasured values are `undefined`. */
export type Strain = {
  readonly window: Window;
  /** Share of its runnable time in which the encode thread did not run. */
  readonly encodeWaitShare: number | undefined;
  /** How long it waited between its frames, and the total delay of late frame starts. */
  readonly idleWaitUs: number | undefined;
  readonly startLateUs: number;
  /** Frames that were made, and the total excess of encoding time. */
  readonly madeCount: number;
  readonly encodeLateUs: number;
  /** Core time of this process, without its send thread and the instrument. */
  readonly workedUs: number | undefined;
  /**
   * For how long a frame was overdue at the send thread, and at the player: of several that wait at once the time
   * counts once. How long the send thread waited for a core until the last of them had left.
   */
  readonly sendLateUs: number;
  readonly sendWaitUs: number | undefined;
  readonly networkLateUs: number;
  /**
   * All threads were stopped for this long together, without waiting for a core; 0 if they were
   * not.
   */
  readonly togetherUs: number;
  /**
   * What is known of the player itself, from this window and the next, when the report of it arrived;
   * after a silence from the one that followed it.
   */
  readonly playerPauseUs: number;
  readonly playerWaitUs: number;
  /** Whether it was silent and is known to have been stopped or not. */
  readonly isPauseKnown: boolean;
  /** Share of the time in which the page that shows the stream ran late; 0 for other players. */
  readonly pageLateShare: number;
};

type OfPlayer = Pick<Strain, "playerPauseUs" | "playerWaitUs" | "isPauseKnown" | "pageLateShare">;
type Rows = { readonly first: number; readonly last: number };

/**
 * The frames of a window took more work than all cores do in as many intervals: the encoder is too slow
 * for this machine, also without other programs. False where that is not known, as of an encoder of its own.
 */
export function isBeyondMachine(strain: Strain | undefined, intervalUs: number): boolean {
  const { window, workedUs = 0, madeCount = 0 } = strain ?? {};
  const { cpu_busy_share = 0, cpu_others_share = 1, cpu_process_cores = 0 } = window?.machine ?? {};
  const ownShare = cpu_busy_share - cpu_others_share;
  if (ownShare < ownShareMin) return false;
  const coreCount = Math.max(1, cpu_process_cores / ownShare);
  return madeCount > 0 && workedUs / madeCount > intervalUs * coreCount;
}

/** The strain of each window, made when it is first asked for. */
export class Strains {
  readonly #judged: Judged;
  readonly #windows: Windows;
  readonly #rows = new Map<Window, Rows>();
  readonly #known = new Map<Window, Strain>();

  constructor(judged: Judged, windows: Windows) {
    this.#judged = judged;
    this.#windows = windows;
    this.#assignRows();
  }

  /** Of the window of a row. */
  of(row: number): Strain | undefined {
    const window = this.#windows.at(this.#judged.table.columns.due_us[row] ?? 0);
    return window && this.ofWindow(window);
  }

  ofWindow(window: Window): Strain {
    const known = this.#known.get(window);
    if (known !== undefined) return known;
    const made = this.#make(window);
    this.#known.set(window, made);
    return made;
  }

  /** Rows and windows are both in the order of time. */
  #assignRows(): void {
    const due = this.#judged.table.columns.due_us;
    const { count } = this.#judged.table;
    let row = 0;
    for (const window of this.#windows.all) {
      const first = row;
      while (row < count && (due[row] ?? 0) <= window.t_ms * 1000) row += 1;
      if (row > first) this.#rows.set(window, { first, last: row - 1 });
    }
  }

  #make(window: Window): Strain {
    const { first, last } = this.#rows.get(window) ?? { first: 0, last: -1 };
    const { machine } = window;
    const { excess, parts } = this.#judged;
    const { handedUs } = this.#judged;
    const cpuWait = this.#judged.table.columns.cpu_wait_us;
    let [framesWaitUs, startLateUs] = [0, 0];
    let [madeCount, encodeLateUs, heldUs] = [0, 0, 0];
    for (let row = first; row <= last; row++) {
      framesWaitUs += cpuWait[row] || 0;
      startLateUs += this.#startLate(row);
      encodeLateUs += (excess.submit[row] ?? 0) + (excess.encode[row] ?? 0);
      heldUs = Math.max(heldUs, workUs(parts, row));
      if (!Number.isNaN(handedUs[row])) madeCount += 1;
    }
    const waitUs = machine?.encode_run_delay_us;
    const sending = this.#overdueAtSender(first, last);
    return {
      window,
      encodeWaitShare: encodeWaitShareOf(window),
      idleWaitUs: waitUs === undefined ? undefined : Math.max(0, waitUs - framesWaitUs),
      startLateUs,
      madeCount,
      encodeLateUs,
      workedUs: workedUsOf(window),
      sendWaitUs: this.#sendWaitUs(window, sending.untilUs),
      sendLateUs: sending.sumUs,
      networkLateUs: this.#overdueAtPlayer(first, last).sumUs,
      togetherUs: togetherUsOf(window, heldUs),
      ...playerOf(this.#windows, window),
    };
  }

  #overdueAtSender(first: number, last: number): Overdue {
    const overdue = new Overdue();
    const due = this.#judged.table.columns.due_us;
    const { packetize, queue, send } = this.#judged.excess;
    for (let row = first; row <= last; row++) {
      const excessUs = (packetize[row] ?? 0) + (queue[row] ?? 0) + (send[row] ?? 0);
      overdue.add((due[row] ?? 0) + (this.#judged.handedUs[row] || 0), excessUs);
    }
    return overdue;
  }

  #overdueAtPlayer(first: number, last: number): Overdue {
    const overdue = new Overdue();
    const { excess, table } = this.#judged;
    const { due_us, complete_us } = table.columns;
    for (let row = first; row <= last; row++) {
      const endUs = (due_us[row] ?? 0) + (complete_us[row] || 0);
      overdue.add(endUs, excess.network[row] ?? 0);
    }
    return overdue;
  }

  /** Frames of a window may stay with the thread for several. */
  #sendWaitUs(window: Window, untilUs: number): number | undefined {
    const readings = new Set(this.#windows.from(window, untilUs).map(({ machine }) => machine));
    const waits = [...readings].flatMap((machine) => machine?.send_run_delay_us ?? []);
    return waits.length === 0 ? undefined : waits.reduce((sum, us) => sum + us, 0);
  }

  #startLate(row: number): number {
    const { excess, table, intervalUs, handedUs } = this.#judged;
    const isMissed = table.columns.fate[row] !== 0 && Number.isNaN(handedUs[row]);
    return isMissed ? intervalUs : (excess.wait[row] ?? 0);
  }
}

/** Time in which at least one of several frames was overdue. */
class Overdue {
  sumUs = 0;
  untilUs = 0;

  /** @param endUs in about the order of the frames */
  add(endUs: number, excessUs: number): void {
    this.sumUs += Math.max(0, endUs - Math.max(this.untilUs, endUs - excessUs));
    this.untilUs = Math.max(this.untilUs, endUs);
  }
}

/** The state of the player in a window. */
export function playerOf(windows: Windows, window: Window): OfPlayer {
  const told = windows.reportsAfter(window);
  const sum = (of: (one: Window) => number | undefined) =>
    told.reduce((total, one) => total + (of(one) ?? 0), 0);
  const waitUs = sum((one) => one.player_wait_us);
  const isTold = told.some((one) => one.player_pause_us !== undefined);
  const last = told.at(-1);
  // While it is silent nothing is known.
  const isBack = (last?.unreachable_us ?? 0) === 0 && last?.player_wait_us !== undefined;
  return {
    playerPauseUs: Math.max(0, sum((one) => one.player_pause_us) - waitUs),
    playerWaitUs: waitUs,
    isPauseKnown: isTold || isBack,
    pageLateShare: Math.max(...told.map((one) => windows.pageLateShare(one))),
  };
}

function encodeWaitShareOf({ machine, window_us = 2e6 }: Window): number | undefined {
  const { encode_run_delay_us: waitUs, cpu_encode_cores: cores } = machine ?? {};
  if (waitUs === undefined || cores === undefined) return undefined;
  return waitUs === 0 ? 0 : waitUs / (waitUs + cores * window_us);
}

function workedUsOf({ machine, window_us = 2e6 }: Window): number | undefined {
  const {
    cpu_process_cores: all,
    cpu_send_cores: send = 0,
    cpu_own_cores: own = 0,
  } = machine ?? {};
  return all === undefined ? undefined : Math.max(0, all - send - own) * window_us;
}

/**
 * From due until its packet was out: how long the encode thread had a frame, or was late to start
 * it.
 */
function workUs({ wait, capture, submit, encode }: FrameParts["parts"], row: number): number {
  return (wait[row] ?? 0) + (capture[row] ?? 0) + (submit[row] ?? 0) + (encode[row] ?? 0);
}

/**
 * A stop of the whole process shows in every thread: the two that tick were late by about as much,
 * the encode thread held a frame or began one late, and none waited for a core meanwhile. Their ticks lie up
 * to a tenth of a second apart. Nor did any other use a core: what the process ran cannot have been in that time.
 * @param heldUs the longest of the encode thread
 */
function togetherUsOf({ machine, window_us = 2e6 }: Window, heldUs: number): number {
  const { main_pause_us: mainUs, send_pause_us: sendUs } = machine ?? {};
  if (mainUs === undefined || sendUs === undefined || mainUs < togetherUsMin) return 0;
  const waitUs = Math.max(machine?.encode_run_delay_us ?? 0, machine?.send_run_delay_us ?? 0);
  const isBoth = sendUs + 110_000 >= 0.6 * mainUs && sendUs >= 0.25 * mainUs;
  const { cpu_busy_share: busy = 0, cpu_others_share: others = busy } = machine ?? {};
  const wasIdleUs = window_us * (1 - Math.max(0, busy - others));
  const isWaiting = waitUs > togetherWaitShareMax * mainUs;
  const isAll = isBoth && heldUs >= 0.25 * mainUs;
  // A thread that looks rarely sees only the part of a stop that made its look late.
  const stoppedUs = Math.min(Math.max(mainUs, sendUs), heldUs);
  return isAll && !isWaiting && stoppedUs <= wasIdleUs ? stoppedUs : 0;
}
