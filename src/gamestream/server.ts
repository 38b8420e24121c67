/**
 * The GameStream path on the host: all its ports, paired players, the running session. Lives in the
 * host worker; knows nothing about threads.
 */

import { createHash, X509Certificate } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";
import { warn } from "../base/log.ts";
import { type Scheduler, Ticker, timers } from "../base/scheduler.ts";
import { SharedSequence } from "../base/shared-sequence.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Client } from "../model/player.ts";
import { reasonFields } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import { openInput } from "../play/input-sink.ts";
import { ClientRegistry } from "../session/client-registry.ts";
import { sessionTickMs } from "../session/tick.ts";
import type { Peer } from "../session/udp.ts";
import { openStream } from "../video/stream.ts";
import { LaunchAdmission } from "./admission.ts";
import type { ControlPacket } from "./control/seal.ts";
import { type EnetEvents, EnetHost } from "./enet/host.ts";
import { PinPairings } from "./http/pairing.ts";
import { Routes } from "./http/routes.ts";
import { HttpServer } from "./http/server.ts";
import type { Launch } from "./launch.ts";
import type { GamestreamEvent, GamestreamOptions } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { MediaPort } from "./media/port.ts";
import { Offers } from "./offers.ts";
import { type Ports, portsFrom } from "./ports.ts";
import type { StreamSettings } from "./rtsp/sdp.ts";
import { RtspServer } from "./rtsp/server.ts";
import { GamestreamSession } from "./session.ts";
import type { SessionEnd } from "./session-options.ts";

/** As many as the protocol has numbers for. */
const padCountMax = 16;

type Deps = {
  readonly options: GamestreamOptions;
  readonly clock: Clock;
  /** The runtime's own unless given. */
  readonly scheduler?: Scheduler;
  onEvent(event: GamestreamEvent): void;
};

export class GamestreamServer {
  readonly pairings: PinPairings;
  readonly #deps: Deps;
  readonly #registry: ClientRegistry;
  readonly #gate: Gate;
  readonly #ids: SharedSequence;
  readonly #ports: Ports;
  readonly #admission: LaunchAdmission;
  readonly #offers: Offers;
  readonly #listeners: Listeners;
  /** Runs while there is a session: a host at rest does not wake up. */
  readonly #ticker: Ticker;
  #session: GamestreamSession | undefined;
  #settings: Settings;
  /** Workers of ended sessions; the host's end waits for them. */
  readonly #closing = new Set<Promise<unknown>>();

  private constructor(deps: Deps, registry: ClientRegistry) {
    const { options, clock, scheduler = timers } = deps;
    this.#deps = deps;
    const onTick = () => this.#session?.tick();
    this.#ticker = new Ticker({ scheduler, intervalMs: sessionTickMs, onTick });
    this.#registry = registry;
    this.#gate = new Gate(options.gate);
    this.#ids = new SharedSequence(options.sessionIds);
    this.#settings = options.settings;
    this.#ports = portsFrom(options.basePort);
    this.#admission = new LaunchAdmission({
      ...{ clock, scheduler },
      isPaired: (id) => registry.find(id) !== undefined,
      mayTakeOver: () => this.#settings.gamestream_takeover,
    });
    this.#offers = new Offers(options, this.#admission);
    const { certificatePem, keyPem } = options.identity;
    const certificateDer = new X509Certificate(certificatePem).raw;
    this.pairings = new PinPairings({ certificateDer, keyPem }, clock, (pairing) =>
      deps.onEvent({ kind: "pairing_waits", pairing }),
    );
    this.#listeners = new Listeners({
      http: this.#makeHttp(),
      rtsp: this.#makeRtsp(),
      enet: this.#makeEnet(),
      video: new MediaPort((payload, from, count) =>
        this.#sessionFor(payload, from)?.pingVideo(from, count),
      ),
      audio: new MediaPort((payload, from) => this.#sessionFor(payload, from)?.moveAudio(from)),
    });
  }

  /** @throws Failure `port_taken` */
  static async start(deps: Deps): Promise<GamestreamServer> {
    const registry = await ClientRegistry.load(deps.options.dataDirectory, "gamestream");
    const server = new GamestreamServer(deps, registry);
    try {
      const { options } = deps;
      await server.#listeners.open({ ...options, ports: server.#ports, name: server.#name() });
    } catch (cause) {
      await server.stop(ending("host_not_started"));
      throw cause;
    }
    return server;
  }

  /** HTTP; the other ports have fixed offsets from it. */
  get port(): number {
    return this.#ports.http;
  }

  sessions(): Session[] {
    return this.#session?.isBegun ? [this.#session.describe()] : [];
  }

  find(id: number): GamestreamSession | undefined {
    return this.#session?.facts.id === id ? this.#session : undefined;
  }

  /** Applies to the running session and to later ones. */
  applySettings(settings: Settings): void {
    this.#settings = settings;
    this.#session?.apply(settings);
  }

  /** FFmpeg's names of the encoders that opened on this machine. */
  knowEncoders(names: readonly string[]): void {
    this.#offers.knowEncoders(names);
  }

  clients(): Client[] {
    return this.#registry.list();
  }

  /** Refused from now on; its session ends. False for a player that is not paired. */
  async removeClient(id: string): Promise<boolean> {
    const isKnown = this.#registry.remove(id);
    if (this.#admission.running?.clientId === id) this.#admission.cancel(ending("player_removed"));
    return await isKnown;
  }

  /** `undefined` for a player that is not paired. */
  renameClient(id: string, name: string): Promise<Client | undefined> {
    return this.#registry.rename(id, name);
  }

  async stop(why: Ending): Promise<void> {
    this.#ticker.stop();
    this.pairings.close();
    this.#admission.cancel(why);
    await this.#listeners.close();
    await Promise.allSettled(this.#closing);
  }

  #follow(done: Promise<unknown>): void {
    this.#closing.add(done);
    void done.finally(() => this.#closing.delete(done));
  }

  #name(): string {
    return this.#deps.options.name ?? hostname();
  }

  #makeHttp(): HttpServer {
    const { options, clock, onEvent } = this.#deps;
    const { certificatePem, fingerprint } = options.identity;
    // Stable as long as the certificate: a player that pairs again sees a new host.
    const uniqueId = createHash("sha256").update(fingerprint).digest("hex").slice(0, 16);
    const routes = new Routes({
      clock,
      ports: this.#ports,
      facts: { name: this.#name(), uniqueId, codecs: options.codecs },
      apps: options.apps,
      certificatePem,
      registry: this.#registry,
      pairings: this.pairings,
      admission: this.#admission,
      refusalOf: (mode) => this.#offers.modeRefusal(mode),
      onPaired: (client) => onEvent({ kind: "client_added", client }),
      onRefused: (address, reason) => onEvent({ kind: "refused", address, reason }),
    });
    return new HttpServer((request, caller) => routes.answer(request, caller));
  }

  #makeRtsp(): RtspServer {
    return new RtspServer({
      ports: this.#ports,
      offer: ({ mode }) => ({
        codecs: this.#offers.codecsFor(mode),
        takesContacts: this.#offers.takesContacts(),
      }),
      launchFor: (address) => this.#admission.launchFor(address),
      announce: (launch, settings) => {
        const reason = this.#offers.refusalOf(launch, settings);
        if (reason === undefined) this.#open(launch, settings);
        return reason;
      },
      onRefused: (address, reason) => this.#deps.onEvent({ kind: "refused", address, reason }),
    });
  }

  #makeEnet(): EnetHost<ControlPacket> {
    const events: EnetEvents<ControlPacket> = {
      accept: (data, { address }) => {
        const launch =
          this.#session?.isConnected === false ? this.#session.facts.launch : undefined;
        const isAwaited = launch?.connectData === data && launch.address === address;
        return isAwaited && this.#admission.mayTakeUp(launch);
      },
      onConnect: () => {
        this.#admission.playerArrived();
        this.#session?.connect();
      },
      open: (data) => this.#session?.open(data),
      onMessage: (message) => this.#session?.receive(message),
      onDisconnect: (why) => this.#session?.end(why),
    };
    return new EnetHost(this.#deps.clock, events, this.#deps.scheduler);
  }

  /** The player has announced its choice; its launch becomes a session. */
  #open(launch: Launch, settings: StreamSettings): void {
    const { options, clock, onEvent } = this.#deps;
    const running = this.#admission.running;
    if (running === undefined) return;
    this.#session?.end(ending("player_restarted"));
    const { source } = running.app;
    const { preset, encoder = "auto", dataDirectory } = options;
    const operatorSettings = this.#settings;
    const facts = { id: this.#ids.next(), launch, settings, source, operatorSettings, preset };
    const { width, height, codec, slices } = settings;
    const { enet, video, audio } = this.#listeners.parts;
    let actionCount = 0;
    const input = openInput({
      ...{ source, isOn: options.isInputOn, stream: settings, padCountMax },
      warning: "gamestream_input_dropped",
      onRumble: (rumble) => session.sendRumble(rumble),
      onAction: () => {
        actionCount += 1;
      },
    });
    const session = new GamestreamSession(facts, {
      clock,
      gate: this.#gate,
      openStream: async (tuning) => {
        const mode = { source, width, height, codec, encoder, slices, dataDirectory, ...tuning };
        const stream = await openStream(mode, {
          gate: options.gate,
          onSource: (news) => onEvent({ kind: "source", news }),
        });
        const reach = () => void input.reach(stream.takeInputTarget?.());
        stream.whenInputMoves?.(reach);
        reach();
        return stream;
      },
      sendVideo: video.send,
      sendAudio: audio.send,
      sendControl: (packet) => enet.sendReliable(0, packet),
      rttUs: () => enet.rttUs,
      silentUs: () => enet.silentUs(clock.nowUs()),
      input,
      actionCount: () => actionCount,
      onEvent,
      onClosing: (done) => this.#follow(done),
      onEnd: (end) => this.#close(session, end),
    });
    this.#session = session;
    this.#ticker.start();
    this.#admission.play({ launch, end: (why) => session.end(why) });
    // A session that ends before its stream is open has a worker to wait for, too.
    this.#follow(session.start());
  }

  #close(session: GamestreamSession, { ending: why, mayResume }: SessionEnd): void {
    this.#listeners.parts.enet.disconnectSoon();
    this.#admission.playerLeft(session.facts.launch, mayResume);
    if (this.#session === session) this.#session = undefined;
    if (this.#session === undefined) this.#ticker.stop();
    if (!session.isBegun) warn("gamestream_session_not_begun", reasonFields(why));
  }

  #sessionFor(payload: string, { address }: Peer): GamestreamSession | undefined {
    const launch = this.#session?.facts.launch;
    return launch?.pingPayload === payload && launch.address === address
      ? this.#session
      : undefined;
  }
}
