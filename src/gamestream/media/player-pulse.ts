/**
 * Whether a silent player was stopped, or its messages were lost: it numbers its pings, and sends
 * them at an even pace. A running one counted on through the silence; a stopped one did not. Knows
 * no socket and reads no clock.
 */

import type { Silence } from "../../session/reach.ts";

/** The longest silence before a session ends, at ten pings a second. */
const pingCountMax = 128;
/** The pace is the mean over this many consecutive pings: single ones arrive early and late. */
const paceCountMin = 4;
const paceCountMax = 32;
/** A gap longer than this many paces does not count for the pace. */
const gapPacesMax = 1.6;
/** A pace beyond these is not that of a player. */
const paceUsMin = 20_000;
const paceUsMax = 2_000_000;
/** Delayed pings arrive together; the first ping after them decides. */
const burstUs = 150_000;
/** Of the pings that fit into a silence: this many missing show a stop, this few that it ran. */
const stillShareMin = 0.5;
const runShareMax = 0.25;

type Ping = { readonly count: number; readonly atUs: number };

/** The pings of one session, and the causes of its silences. */
export class PlayerPulse {
  /** Silences that could be judged, and how long the player was stopped in them. Only grow. */
  judgedCount = 0;
  pausedUs = 0;
  /** The newest last. */
  readonly #pings: Ping[] = [];
  #paceUs: number | undefined;
  /** The first of those that the pace is computed from. */
  #first: Ping | undefined;
  #silence:
    | { readonly silentUs: number; readonly heardUs: number; readonly before: Ping }
    | undefined;

  /** As samples name them. */
  totals() {
    return { playerPausedUs: this.pausedUs, silencesJudged: this.judgedCount };
  }

  /**
   * A ping arrived.
   * @param count the player's number of it; not trusted
   */
  onPing(count: number, atUs: number): void {
    const last = this.#pings.at(-1);
    const isRepeat = last !== undefined && count <= last.count;
    if (isRepeat) return;
    const ping = { count, atUs };
    this.#pings.push(ping);
    if (this.#pings.length > pingCountMax) this.#pings.shift();
    if (this.#silence !== undefined && atUs >= this.#silence.heardUs + burstUs) this.#judge(ping);
    this.#learn(ping, last);
  }

  /** The player is heard again. */
  onHeard({ fromUs, heardUs }: Silence): void {
    const before = this.#pings.findLast(({ atUs }) => atUs <= fromUs);
    this.#first = undefined;
    if (before !== undefined) this.#silence = { silentUs: heardUs - fromUs, heardUs, before };
  }

  #judge({ count, atUs }: Ping): void {
    const [silence, paceUs] = [this.#silence, this.#paceUs];
    this.#silence = undefined;
    if (silence === undefined || paceUs === undefined) return;
    const { before, silentUs } = silence;
    const missingCount = (atUs - before.atUs) / paceUs - (count - before.count);
    const missingShare = missingCount / Math.max(1, silentUs / paceUs);
    const isStill = missingShare >= stillShareMin;
    if (!isStill && missingShare > runShareMax) return;
    this.judgedCount += 1;
    if (isStill) this.pausedUs += silentUs;
  }

  #learn(ping: Ping, last: Ping | undefined): void {
    const isNext = last !== undefined && ping.count === last.count + 1;
    const gapUs = last === undefined ? 0 : ping.atUs - last.atUs;
    const isGap = this.#paceUs !== undefined && gapUs > gapPacesMax * this.#paceUs;
    const first = isNext && !isGap ? this.#first : undefined;
    this.#first = first ?? ping;
    if (first === undefined) return;
    const steps = ping.count - first.count;
    const paceUs = (ping.atUs - first.atUs) / steps;
    const isPace = steps >= paceCountMin && paceUs >= paceUsMin && paceUs <= paceUsMax;
    if (isPace) this.#paceUs = paceUs;
    if (steps >= paceCountMax) this.#first = ping;
  }
}
