/** Per frame: the frames of one stream, handed to any number of consumers, and their memory back. */
import { assert } from "../base/assert.ts";
import type { Ending } from "../model/ending.ts";
import type {
  EncoderReset,
  PlacedFrame,
  SourceAbsence,
  SourceResized,
  UnsentSlots,
} from "./link.ts";
import { type SharedFrame, shareFrame } from "./shared-frame.ts";

/** Takes the frames of a stream. Called on the thread that opened it; must not throw. */
export type Consumer = {
  /** The first frame is a key frame. Every frame must be released once, even after the end. */
  onFrame(frame: SharedFrame): void;
  /** No frame comes from these slots. */
  onUnsent?(slots: UnsentSlots): void;
  /** A new encoder has taken over, starting with a key frame. */
  onReset?(reset: EncoderReset): void;
  /** The source's own picture has another size; the stream keeps its own. */
  onResized?(resized: SourceResized): void;
  /** The source shows nothing, or something again. */
  onAbsence?(absence: SourceAbsence): void;
  /** No frame follows. */
  onEnd(why: Ending): void;
};

/** Memory of one frame at a time, and its return. */
type Place = { readonly buffer: SharedArrayBuffer; readonly giveBack: () => void };
type Subscription = { readonly consumer: Consumer; isFlowing: boolean };

/** The subscribers of one stream. */
export class Subscribers {
  readonly #subscriptions = new Set<Subscription>();
  readonly #places: Place[] = [];
  readonly #onReleased: (place: number) => void;
  #isRunning = false;

  /** @param onReleased the memory of a slot is free again */
  constructor(onReleased: (place: number) => void) {
    this.#onReleased = onReleased;
  }

  /** Whether frames have come. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Frames flow from the next key frame on, until disposed. */
  add(consumer: Consumer): Disposable {
    const subscription = { consumer, isFlowing: false };
    this.#subscriptions.add(subscription);
    return { [Symbol.dispose]: () => void this.#subscriptions.delete(subscription) };
  }

  /** The slot has this memory from now on. */
  keepPlace(place: number, buffer: SharedArrayBuffer): void {
    this.#places[place] = { buffer, giveBack: () => this.#onReleased(place) };
  }

  /** Notifies all of them of something other than a frame. */
  tell(act: (consumer: Consumer) => void): void {
    for (const { consumer } of this.#subscriptions) act(consumer);
  }

  share(frame: PlacedFrame): void {
    const place = this.#places[frame.place];
    assert(place !== undefined, "a place's memory is reported before its first frame");
    this.#isRunning = true;
    let count = 0;
    for (const subscription of this.#subscriptions) {
      subscription.isFlowing ||= frame.isKey;
      if (subscription.isFlowing) count += 1;
    }
    const { buffer, giveBack } = place;
    if (count === 0) {
      giveBack();
      return;
    }
    const shared = shareFrame({ ...frame, buffer }, { count, giveBack });
    for (const subscription of this.#subscriptions) {
      if (subscription.isFlowing) subscription.consumer.onFrame(shared);
    }
  }

  end(why: Ending): void {
    this.tell((consumer) => consumer.onEnd(why));
    this.#subscriptions.clear();
  }
}
