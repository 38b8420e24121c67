/**
 * One GameStream session: its encode stream, its senders, its player's messages. The picture starts
 * when the control stream is connected and the player's address is known.
 */
import type { Micros } from "../base/clock.ts";
import type { Rumble } from "../input/event.ts";
import type { Kind } from "../model/capture.ts";
import type { Ending } from "../model/ending.ts";
import type { Asker } from "../model/happening.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import { Reach, type Silence } from "../session/reach.ts";
import { sampleTakers } from "../session/sample-takers.ts";
import { StreamSession } from "../session/stream-session.ts";
import { parityBoundsOf } from "../session/stream-tuning.ts";
import type { Peer } from "../session/udp.ts";
import { notOpened } from "../video/ending.ts";
import type { EncodeStream } from "../video/stream.ts";
import { readControl, rumbleMessage, terminationMessage } from "./control/message.ts";
import { type ControlPacket, ControlSeal } from "./control/seal.ts";
import { describeSession } from "./describe-session.ts";
import { AudioPacketizer } from "./media/audio-packetizer.ts";
import { LinkWatch } from "./media/link-watch.ts";
import { FecLossCounter, type FrameLoss } from "./media/loss-counter.ts";
import { PlayerPulse } from "./media/player-pulse.ts";
import { openSampler, type VideoTotals } from "./media/sampler.ts";
import { SoundSender } from "./media/sound-sender.ts";
import { FramePacketizer } from "./media/video-packetizer.ts";
import { VideoSender } from "./media/video-sender.ts";
import type { GamestreamSessionDeps, SessionFacts } from "./session-options.ts";

const kind: Kind = "gamestream";
/** A player sends a sealed ping every 100 ms. */
const unreachableUsMin = 500_000;

/** A session from its announcement on. Owns its encode stream and its sound. */
export class GamestreamSession {
  readonly facts: SessionFacts;
  readonly #deps: GamestreamSessionDeps;
  readonly #seal: ControlSeal;
  readonly #losses = new FecLossCounter((loss) =>
    joinRow(this.#core, this.facts, { loss, nowUs: this.#deps.clock.nowUs() }),
  );
  readonly #core: StreamSession;
  readonly #reach: Reach;
  readonly #pulse = new PlayerPulse();
  readonly #sender: VideoSender;
  readonly #sound: SoundSender;
  #stream: EncodeStream | undefined;
  #isConnected = false;
  #isBegun = false;
  #isEnded = false;
  readonly #watch: LinkWatch;

  constructor(facts: SessionFacts, deps: GamestreamSessionDeps) {
    this.facts = facts;
    this.#deps = deps;
    this.#seal = makeSeal(facts);
    const reports = { describe: () => this.describe(), totals: () => this.#totals() };
    this.#core = makeCore(facts, deps, reports);
    const watched = { core: this.#core, losses: this.#losses, mode: facts.settings };
    this.#watch = new LinkWatch({ ...watched, rttUs: () => deps.rttUs() });
    this.#reach = makeReach(this.#core.log, this.#pulse);
    this.#sender = makeSender(facts, deps, { core: this.#core, losses: this.#losses });
    this.#sound = makeSound(facts, deps);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Player and encoder are both ready. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** The encoder is started before the player has connected, which then need not wait for it. */
  async start(): Promise<void> {
    try {
      const opened = this.#core.control.tuning;
      const stream = await this.#deps.openStream(opened);
      if (this.#isEnded) return await stream.close();
      this.#stream = stream;
      this.#core.attach(stream, opened);
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

  /** The newest ping decides where the picture is sent. @param count the player's number of it */
  pingVideo(to: Peer, count: number): void {
    this.#pulse.onPing(count, this.#deps.clock.nowUs());
    const isNew = this.#sender.address?.address !== to.address;
    this.#sender.address = to;
    if (isNew && this.#isBegun) reportReached(this.facts, this.#deps, to);
    this.#subscribe();
  }

  moveAudio(to: Peer): void {
    this.#sound.moveTo(to);
  }

  /** Unseals a packet of the control stream; `undefined` when the player did not seal it. */
  open(packet: Uint8Array): ControlPacket | undefined {
    return this.#seal.open(packet);
  }

  /** A message of the player. */
  receive({ type, payload }: ControlPacket): void {
    const message = readControl(type, payload);
    switch (message?.kind) {
      case "idr":
        this.#repair();
        break;
      case "invalidate":
        this.#losses.invalidate(message.first, message.last);
        this.requestIdr("player");
        break;
      case "fec":
        if (this.facts.settings.reportsLoss) this.#losses.add(message.status);
        break;
      case "input":
        this.#deps.input.accept(message.event);
        break;
      default:
        break;
    }
  }

  /** A program on this machine makes a pad of the player rumble. */
  sendRumble(rumble: Rumble): void {
    if (!this.#isEnded) this.#say(rumbleMessage(rumble));
  }

  requestIdr(by: Asker): void {
    this.#core.keyFrames.request(by);
  }

  /** Applies until the operator's settings set another. */
  setBitrate(bitrateKbps: number): void {
    this.#core.control.setBitrate(bitrateKbps);
  }

  /** Applies changes of the operator's settings, without interruption. */
  apply(settings: Settings): void {
    if (this.#isEnded || !this.#core.control.apply(settings)) return;
    this.#sender.paced.pace = this.#core.control.pace;
    this.#sender.parityBounds = parityBoundsOf(settings);
  }

  /** A few times a second. */
  tick(): void {
    const nowUs = this.#deps.clock.nowUs();
    this.#watch.tick(nowUs, this.#isBegun ? this.#sender.paced.packetsSentCount : undefined);
    // Nothing is reported about a session before it is known to others.
    if (!this.#isBegun) return;
    this.#reach.onTick(this.#deps.silentUs(), nowUs);
    if (this.#reach.isLost) this.#deps.input.release();
    this.#core.tick(nowUs);
  }

  /** Notifies the player, unless it has left by itself. */
  end(why: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const mayResume = why.code === "player_left";
    if (!mayResume) this.#say(terminationMessage());
    this.#sender.paced.close();
    const closing = [this.#deps.input.close(), this.#sound.close(), this.#stream?.close()];
    this.#deps.onClosing(Promise.all(closing));
    if (this.#isBegun) {
      this.#core.end();
      this.#deps.onEvent({ kind: "session_ended", session: this.describe(), ending: why });
    }
    this.#deps.onEnd({ ending: why, mayResume });
  }

  describe(): Session {
    return describeSession(this.facts, {
      ...{ core: this.#core, sender: this.#sender.paced, losses: this.#losses },
      rttUs: this.#deps.rttUs(),
      inputProblem: this.#deps.input.problem,
    });
  }

  #say({ type, payload }: ControlPacket): void {
    const sealed = this.#seal.seal(type, payload);
    if (sealed !== undefined) this.#deps.sendControl(sealed);
  }

  #begin(): void {
    if (this.#isEnded || !this.#isConnected || this.#stream === undefined) return;
    this.#isBegun = true;
    startSound(this.#sound, this.facts, this.#stream);
    const session = this.describe();
    this.#deps.onEvent({ kind: "session_started", session, ...this.#core.shared });
    if (this.#sender.address) reportReached(this.facts, this.#deps, this.#sender.address);
    this.#subscribe();
  }

  #subscribe(): void {
    if (!this.#isBegun || this.#sender.address === undefined) return;
    this.#core.subscribe({
      onFrame: (frame) => this.#sender.push(frame),
      onResized: (size) => this.#deps.input.resize(size),
      onEnd: (why) => this.end(why),
    });
  }

  /** A player's first request signals that it is ready: the picture starts with an IDR. */
  #repair(): void {
    if (this.#sender.paced.framesSentCount === 0) return;
    this.#losses.idrRequestCount += 1;
    this.requestIdr("player");
  }

  #totals(): VideoTotals {
    const { paced } = this.#sender;
    return {
      ...this.#losses.totals(),
      framesDropped: paced.framesDroppedCount + this.#core.lostCount,
      ...{ sendDropped: paced.sendDroppedCount, actionCount: this.#deps.actionCount() },
      unreachableUs: this.#reach.totalUs,
      ...{ ...this.#pulse.totals(), sound: this.#sound.latency.totals },
      rttUs: this.#reach.isLost ? undefined : this.#deps.rttUs(),
      ...this.#core.control.bitrates,
    };
  }
}

function makeSeal({ launch, settings }: SessionFacts): ControlSeal {
  const version = settings.isControlV2 ? 2 : 1;
  return new ControlSeal({ key: launch.key.lend("control"), version, own: "host" });
}

function startSound(sound: SoundSender, facts: SessionFacts, stream: EncodeStream): void {
  const { filmStart, soundOutput: output } = stream;
  const { audioPacketMs: packetMs, audioChannelCount: channelCount } = facts.settings;
  sound.start({ source: facts.source, output, packetMs, channelCount, filmStart });
}

/** The player reports only frames that needed repair: what is known of one may be too small. */
function joinRow(
  core: StreamSession,
  { settings }: SessionFacts,
  { loss, nowUs }: { readonly loss: FrameLoss; readonly nowUs: Micros },
): void {
  if (!settings.reportsLoss) return;
  const { slot, lostPackets, rebuilt, isLost } = loss;
  core.rows.addLate(slot, { lost_packets: lostPackets, rebuilt, isLost }, nowUs);
}

function makeSound(
  { launch, settings }: SessionFacts,
  { sendAudio }: GamestreamSessionDeps,
): SoundSender {
  const key = settings.isAudioSealed ? launch.key.lend("audio") : undefined;
  const audio = { packetMs: settings.audioPacketMs, key, keyId: launch.keyId };
  return new SoundSender(new AudioPacketizer(audio), sendAudio);
}

function makeReach(log: StreamSession["log"], pulse: PlayerPulse): Reach {
  const onHeard = (silence: Silence) => pulse.onHeard(silence);
  return new Reach({ log, silentUsMax: unreachableUsMin, onHeard });
}

/** The session's data for its samples. */
type Reports = { describe(): Session; totals(): VideoTotals };

function makeCore(
  facts: SessionFacts,
  deps: GamestreamSessionDeps,
  reports: Reports,
): StreamSession {
  const { id, settings, operatorSettings, preset } = facts;
  const { clock, gate, onEvent } = deps;
  const describe = () => ({ ...reports.describe(), kind, codec: settings.codec });
  const sampler = openSampler({
    gate,
    reportsLoss: settings.reportsLoss,
    takers: sampleTakers({ id, describe, onEvent }),
    fps: () => core.control.fps,
    totals: reports.totals,
  });
  const core = new StreamSession({
    ...{ clock, sampler, mode: settings, settings: operatorSettings, preset },
    onHappened: (happened) => onEvent({ kind: "happened", session_id: id, ...happened }),
  });
  return core;
}

function makeSender(
  { settings, launch }: SessionFacts,
  { clock, sendVideo }: GamestreamSessionDeps,
  { core, losses }: { core: StreamSession; losses: FecLossCounter },
): VideoSender {
  const key = settings.isVideoSealed ? launch.key.lend("video") : undefined;
  const { control, frameEvents } = core;
  return new VideoSender({
    ...{ clock, losses, outlet: sendVideo, pace: control.pace },
    packetizer: new FramePacketizer({ packetSize: settings.packetSize, key }),
    parityCountMin: settings.parityCountMin,
    parityBounds: parityBoundsOf(control.settings),
    ...frameEvents,
  });
}

function reportReached({ id }: SessionFacts, deps: GamestreamSessionDeps, { address }: Peer): void {
  deps.onEvent({ kind: "reached", session_id: id, address });
}
