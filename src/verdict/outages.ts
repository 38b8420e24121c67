/**
 * Times in which the link carried nothing: an interface was down, a cable unplugged, a wireless
 * link lost. Nothing came back for a second or more, and nothing sent meanwhile arrived. A stopped
 * player looks the same, until it reports the stop.
 */
import { frameFates } from "../model/frames.ts";
import { mainShare } from "./bounds.ts";
import type { BrokenChains } from "./broken.ts";
import type { Judged } from "./judge.ts";
import { isMeasured } from "./measured.ts";
import { playerOf } from "./strain.ts";
import type { Window, Windows } from "./windows.ts";

const refused = frameFates.indexOf("refused");

/** Consecutive windows in which the player was silent. */
type Silence = { readonly windows: readonly Window[]; readonly lastedUs: number };

/** Of one session. */
export class Outages {
  readonly #judged: Judged;
  readonly #broken: BrokenChains;
  /** How long nothing arrived and nothing was heard; 0 for all other rows. */
  readonly #lastedUs: Float64Array;

  constructor(judged: Judged, windows: Windows, broken: BrokenChains) {
    this.#judged = judged;
    this.#broken = broken;
    this.#lastedUs = new Float64Array(judged.table.count);
    for (const silence of silencesOf(windows)) this.#note(silence, windows);
  }

  has(row: number): boolean {
    return (this.#lastedUs[row] ?? 0) > 0;
  }

  /** The longest that made these rows bad; `undefined` if it does not explain most of them. */
  lengthUsOf(rows: readonly number[]): number | undefined {
    const lengths = rows.flatMap(
      (row) => this.#lastedUs[this.#broken.lostBefore(row) ?? row] || [],
    );
    if (lengths.length === 0 || lengths.length < mainShare * rows.length) return undefined;
    return lengths.reduce((most, us) => Math.max(most, us), 0);
  }

  #note({ windows: silent, lastedUs }: Silence, windows: Windows): void {
    const [first, last] = [silent[0], silent.at(-1)];
    if (first === undefined || last === undefined) return;
    const { playerPauseUs, playerWaitUs, isPauseKnown } = playerOf(windows, first);
    if (playerPauseUs + playerWaitUs >= mainShare * lastedUs) return;
    const rows = this.#deadRows(first, last);
    // A silence ends with the next report, and sent packets arrive before that.
    const deadUs = Math.min(lastedUs, rows.length * this.#judged.intervalUs);
    if (deadUs < mainShare * lastedUs) return;
    for (const row of rows) {
      // Packets that this host could not send were lost, whatever happened to the player.
      const isSure = isPauseKnown || this.#judged.table.columns.fate[row] === refused;
      if (isSure) this.#lastedUs[row] = deadUs;
    }
  }

  /**
   * The longest stretch in which nothing arrived. A silence may have begun a window before it is
   * noticed.
   */
  #deadRows(first: Window, last: Window): number[] {
    const { due_us, complete_us } = this.#judged.table.columns;
    const isReported = isMeasured(complete_us);
    const { window_us = 2e6, unreachable_us = 0 } = first;
    const fromUs = first.t_ms * 1000 - unreachable_us - (isReported ? window_us : 0);
    let longest: number[] = [];
    let rows: number[] = [];
    for (let row = 0; row < due_us.length; row++) {
      const dueUs = due_us[row] ?? 0;
      if (dueUs < fromUs || dueUs > last.t_ms * 1000) continue;
      if (this.#hasArrived(row)) rows = [];
      else rows.push(row);
      if (rows.length > longest.length) longest = rows;
    }
    return longest;
  }

  #hasArrived(row: number): boolean {
    const { complete_us, shown_us, lost_packets, packets, parity } = this.#judged.table.columns;
    if (!(Number.isNaN(complete_us[row]) && Number.isNaN(shown_us[row]))) return true;
    const lost = lost_packets[row] || 0;
    return lost > 0 && lost < (packets[row] || 0) + (parity[row] || 0);
  }
}

function silencesOf({ all }: Windows): Silence[] {
  const silences: Window[][] = [];
  for (const [index, window] of all.entries()) {
    if ((window.unreachable_us ?? 0) === 0) continue;
    if ((all[index - 1]?.unreachable_us ?? 0) === 0) silences.push([]);
    silences.at(-1)?.push(window);
  }
  return silences.map((windows) => ({
    windows,
    lastedUs: windows.reduce((sum, { unreachable_us = 0 }) => sum + unreachable_us, 0),
  }));
}
