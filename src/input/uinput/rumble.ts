/**
 * The sum of one pad's effects: programs upload them, play and stop them, and the player's pad
 * plays the sum. The owner of a device, not the kernel, ends an effect when its time is up.
 */
import type { Cancel, Scheduler } from "../../base/scheduler.ts";
import type { Effect } from "./wire.ts";

/** Effects that a program may have uploaded at the same time. */
export const effectCountMax = 16;
const strengthMax = 0xffff;
/**
 * Changes within this time are merged: a program may change its effects a thousand times per
 * second.
 */
const restMs = 8;

/** How strong the two motors are, 0 to 65535. */
export type Strength = { readonly strong: number; readonly weak: number };

type Held = { effect: Effect; isPlaying: boolean; cancel: Cancel | undefined };

/** For one pad. Close it with the pad. */
export class RumbleMixer {
  readonly #scheduler: Scheduler;
  readonly #onChange: (strength: Strength) => void;
  readonly #held = new Map<number, Held>();
  #gain = 1;
  #reported: Strength = { strong: 0, weak: 0 };
  #resting: Cancel | undefined;
  #isClosed = false;

  constructor(scheduler: Scheduler, onChange: (strength: Strength) => void) {
    this.#scheduler = scheduler;
    this.#onChange = onChange;
  }

  /** False when there are too many. A playing one takes its new shape, from its start. */
  upload(effect: Effect): boolean {
    const known = this.#held.get(effect.id);
    if (known === undefined && this.#held.size >= effectCountMax) return false;
    const wasStarted = known?.cancel !== undefined || known?.isPlaying === true;
    this.#stop(known);
    this.#held.set(effect.id, { effect, isPlaying: false, cancel: undefined });
    if (wasStarted) this.play(effect.id, 1);
    return true;
  }

  erase(id: number): void {
    this.#stop(this.#held.get(id));
    this.#held.delete(id);
    this.#report();
  }

  /** @param count how often it plays; 0 stops it */
  play(id: number, count: number): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#stop(held);
    if (count > 0) this.#start(held, count);
    this.#report();
  }

  /** @param gain 0 to 65535, of all effects */
  setGain(gain: number): void {
    this.#gain = Math.min(Math.max(0, gain), strengthMax) / strengthMax;
    this.#report();
  }

  close(): void {
    this.#isClosed = true;
    this.#resting?.();
    for (const held of this.#held.values()) this.#stop(held);
    this.#held.clear();
  }

  #start(held: Held, count: number): void {
    const { delayMs, lengthMs } = held.effect;
    const begin = () => {
      held.isPlaying = true;
      held.cancel = undefined;
      if (lengthMs > 0) {
        held.cancel = this.#scheduler.after(Math.min(lengthMs * count, 0x7fff_ffff), () => {
          this.#stop(held);
          this.#report();
        });
      }
    };
    if (delayMs > 0) {
      held.cancel = this.#scheduler.after(delayMs, () => {
        begin();
        this.#report();
      });
    } else begin();
  }

  #stop(held: Held | undefined): void {
    if (held === undefined) return;
    held.cancel?.();
    held.cancel = undefined;
    held.isPlaying = false;
  }

  #report(): void {
    if (this.#isClosed || this.#resting !== undefined) return;
    const now = this.#sum();
    const { strong, weak } = this.#reported;
    if (now.strong === strong && now.weak === weak) return;
    this.#reported = now;
    this.#onChange(now);
    this.#resting = this.#scheduler.after(restMs, () => {
      this.#resting = undefined;
      this.#report();
    });
  }

  #sum(): Strength {
    let strong = 0;
    let weak = 0;
    for (const { effect, isPlaying } of this.#held.values()) {
      if (!isPlaying) continue;
      strong += effect.strong;
      weak += effect.weak;
    }
    const share = (sum: number) => Math.round(Math.min(sum, strengthMax) * this.#gain);
    return { strong: share(strong), weak: share(weak) };
  }
}
