/** The samples of one session, found by time: the state of machine, link and player then. */
import type { StatsSample } from "../model/capture.ts";
import type { Machine } from "../model/machine.ts";
import { rttGrowthShare, rttGrowthUs, stampedLateMsMin } from "./bounds.ts";

/** A sample that may carry the machine's figures. */
export type Window = StatsSample & { readonly machine?: Machine };

/** A session ends by itself after ten seconds without a sign of its player. */
const reportsMax = 12;

/** The windows of one session. */
export class Windows {
  readonly #windows: readonly Window[];
  readonly #places: ReadonlyMap<Window, number>;
  /** Where the last time was found: the next one is usually there too. */
  #latest = 0;
  /** Median round trip of all windows; NaN when none was measured. */
  readonly usualRttUs: number;

  /** @param windows of one session, in the order of time. */
  constructor(windows: readonly Window[]) {
    this.#windows = windows;
    this.#places = new Map(windows.map((window, place) => [window, place]));
    this.usualRttUs = lowRtt(windows);
  }

  get all(): readonly Window[] {
    return this.#windows;
  }

  /** The window that a time lies in; `undefined` outside of all. */
  at(us: number): Window | undefined {
    if (!this.#endsFirst(this.#latest, us)) this.#latest = this.#find(us);
    const window = this.#windows[this.#latest];
    if (window === undefined) return undefined;
    return us >= window.t_ms * 1000 - (window.window_us ?? 2e6) ? window : undefined;
  }

  /** It is the first window that ends at this time or later. */
  #endsFirst(place: number, us: number): boolean {
    const windows = this.#windows;
    const endUs = (windows[place]?.t_ms ?? Number.NaN) * 1000;
    const beforeUs = (windows[place - 1]?.t_ms ?? Number.NEGATIVE_INFINITY) * 1000;
    return us <= endUs && us > beforeUs;
  }

  #find(us: number): number {
    let low = 0;
    let high = this.#windows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#windows[middle]?.t_ms ?? 0) * 1000 < us) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The window, and later ones that begin before a time. */
  from(window: Window, untilUs: number): readonly Window[] {
    const first = this.#placeOf(window);
    let end = first + 1;
    const begins = ({ t_ms, window_us = 2e6 }: Window) => t_ms * 1000 - window_us < untilUs;
    while (this.#windows.slice(end, end + 1).some(begins)) end += 1;
    return this.#windows.slice(first, end);
  }

  /** The next one; `undefined` after the last. */
  #after(window: Window): Window | undefined {
    return this.#windows[this.#placeOf(window) + 1];
  }

  /**
   * The windows in which the player may tell of this one: it and the next; where nothing was heard of
   * the player, all of that time, and the one behind it.
   */
  reportsAfter(window: Window): readonly Window[] {
    const first = this.#placeOf(window);
    let last = first;
    while (last < first + reportsMax && (this.#windows[last]?.unreachable_us ?? 0) > 0) last += 1;
    return this.#windows.slice(first, Math.max(last, first + 1) + 1);
  }

  /**
   * A page with one thread for its network, its decoders and its picture reports once a second. What
   * it says behind a silence is of all that time: the share of it in which it ran late, or, where it
   * had been silent, painted nothing either. 0 for other players, and for a page that says no more.
   */
  pageLateShare(window: Window): number {
    if (window.viewers === undefined) return 0;
    const at = this.#placeOf(window);
    const last = this.#reportFrom(at);
    const report = this.#windows[last];
    if (report === undefined) return 0;
    let first = last;
    while (first > 0 && last - first < reportsMax && !isReported(this.#windows[first - 1]))
      first -= 1;
    const span = this.#windows.slice(first, last + 1);
    const spanUs = span.reduce((sum, { window_us = 1e6 }) => sum + window_us, 0);
    const { player_wait_us = 0, player_pause_us = 0 } = report;
    return (player_wait_us + (last > first ? player_pause_us : 0)) / spanUs;
  }

  #placeOf(window: Window): number {
    return this.#places.get(window) ?? -1;
  }

  /** The index of the next window with a page's report; none within a while: -1. */
  #reportFrom(at: number): number {
    const end = Math.min(this.#windows.length, at + reportsMax);
    for (let index = at; index < end; index++) if (isReported(this.#windows[index])) return index;
    return -1;
  }

  /**
   * The round trip grew in the window of a time, or in the next: a report takes a while to arrive.
   */
  isRttGrownAt(us: number): boolean {
    const window = this.at(us);
    const usual = this.usualRttUs;
    if (window === undefined || Number.isNaN(usual)) return false;
    const rttUs = Math.max(window.rtt_us ?? 0, this.#after(window)?.rtt_us ?? 0);
    return rttUs >= usual + rttGrowthUs && rttUs >= usual * rttGrowthShare;
  }

  machineAt(us: number): Machine | undefined {
    return this.at(us)?.machine;
  }
}

/**
 * A main thread that got no core takes samples late, and stamps them then; the windows that they tell of follow
 * each other, and none ends after the next began. The machine's figures are of the time between two stamps.
 * @param windows of one session, in order
 */
export function inTime(windows: readonly Window[]): readonly Window[] {
  const timed = [...windows];
  for (let index = timed.length - 2; index >= 0; index--) {
    const [window, next] = [timed[index], timed[index + 1]];
    if (window === undefined || next?.window_us === undefined) continue;
    const t_ms = next.t_ms - next.window_us / 1000;
    // Lengths and times are rounded, which would add up to an error over an hour.
    if (window.t_ms - t_ms >= stampedLateMsMin) timed[index] = { ...window, t_ms };
  }
  let reading = 0;
  return timed.map((window, index) => {
    if (window === windows[index]) return window;
    while ((windows[reading]?.t_ms ?? window.t_ms) < window.t_ms) reading += 1;
    const machine = windows[reading]?.machine;
    return machine === undefined ? window : { ...window, machine };
  });
}

const isReported = (window: Window | undefined) =>
  window?.client_fps !== undefined ||
  window?.client_dropped !== undefined ||
  window?.player_wait_us !== undefined;

/** The lower quartile: the link's delay without any queue. */
function lowRtt(windows: readonly Window[]): number {
  const times = windows.flatMap(({ rtt_us }) => rtt_us ?? []).sort((a, b) => a - b);
  return times[Math.floor(times.length / 4)] ?? Number.NaN;
}

/**
 * The player also misses packets that this host's kernel refused: more of those than were lost on
 * the way.
 */
export function wasRefused(window: Window | undefined): boolean {
  return (window?.send_dropped ?? 0) > (window?.packets_dropped ?? 0);
}
