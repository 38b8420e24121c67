/**
 * A player: a session with a host, its datagrams opened and put together to frames, reports twice
 * a second, an IDR asked for when a frame is beyond repair. Frames are forwarded in order, and
 * only such as can be decoded from a key frame on.
 */
import type { Clock } from "../../base/clock.ts";
import { printableShort } from "../../base/printable.ts";
import { Ticker, timers } from "../../base/scheduler.ts";
import { UdpPort } from "../../session/udp.ts";
import type { Mode, Open, Opened, Report } from "../wire/messages.ts";
import {
  arrivalsBytes,
  emptyShardHeader,
  packetBytesMax,
  packetOverheadBytes,
  pingBytes,
  readPong,
  readShardHeader,
  shardHeaderBytes,
  viewOf,
  writeArrivals,
  writePing,
} from "../wire/packet.ts";
import { Opener, Sealer } from "../wire/seal.ts";
import { SequenceWindow } from "../wire/sequence-window.ts";
import { Assembly, type CompleteFrame } from "./assembly.ts";
import { ClockOffset } from "./clock-offset.ts";
import { ControlClient, type HostAddress, type PlayerCredentials } from "./control-client.ts";
import { FrameReports } from "./frame-reports.ts";
import { OwnPauses } from "./own-pauses.ts";

/** Which host, which mode, and who takes the frames. */
export type PlayerOptions = {
  readonly address: HostAddress;
  readonly credentials: PlayerCredentials;
  readonly request: Open;
  readonly clock: Clock;
  /** False when the frame could not be taken: the next one forwarded is then a key frame. */
  onFrame(frame: CompleteFrame, latencyUs: number | undefined): boolean;
  onRtt(rttUs: number): void;
  /** A person at the host's desktop has to allow its picture first. */
  onWaiting?(): void;
  /** The host makes another picture from its next key frame on. */
  onMode?(mode: Mode): void;
  /** Once; undefined when the player itself ended. */
  onEnd(reason: string | undefined): void;
};

const tickMs = 10;
const pingTicks = 25;
/** Until the host has heard from this player, it does not know where to send to. */
const firstPingTicks = 5;
const settleTicks = 5;
const arrivalTicks = 5;
const reportTicks = 50;
export const silenceUsMax = 4_000_000;
const patienceUs = 30_000;
const idrIntervalUs = 150_000;
const sequenceCountMax = 16_384;
/** Twice what a pixel takes that is not compressed at all, and room for parameter sets. */
const pictureBytesMax = 3;
const parameterBytesMax = 65_536;

/** One session of a player, until it is stopped or the host ends it. */
export class Player {
  readonly opened: Opened;
  readonly #options: PlayerOptions;
  readonly #control: ControlClient;
  readonly #opener: Opener;
  readonly #sealer: Sealer;
  readonly #assembly: Assembly;
  readonly #arrivals = new SequenceWindow({ sequenceCountMax });
  readonly #offset = new ClockOffset();
  readonly #reports = new FrameReports();
  readonly #pauses = new OwnPauses(tickMs * 1000);
  readonly #header = emptyShardHeader();
  readonly #ping = new Uint8Array(pingBytes);
  readonly #arrived = new Uint8Array(arrivalsBytes);
  readonly #datagram = new Uint8Array(packetBytesMax);
  readonly #counts = { sequence: 0, arrivedUs: 0, receivedCount: 0, receivedBytes: 0, lateUs: 0 };
  #udp: UdpPort | undefined;
  readonly #ticker = new Ticker({
    ...{ scheduler: timers, intervalMs: tickMs },
    onTick: () => this.#tick(),
  });
  #tickCount = 0;
  #tickUs: number | undefined;
  #toldCount = 0;
  #heardUs: number;
  #idrUs = 0;
  #rttUs: number | undefined;
  #isEnded = false;
  idrRequestCount = 0;

  private constructor(options: PlayerOptions, control: ControlClient, opened: Opened) {
    this.#options = options;
    this.#control = control;
    this.opened = opened;
    const { tag } = opened;
    this.#opener = new Opener({ key: Buffer.from(opened.key_to_player, "base64url"), tag });
    this.#sealer = new Sealer({ key: Buffer.from(opened.key_to_host, "base64url"), tag });
    const shardBytes = opened.packet_bytes - packetOverheadBytes;
    const frameBytesMax = opened.width * opened.height * pictureBytesMax + parameterBytesMax;
    this.#assembly = new Assembly({ shardBytes, patienceUs, frameBytesMax });
    this.#heardUs = options.clock.nowUs();
  }

  /** Resolves when the session runs. @throws Failure */
  static async start(options: PlayerOptions): Promise<Player> {
    const control = await ControlClient.connect(options.address, options.credentials);
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

  /** Datagrams by what became of them. */
  get arrivals(): Readonly<SequenceWindow> {
    return this.#arrivals;
  }

  /** Of all datagrams that came, once each. */
  get receivedBytes(): number {
    return this.#counts.receivedBytes;
  }

  /** Frames by what became of them. */
  get frames(): Readonly<Assembly> {
    return this.#assembly;
  }

  /** Ends the session well: the last report counts everything. */
  stop(): void {
    if (this.#isEnded) return;
    this.#arrivals.settleAll();
    this.#control.send({ kind: "report", ...this.#report() });
    this.#control.send({ kind: "bye" });
    this.#end(undefined);
  }

  async #begin(): Promise<void> {
    const { remoteAddress } = this.#control;
    const address = remoteAddress.includes(":") ? "::" : "0.0.0.0";
    this.#udp = await UdpPort.open(
      { address, port: 0 },
      { onDatagram: (datagram) => this.#receive(datagram) },
    );
    this.#control.onMessage = (message) => {
      if (message.kind === "ended") this.#end(printableShort(message.reason));
      else if (message.kind === "mode") this.#options.onMode?.(message);
    };
    this.#control.onClose = (reason) => this.#end(reason);
    this.#ticker.start();
    this.#tick();
  }

  /** Per frame: a datagram, from anybody. */
  #receive(datagram: Uint8Array): void {
    const sequence = this.#opener.readSequence(datagram);
    if (this.#isEnded || sequence === undefined) return;
    const plain = this.#opener.open(datagram);
    // Only what the host sealed is counted; a forged sequence says nothing.
    if (plain === undefined || this.#arrivals.accept(sequence) !== "new") return;
    const nowUs = this.#options.clock.nowUs();
    this.#heardUs = nowUs;
    this.#count(sequence, datagram.length, nowUs);
    const view = viewOf(plain);
    if (readShardHeader(view, this.#header)) {
      this.#reports.onShard(this.#header, nowUs);
      const shard = plain.subarray(shardHeaderBytes);
      if (this.#assembly.add(this.#header, shard, nowUs)) this.#complete(nowUs);
      return;
    }
    const pong = readPong(view);
    if (pong !== undefined) this.#addPong(pong, nowUs);
  }

  #count(sequence: number, byteCount: number, nowUs: number): void {
    const counts = this.#counts;
    counts.receivedCount += 1;
    counts.receivedBytes += byteCount;
    if (sequence < counts.sequence) return;
    counts.sequence = sequence;
    counts.arrivedUs = Math.round(nowUs);
  }

  #complete(nowUs: number): void {
    const { frame, captureUs } = this.#header;
    this.#reports.onComplete(frame, this.#latencyUs(nowUs, captureUs), this.#assembly.rebuiltCount);
    this.#handOn(nowUs);
  }

  #latencyUs(completeUs: number, captureUs: number): number | undefined {
    const { offsetUs } = this.#offset;
    return offsetUs === undefined ? undefined : Math.max(0, completeUs + offsetUs - captureUs);
  }

  #addPong(pong: Parameters<ClockOffset["add"]>[0], nowUs: number): void {
    const rttUs = this.#offset.add(pong, nowUs);
    if (rttUs === undefined) return;
    this.#rttUs = Math.min(this.#rttUs ?? rttUs, rttUs);
    this.#options.onRtt(rttUs);
  }

  #handOn(nowUs: number): void {
    for (;;) {
      const frame = this.#assembly.take(nowUs);
      if (frame === undefined || this.#isEnded) return;
      const latencyUs = this.#latencyUs(frame.completeUs, frame.captureUs);
      if (!this.#options.onFrame(frame, latencyUs)) this.#assembly.breakChain();
    }
  }

  #tick(): void {
    const nowUs = this.#options.clock.nowUs();
    this.#pauses.tick(nowUs);
    if (nowUs - this.#heardUs > silenceUsMax) {
      this.#end(`the host was silent for ${silenceUsMax / 1e6} s`);
      return;
    }
    const lateUs = nowUs - (this.#tickUs ?? nowUs) - tickMs * 1000;
    this.#tickUs = nowUs;
    this.#counts.lateUs = Math.max(this.#counts.lateUs, Math.round(lateUs));
    this.#handOn(nowUs);
    if (this.#isEnded) return;
    const isFirst = this.#arrivals.highest === undefined;
    if (this.#tickCount % (isFirst ? firstPingTicks : pingTicks) === 0) this.#sendPing(nowUs);
    if (this.#tickCount % arrivalTicks === 0) this.#sendArrivals();
    if (this.#tickCount % settleTicks === 0) this.#arrivals.settle();
    this.#tickCount += 1;
    if (this.#tickCount % reportTicks === 0) {
      this.#control.send({ kind: "report", ...this.#report() });
      this.#rttUs = undefined;
    }
    if (this.#assembly.isBroken && nowUs - this.#idrUs >= idrIntervalUs) this.#askIdr(nowUs);
  }

  #askIdr(nowUs: number): void {
    this.#idrUs = nowUs;
    this.idrRequestCount += 1;
    this.#control.send({ kind: "idr" });
  }

  #sendPing(nowUs: number): void {
    writePing(viewOf(this.#ping), nowUs);
    this.#send(this.#ping);
  }

  /** Twenty times a second while something comes: what the host works the rate of the link out from. */
  #sendArrivals(): void {
    if (this.#counts.receivedCount === this.#toldCount) return;
    this.#toldCount = this.#counts.receivedCount;
    writeArrivals(viewOf(this.#arrived), this.#counts);
    this.#counts.lateUs = 0;
    this.#send(this.#arrived);
  }

  /** What the kernel refuses is as good as lost: the next one follows. */
  #send(plain: Uint8Array): void {
    const byteCount = this.#sealer.seal(plain, this.#datagram);
    const to = { address: this.#control.remoteAddress, port: this.#options.address.port };
    this.#udp?.send([this.#datagram.subarray(0, byteCount)], 0, to);
  }

  #report(): Report {
    const arrivals = this.#arrivals;
    const frames = this.#assembly;
    const { highest } = arrivals;
    const { pausedUs, waitedUs } = this.#pauses;
    const facts = this.#reports.take(this.#options.clock.nowUs());
    return {
      ...(highest === undefined ? {} : { highest_sequence: highest }),
      settled_sequence: arrivals.settled,
      packets_received: arrivals.receivedCount,
      packets_lost: arrivals.lostCount,
      packets_duplicate: arrivals.duplicateCount,
      packets_reordered: arrivals.reorderedCount,
      packets_late: arrivals.lateCount,
      packets_stale: arrivals.staleCount,
      fec_recovered: frames.recoveredCount,
      frames_complete: frames.completeCount,
      frames_lost: frames.lostCount,
      frames_skipped: frames.skippedCount,
      idr_requests: this.idrRequestCount,
      ...(this.#rttUs === undefined ? {} : { rtt_us: Math.round(this.#rttUs) }),
      paused_us: Math.round(pausedUs),
      ...(waitedUs === undefined ? {} : { waited_us: Math.round(waitedUs) }),
      ...(facts === undefined ? {} : { frames: facts }),
    };
  }

  #end(reason: string | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#arrivals.settleAll();
    this.#ticker.stop();
    this.#udp?.close();
    this.#control.close();
    this.#options.onEnd(reason);
  }
}
