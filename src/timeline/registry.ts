/** Finished and imported recordings that can be asked for by id: the newest few. */
import type { Recording } from "./recording.ts";

export class RecordingRegistry {
  readonly #countMax: number;
  readonly #recordings = new Map<string, Recording>();

  constructor(options: { countMax: number }) {
    this.#countMax = options.countMax;
  }

  /** A recording with the same id is replaced, and the oldest is dropped at the limit. */
  put(recording: Recording): void {
    this.#recordings.delete(recording.id);
    this.#recordings.set(recording.id, recording);
    const [oldest] = this.#recordings.keys();
    if (this.#recordings.size > this.#countMax && oldest !== undefined) {
      this.#recordings.delete(oldest);
    }
  }

  find(id: string): Recording | undefined {
    return this.#recordings.get(id);
  }

  /** Oldest first. */
  ids(): string[] {
    return [...this.#recordings.keys()];
  }
}
