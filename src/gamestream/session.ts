/**
 * One GameStream session: its encode stream, its senders, what its player says. The picture begins
 * with the control stream connected and the player's address known.
 */
import type { Kind } from "../model/capture.ts";
import type { Ending } from "../model/ending.ts";
import type { Asker } from "../model/happening.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { LentFrame } from "../session/frame-queue.ts";
import { sampleTakers } from "../session/sample-takers.ts";
import { SentTotals } from "../session/sent-totals.ts";
import { SessionLog } from "../session/session-log.ts";
import { parityBoundsOf, StreamTuning } from "../session/stream-tuning.ts";
import type { Peer } from "../session/udp.ts";
import { notOpened } from "../video/ending.ts";
import { nothingLost } from "../video/link.ts";
import type { EncodeStream } from "../video/stream.ts";
import { readControl, terminationPayload, terminationType } from "./control/message.ts";
import { ControlSeal } from "./control/seal.ts";
import { describeSession } from "./describe-session.ts";
import { AudioPacketizer } from "./media/audio-packetizer.ts";
import { LossLedger } from "./media/loss-counter.ts";
import { Sampler, type Totals } from "./media/sampler.ts";
import { SoundSender } from "./media/sound-sender.ts";
import { openSound, type SoundStream } from "./media/sound-stream.ts";
import { FramePacketizer } from "./media/video-packetizer.ts";
import { type Pace, type SentFrame, VideoSender } from "./media/video-sender.ts";
import type { SessionDeps, SessionFacts } from "./session-options.ts";

const kind: Kind = "gamestream";
const idrIntervalUs = 100_000;
const settleIntervalUs = 1_000_000;

export class GamestreamSession {
  readonly facts: SessionFacts;
  readonly #sent = new SentTotals();
  readonly #deps: SessionDeps;
  readonly #seal: ControlSeal;
  readonly #ledger = new LossLedger();
  readonly #log = new SessionLog();
  readonly #sender: VideoSender;
  readonly #sound: SoundSender;
  readonly #sampler: Sampler;
  readonly #startedUnixMs: number;
  #stream: EncodeStream | undefined;
  #soundStream: SoundStream | undefined;
  #subscription: Disposable | undefined;
  #isConnected = false;
  #isBegun = false;
  #isEnded = false;
  #isIdrWanted = false;
  #idrUs = 0;
  #settledUs = 0;
  #idrRequestCount = 0;
  #invalidationCount = 0;
  #channel = nothingLost;
  readonly #tuning: StreamTuning;

  constructor(facts: SessionFacts, deps: SessionDeps) {
    this.facts = facts;
    this.#deps = deps;
    const { launch, settings, house, preset } = facts;
    const { key, keyId } = launch;
    this.#tuning = new StreamTuning({ mode: settings, settings: house, preset });
    const version = settings.isControlV2 ? 2 : 1;
    this.#seal = new ControlSeal({ key: key.lend("control"), version, own: "host" });
    this.#startedUnixMs = deps.clock.wallMs();
    this.#sender = this.#makeSender();
    const audioKey = settings.isAudioSealed ? key.lend("audio") : undefined;
    const audio = { packetMs: settings.audioPacketMs, key: audioKey, keyId };
    this.#sound = new SoundSender(new AudioPacketizer(audio), deps.sendAudio);
    const describe = () => ({ ...this.describe(), kind, codec: settings.codec });
    this.#sampler = new Sampler({
      gate: deps.gate,
      reportsLoss: settings.reportsLoss,
      takers: sampleTakers({ id: facts.id, describe, onEvent: deps.onEvent }),
      totals: () => this.#totals(),
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Player and encoder are both there. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** The encoder is started before the player has connected, so that it need not wait for it. */
  async start(): Promise<void> {
    try {
      const opened = this.#tuning.now;
      const stream = await this.#deps.openStream(opened);
      if (this.#isEnded) return await stream.close();
      this.#stream = stream;
      // What the operator changed while the encoder was opened.
      if (this.#tuning.now !== opened) stream.tune(this.#tuning.now);
      this.#begin();
    } catch (cause) {
      this.end(notOpened(cause));
    }
  }

  /** The control stream is up. */
  connect(): void {
    this.#isConnected = true;
    this.#begin();
  }

  /** The newest ping decides where the picture goes. */
  moveVideo(to: Peer): void {
    this.#sender.address = to;
    this.#subscribe();
  }

  moveAudio(to: Peer): void {
    this.#sound.address = to;
    if (this.#isEnded || this.#soundStream !== undefined) return;
    const { source, settings } = this.facts;
    const options = { source, packetMs: settings.audioPacketMs };
    this.#soundStream = openSound(options, (opus) => this.#sound.push(opus));
  }

  /** A packet of the control stream, as it came. */
  receive(packet: Uint8Array): void {
    const opened = this.#seal.open(packet);
    const message = opened && readControl(opened.type, opened.payload);
    switch (message?.kind) {
      case "idr":
        this.#repair();
        break;
      case "invalidate":
        this.#invalidationCount += 1;
        this.#ledger.invalidate(message.first, message.last);
        this.requestIdr("player");
        break;
      case "fec":
        if (this.facts.settings.reportsLoss) this.#ledger.add(message.status);
        break;
      case "input":
        this.#deps.input.accept(message.event);
        break;
      default:
        break;
    }
  }

  /** Answered with the next frame, at most ten times a second. */
  requestIdr(by: Asker): void {
    if (!this.#isIdrWanted) {
      this.#log.add({ atUs: this.#deps.clock.nowUs(), action: "idr_requested", by });
    }
    this.#isIdrWanted = true;
    this.#askIdr();
  }

  /** Until the operator's settings name another. */
  setBitrate(bitrateKbps: number): void {
    const before = this.#tuning.bitrateKbps;
    this.#tuning.setBitrate(bitrateKbps);
    this.#stream?.tune(this.#tuning.now);
    this.#log.onBitrate(before, this.#tuning.bitrateKbps, this.#deps.clock.nowUs());
  }

  /** Follows what has changed in the operator's settings, without a break. */
  apply(house: Settings): void {
    const before = this.#tuning.bitrateKbps;
    if (this.#isEnded || !this.#tuning.apply(house)) return;
    this.#stream?.tune(this.#tuning.now);
    this.#sender.pace = this.#pace();
    this.#sender.parityBounds = parityBoundsOf(house);
    this.#log.onBitrate(before, this.#tuning.bitrateKbps, this.#deps.clock.nowUs());
  }

  /** The first request is how a player says that it is ready: the picture begins with an IDR. */
  #repair(): void {
    if (this.#sender.framesSentCount === 0) return;
    this.#idrRequestCount += 1;
    this.requestIdr("player");
  }

  /** A few times a second. */
  tick(): void {
    const nowUs = this.#deps.clock.nowUs();
    if (this.#isIdrWanted) this.#askIdr();
    this.#sampler.tick(nowUs);
    if (nowUs - this.#settledUs >= settleIntervalUs) this.#settle(nowUs);
    this.#tellLog();
  }

  #settle(nowUs: number): void {
    this.#settledUs = nowUs;
    this.#log.onReport(this.#ledger, nowUs);
    this.#ledger.settle();
  }

  /** Off the frame path; nothing before the session is known to others. */
  #tellLog(): void {
    const taken = this.#isBegun ? this.#log.take() : undefined;
    if (taken === undefined) return;
    this.#deps.onEvent({ kind: "happened", session_id: this.facts.id, ...taken });
  }

  /** Tells the player, unless it is the player that left. */
  end(why: Ending): void {
    if (this.#isEnded) return;
    const mayResume = why.code === "player_left";
    this.#isEnded = true;
    const farewell = this.#seal.seal(terminationType, terminationPayload());
    if (!mayResume && farewell !== undefined) this.#deps.sendControl(farewell);
    this.#subscription?.[Symbol.dispose]();
    this.#sender.close();
    this.#deps.input.close();
    this.#deps.onClosing(Promise.all([this.#soundStream?.close(), this.#stream?.close()]));
    this.#tellLog();
    if (this.#isBegun) {
      this.#deps.onEvent({ kind: "session_ended", session: this.describe(), ending: why });
    }
    this.#deps.onEnd({ ending: why, mayResume });
  }

  describe(): Session {
    return describeSession(this.facts, {
      tuning: this.#tuning,
      sender: this.#sender,
      ledger: this.#ledger,
      encoder: this.#stream?.encoder ?? "",
      startedUnixMs: this.#startedUnixMs,
      rttUs: this.#deps.rttUs(),
    });
  }

  #begin(): void {
    if (this.#isEnded || !this.#isConnected || this.#stream === undefined) return;
    this.#isBegun = true;
    const [session, totals] = [this.describe(), this.#sent.memory];
    this.#deps.onEvent({ kind: "session_started", session, totals });
    this.#subscribe();
  }

  #subscribe(): void {
    if (!this.#isBegun || this.#sender.address === undefined || this.#isEnded) return;
    this.#subscription ??= this.#stream?.subscribe({
      onFrame: (frame) => {
        this.#channel = frame;
        this.#log.onFrame(frame);
        this.#sender.push(frame);
      },
      onReset: ({ atUs, reason }) => this.#log.add({ atUs, action: "encoder_reset", reason }),
      onEnd: (why) => this.end(why),
    });
  }

  #askIdr(): void {
    const nowUs = this.#deps.clock.nowUs();
    if (this.#stream === undefined || this.#isEnded || nowUs - this.#idrUs < idrIntervalUs) return;
    this.#idrUs = nowUs;
    this.#isIdrWanted = false;
    this.#stream.requestIdr();
  }

  #makeSender(): VideoSender {
    const { settings, launch } = this.facts;
    const key = settings.isVideoSealed ? launch.key.lend("video") : undefined;
    return new VideoSender({
      clock: this.#deps.clock,
      packetizer: new FramePacketizer({ packetSize: settings.packetSize, key }),
      ledger: this.#ledger,
      outlet: this.#deps.sendVideo,
      pace: this.#pace(),
      parityCountMin: settings.parityCountMin,
      parityBounds: parityBoundsOf(this.#tuning.settings),
      onTaken: (frame, takenUs) => this.#sampler.onTaken(frame, takenUs),
      onSent: (frame, sent) => this.#onSent(frame, sent),
      onBroken: () => this.requestIdr("host"),
    });
  }

  #pace(): Pace {
    const { fps, settings } = this.#tuning;
    return { frameIntervalUs: 1e6 / fps, share: settings.pacing_share };
  }

  #onSent(frame: LentFrame, sent: SentFrame): void {
    this.#sent.add(sent.byteCount, frame.isKey);
    this.#sampler.onSent(frame, sent);
  }

  #totals(): Totals {
    return {
      ...this.#ledger.totals(),
      framesDropped: this.#sender.framesDroppedCount + this.#channel.droppedCount,
      missedSlots: this.#channel.missedCount,
      sendDropped: this.#sender.sendDroppedCount,
      idrRequests: this.#idrRequestCount,
      invalidations: this.#invalidationCount,
      rttUs: this.#deps.rttUs(),
      bitrateKbps: this.#tuning.bitrateKbps,
    };
  }
}
