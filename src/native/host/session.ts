/**
 * One native session on the host: its encode stream, its sender, what its player reports. It sends
 * to the address that the newest authenticated datagram came from, and nothing before there is one.
 */
import type { Kind } from "../../model/capture.ts";
import { type Ending, ending } from "../../model/ending.ts";
import type { Asker } from "../../model/happening.ts";
import type { Session } from "../../model/session.ts";
import type { Settings } from "../../model/settings.ts";
import type { LentFrame } from "../../session/frame-queue.ts";
import { sampleTakers } from "../../session/sample-takers.ts";
import { SentTotals } from "../../session/sent-totals.ts";
import { SessionLog } from "../../session/session-log.ts";
import { parityBoundsOf, StreamTuning } from "../../session/stream-tuning.ts";
import type { Peer } from "../../session/udp.ts";
import { nothingLost } from "../../video/link.ts";
import type { Report } from "../wire/messages.ts";
import { pongBytes, readPing, viewOf, writePong } from "../wire/packet.ts";
import { Opener, Sealer } from "../wire/seal.ts";
import { SequenceWindow } from "../wire/sequence-window.ts";
import { LossLedger } from "./loss-counter.ts";
import { ParityTarget } from "./parity-target.ts";
import { Sampler, type Totals } from "./sampler.ts";
import { Sender, type SentFrame } from "./sender.ts";
import type { SessionDeps, SessionOptions } from "./session-options.ts";

/** A player sends four pings a second. */
export const silenceUsMax = 4_000_000;
const kind: Kind = "native";
const idrIntervalUs = 100_000;
const sequenceCountMax = 4096;

export class HostSession {
  readonly facts: SessionOptions;
  /** What was sent, for whoever counts in another thread. */
  readonly totals = new SentTotals();
  readonly #deps: SessionDeps;
  readonly #opener: Opener;
  readonly #sealer: Sealer;
  readonly #arrivals = new SequenceWindow({ sequenceCountMax });
  readonly #ledger = new LossLedger();
  readonly #parityTarget = new ParityTarget({ percentMin: 0, percentMax: 0 });
  readonly #log = new SessionLog();
  readonly #sender: Sender;
  readonly #sampler: Sampler;
  readonly #pong = new Uint8Array(pongBytes);
  readonly #pongDatagram: Uint8Array;
  readonly #startedUnixMs: number;
  readonly #closed = Promise.withResolvers<void>();
  #peer: Peer | undefined;
  #subscription: Disposable | undefined;
  #heardUs: number;
  #idrUs = 0;
  #isIdrWanted = false;
  #isIdrComing = false;
  readonly #tuning: StreamTuning;
  #channel = nothingLost;
  #packetsSentCount = 0;
  #pongsRefusedCount = 0;
  #isEnded = false;

  constructor(facts: SessionOptions, deps: SessionDeps) {
    this.facts = facts;
    this.#deps = deps;
    this.#opener = new Opener({ key: facts.keyToHost, tag: facts.tag });
    this.#sealer = new Sealer({ key: facts.keyToPlayer, tag: facts.tag });
    this.#pongDatagram = new Uint8Array(facts.packetBytes);
    this.#startedUnixMs = deps.clock.wallMs();
    this.#heardUs = deps.clock.nowUs();
    this.#tuning = new StreamTuning(facts);
    this.#sender = this.#makeSender();
    this.#adjustSender();
    const describe = () => ({ ...this.describe(), kind, codec: facts.mode.codec });
    this.#sampler = new Sampler({
      gate: deps.gate,
      takers: sampleTakers({ id: facts.id, describe, onEvent: deps.onEvent }),
      totals: () => this.#totals(),
    });
  }

  /** Hot path: a datagram that carries this session's tag, from whoever sent it. */
  receive(datagram: Uint8Array, from: Peer): void {
    const sequence = this.#opener.readSequence(datagram);
    if (sequence === undefined || this.#arrivals.check(sequence) !== "new") return;
    const plain = this.#opener.open(datagram);
    if (plain === undefined) return;
    const highest = this.#arrivals.highest;
    this.#arrivals.accept(sequence);
    const nowUs = this.#deps.clock.nowUs();
    this.#heardUs = nowUs;
    if (highest === undefined || sequence > highest) this.#moveTo(from);
    const sentUs = readPing(viewOf(plain));
    if (sentUs !== undefined) this.#answer(sentUs, nowUs);
  }

  addReport(report: Report): void {
    this.#parityTarget.addReport(this.#ledger.add(report, this.#sealer.nextSequence));
    this.#log.onReport(this.#ledger, this.#deps.clock.nowUs());
  }

  /** Answered with the next frame, at most ten times a second; one on its way answers this too. */
  requestIdr(by: Asker = "player"): void {
    if (this.#isIdrComing) return;
    if (!this.#isIdrWanted) {
      this.#log.add({ atUs: this.#deps.clock.nowUs(), action: "idr_requested", by });
    }
    this.#isIdrWanted = true;
    this.#askIdr();
  }

  /** Until the settings name another. */
  setBitrate(bitrateKbps: number, by: Asker = "operator"): void {
    this.facts.stream.setBitrate(bitrateKbps);
    const before = this.#tuning.bitrateKbps;
    this.#tuning.setBitrate(bitrateKbps);
    this.#logBitrate(before, by);
  }

  /** Follows what has changed in the settings, without a break. */
  apply(settings: Settings): void {
    const { bitrateKbps } = this.#tuning;
    if (this.#isEnded || !this.#tuning.apply(settings)) return;
    if (bitrateKbps !== this.#tuning.bitrateKbps) this.#logBitrate(bitrateKbps, "operator");
    this.facts.stream.tune(this.#tuning.now);
    this.#adjustSender();
  }

  /** What the encoder makes now, of what the player asked for. */
  get fps(): number {
    return this.#tuning.fps;
  }

  /** A few times a second. */
  tick(): void {
    const nowUs = this.#deps.clock.nowUs();
    const isSilent = nowUs - this.#heardUs > silenceUsMax;
    if (isSilent) this.end(ending("player_silent", { seconds: silenceUsMax / 1e6 }));
    if (this.#isEnded) return;
    if (this.#isIdrWanted) this.#askIdr();
    this.#arrivals.settle();
    this.#sampler.tick(nowUs);
    this.#tellLog();
  }

  end(why: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#subscription?.[Symbol.dispose]();
    this.#sender.close();
    this.#tellLog();
    this.#deps.onEnd(why);
    this.#closed.resolve(this.facts.stream.close());
  }

  /** Resolves when the session is over and its encode worker is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  describe(): Session {
    const { facts } = this;
    const { rttUs, reportCount, packetsDroppedCount } = this.#ledger;
    return {
      session_id: facts.id,
      kind,
      client: facts.client,
      width: facts.mode.width,
      height: facts.mode.height,
      fps: this.fps,
      codec: facts.mode.codec,
      encoder: facts.stream.encoder,
      bitrate_kbps: this.#tuning.bitrateKbps,
      started_unix_ms: this.#startedUnixMs,
      frames_sent: this.#sender.framesSentCount,
      bytes_sent: this.#sender.bytesSentCount,
      packets_sent: this.#packetsSentCount,
      ...(reportCount > 0 ? { packets_lost: packetsDroppedCount } : {}),
      ...(rttUs === undefined ? {} : { rtt_us: rttUs }),
    };
  }

  /** The first address starts the picture; a later one is a player that moved. */
  #moveTo(peer: Peer): void {
    if (this.#peer?.port === peer.port && this.#peer.address === peer.address) return;
    this.#peer = peer;
    if (this.#isEnded) return;
    this.#subscription ??= this.facts.stream.subscribe({
      onFrame: (frame) => this.#onFrame(frame),
      onReset: ({ atUs, reason }) => this.#log.add({ atUs, action: "encoder_reset", reason }),
      onEnd: (why) => this.end(why),
    });
  }

  #answer(sentUs: number, receivedUs: number): void {
    const answeredUs = this.#deps.clock.nowUs();
    writePong(viewOf(this.#pong), { sentUs, receivedUs, answeredUs });
    const sequence = this.#sealer.nextSequence;
    const byteCount = this.#sealer.seal(this.#pong, this.#pongDatagram);
    if (this.#send([this.#pongDatagram.subarray(0, byteCount)], 0) === 0) {
      this.#ledger.refused(sequence, 1);
      this.#pongsRefusedCount += 1;
    }
  }

  #onFrame(frame: LentFrame): void {
    this.#channel = frame;
    this.#log.onFrame(frame);
    if (frame.isKey) this.#isIdrComing = false;
    if (this.#isIdrWanted) this.#askIdr();
    this.#sender.push(frame);
  }

  #onSent(frame: LentFrame, sent: SentFrame): void {
    this.totals.add(sent.byteCount, frame.isKey);
    this.#sampler.onSent(frame, sent);
  }

  #askIdr(): void {
    const nowUs = this.#deps.clock.nowUs();
    if (this.#isEnded || nowUs - this.#idrUs < idrIntervalUs) return;
    this.#idrUs = nowUs;
    this.#isIdrWanted = false;
    this.#isIdrComing = true;
    this.facts.stream.requestIdr();
  }

  #send(datagrams: readonly Uint8Array[], first: number): number {
    if (this.#peer === undefined) return 0;
    const takenCount = this.#deps.udp.send(datagrams, first, this.#peer);
    this.#packetsSentCount += takenCount;
    return takenCount;
  }

  #adjustSender(): void {
    const { settings } = this.#tuning;
    this.#parityTarget.bounds = parityBoundsOf(settings);
    this.#sender.pace = { frameIntervalUs: 1e6 / this.fps, share: settings.pacing_share };
  }

  #logBitrate(beforeKbps: number, by: Asker): void {
    const change = { from_kbps: beforeKbps, to_kbps: this.#tuning.bitrateKbps, by };
    this.#log.add({ atUs: this.#deps.clock.nowUs(), action: "bitrate_changed", ...change });
  }

  /** At a tick, off the frame path. */
  #tellLog(): void {
    const taken = this.#log.take();
    if (taken) this.#deps.onEvent({ kind: "happened", session_id: this.facts.id, ...taken });
  }

  #makeSender(): Sender {
    return new Sender({
      clock: this.#deps.clock,
      sealer: this.#sealer,
      parityTarget: this.#parityTarget,
      outlet: {
        send: (datagrams, first) => this.#send(datagrams, first),
        refused: (firstSequence, count) => this.#ledger.refused(firstSequence, count),
      },
      packetBytes: this.facts.packetBytes,
      pace: { frameIntervalUs: 1e6 / this.fps, share: 0 },
      onTaken: (frame, takenUs) => this.#sampler.onTaken(frame, takenUs),
      onSent: (frame, sent) => this.#onSent(frame, sent),
      onBroken: () => this.requestIdr("host"),
    });
  }

  #totals(): Totals {
    const ledger = this.#ledger;
    return {
      framesDropped: this.#sender.framesDroppedCount + this.#channel.droppedCount,
      missedSlots: this.#channel.missedCount,
      sendDropped: this.#sender.sendDroppedCount + this.#pongsRefusedCount,
      packetsDropped: ledger.packetsDroppedCount,
      fecRecovered: ledger.fecRecoveredCount,
      framesLost: ledger.framesLostCount,
      idrRequests: ledger.idrRequestCount,
      reports: ledger.reportCount,
      rttUs: ledger.rttUs,
      bitrateKbps: this.#tuning.bitrateKbps,
    };
  }
}
