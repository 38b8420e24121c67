/**
 * A player: a session with a host, its datagrams opened and put together to frames, reports twice a
 * second, an IDR requested when a frame is beyond repair. Frames are forwarded in order, and only
 * those that can be decoded from a key frame on.
 */
import type { Clock } from "../../base/clock.ts";
import { printableShort } from "../../base/printable.ts";
import { Ticker, timers } from "../../base/scheduler.ts";
import type { EndingCode } from "../../model/ending.ts";
import type { Message, Mode, Open, Opened, Report } from "../wire/messages.ts";
import { isPong } from "../wire/packet.ts";
import type { SequenceWindow } from "../wire/sequence-window.ts";
import { ArrivalFeedback } from "./arrival-feedback.ts";
import type { Assembly, CompleteFrame } from "./assembly.ts";
import { ControlClient, type HostAddress, type PlayerCredentials } from "./control-client.ts";
import { OwnPauses } from "./own-pauses.ts";
import { Reception } from "./reception.ts";
import { SealedPort } from "./sealed-port.ts";

/** Which host, which mode, and who takes the frames. */
export type PlayerOptions = {
  readonly address: HostAddress;
  readonly credentials: PlayerCredentials;
  readonly request: Open;
  readonly clock: Clock;
  /** How long the host may take to answer at all; 5 s unless given. */
  readonly connectMsMax?: number;
  /** False when the frame could not be accepted: the next one forwarded is then a key frame. */
  onFrame(frame: CompleteFrame, latencyUs: number | undefined): boolean;
  onRtt(rttUs: number): void;
  /** A person at the host's desktop must allow its picture first. */
  onWaiting?(): void;
  /** The host makes another picture from its next key frame on. */
  onMode?(mode: Mode): void;
  /** Once; undefined when the player itself ended. */
  onEnd(end: PlayerEnd | undefined): void;
};

/** Why a session ended that the player did not end. */
export type PlayerEnd = {
  readonly reason: string;
  /** Nobody wanted it to end: a new session may continue this one. */
  readonly isLost: boolean;
};

const tickMs = 10;
const pingTicks = 25;
/** Until the host has heard from this player, it does not know where to send to. */
const firstPingTicks = 5;
const settleTicks = 5;
const arrivalTicks = 5;
const reportTicks = 50;
const silenceUsMax = 4_000_000;
const idrIntervalUs = 150_000;

/** One session of a player, until it is stopped or the host ends it. */
export class Player {
  readonly opened: Opened;
  readonly #options: PlayerOptions;
  readonly #control: ControlClient;
  readonly #port: SealedPort;
  readonly #reception: Reception;
  readonly #feedback = new ArrivalFeedback();
  readonly #pauses = new OwnPauses(tickMs * 1000);
  readonly #ticker = new Ticker({
    ...{ scheduler: timers, intervalMs: tickMs },
    onTick: () => this.#tick(),
  });
  #tickCount = 0;
  #heardUs: number;
  #idrUs = 0;
  #isEnded = false;
  idrRequestCount = 0;

  private constructor(options: PlayerOptions, control: ControlClient, opened: Opened) {
    this.#options = options;
    this.#control = control;
    this.opened = opened;
    const to = { address: control.remoteAddress, port: options.address.port };
    this.#port = new SealedPort(opened, to, (plain, sequence, byteCount) =>
      this.#receive(plain, sequence, byteCount),
    );
    this.#reception = new Reception(opened, options.onRtt);
    this.#heardUs = options.clock.nowUs();
  }

  /** Resolves when the session runs. @throws Failure */
  static async start(options: PlayerOptions): Promise<Player> {
    const control = await ControlClient.connect(options.address, options);
    try {
      const opened = await control.open(options.request, () => options.onWaiting?.());
      const player = new Player(options, control, opened);
      await player.#begin();
      return player;
    } catch (cause) {
      control.close();
      throw cause;
    }
  }

  /** Datagrams by result. */
  get arrivals(): Readonly<SequenceWindow> {
    return this.#reception.arrivals;
  }

  /** Of all datagrams that arrived, once each. */
  get receivedBytes(): number {
    return this.#feedback.receivedBytes;
  }

  /** Frames by result. */
  get frames(): Readonly<Assembly> {
    return this.#reception.assembly;
  }

  /** Ends the session in order: the last report counts everything. */
  stop(): void {
    if (this.#isEnded) return;
    this.#reception.arrivals.settleAll();
    this.#sendReport();
    this.#control.send({ kind: "bye" });
    this.#end(undefined);
  }

  async #begin(): Promise<void> {
    await this.#port.open();
    this.#control.onMessage = (message) => {
      if (message.kind === "ended") this.#end(endOf(message));
      else if (message.kind === "mode") this.#options.onMode?.(message);
    };
    this.#control.onClose = (reason) => this.#end({ reason, isLost: true });
    this.#ticker.start();
    this.#tick();
  }

  /** Per frame: only datagrams sealed by the host are counted; a forged sequence says nothing. */
  #receive(plain: Uint8Array, sequence: number, byteCount: number): void {
    if (this.#isEnded || this.#reception.arrivals.accept(sequence) !== "new") return;
    const nowUs = this.#options.clock.nowUs();
    this.#heardUs = nowUs;
    this.#feedback.add(sequence, byteCount, nowUs);
    if (!isPong(plain)) this.#feedback.press();
    if (this.#reception.add(plain, nowUs)) this.#handOn(nowUs);
  }

  #handOn(nowUs: number): void {
    const { assembly } = this.#reception;
    for (;;) {
      const frame = assembly.take(nowUs);
      if (frame === undefined || this.#isEnded) return;
      const latencyUs = this.#reception.latencyUs(frame.completeUs, frame.captureUs);
      if (!this.#options.onFrame(frame, latencyUs)) assembly.breakChain();
    }
  }

  #tick(): void {
    const nowUs = this.#options.clock.nowUs();
    this.#feedback.late(this.#pauses.tick(nowUs));
    if (nowUs - this.#heardUs > silenceUsMax) {
      this.#end({ reason: `the host was silent for ${silenceUsMax / 1e6} s`, isLost: true });
      return;
    }
    this.#handOn(nowUs);
    if (this.#isEnded) return;
    const { arrivals, assembly } = this.#reception;
    const everyPing = arrivals.highest === undefined ? firstPingTicks : pingTicks;
    const isPinging = this.#tickCount % everyPing === 0;
    // All that is due at once leaves at once: the host wakes up once for it.
    if (isPinging) this.#port.send(this.#reception.ping(nowUs));
    if (this.#tickCount % arrivalTicks === 0) this.#sendArrivals(isPinging);
    if (this.#tickCount % settleTicks === 0) arrivals.settle();
    if (this.#tickCount > 0 && this.#tickCount % reportTicks === 0) this.#sendReport();
    this.#tickCount += 1;
    if (assembly.isBroken && nowUs - this.#idrUs >= idrIntervalUs) this.#askIdr(nowUs);
  }

  #askIdr(nowUs: number): void {
    this.#idrUs = nowUs;
    this.idrRequestCount += 1;
    this.#control.send({ kind: "idr" });
  }

  #sendArrivals(isPinging: boolean): void {
    const plain = this.#feedback.take(isPinging);
    if (plain !== undefined) this.#port.send(plain);
  }

  #sendReport(): void {
    const { pausedUs, waitedUs } = this.#pauses;
    const report: Report = {
      ...this.#reception.report(this.#options.clock.nowUs()),
      idr_requests: this.idrRequestCount,
      paused_us: Math.round(pausedUs),
      ...(waitedUs === undefined ? {} : { waited_us: Math.round(waitedUs) }),
    };
    this.#control.send({ kind: "report", ...report });
  }

  #end(end: PlayerEnd | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reception.arrivals.settleAll();
    this.#ticker.stop();
    this.#port.close();
    this.#control.close();
    this.#options.onEnd(end);
  }
}

/** A host that has not heard from its player lost the link as well. */
function endOf({ reason, reason_code }: Message & { kind: "ended" }): PlayerEnd {
  const silent: EndingCode = "player_silent";
  return { reason: printableShort(reason), isLost: reason_code === silent };
}
