/** The pending input target of a stream. A descriptor in it is closed or taken. */
import { closeTarget, type InputTarget } from "../desktop/input-target.ts";

/** Owned by the keeper of a stream. */
export class WaitingTarget {
  #target: InputTarget | undefined;
  #isClosed = false;
  #onMove: () => void = () => undefined;

  /** Notified when another is pending: input to the former is lost. */
  whenMoved(listener: () => void): void {
    this.#onMove = listener;
  }

  /** In place of the one that waits. */
  keep(target: InputTarget | undefined): void {
    closeTarget(this.take());
    if (this.#isClosed) closeTarget(target);
    else this.#target = target;
  }

  /** The same for a running stream. */
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

  /** The pending one is closed, and so are later ones. */
  close(): void {
    this.#isClosed = true;
    closeTarget(this.take());
  }
}
