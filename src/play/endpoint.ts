/**
 * The socket that a page sends its input over, `/input?stream=<session_id>`. Admission is decided
 * at the upgrade and checked again for each message: when a right ends, so does the input. A peer
 * that sends too much, too fast or malformed messages loses the connection, and what it held is
 * released.
 */
import type { Clock } from "../base/clock.ts";
import { ConnectionPlaces } from "../base/connection-places.ts";
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { warn } from "../base/log.ts";
import type { Scheduler } from "../base/scheduler.ts";
import type { InputEvent } from "../input/event.ts";
import type { Uinput } from "../input/uinput/device.ts";
import type { ClickTimes } from "../model/click.ts";
import type { PlayRight } from "../ports/play.ts";
import type { SocketEvents } from "../ports/sockets.ts";
import type { PictureSize } from "../video/sources/source.ts";
import type { Copied } from "../wayland/clipboard.ts";
import { readClipboard } from "./clipboard.ts";
import { PageMarks } from "./marks.ts";
import { copiedCost, MessageBudget } from "./message-budget.ts";
import { PagePads } from "./page-pads.ts";
import { type OpenProbe, ProbeWindows } from "./probe-windows.ts";
import { PlaySeat } from "./seat.ts";
import { SeenPresses } from "./seen-presses.ts";
import type { StreamInputs } from "./stream-inputs.ts";
import {
  clipboardStates,
  copiedStates,
  inputStates,
  playMessageBytesMax,
  probeStates,
} from "./wire/layout.ts";
import {
  type PlayMessage,
  readPlayMessage,
  writeAnswer,
  writeClipboard,
  writeCopiedState,
  writeProbeState,
  writeState,
} from "./wire/message.ts";

/** Pages that play at the same time, for all streams. */
export const playConnectionCountMax = 16;
/** Of those, the shares of all people who came by a link, and of one of their browsers. */
export const playGuestCountMax = 12;
export const playPerGuestMax = 3;

/** The part of the runtime's socket that is needed. */
export type PlaySocket = {
  send(bytes: Uint8Array<ArrayBuffer>): number;
  close(code?: number, reason?: string): void;
};

/** The part of the runtime's server that is needed. */
export type PlayServer = {
  upgrade(request: Request, options: { data: SocketEvents<PlaySocket> }): boolean;
};

type Options = {
  readonly inputs: StreamInputs;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Windows that answer presses on streamed desktops; processes of this program unless given. */
  readonly probes?: ProbeWindows;
  /** Devices of pads; the machine's own unless given. */
  readonly uinput?: Uinput;
  /** The sender of the request may play this stream. Throws a `Failure` otherwise. */
  admit(request: Request, sessionId: number): PlayRight;
  /** The picture that answers an input was seen. */
  onClick?(sessionId: number, times: ClickTimes): void;
  /** A page has sent input, `sentUs` on the host's clock if the page knows it. */
  onInput?(sessionId: number, events: readonly InputEvent[], at: InputTimes): void;
};

/**
 * When an input was made in the page, and received by the host; microseconds on the host's clock.
 */
export type InputTimes = { readonly sentUs: number | undefined; readonly receivedUs: number };

/** WebSocket close codes: the right has ended, and a peer that violates the protocol. */
const closes = { over: 4401, gone: 4404, broken: 1008 } as const;

/** The sockets of pages that play. One per host. */
export class PlayEndpoint {
  readonly #options: Options;
  readonly #players = new Map<Player, number>();
  readonly #probes: ProbeWindows;
  readonly #places = new ConnectionPlaces({
    countMax: playConnectionCountMax,
    guestCountMax: playGuestCountMax,
    perGuestMax: playPerGuestMax,
  });

  constructor(options: Options) {
    this.#options = options;
    this.#probes = options.probes ?? new ProbeWindows(options.clock);
  }

  get connectionCount(): number {
    return this.#players.size;
  }

  /**
   * Makes a WebSocket of the request.
   * @throws Failure `malformed`, `not_found`, `too_many`, or what `admit` throws
   */
  upgrade(request: Request, server: PlayServer): void {
    const sessionId = streamOf(request);
    const right = this.#options.admit(request, sessionId);
    if (!this.#options.inputs.has(sessionId)) throw refusal("not_found", "no such stream runs");
    const leave = this.#places.take(right.guest);
    if (leave === undefined) throw refusal("too_many", "too many are open");
    const player = new Player(sessionId, right, { ...this.#options, probes: this.#probes });
    const data: SocketEvents<PlaySocket> = {
      open: (socket) => {
        this.#players.set(player, sessionId);
        player.open(socket);
      },
      message: (_socket, message) => player.receive(message),
      drain: () => undefined,
      close: () => {
        leave();
        this.#players.delete(player);
        player.close();
      },
    };
    if (server.upgrade(request, { data })) return;
    leave();
    throw refusal("malformed", "it is not a WebSocket");
  }

  /** The picture of a stream's screen has this size now. */
  resize(sessionId: number, size: PictureSize): void {
    this.#options.inputs.resize(sessionId, size);
  }

  /** The stream is over: nobody plays it any more. */
  async streamOver(sessionId: number): Promise<void> {
    for (const [player, played] of this.#players) if (played === sessionId) player.end("gone");
    this.#probes.close(sessionId);
    await this.#options.inputs.close(sessionId);
  }

  /** Ends all connections, and releases what they held. */
  async stop(): Promise<void> {
    for (const player of [...this.#players.keys()]) player.end("gone");
    await this.#options.inputs.stop();
  }
}

type PlayerOptions = Options & { readonly probes: ProbeWindows };

/** One connection. */
class Player {
  readonly #sessionId: number;
  readonly #right: PlayRight;
  readonly #options: PlayerOptions;
  readonly #seat: PlaySeat;
  readonly #pads: PagePads;
  readonly #marks: PageMarks;
  readonly #presses: SeenPresses;
  readonly #budget: MessageBudget;
  #probe: OpenProbe | undefined;
  #socket: PlaySocket | undefined;
  #forget: (() => void) | undefined;
  #offsetUs: number | undefined;
  #isReached = false;
  #isReading = false;
  #isCopying = false;

  constructor(sessionId: number, right: PlayRight, options: PlayerOptions) {
    this.#sessionId = sessionId;
    this.#right = right;
    this.#options = options;
    this.#seat = new PlaySeat((event) => options.inputs.pass(sessionId, event), options.scheduler);
    this.#pads = new PagePads({
      ...{ scheduler: options.scheduler, uinput: options.uinput },
      send: (bytes) => void this.#socket?.send(bytes),
      onProblem: (cause) => warn("input_devices_missing", { session_id: sessionId, cause }),
    });
    const answers = {
      send: (bytes: Uint8Array<ArrayBuffer>) => void this.#socket?.send(bytes),
      onClick: (times: ClickTimes) => options.onClick?.(sessionId, times),
    };
    this.#marks = new PageMarks({
      draw: (mark, onDrawn) => options.inputs.mark(sessionId, mark, onDrawn),
      ...answers,
    });
    this.#presses = new SeenPresses({
      encodedUs: (capturedUs) => options.inputs.encodedUs(sessionId, capturedUs),
      ...answers,
    });
    this.#budget = new MessageBudget(options.clock.nowUs());
  }

  open(socket: PlaySocket): void {
    this.#socket = socket;
    this.#forget = this.#right.whenOver(() => this.end("over"));
    void this.#reach();
  }

  /** Input before the desktop has answered would be lost: the page waits for it. */
  async #reach(): Promise<void> {
    this.#socket?.send(writeState(inputStates.opening));
    this.#isReached = await this.#options.inputs.reach(this.#sessionId);
    this.#socket?.send(writeState(this.#isReached ? inputStates.ready : inputStates.noTarget));
  }

  receive(bytes: string | Uint8Array): void {
    if (this.#socket === undefined) return;
    if (this.#right.isGood()) this.#read(bytes);
    else this.end("over");
  }

  #read(bytes: string | Uint8Array): void {
    const receivedUs = this.#options.clock.nowUs();
    const isSound = typeof bytes !== "string" && bytes.length <= playMessageBytesMax;
    const message = isSound ? readPlayMessage(bytes) : undefined;
    const cost = message?.kind === "copied" ? copiedCost : bytes.length;
    const isTaken = message !== undefined && this.#budget.take(receivedUs, cost);
    if (isTaken) this.#take(message, receivedUs);
    else this.end("broken");
  }

  /** Closes the socket; nothing more is accepted from it. */
  end(why: keyof typeof closes): void {
    const socket = this.#socket;
    this.close();
    socket?.close(closes[why]);
  }

  /** The socket is closed. */
  close(): void {
    this.#socket = undefined;
    this.#forget?.();
    this.#forget = undefined;
    this.#seat.release();
    this.#pads.close();
    this.#probe?.close();
  }

  #take(message: PlayMessage, receivedUs: number): void {
    switch (message.kind) {
      case "input":
        this.#input(message, receivedUs);
        break;
      case "alive":
        this.#offsetUs = message.offsetUs;
        this.#seat.heard();
        this.#pads.heard();
        this.#socket?.send(writeAnswer(message.atUs, receivedUs));
        break;
      case "mark":
        this.#marks.ask(message.mark, receivedUs);
        break;
      case "shown":
        this.#shown(message);
        break;
      case "seen":
        if (this.#offsetUs !== undefined) this.#presses.seen(message.atUs, message, this.#offsetUs);
        break;
      case "probe":
        if (message.isWanted) void this.#openProbe();
        else this.#probe?.close();
        break;
      case "clipboard":
        void this.#readClipboard();
        break;
      case "copied":
        void this.#copy(message.text);
        break;
      case "release":
        this.#seat.release();
        this.#pads.release();
        break;
      default:
        break;
    }
  }

  /**
   * Copied text is sent once per request of the page, one at a time; only to the operator: a
   * guest's typing is visible on the screen, and this is not.
   */
  async #readClipboard(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const mayRead = this.#isReached && this.#right.guest === undefined;
    const target = mayRead ? this.#options.inputs.target(this.#sessionId) : undefined;
    const copied = target && (await readClipboard(target).catch(() => undefined));
    this.#isReading = false;
    // The right may have ended meanwhile.
    if (this.#right.isGood()) this.#socket?.send(clipboardMessage(copied));
  }

  /** One at a time; who may play may also copy a text to the desktop, which could be typed as well. */
  async #copy(text: string): Promise<void> {
    if (this.#isCopying) return;
    this.#isCopying = true;
    const isHeld = this.#isReached && (await this.#options.inputs.copy(this.#sessionId, text));
    this.#isCopying = false;
    const { held, unavailable } = copiedStates;
    this.#socket?.send(writeCopiedState(isHeld ? held : unavailable));
  }

  /** Reports the state of the window: open, unavailable, or closed. */
  async #openProbe(): Promise<void> {
    const { inputs, probes } = this.#options;
    const target = this.#isReached ? inputs.target(this.#sessionId) : undefined;
    const opened = target && this.#probe === undefined && probes.open(this.#sessionId, target);
    if (!opened) {
      this.#socket?.send(writeProbeState(probeStates.refused));
      return;
    }
    this.#probe = opened;
    const isOpen = await opened.isOpen;
    this.#socket?.send(writeProbeState(isOpen ? probeStates.open : probeStates.refused));
    await opened.ended;
    this.#probe = undefined;
    if (isOpen) this.#socket?.send(writeProbeState(probeStates.closed));
  }

  #input({ events, atUs }: { events: readonly InputEvent[]; atUs: number }, receivedUs: number) {
    const at: InputTimes = { sentUs: this.#hostTime(atUs), receivedUs };
    for (const event of events) {
      const isPress = event.kind === "button" && event.isDown;
      if (isPress && this.#probe !== undefined) this.#presses.pressed(atUs, receivedUs);
      if (event.kind !== "pad") this.#seat.accept(event);
      else if (this.#isReached) this.#pads.accept(event);
    }
    this.#options.onInput?.(this.#sessionId, events, at);
  }

  /** Without the page's clock its times say nothing here. */
  #shown({ mark, atUs, shownUs }: Extract<PlayMessage, { kind: "shown" }>): void {
    const offsetUs = this.#offsetUs;
    if (offsetUs === undefined) return;
    this.#marks.shown(mark, { sentUs: atUs + offsetUs, shownUs: shownUs + offsetUs });
  }

  #hostTime(pageUs: number): number | undefined {
    return this.#offsetUs === undefined ? undefined : pageUs + this.#offsetUs;
  }
}

function clipboardMessage(copied: Copied | undefined): Uint8Array<ArrayBuffer> {
  const states = clipboardStates;
  switch (copied?.kind) {
    case "text":
      return writeClipboard(states.text, copied.text);
    case "nothing":
      return writeClipboard(states.nothing);
    case "too_long":
      return writeClipboard(states.tooLong);
    default:
      return writeClipboard(states.unavailable);
  }
}

function streamOf(request: Request): number {
  const text = new URL(request.url).searchParams.get("stream") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(text)) throw refusal("malformed", '"stream" is not a session id');
  return Number(text);
}

function refusal(code: FailureCode, reason: string): Failure {
  return new Failure(code, `Cannot open the connection for input: ${reason}`);
}
