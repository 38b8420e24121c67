/** Where the input of a stream has to go, until somebody takes it. A descriptor in it is closed or taken. */
import { closeTarget, type InputTarget } from "../desktop/input-target.ts";

/** Owned by the keeper of a stream. */
export class WaitingTarget {
  #target: InputTarget | undefined;
  #isClosed = false;
  #onMove: () => void = () => undefined;

  /** The one that takes it is notified when another waits: input that goes to the former is lost. */
  whenMoved(listener: () => void): void {
    this.#onMove = listener;
  }

  /** In place of the one that waits. */
  keep(target: InputTarget | undefined): void {
    closeTarget(this.take());
    if (this.#isClosed) closeTarget(target);
    else this.#target = target;
  }

  /** The same for a stream that runs. */
  move(target: InputTarget | undefined): void {
    this.keep(target);
    if (!this.#isClosed) this.#onMove();
  }

  /** Once. */
  take(): InputTarget | undefined {
    const target = this.#target;
    this.#target = undefined;
    return target;
  }

  /** What waits is closed, and what comes later too. */
  close(): void {
    this.#isClosed = true;
    closeTarget(this.take());
  }
}
