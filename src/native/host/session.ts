/**
 * One native session on the host: its encode stream, its sender, its player's reports. The picture
 * starts with the first authenticated datagram of the player.
 */
import type { Kind } from "../../model/capture.ts";
import { type Ending, ending } from "../../model/ending.ts";
import type { Asker } from "../../model/happening.ts";
import { modeLimits } from "../../model/limits.ts";
import { reasonFields } from "../../model/reason.ts";
import type { Session } from "../../model/session.ts";
import type { Settings } from "../../model/settings.ts";
import { LinkFollower } from "../../session/link-follower.ts";
import { PacedSender } from "../../session/paced-sender.ts";
import { Reach } from "../../session/reach.ts";
import { sampleTakers } from "../../session/sample-takers.ts";
import type { SessionTotals } from "../../session/session-totals.ts";
import { StreamSession } from "../../session/stream-session.ts";
import { parityBoundsOf } from "../../session/stream-tuning.ts";
import type { Peer } from "../../session/udp.ts";
import { followsBitrate } from "../../video/encoders.ts";
import type { FrameReport, Mode, Report } from "../wire/messages.ts";
import type { ArrivalCounts } from "../wire/packet.ts";
import { LossCounter } from "./loss-counter.ts";
import { SealedPacketizer } from "./packetizer.ts";
import { ParityTarget } from "./parity-target.ts";
import { PlayerLink, silenceUsMax } from "./player-link.ts";
import { openSampler } from "./sampler.ts";
import type { NativeSessionDeps, SessionOptions } from "./session-options.ts";

const kind: Kind = "native";
/** A player sends four pings a second. */
const unreachableUsMin = 1_000_000;
/** Until the next arrival report. */
const keyFrameHoldUs = 100_000;

/** A session from the moment its encoder is open. Owns the encode stream. */
export class HostSession {
  readonly facts: SessionOptions;
  readonly #deps: NativeSessionDeps;
  readonly #core: StreamSession;
  readonly #reach: Reach;
  readonly #link: PlayerLink;
  readonly #losses = new LossCounter();
  readonly #parityTarget = new ParityTarget({ percentMin: 0, percentMax: 0 });
  readonly #packetizer: SealedPacketizer;
  readonly #sender: PacedSender;
  readonly #follower: LinkFollower;
  /** Reports another picture to the player; set by its connection. */
  onMode: ((mode: Mode) => void) | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #isEnded = false;

  constructor(facts: SessionOptions, deps: NativeSessionDeps) {
    this.facts = facts;
    this.#deps = deps;
    this.#core = this.#makeCore();
    this.#reach = new Reach({ log: this.#core.log, silentUsMax: unreachableUsMin });
    this.#core.attach(facts.stream, this.#core.control.tuning);
    this.#link = new PlayerLink({
      ...{ ...facts, clock: deps.clock, udp: deps.udp },
      onMoved: ({ address }) => {
        deps.onEvent({ kind: "reached", session_id: facts.id, address });
        this.#begin();
      },
      onArrivals: (counts, sentUs) => this.#followLink(counts, sentUs),
      onRefused: (sequence) => this.#losses.refused(sequence, 1),
    });
    this.#follower = makeFollower(this.#core, {
      sender: () => this.#sender,
      link: () => this.#link,
    });
    this.#packetizer = new SealedPacketizer({
      sealer: this.#link.sealer,
      parityTarget: this.#parityTarget,
      packetBytes: facts.packetBytes,
      onRefused: (firstSequence, count) => this.#losses.refused(firstSequence, count),
    });
    this.#sender = this.#makeSender();
    this.#followSettings();
  }

  /** For main: the memory that it reads, and the threads that it monitors. */
  get shared(): StreamSession["shared"] {
    return this.#core.shared;
  }

  /** Per frame: a datagram that carries this session's tag, from anyone. */
  receive(datagram: Uint8Array, from: Peer): void {
    this.#link.receive(datagram, from);
  }

  addReport(report: Report): void {
    const nowUs = this.#deps.clock.nowUs();
    const change = this.#losses.add(report, this.#link.sealer.nextSequence);
    // More parity would make a full link fuller.
    if (!this.#follower.isFull(nowUs)) this.#parityTarget.addReport(change);
    this.#core.log.onReport(this.#losses, nowUs);
    const slotOf = (frame: number) => this.#packetizer.slotOf(frame);
    if (report.frames !== undefined)
      joinRows(this.#core.rows, { report: report.frames, slotOf, nowUs });
  }

  requestIdr(by: Asker = "player"): void {
    this.#core.keyFrames.request(by);
  }

  /** Applies until the settings set another. */
  setBitrate(bitrateKbps: number, by: Asker = "operator"): void {
    this.#core.control.setBitrate(bitrateKbps, by);
  }

  /** Applies changes of the settings, without interruption. */
  apply(settings: Settings): void {
    if (!this.#isEnded && this.#core.control.apply(settings)) this.#followSettings();
  }

  /** The encoder's current output, of the player's request. */
  get fps(): number {
    return this.#core.control.fps;
  }

  /** True while its picture stands still. @param stoodUs the host stood still @param meantMs its interval */
  tick(stoodUs: number, meantMs: number): boolean {
    const nowUs = this.#deps.clock.nowUs();
    this.#link.tick(stoodUs);
    const isSilent = this.#link.isSilent(nowUs);
    if (isSilent) this.end(ending("player_silent", { seconds: silenceUsMax / 1e6 }));
    if (this.#isEnded) return true;
    this.#reach.onTick(this.#link.silentUs(nowUs), nowUs);
    return this.#core.tick(nowUs, meantMs);
  }

  end(why: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#sender.close();
    this.#core.end();
    this.#deps.onEnd(why);
    this.#closed.resolve(this.facts.stream.close());
  }

  /** Resolves when the session is over and its encode worker is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  describe(): Session {
    const { facts } = this;
    const { rttUs, reportCount, packetsDroppedCount } = this.#losses;
    return {
      session_id: facts.id,
      kind,
      client: facts.client,
      ...this.#core.control.picture,
      codec: facts.mode.codec,
      encoder: this.#core.encoder,
      bitrate_kbps: this.#core.control.bitrateKbps,
      started_unix_ms: this.#core.startedUnixMs,
      frames_sent: this.#sender.framesSentCount,
      bytes_sent: this.#sender.bytesSentCount,
      packets_sent: this.#link.packetsSentCount,
      ...(reportCount > 0 ? { packets_lost: packetsDroppedCount } : {}),
      ...(rttUs === undefined ? {} : { rtt_us: rttUs }),
    };
  }

  #followLink(counts: Readonly<ArrivalCounts>, sentUs: number | undefined): void {
    const { control } = this.#core;
    if (this.#isEnded || sentUs === undefined) return;
    if (!control.settings.bitrate_follows_link) {
      control.followLink(control.askedKbps);
      return;
    }
    const atUs = this.#deps.clock.nowUs();
    this.#follower.add({ ...counts, atUs, delayUs: counts.arrivedUs - sentUs });
    this.#parityTarget.isTight = control.bitrateKbps < control.askedKbps;
    if (this.#follower.isDraining) this.#core.keyFrames.holdUntil(atUs + keyFrameHoldUs);
  }

  #begin(): void {
    this.#core.subscribe({
      onFrame: (frame) => this.#sender.push(frame),
      onEnd: (why) => this.end(why),
    });
  }

  #followSettings(): void {
    const { settings, pace } = this.#core.control;
    this.#parityTarget.bounds = parityBoundsOf(settings);
    this.#sender.pace = pace;
  }

  #makeCore(): StreamSession {
    const { facts } = this;
    const { clock, gate, onEvent } = this.#deps;
    const describe = () => ({ ...this.describe(), kind, codec: facts.mode.codec });
    const sampler = openSampler({
      gate,
      takers: sampleTakers({ id: facts.id, describe, onEvent }),
      fps: () => this.fps,
      totals: () => this.#totals(),
    });
    return new StreamSession({
      ...{ clock, sampler, mode: facts.mode, settings: facts.settings, preset: facts.preset },
      onHappened: (happened) => onEvent({ kind: "happened", session_id: facts.id, ...happened }),
      onPicture: (picture, why) => {
        this.#sender.pace = this.#core.control.pace;
        this.onMode?.({ ...picture, ...reasonFields(why) });
      },
    });
  }

  #makeSender(): PacedSender {
    return new PacedSender({
      clock: this.#deps.clock,
      packetizer: this.#packetizer,
      pace: this.#core.control.pace,
      send: (datagrams, first) => this.#link.send(datagrams, first),
      ...this.#core.frameEvents,
    });
  }

  #totals(): SessionTotals {
    return {
      ...this.#losses.totals(),
      framesDropped: this.#sender.framesDroppedCount + this.#core.lostCount,
      sendDropped: this.#sender.sendDroppedCount + this.#link.pongsRefusedCount,
      unreachableUs: this.#reach.totalUs,
      rttUs: this.#reach.isLost ? undefined : this.#losses.rttUs,
      ...this.#core.control.bitrates,
    };
  }
}

/** The player's reports of single frames go into their rows; only of its own, only once. */
function joinRows(
  rows: StreamSession["rows"],
  {
    report,
    slotOf,
    nowUs,
  }: {
    readonly report: FrameReport;
    readonly slotOf: (frame: number) => number | undefined;
    readonly nowUs: number;
  },
): void {
  const { first, arrived, rebuilt, complete_us, lost_head } = report;
  const count = Math.min(arrived.length, rebuilt.length, complete_us.length);
  for (let index = 0; index < count; index++) {
    const slot = slotOf(first + index);
    if (slot === undefined) continue;
    const completeUs = complete_us[index] ?? -1;
    const reported = {
      arrived: arrived[index],
      rebuilt: rebuilt[index],
      headLost: lost_head?.[index],
      completeAfterUs: completeUs >= 0 ? completeUs : undefined,
      isComplete: completeUs !== -1,
    };
    rows.addReported(slot, reported, nowUs);
  }
}

/** Both are created after the follower: they are resolved when needed. */
function makeFollower(
  core: StreamSession,
  parts: { readonly sender: () => PacedSender; readonly link: () => PlayerLink },
): LinkFollower {
  const { control } = core;
  return new LinkFollower({
    askedKbps: () => control.askedKbps,
    floorKbps: modeLimits.bitrateKbpsMin,
    load: () => ({
      mediaBytes: parts.sender().bytesSentCount,
      wireBytes: parts.link().bytesSentCount,
      datagramCount: parts.link().packetsSentCount,
    }),
    followsBitrate: () => followsBitrate(core.encoder),
    onTarget: (kbps) => control.followLink(kbps),
  });
}
