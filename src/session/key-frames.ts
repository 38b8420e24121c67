/**
 * Requests for key frames of one stream: at most one at a time is pending at the encoder, and
 * answers everyone who asked before it arrived. Each request is logged once, with its requester.
 */
import type { Clock } from "../base/clock.ts";
import type { Asker } from "../model/happening.ts";
import type { SessionLog } from "./session-log.ts";

/** An encoder answers within a few frames, or has lost the request. */
const answerUsMax = 1_000_000;

type State =
  | { readonly kind: "none" }
  /** To be requested at that time, not earlier. */
  | { readonly kind: "wanted"; readonly dueUs: number }
  /** Pending; `isRegular` if nobody requested it and it only begins a group. */
  | { readonly kind: "coming"; readonly untilUs: number; readonly isRegular: boolean };

/** The encoder, and how often it may be asked. */
export type KeyFrameOptions = {
  readonly clock: Clock;
  readonly log: SessionLog;
  /** The encoder is not asked more often. */
  readonly intervalUs: number;
  /** Asks the encoder; false when it cannot be asked now. */
  ask(): boolean;
};

/** The throttle between those who need key frames and one encoder. */
export class KeyFrames {
  /** Requests of players that no earlier one had answered. */
  playerRequestCount = 0;
  readonly #options: KeyFrameOptions;
  #state: State = { kind: "none" };
  #askedUs = Number.NEGATIVE_INFINITY;
  #cameUs = Number.NEGATIVE_INFINITY;
  #heldUntilUs = Number.NEGATIVE_INFINITY;

  constructor(options: KeyFrameOptions) {
    this.#options = options;
  }

  /** The next key frame answers nobody: it only begins a group. */
  get isNextRegular(): boolean {
    return this.#state.kind === "coming" && this.#state.isRegular;
  }

  /**
   * Requests one as soon as the throttle allows; at least `sinceLastUs` after the last one. False
   * if an earlier request answers this too.
   */
  request(by: Asker, { sinceLastUs = 0 } = {}): boolean {
    const nowUs = this.#options.clock.nowUs();
    this.advance(nowUs);
    const state = this.#state;
    if (state.kind === "coming" && !state.isRegular) return false;
    if (state.kind === "coming") this.#state = { ...state, isRegular: false };
    else {
      const dueUs = Math.max(this.#cameUs + sinceLastUs, this.#askedUs + this.#options.intervalUs);
      const known = state.kind === "wanted" ? state.dueUs : dueUs;
      this.#state = { kind: "wanted", dueUs: Math.min(known, dueUs) };
    }
    const isNew = state.kind !== "wanted";
    if (isNew) this.#add(by, nowUs);
    this.advance(nowUs);
    return isNew;
  }

  /** Requests one that begins a group if the last is older; not logged. */
  beginGroup(nowUs: number, groupUsMax: number): void {
    const isDue = this.#state.kind === "none" && nowUs - this.#cameUs >= groupUsMax;
    if (isDue) this.#ask(nowUs, true);
  }

  /** Requests reach the encoder only after this time: the link could not carry the frame now. */
  holdUntil(atUs: number): void {
    this.#heldUntilUs = atUs;
  }

  /** With every frame and every tick: sends due requests, and repeats lost ones. */
  advance(nowUs: number): void {
    const state = this.#state;
    if (state.kind === "wanted" && nowUs >= Math.max(state.dueUs, this.#heldUntilUs))
      this.#ask(nowUs, false);
    else if (state.kind === "coming" && nowUs >= state.untilUs) this.#ask(nowUs, state.isRegular);
  }

  /** A key frame came out of the encoder: all requests are answered. */
  came(nowUs: number): void {
    this.#cameUs = nowUs;
    this.#state = { kind: "none" };
  }

  /** A new encoder takes over and begins with a key frame, which is logged. */
  reset(): void {
    if (this.#state.kind === "coming") this.#state = { ...this.#state, isRegular: false };
  }

  #add(by: Asker, atUs: number): void {
    if (by === "player") this.playerRequestCount += 1;
    this.#options.log.add({ atUs, action: "idr_requested", by });
  }

  #ask(nowUs: number, isRegular: boolean): void {
    if (!this.#options.ask()) return;
    this.#askedUs = nowUs;
    this.#state = { kind: "coming", untilUs: nowUs + answerUsMax, isRegular };
  }
}
