/** Rows as a real stream makes them: times that scatter, sizes that differ, what a player reports. */
import { makeRowMemory, RowWriter } from "../../src/frames/row-writer.ts";
import type { ManualScheduler } from "./manual-scheduler.ts";

const intervalUs = 1e6 / 60;

/** Numbers that scatter, the same for the same seed. */
export class Noise {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Whole, from 0 up to and without `end`. */
  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  /** Mostly about `usual`, seldom far above. */
  time(usual: number): number {
    const tail = this.below(100) === 0 ? this.below(usual * 4) : 0;
    return Math.round(usual * 0.8 + this.below(Math.round(usual * 0.4)) + tail);
  }
}

/** A session of 60 frames a second, by a clock that a test moves. */
export class NoisyRows {
  readonly memory = makeRowMemory();
  readonly writer = new RowWriter(this.memory);
  readonly #scheduler: ManualScheduler;
  readonly #noise: Noise;
  #frame = 0;
  readonly #startUs: number;

  constructor(scheduler: ManualScheduler, noise: Noise) {
    this.#scheduler = scheduler;
    this.#noise = noise;
    this.#startUs = scheduler.clock.nowUs();
  }

  play(frameCount: number): void {
    for (let count = 0; count < frameCount; count++, this.#frame++) {
      const dueUs = Math.round(this.#startUs + this.#frame * intervalUs);
      this.#fill(dueUs);
      this.writer.write();
      const reported = this.#frame - 30;
      if (reported >= 0) this.#report(reported, dueUs);
      const aheadMs = Math.round((dueUs + intervalUs - this.#scheduler.clock.nowUs()) / 1000);
      if (aheadMs > 0) this.#scheduler.advanceMs(aheadMs);
    }
  }

  #fill(dueUs: number): void {
    const noise = this.#noise;
    const bytes = noise.time(20_000);
    Object.assign(this.writer.draft, {
      ...{ frame: this.#frame, dueUs, isKey: this.#frame % 240 === 0 },
      ...{ waitUs: noise.time(300), captureUs: noise.time(800), submitUs: noise.below(12) },
      ...{ encodeUs: noise.time(3000), sendUs: noise.time(3500), queueUs: noise.time(60) },
      ...{ gapUs: noise.below(80), cpuWaitUs: noise.below(10) === 0 ? noise.below(900) : 0 },
      ...{ bytes, packets: Math.ceil(bytes / 1150), parity: 4 },
    });
  }

  #report(frame: number, nowUs: number): void {
    const complete_us = this.#noise.time(9000);
    this.writer.addLate(frame, { lost_packets: 0, rebuilt: 0, complete_us }, nowUs);
  }
}
