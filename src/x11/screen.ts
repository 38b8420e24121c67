/**
 * Per frame: the screen of an X server of this machine, in shared memory where the server takes it.
 * DAMAGE says which lines changed, and only those are fetched. Not every driver reports all that it
 * draws to DAMAGE: once a second the whole screen is fetched and compared, and if something had changed
 * unreported it is from then on fetched whole and compared each time.
 */
import { type Clock, systemClock } from "../base/clock.ts";
import { changedLines, type LineRange } from "../base/line-range.ts";
import { readCookie } from "./address.ts";
import { BlockingX11Connection } from "./blocking-connection.ts";
import {
  cursorRequests,
  damageRequests,
  memoryRequests,
  motionRequests,
  type PixelOrder,
  type PointerPicture,
  readCursor,
  readDamage,
  readImage,
  readPixelOrder,
  takesDescriptors,
  writeGetImage,
} from "./capture-wire.ts";
import { ScreenMemory } from "./screen-memory.ts";
import {
  type Extension,
  readEvent,
  readExtension,
  readSetup,
  type Setup,
  writeGetInputFocus,
  writeQueryExtension,
  writeSelectScreen,
  writeSetup,
} from "./wire.ts";

/** A picture of a screen; its bytes stay valid until the next one is requested. */
export type X11Picture = PixelOrder & {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** The only lines in which it differs from the previous one; all unless given. */
  readonly changed: readonly LineRange[] | undefined;
};

const answerMs = 3000;
/** Programs draw a picture in pieces: damage this soon after the first belongs to it. */
const settleUs = 2000;
/** A screen that shrinks cannot be fetched until its new size is known. */
const failedCountMax = 500;
const genericEvent = 35;
/** A part of the screen that comes through the connection. */
const partBytesMax = 65_536;
/** So many are asked for at a time: a socket does not take the requests of a large screen at once. */
const openPartCountMax = 16;
const confirmMs = 500;

/** Constant facts about the server. */
type Server = {
  readonly root: number;
  readonly resourceBase: number;
  readonly order: PixelOrder;
  readonly damage: Extension;
  /** Without it the pixels come through the connection. */
  readonly memory: Extension | undefined;
  readonly cursor: Extension;
  /** Without it the pointer moves with the next change of the screen. */
  readonly motion: Extension | undefined;
};

/** A request that is not answered completely yet. */
type Asked = {
  /** Fetched completely, into the other half. */
  readonly isWhole: boolean;
  readonly lines: readonly LineRange[];
  /** Parts of them that are not asked for yet, and how many have not been answered. */
  readonly parts: LineRange[];
  leftCount: number;
  /** Of the fetched picture, as far as reported. */
  readonly damage: LineRange | undefined;
  hasFailed: boolean;
  cursor: PointerPicture | undefined;
};

/** Captured from one thread. Disposing disconnects. */
export class X11Screen implements Disposable {
  readonly #link: BlockingX11Connection;
  readonly #clock: Clock = systemClock();
  readonly #server: Server;
  readonly #intervalUs: number;
  #size: { readonly width: number; readonly height: number };
  /** Two halves, of which one is shown. */
  #memory: ScreenMemory | undefined;
  #asked: Asked | undefined;
  #askedUs = 0;
  /** Reported but not fetched yet, and since when there is any. */
  #damage: LineRange | undefined;
  #changedUs: number | undefined;
  /** Damage has been reported reliably so far. */
  #isReported = true;
  #isCheckDue = false;
  #failedCount = 0;
  #latest: X11Picture | undefined;

  /**
   * Throws with the reason if this method cannot be used.
   * @param intervalUs how often a screen is fetched that does not report its changes
   */
  constructor(display: string, intervalUs: number) {
    const [, number = ""] = /^(?:unix)?:(\d+)(?:\.0)?$/.exec(display) ?? [];
    this.#intervalUs = intervalUs;
    this.#link = new BlockingX11Connection(number);
    try {
      const answer = this.#link.askNow(writeSetup(readCookie(number)), answerMs);
      const [setup, order] = [readSetup(answer), readPixelOrder(answer)];
      if (setup === undefined || order === undefined) throw new Error("its pixels are unusual");
      this.#size = setup;
      this.#server = this.#findServer(setup, order);
      this.#follow();
    } catch (cause) {
      this.#link.close();
      throw cause;
    }
  }

  /** Why no more pictures will come; `undefined` while they may. */
  get fault(): string | undefined {
    return this.#failedCount > failedCountMax ? "its screen cannot be read" : this.#link.fault;
  }

  /** Readable when there may be a picture; not while one is being fetched, or must be polled. */
  get readyDescriptor(): number | undefined {
    const isWaiting =
      this.#asked !== undefined || this.#changedUs !== undefined || !this.#isReported;
    return isWaiting ? undefined : this.#link.descriptor;
  }

  /** The newest picture since the last call, if any; waits this long for something to arrive. */
  next(waitMs: number): X11Picture | undefined {
    const endUs = this.#clock.nowUs() + waitMs * 1000;
    for (;;) {
      const nowUs = this.#clock.nowUs();
      const leftUs = Math.max(0, endUs - nowUs);
      const restUs = this.#restUs(nowUs);
      if (restUs === 0) this.#ask(nowUs);
      this.#link.pump(Math.ceil(Math.min(leftUs, restUs || leftUs) / 1000));
      const picture = this.#latest;
      this.#latest = undefined;
      if (picture !== undefined || this.fault !== undefined || leftUs === 0) return picture;
    }
  }

  /**
   * Blocks until the server has answered, so that a hanging server is not mistaken for an unchanged
   * screen. Returns a picture that arrived meanwhile, if any.
   */
  confirm(): X11Picture | undefined {
    let isAnswered = false;
    this.#link.ask(writeGetInputFocus(), () => {
      isAnswered = true;
    });
    while (!isAnswered && this.fault === undefined) this.#link.pump(confirmMs);
    const picture = this.#latest;
    this.#latest = undefined;
    return picture;
  }

  /** The next picture is compared with the whole screen. Called about once a second. */
  check(): void {
    this.#isCheckDue = true;
    // Nothing else may wake a sleeping thread.
    if (this.#asked === undefined && this.#latest === undefined) this.#ask(this.#clock.nowUs());
  }

  [Symbol.dispose](): void {
    this.#link.close();
    this.#memory?.[Symbol.dispose]();
  }

  #findServer({ root, resourceBase }: Setup, order: PixelOrder): Server {
    const find = (name: string) =>
      readExtension(this.#link.askNow(writeQueryExtension(name), answerMs));
    const [damage, cursor] = [find("DAMAGE"), find("XFIXES")];
    if (damage === undefined || cursor === undefined) throw new Error("it has no DAMAGE or XFIXES");
    const memory = this.#withDescriptors(find("MIT-SHM"));
    const motion = find("XInputExtension");
    return { root, resourceBase, order, damage, memory, cursor, motion };
  }

  #withDescriptors(memory: Extension | undefined): Extension | undefined {
    if (memory === undefined) return undefined;
    const version = this.#link.askNow(memoryRequests.queryVersion(memory.opcode), answerMs);
    return takesDescriptors(version) ? memory : undefined;
  }

  /** Makes the display report changes. */
  #follow(): void {
    const { root, resourceBase, damage, cursor, motion } = this.#server;
    this.#link.onEvent = (message) => this.#onEvent(message);
    this.#link.send(writeSelectScreen(root));
    this.#link.askNow(cursorRequests.queryVersion(cursor.opcode), answerMs);
    this.#link.send(cursorRequests.select(cursor.opcode, root));
    this.#link.askNow(damageRequests.queryVersion(damage.opcode), answerMs);
    this.#link.send(damageRequests.create(damage.opcode, resourceBase, root));
    if (motion !== undefined) {
      this.#link.askNow(motionRequests.queryVersion(motion.opcode), answerMs);
      this.#link.send(motionRequests.select(motion.opcode, root));
    }
    // At first the whole screen counts as changed: that report arrives before this answer.
    this.#link.askNow(writeGetInputFocus(), answerMs);
  }

  #onEvent(message: Buffer): void {
    const { damage, cursor, motion } = this.#server;
    const lines = readDamage(message, damage.firstEvent);
    const isCursor = (message.readUInt8(0) & 0x7f) === cursor.firstEvent + 1;
    const isMotion = message[0] === genericEvent && message[1] === motion?.opcode;
    if (lines !== undefined) this.#addDamage(lines);
    else if (isCursor || isMotion) this.#changedUs ??= this.#clock.nowUs();
    else this.#resize(message);
  }

  #addDamage({ from, end }: LineRange): void {
    const before = this.#damage ?? { from, end };
    this.#damage = { from: Math.min(from, before.from), end: Math.max(end, before.end) };
    this.#changedUs ??= this.#clock.nowUs();
  }

  #resize(message: Buffer): void {
    const event = readEvent(message, undefined);
    if (event?.kind !== "size") return;
    if (event.width === this.#size.width && event.height === this.#size.height) return;
    this.#size = { width: event.width, height: event.height };
    // The pending picture has the old size.
    this.#asked = undefined;
    this.#latest = undefined;
    this.#memory?.[Symbol.dispose]();
    this.#memory = undefined;
  }

  /** Until the screen is fetched; 0 for now. */
  #restUs(nowUs: number): number {
    if (this.#asked !== undefined) return Number.POSITIVE_INFINITY;
    if (this.#memory === undefined) return 0;
    if (!this.#isReported) return Math.max(0, this.#askedUs + this.#intervalUs - nowUs);
    if (this.#changedUs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#changedUs + settleUs - nowUs);
  }

  /** Damage is subtracted before anything is fetched: what is reported later may not be in the picture yet. */
  #ask(nowUs: number): void {
    const memory = this.#memory ?? this.#makeMemory();
    const isWhole = !this.#isReported || this.#isCheckDue || memory.isEmpty;
    const damage = this.#damage && memory.within(this.#damage);
    const wanted = isWhole ? [memory.whole] : [damage, memory.cursorLines];
    const lines = wanted.filter((part) => part !== undefined);
    const parts = lines.flatMap((part) => this.#partsOf(part, memory));
    const asked: Asked = {
      ...{ isWhole, lines, damage, parts, leftCount: parts.length },
      ...{ hasFailed: false, cursor: undefined },
    };
    [this.#asked, this.#askedUs] = [asked, nowUs];
    [this.#damage, this.#changedUs, this.#isCheckDue] = [undefined, undefined, false];
    const server = this.#server;
    this.#link.send(damageRequests.subtract(server.damage.opcode, server.resourceBase));
    this.#link.ask(cursorRequests.getImage(server.cursor.opcode), (message) => {
      asked.cursor = readCursor(Buffer.from(message));
      if (asked.leftCount === 0) this.#finish(asked);
    });
    for (let count = 0; count < openPartCountMax; count++) this.#fetchNext(asked, memory);
  }

  #fetchNext(asked: Asked, memory: ScreenMemory): void {
    const part = asked.parts.shift();
    if (part !== undefined && this.#asked === asked) this.#fetch(asked, part, memory);
  }

  /** What one request is to bring. */
  #partsOf(lines: LineRange, { stride }: ScreenMemory): LineRange[] {
    if (this.#server.memory !== undefined) return [lines];
    const step = Math.max(1, Math.floor(partBytesMax / stride));
    const count = Math.ceil((lines.end - lines.from) / step);
    return Array.from({ length: count }, (_, at) => {
      const from = lines.from + at * step;
      return { from, end: Math.min(lines.end, from + step) };
    });
  }

  #fetch(asked: Asked, lines: LineRange, memory: ScreenMemory): void {
    const { root: drawable, memory: extension } = this.#server;
    const { width, stride } = memory;
    const offset = memory.offsetOf(lines.from, asked.isWhole ? "other" : "shown");
    const onAnswer = (isThere: boolean) => {
      asked.hasFailed ||= !isThere;
      asked.leftCount -= 1;
      if (asked.leftCount === 0) this.#finish(asked);
      else this.#fetchNext(asked, memory);
    };
    if (extension !== undefined) {
      const from = { drawable, width, lines, segment: this.#segment, offset };
      const request = memoryRequests.getImage(extension.opcode, from);
      this.#link.ask(request, (message) => onAnswer(message[0] === 1));
      return;
    }
    const byteCount = stride * (lines.end - lines.from);
    this.#link.ask(writeGetImage(drawable, { width, lines }), (message) => {
      const pixels = readImage(message, byteCount);
      // The memory of a screen that has changed its size meanwhile is gone.
      if (pixels !== undefined && this.#memory === memory) memory.write(offset, pixels);
      onAnswer(pixels !== undefined);
    });
  }

  #finish(asked: Asked): void {
    const memory = this.#memory;
    if (this.#asked !== asked || memory === undefined) return;
    this.#asked = undefined;
    this.#failedCount = asked.hasFailed ? this.#failedCount + 1 : 0;
    if (asked.hasFailed) this.#addDamage(memory.whole);
    else if (asked.isWhole) this.#showWhole(asked, memory);
    else this.#showPart(asked, memory);
  }

  /** Fetched lines are in the shown half, the rest is unchanged. */
  #showPart({ lines, damage, cursor }: Asked, memory: ScreenMemory): void {
    const hasMoved = memory.drawCursor(cursor, this.#server.order);
    if (damage === undefined && !hasMoved) return;
    this.#show(memory, memory.cursorLines ? [...lines, memory.cursorLines] : lines);
  }

  #showWhole({ damage, cursor }: Asked, memory: ScreenMemory): void {
    const { isEmpty, bytes: before, cursorLines } = memory;
    memory.turn();
    memory.drawCursor(cursor, this.#server.order);
    const changed = isEmpty ? undefined : changedLines(before, memory.bytes, memory.stride);
    if (changed?.length === 0) return;
    const drawn = [cursorLines, memory.cursorLines];
    const isUnreported = changed?.some((part) => !drawn.some((one) => one && overlaps(one, part)));
    if (isUnreported === true && damage === undefined && this.#damage === undefined)
      this.#isReported = false;
    this.#show(memory, changed);
  }

  #show(memory: ScreenMemory, changed: readonly LineRange[] | undefined): void {
    const { bytes, width, height, stride } = memory;
    this.#latest = { ...this.#server.order, bytes, width, height, stride, changed };
  }

  #makeMemory(): ScreenMemory {
    const memory = new ScreenMemory(this.#size);
    const extension = this.#server.memory;
    if (extension !== undefined) {
      // The previous one; the first time its error is ignored.
      this.#link.send(memoryRequests.detach(extension.opcode, this.#segment));
      this.#link.send(memoryRequests.attach(extension.opcode, this.#segment), memory.descriptor);
    }
    this.#memory = memory;
    return memory;
  }

  get #segment(): number {
    return this.#server.resourceBase + 1;
  }
}

function overlaps(one: LineRange, other: LineRange): boolean {
  return one.from < other.end && other.from < one.end;
}
