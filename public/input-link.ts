/**
 * The page's connection for input. It is open while input is captured, measures the offset of the
 * host's clock, and signals that the page is alive while something is held: the host releases what
 * a silent page holds.
 */
import { aliveMs, inputStates } from "../src/play/wire/layout.ts";
import { aliveMessage, type Bytes, type HostAnswer, readHostAnswer } from "./input-wire.ts";

/** Round trips at the start, of which the shortest is used; one each time after that. */
const tripCount = 6;
const tripGapMs = 30;
/** With nothing held it is only for the clock. */
const restMs = 5000;
/** If more than this waits in the browser, the link cannot carry it: moves are dropped. */
const waitingBytesMax = 16 * 1024;

/** Why there is no input, for the texts of the page. */
export type InputEnd = "noTarget" | "over" | "gone" | "lost";

type Options = {
  /** Path of the socket, starting with `/`. */
  readonly address: string;
  onReady(): void;
  onEnd(why: InputEnd): void;
  onRumble(rumble: Extract<HostAnswer, { kind: "rumble" }>): void;
  /** The picture that answers a mark is on its way. */
  onDrawn?(drawn: Extract<HostAnswer, { kind: "drawn" }>): void;
  /** Text copied on the desktop, as requested. */
  onClipboard?(clipboard: Extract<HostAnswer, { kind: "clipboard" }>): void;
  /** What became of a text that was copied to the desktop: one of `copiedStates`. */
  onCopied?(state: number): void;
  /** State of the gamepads: one of `padStates`. */
  onPads?(state: number): void;
  /** State of the window that answers presses: one of `probeStates`. */
  onProbe?(state: number): void;
  /** Whether something is held down. */
  isHolding(): boolean;
  /** Marks do not need a desktop that accepts input. */
  readonly isForMarks?: boolean;
};

/** One connection; closed by `close`. */
export class InputLink {
  readonly #options: Options;
  readonly #socket: WebSocket;
  #timer = 0;
  #tripCount = 0;
  #offset: { readonly tripUs: number; readonly offsetUs: number } | undefined;
  #lastAliveMs = Number.NEGATIVE_INFINITY;
  #isEnded = false;

  constructor(options: Options) {
    this.#options = options;
    const { protocol, host } = location;
    this.#socket = new WebSocket(
      `${protocol === "https:" ? "wss" : "ws"}://${host}${options.address}`,
    );
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => this.#beat());
    this.#socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#take(readHostAnswer(data));
    });
    this.#socket.addEventListener("close", ({ code }) => this.#end(reasonOf(code)));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** What to add to the page's clock for the host's, microseconds; `undefined` until it is known. */
  get offsetUs(): number | undefined {
    return this.#offset?.offsetUs;
  }

  /** Nothing is queued: input that cannot be sent now would come as a surprise later. */
  send(message: Bytes): void {
    if (this.isOpen) this.#socket.send(message);
  }

  /** A move may be dropped when the link lags: a later one replaces it. */
  sendMove(message: Bytes): void {
    if (this.#socket.bufferedAmount < waitingBytesMax) this.send(message);
  }

  close(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #beat(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    const isMeasuring = this.#tripCount < tripCount;
    const isDue = nowMs - this.#lastAliveMs >= restMs;
    if (isMeasuring || isDue || this.#options.isHolding()) {
      this.#lastAliveMs = nowMs;
      this.send(aliveMessage(nowMs, this.offsetUs));
    }
    this.#timer = window.setTimeout(() => this.#beat(), isMeasuring ? tripGapMs : aliveMs);
  }

  #take(answer: HostAnswer | undefined): void {
    if (answer?.kind === "rumble") this.#options.onRumble(answer);
    if (answer?.kind === "answer") this.#learn(answer.askedUs, answer.hostUs);
    if (answer?.kind === "drawn") this.#options.onDrawn?.(answer);
    if (answer?.kind === "clipboard") this.#options.onClipboard?.(answer);
    if (answer?.kind === "copied") this.#options.onCopied?.(answer.state);
    if (answer?.kind === "pads") this.#options.onPads?.(answer.state);
    if (answer?.kind === "probe") this.#options.onProbe?.(answer.state);
    if (answer?.kind === "state") this.#follow(answer.state);
  }

  #follow(state: number): void {
    const isEnough = state === inputStates.noTarget && this.#options.isForMarks === true;
    if (state === inputStates.ready || isEnough) this.#options.onReady();
    else if (state === inputStates.noTarget) {
      this.close();
      this.#options.onEnd("noTarget");
    }
  }

  /** The shortest round trip is the most exact, and is wrong by at most half of itself. */
  #learn(askedUs: number, hostUs: number): void {
    const answeredUs = performance.now() * 1000;
    const tripUs = answeredUs - askedUs;
    this.#tripCount += 1;
    if (tripUs < 0 || tripUs > (this.#offset?.tripUs ?? Number.POSITIVE_INFINITY)) return;
    this.#offset = { tripUs, offsetUs: hostUs - (askedUs + answeredUs) / 2 };
  }

  #end(why: InputEnd): void {
    clearTimeout(this.#timer);
    if (!this.#isEnded) this.#options.onEnd(why);
    this.#isEnded = true;
  }
}

function reasonOf(code: number): InputEnd {
  if (code === 4401) return "over";
  return code === 4404 ? "gone" : "lost";
}
