/**
 * Input of a desktop that takes it over its bus: GNOME's own interface, or the portal's. The
 * session belongs to the source, which reads what the bus answers; here calls are only written. A
 * message is far smaller than the socket's buffer, so that it is written completely or not at all,
 * even while another thread writes.
 */
import { closeDescriptor } from "../base/descriptors.ts";
import { type Cancel, timers } from "../base/scheduler.ts";
import { sendSome } from "../base/sockets.ts";
import { sleepMs } from "../base/timer.ts";
import { guestSerialMin } from "../dbus/connection.ts";
import { type DBusHeader, messageTypes, writeDBusMessage } from "../dbus/wire/message.ts";
import type { DBusValue } from "../dbus/wire/value.ts";
import type { BusInputTarget, TargetSize } from "../desktop/input-target.ts";
import { BusCalls, mergeMoves } from "./bus-calls.ts";
import type { ButtonEvent, InputEvent, KeyEvent, PointerEvent, ScrollEvent } from "./event.ts";
import {
  buttonCodes,
  giveInput,
  type Injector,
  type KeyboardAndMouse,
  type Placement,
  shareOf,
  Wheel,
} from "./injector.ts";
import { positionOfKey } from "./key-positions.ts";
import { symbolOfCharacter } from "./key-symbols.ts";

/** The source's connection numbers its own calls from 1. */
const firstSerial = guestSerialMin;
const lastSerial = 0x7fff_ffff;
/** Beyond this queue length, droppable calls are dropped. */
const laggingCount = 200;
/** Text waits longer than the rest; the portal types a character in a few milliseconds. */
const textCallCountMax = 8192;
const retryMs = 10;
const closeDeadlineMs = 2000;
/**
 * The portal answers each call in a thread of its own: of two simultaneous calls the second may be
 * executed first. So one is answered before the next is written, and moves are merged meanwhile.
 */
const answerPollMs = 2;
const answerPollCountMax = 100;

/** One call: its name, the types of its arguments, and these. */
export type NotifyCall = readonly [member: string, signature: string, body: readonly DBusValue[]];

/** Belongs to one session; closes the target’s descriptor. */
export class BusInjector implements Injector {
  readonly #descriptor: number;
  readonly #calls: BusCalls;
  readonly #placement: Placement;
  readonly #extent: TargetSize | undefined;
  #size: TargetSize;
  #serial = firstSerial;
  readonly #heldKeys = new Map<number, number>();
  readonly #heldButtons = new Set<number>();
  readonly #wheel = new Wheel();
  readonly #waiting: NotifyCall[] = [];
  readonly #answered: Int32Array | undefined;
  #pollCount = 0;
  #cancel: Cancel | undefined;

  readonly #desktop: KeyboardAndMouse = {
    key: (event) => this.#key(event),
    type: (text) => this.#type(text),
    point: (event) => this.#point(event),
    move: ({ dx, dy }) => this.#send(this.#calls.move(dx, dy)),
    button: (event) => this.#button(event),
    scroll: (event) => this.#scroll(event),
  };

  constructor(target: BusInputTarget, placement: Placement) {
    this.#descriptor = target.descriptor;
    this.#calls = new BusCalls(target);
    this.#answered = target.answered && new Int32Array(target.answered);
    this.#size = target.size;
    this.#extent = target.extent;
    this.#placement = placement;
  }

  inject(event: InputEvent): void {
    giveInput(event, this.#desktop);
  }

  resize(size: TargetSize): void {
    this.#size = size;
  }

  async close(): Promise<void> {
    for (const code of this.#heldKeys.values()) this.#release(this.#calls.key(code, false));
    for (const code of this.#heldButtons) this.#release(this.#calls.button(code, false));
    for (let waitedMs = 0; waitedMs < closeDeadlineMs && this.#waiting.length > 0; waitedMs += 5) {
      await sleepMs(5);
    }
    this.#cancel?.();
    this.#waiting.length = 0;
    closeDescriptor(this.#descriptor);
  }

  /** The desktop repeats a held key. */
  #key({ virtualKey, isDown }: KeyEvent): void {
    const held = this.#heldKeys.get(virtualKey);
    if (!isDown && held !== undefined) {
      this.#heldKeys.delete(virtualKey);
      this.#release(this.#calls.key(held, false));
    }
    const code = isDown && held === undefined ? positionOfKey(virtualKey) : undefined;
    if (code === undefined) return;
    if (this.#send(this.#calls.key(code, true))) this.#heldKeys.set(virtualKey, code);
  }

  #type(text: string): void {
    const symbols = [...text.replaceAll("\r\n", "\n")].map(symbolOfCharacter);
    // Complete or not at all: half a text is worse than none.
    if (this.#waiting.length + 2 * symbols.length > textCallCountMax) return;
    for (const symbol of symbols) {
      this.#waiting.push(this.#calls.symbol(symbol, true), this.#calls.symbol(symbol, false));
    }
    this.#flush();
  }

  #point({ x, y, width, height }: PointerEvent): void {
    const place = this.#placement(this.#size);
    const extent = this.#extent ?? this.#size;
    const across = shareOf(x / width, place.x, place.width) * (extent.width - 1);
    const down = shareOf(y / height, place.y, place.height) * (extent.height - 1);
    this.#send(this.#calls.moveTo(across, down));
  }

  #button({ button, isDown }: ButtonEvent): void {
    const code = buttonCodes.get(button);
    if (code === undefined) return;
    if (!isDown && this.#heldButtons.delete(code)) this.#release(this.#calls.button(code, false));
    if (isDown && this.#send(this.#calls.button(code, true))) this.#heldButtons.add(code);
  }

  #scroll({ axis, amount }: ScrollEvent): void {
    const turns = this.#wheel.turn(axis, amount);
    // Down and right are positive there.
    if (turns !== 0) this.#send(this.#calls.wheel(axis, axis === "vertical" ? -turns : turns));
  }

  /** False when it was dropped because the queue is too long. */
  #send(call: NotifyCall): boolean {
    const last = this.#waiting.at(-1);
    const merged = last === undefined ? undefined : mergeMoves(last, call);
    if (merged !== undefined) this.#waiting[this.#waiting.length - 1] = merged;
    else if (this.#waiting.length >= laggingCount) return false;
    else this.#waiting.push(call);
    this.#flush();
    return true;
  }

  /** Never dropped: there is one for each delivered press. */
  #release(call: NotifyCall): void {
    this.#waiting.push(call);
    this.#flush();
  }

  #flush(): void {
    while (this.#cancel === undefined && this.#waiting[0] !== undefined) {
      if (!this.#isAnswered()) this.#continueIn(answerPollMs);
      else if (this.#write(this.#waiting[0])) this.#waiting.shift();
      else if (this.#waiting.length > 0) this.#continueIn(retryMs);
    }
  }

  /** Whether the previous call was answered, or will not be. */
  #isAnswered(): boolean {
    if (this.#answered === undefined || this.#serial === firstSerial) return true;
    const isAnswered = Atomics.load(this.#answered, 0) === this.#serial - 1;
    this.#pollCount = isAnswered ? 0 : this.#pollCount + 1;
    return isAnswered || this.#pollCount > answerPollCountMax;
  }

  #continueIn(ms: number): void {
    this.#cancel = timers.after(ms, () => {
      this.#cancel = undefined;
      this.#flush();
    });
  }

  #write([member, signature, body]: NotifyCall): boolean {
    const header: DBusHeader = {
      ...this.#calls.header,
      ...{ type: messageTypes.call, serial: this.#serial },
      ...{ member, signature, isUnanswered: this.#answered === undefined },
    };
    const count = sendSome(this.#descriptor, writeDBusMessage(header, body));
    // The desktop is gone: queued calls have no destination, and its keys were released with it.
    if (count === undefined) this.#waiting.length = 0;
    if (count === undefined || count === 0) return false;
    this.#serial = this.#serial === lastSerial ? firstSerial : this.#serial + 1;
    this.#pollCount = 0;
    return true;
  }
}
