/**
 * The native path on the host: TLS control and UDP media on one port number, players admitted or
 * refused, sessions opened and ended. Lives in the host worker; knows nothing about threads.
 */

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { Gate } from "../../base/gate.ts";
import { type Scheduler, Ticker, timers } from "../../base/scheduler.ts";
import { SharedSequence } from "../../base/shared-sequence.ts";
import { type Ending, ending } from "../../model/ending.ts";
import type { Client } from "../../model/player.ts";
import type { Session } from "../../model/session.ts";
import type { Settings } from "../../model/settings.ts";
import { ClientRegistry } from "../../session/client-registry.ts";
import { Standstill } from "../../session/standstill.ts";
import { restTickMs, sessionTickMs } from "../../session/tick.ts";
import { type Peer, UdpPort } from "../../session/udp.ts";
import { checkBitrate, checkMode } from "../../video/options.ts";
import { openStream } from "../../video/stream.ts";
import { tuningOf } from "../../video/tuning.ts";
import type { Open } from "../wire/messages.ts";
import { readTag, viewOf } from "../wire/packet.ts";
import { keyBytes } from "../wire/seal.ts";
import { Admission } from "./admission.ts";
import { Connection, type KnownPlayer, type SessionEvents } from "./connection.ts";
import type { NativeEvent, NativeOptions } from "./link.ts";
import { Listener } from "./listener.ts";
import type { CodePairings } from "./pairing.ts";
import { HostSession } from "./session.ts";

export const sessionCountMax = 16;
/** Per paired player; the owner of the host's own key may take all of them. */
export const sessionCountMaxPerPlayer = 4;
/** A player that has the newest picture expects nothing else. */
const stillMs = 1500;
/** A free TCP port may be taken on UDP; the next free one rarely is too. */
const portTryCountMax = 8;

type Deps = {
  readonly options: NativeOptions;
  readonly clock: Clock;
  /** The runtime's own unless given. */
  readonly scheduler?: Scheduler;
  readonly clients: ClientRegistry;
  onEvent(event: NativeEvent): void;
};

/** The native path. Owns its sockets and sessions until it is stopped. */
export class NativeServer {
  readonly #admission: Admission;
  readonly #deps: Deps;
  readonly #gate: Gate;
  readonly #ids: SharedSequence;
  readonly #sessions = new Map<number, HostSession>();
  readonly #byTag = new Map<number, HostSession>();
  readonly #connections = new Set<Connection>();
  /** Encode workers that are being opened or closed: the host's end waits for them. */
  readonly #closing = new Set<Promise<unknown>>();
  /** Runs while there are sessions: a host at rest does not wake up. */
  readonly #ticker: Ticker;
  readonly #standstill = new Standstill(sessionTickMs);
  /** Until the next tick. */
  #tickMs = sessionTickMs;
  /** Players whose encoders are being opened. */
  readonly #opening = new Set<{ readonly player: KnownPlayer }>();
  #settings: Settings;
  #listener: Listener | undefined;
  #udp: UdpPort | undefined;

  private constructor(deps: Deps) {
    const { scheduler = timers } = deps;
    this.#deps = deps;
    const intervalMs = () => this.#tickMs;
    this.#ticker = new Ticker({ scheduler, intervalMs, onTick: () => this.#tick() });
    this.#gate = new Gate(deps.options.gate);
    this.#settings = deps.options.settings;
    this.#ids = new SharedSequence(deps.options.sessionIds);
    const { options, clock, clients, onEvent } = deps;
    this.#admission = new Admission({ identity: options.identity, clock, clients, onEvent });
  }

  /** @throws Failure `port_taken` */
  static async start(deps: Omit<Deps, "clients">): Promise<NativeServer> {
    const clients = await ClientRegistry.load(deps.options.dataDirectory, "native");
    const server = new NativeServer({ ...deps, clients });
    try {
      await server.#listen();
    } catch (cause) {
      await server.stop(ending("host_not_started"));
      throw cause;
    }
    return server;
  }

  get pairings(): CodePairings {
    return this.#admission.pairings;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  sessions(): Session[] {
    return [...this.#sessions.values()].map((session) => session.describe());
  }

  find(id: number): HostSession | undefined {
    return this.#sessions.get(id);
  }

  applySettings(settings: Settings): void {
    this.#settings = settings;
    for (const session of this.#sessions.values()) session.apply(settings);
  }

  clients(): Client[] {
    return this.#admission.clients();
  }

  /** Ends that player's sessions and connections too. */
  async removeClient(id: string): Promise<boolean> {
    const isKnown = this.#admission.remove(id);
    for (const connection of this.#connections) {
      if (connection.playerId === id) connection.end(ending("player_removed"));
    }
    for (const session of [...this.#sessions.values()]) {
      if (session.facts.clientId === id) session.end(ending("player_removed"));
    }
    return await isKnown;
  }

  /** `undefined` for a player that is not paired. */
  renameClient(id: string, name: string): Promise<Client | undefined> {
    return this.#admission.rename(id, name);
  }

  /** Notifies the players, then closes the port. Resolves when the encode workers are gone. */
  async stop(why: Ending): Promise<void> {
    this.#rest();
    const udp = this.#udp;
    // Nobody joins from now on, not even one whose encoder is being opened.
    this.#udp = undefined;
    for (const connection of this.#connections) connection.end(why);
    for (const session of [...this.#sessions.values()]) session.end(why);
    // Also of recently ended sessions: killing a worker inside FFmpeg crashes the process.
    while (this.#closing.size > 0) await Promise.allSettled(this.#closing);
    udp?.close();
    this.#listener?.close();
  }

  async #listen(): Promise<void> {
    const { listenHost: host, port, identity } = this.#deps.options;
    const onConnection = (socket: TLSSocket) => this.#greet(socket);
    for (let tryCount = 1; ; tryCount++) {
      try {
        this.#listener = await Listener.open({ host, port, identity, onConnection });
        this.#udp = await UdpPort.open(
          { address: host, port: this.#listener.port },
          { onDatagram: (datagram, from) => this.#route(datagram, from) },
        );
        return;
      } catch (cause) {
        this.#listener?.close();
        if (port === 0 && tryCount < portTryCountMax) continue;
        const reason = messageOf(cause);
        const message = `Cannot listen for players on "${host}:${port}"; --native-listen or ONGLASS_NATIVE_LISTEN names another: ${reason}`;
        throw new Failure("port_taken", message, { cause });
      }
    }
  }

  #greet(socket: TLSSocket): void {
    const address = socket.remoteAddress ?? "";
    const connection = new Connection(socket, {
      hostName: hostname(),
      admit: (hello) => this.#admission.admit(hello),
      openSession: (player, open, events) => this.#openSession(player, open, events),
      onAdmitted: () => this.#listener?.keep(socket),
      onRefused: (why) => this.#deps.onEvent({ kind: "refused", address, ...why }),
    });
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }

  /** Per frame: every datagram that arrives at the port. */
  #route(datagram: Uint8Array, from: Peer): void {
    const tag = readTag(viewOf(datagram));
    if (tag !== undefined) this.#byTag.get(tag)?.receive(datagram, from);
  }

  async #openSession(
    player: KnownPlayer,
    open: Open,
    { onEnd, onAsking }: SessionEvents,
  ): Promise<HostSession> {
    this.#admission.check(player);
    this.#checkRoom(player);
    const { source, preset, encoder = "auto", dataDirectory } = this.#deps.options;
    const { width, height, fps, codec } = open;
    const mode = { width, height, fps, codec, bitrateKbps: open.bitrate_kbps };
    const settings = this.#settings;
    const entry = { player };
    this.#opening.add(entry);
    try {
      // The player's request is limited even if the settings override it.
      checkMode(mode);
      checkBitrate(mode.bitrateKbps);
      const tuning = tuningOf(mode, { settings, preset });
      const options = { ...mode, ...tuning, source, encoder, dataDirectory, stillMs };
      const opening = openStream(options, {
        gate: this.#gate.memory,
        onSource: (news) => {
          this.#deps.onEvent({ kind: "source", news });
          if (news.kind === "asking" && news.isAsking) onAsking();
        },
      });
      this.#follow(opening);
      const stream = await opening;
      return this.#addSession({
        ...{ player, mode, settings, preset, stream, onEnd },
        packetBytes: open.packet_bytes,
      });
    } finally {
      this.#opening.delete(entry);
    }
  }

  /** @throws Failure `too_many_sessions` */
  #checkRoom({ fingerprint, right }: KnownPlayer): void {
    const ids = [
      ...[...this.#sessions.values()].map(({ facts }) => facts.clientId),
      ...[...this.#opening].map(({ player }) => player.fingerprint),
    ];
    const ownCount = ids.filter((id) => id === fingerprint).length;
    const isOwnFull = right === "paired" && ownCount >= sessionCountMaxPerPlayer;
    if (ids.length < sessionCountMax && !isOwnFull) return;
    const reason = isOwnFull
      ? `this player has ${sessionCountMaxPerPlayer} of them already`
      : `it plays ${sessionCountMax} sessions already`;
    throw new Failure("too_many_sessions", `Cannot open a session on this host: ${reason}`);
  }

  #addSession(facts: {
    player: KnownPlayer;
    mode: HostSession["facts"]["mode"];
    settings: Settings;
    preset: string | undefined;
    packetBytes: number;
    stream: HostSession["facts"]["stream"];
    onEnd: (why: Ending) => void;
  }): HostSession {
    const { player, onEnd, ...rest } = facts;
    const udp = this.#udpFor(facts);
    const session: HostSession = new HostSession(
      {
        ...rest,
        id: this.#ids.next(),
        client: player.name,
        clientId: player.fingerprint,
        tag: this.#freeTag(),
        keyToPlayer: randomBytes(keyBytes),
        keyToHost: randomBytes(keyBytes),
      },
      {
        clock: this.#deps.clock,
        gate: this.#gate,
        udp,
        onEvent: this.#deps.onEvent,
        onEnd: (why) => {
          this.#forget(session, why);
          onEnd(why);
        },
      },
    );
    // They may have changed while the encoder was opened.
    session.apply(this.#settings);
    this.#ticker.start();
    this.#sessions.set(session.facts.id, session);
    this.#byTag.set(session.facts.tag, session);
    const started = { session: session.describe(), ...session.shared };
    this.#deps.onEvent({ kind: "session_started", ...started });
    return session;
  }

  #forget(session: HostSession, why: Ending): void {
    this.#sessions.delete(session.facts.id);
    this.#follow(session.closed);
    this.#byTag.delete(session.facts.tag);
    if (this.#sessions.size === 0) this.#rest();
    this.#deps.onEvent({ kind: "session_ended", session: session.describe(), ending: why });
  }

  /** The port, for a player that still may play; otherwise the stream is closed again. */
  #udpFor({
    player,
    stream,
  }: {
    player: KnownPlayer;
    stream: HostSession["facts"]["stream"];
  }): UdpPort {
    try {
      this.#admission.check(player);
      if (this.#udp !== undefined) return this.#udp;
      throw new Failure("host_stopping", "Cannot play: the host is stopping");
    } catch (cause) {
      this.#follow(stream.close());
      throw cause;
    }
  }

  #follow(work: Promise<unknown>): void {
    this.#closing.add(work);
    const forget = () => this.#closing.delete(work);
    work.then(forget, forget);
  }

  #freeTag(): number {
    for (;;) {
      const tag = randomBytes(4).readUInt32BE();
      if (!this.#byTag.has(tag)) return tag;
    }
  }

  #rest(): void {
    this.#tickMs = sessionTickMs;
    this.#ticker.stop();
    this.#standstill.rest();
  }

  #tick(): void {
    const meantMs = this.#tickMs;
    const stoodUs = this.#standstill.tick(this.#deps.clock.nowUs(), meantMs);
    const rests = [...this.#sessions.values()].map((session) => session.tick(stoodUs, meantMs));
    this.#tickMs = rests.every(Boolean) ? restTickMs : sessionTickMs;
  }
}
