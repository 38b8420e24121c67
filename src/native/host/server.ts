/**
 * The native path on the host: TLS control and UDP media on one port number, players let in or
 * refused, sessions opened and ended. Lives in the host worker; knows nothing of threads.
 */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { Gate } from "../../base/gate.ts";
import { SharedSequence } from "../../base/shared-sequence.ts";
import type { Client } from "../../model/player.ts";
import type { Session } from "../../model/session.ts";
import type { Settings } from "../../model/settings.ts";
import { ClientBook } from "../../session/client-book.ts";
import { type Peer, UdpPort } from "../../session/udp.ts";
import { checkBitrate, checkMode } from "../../video/options.ts";
import { openStream } from "../../video/stream.ts";
import { tuningOf } from "../../video/tuning.ts";
import type { Open } from "../wire/messages.ts";
import { readTag, viewOf } from "../wire/packet.ts";
import { keyBytes } from "../wire/seal.ts";
import { isSignedByHost } from "../wire/trust.ts";
import { Connection, type Hello, type Player } from "./connection.ts";
import type { HostEvent, HostOptions } from "./link.ts";
import { Door } from "./listener.ts";
import { PairingDesk } from "./pairing.ts";
import { HostSession } from "./session.ts";

export const sessionCountMax = 16;
const tickMs = 100;
/** A free TCP port may be taken on UDP; the next free one rarely is too. */
const portTryCountMax = 8;

type Deps = {
  readonly options: HostOptions;
  readonly clock: Clock;
  readonly clients: ClientBook;
  onEvent(event: HostEvent): void;
};

export class NativeServer {
  readonly desk: PairingDesk;
  readonly #deps: Deps;
  readonly #gate: Gate;
  readonly #ids: SharedSequence;
  readonly #sessions = new Map<number, HostSession>();
  readonly #byTag = new Map<number, HostSession>();
  readonly #connections = new Set<Connection>();
  /** Sessions that are over, whose encode workers are not gone yet. */
  readonly #closing = new Set<Promise<void>>();
  /** Runs while there are sessions: a host at rest does not wake up. */
  #ticker: NodeJS.Timeout | undefined;
  #openingCount = 0;
  #settings: Settings;
  #door: Door | undefined;
  #udp: UdpPort | undefined;

  private constructor(deps: Deps) {
    this.#deps = deps;
    this.#gate = new Gate(deps.options.gate);
    this.#settings = deps.options.settings;
    this.#ids = new SharedSequence(deps.options.sessionIds);
    const { fingerprint } = deps.options.identity;
    this.desk = new PairingDesk({ fingerprint, clock: deps.clock });
  }

  /** @throws Failure `port_taken` */
  static async start(deps: Omit<Deps, "clients">): Promise<NativeServer> {
    const clients = await ClientBook.load(deps.options.dataDirectory, "native");
    const server = new NativeServer({ ...deps, clients });
    try {
      await server.#listen();
    } catch (cause) {
      await server.stop("the host could not start");
      throw cause;
    }
    return server;
  }

  get port(): number {
    return this.#door?.port ?? 0;
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
    return this.#deps.clients.list();
  }

  /** Ends that player's sessions too. */
  async removeClient(id: string): Promise<boolean> {
    const isKnown = this.#deps.clients.remove(id);
    for (const session of [...this.#sessions.values()]) {
      if (session.facts.clientId === id) session.end("the player was removed");
    }
    return await isKnown;
  }

  /** Tells the players, then closes the port. Resolves when the encode workers are gone. */
  async stop(reason: string): Promise<void> {
    this.#rest();
    for (const connection of this.#connections) connection.end(reason);
    for (const session of [...this.#sessions.values()]) session.end(reason);
    // Also of sessions that ended a moment ago: a worker cut off inside FFmpeg takes the process along.
    await Promise.allSettled(this.#closing);
    this.#udp?.close();
    this.#door?.close();
  }

  async #listen(): Promise<void> {
    const { listenHost: host, port, identity } = this.#deps.options;
    const onConnection = (socket: TLSSocket) => this.#greet(socket);
    for (let tryCount = 1; ; tryCount++) {
      try {
        this.#door = await Door.open({ host, port, identity, onConnection });
        this.#udp = await UdpPort.open(
          { address: host, port: this.#door.port },
          { onDatagram: (datagram, from) => this.#route(datagram, from) },
        );
        return;
      } catch (cause) {
        this.#door?.close();
        if (port === 0 && tryCount < portTryCountMax) continue;
        const reason = cause instanceof Error ? cause.message : String(cause);
        const message = `Cannot listen for players on "${host}:${port}"; --native-listen or ONGLASS_NATIVE_LISTEN names another: ${reason}`;
        throw new Failure("port_taken", message, { cause });
      }
    }
  }

  #greet(socket: TLSSocket): void {
    const address = socket.remoteAddress ?? "";
    const connection = new Connection(socket, {
      hostName: hostname(),
      admit: (hello) => this.#admit(hello),
      openSession: (player, open, onEnd) => this.#openSession(player, open, onEnd),
      onRefused: (reason) => this.#deps.onEvent({ kind: "refused", address, reason }),
    });
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }

  /** Hot path: every datagram that arrives at the port. */
  #route(datagram: Uint8Array, from: Peer): void {
    const tag = readTag(viewOf(datagram));
    if (tag !== undefined) this.#byTag.get(tag)?.receive(datagram, from);
  }

  async #admit({ fingerprint, name, nonce, proof }: Hello): Promise<Player> {
    const { clients, options } = this.#deps;
    const known = clients.find(fingerprint);
    if (proof.kind === "key") {
      const facts = {
        nonce,
        hostFingerprint: options.identity.fingerprint,
        playerFingerprint: fingerprint,
      };
      const signature = Buffer.from(proof.signature, "base64url");
      if (isSignedByHost(facts, signature, options.identity.certificatePem)) {
        return { fingerprint, name: known?.name ?? name };
      }
    }
    if (proof.kind === "code") {
      await this.#pair(Buffer.from(proof.secret, "base64url"), { fingerprint, name });
      return { fingerprint, name };
    }
    if (known !== undefined) return { fingerprint, name: known.name };
    const way = 'make a code on the host with "onglass pair", then play with "--pair CODE"';
    throw new Failure("not_paired", `Cannot play: this host does not know this player; ${way}`);
  }

  /** @throws Failure `pairing_refused` */
  async #pair(secret: Uint8Array, { fingerprint, name }: Player): Promise<void> {
    const { clients, clock, onEvent } = this.#deps;
    if (!this.desk.use(secret)) {
      if (!this.desk.isOpen) onEvent({ kind: "code_closed" });
      const reason = "it is wrong, was used before or is too old; make a new one";
      throw new Failure("pairing_refused", `Cannot pair with this code: ${reason}`);
    }
    const client = await clients.add({ id: fingerprint, name, paired_unix_ms: clock.wallMs() });
    if (client === undefined) {
      const reason = "too many players are paired; remove one first";
      throw new Failure("pairing_refused", `Cannot pair with this code: ${reason}`);
    }
    onEvent({ kind: "client_added", client });
  }

  async #openSession(
    player: Player,
    open: Open,
    onEnd: (reason: string) => void,
  ): Promise<HostSession> {
    if (this.#sessions.size + this.#openingCount >= sessionCountMax) {
      const reason = `it plays ${sessionCountMax} sessions already`;
      throw new Failure("too_many_sessions", `Cannot open a session on this host: ${reason}`);
    }
    const { source, preset, encoder = "auto" } = this.#deps.options;
    const { width, height, fps, codec } = open;
    const mode = { width, height, fps, codec, bitrateKbps: open.bitrate_kbps };
    const settings = this.#settings;
    this.#openingCount += 1;
    try {
      // What the player asks for is held to the limits even where the settings overrule it.
      checkMode(mode);
      checkBitrate(mode.bitrateKbps);
      const tuning = tuningOf(mode, { settings, preset });
      const options = { ...mode, ...tuning, source, encoder };
      const stream = await openStream(options, { gate: this.#gate.memory });
      return this.#addSession({
        ...{ player, mode, settings, preset, stream, onEnd },
        packetBytes: open.packet_bytes,
      });
    } finally {
      this.#openingCount -= 1;
    }
  }

  #addSession(facts: {
    player: Player;
    mode: HostSession["facts"]["mode"];
    settings: Settings;
    preset: string | undefined;
    packetBytes: number;
    stream: HostSession["facts"]["stream"];
    onEnd: (reason: string) => void;
  }): HostSession {
    const { player, onEnd, ...rest } = facts;
    const udp = this.#udp;
    if (udp === undefined) throw new Failure("host_stopping", "Cannot play: the host is stopping");
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
        onEnd: (reason) => {
          this.#forget(session, reason);
          onEnd(reason);
        },
      },
    );
    // They may have changed while the encoder was opened.
    session.apply(this.#settings);
    this.#ticker ??= setInterval(() => this.#tick(), tickMs);
    this.#sessions.set(session.facts.id, session);
    this.#byTag.set(session.facts.tag, session);
    const totals = session.totals.memory;
    this.#deps.onEvent({ kind: "session_started", session: session.describe(), totals });
    return session;
  }

  #forget(session: HostSession, reason: string): void {
    this.#sessions.delete(session.facts.id);
    const { closed } = session;
    this.#closing.add(closed);
    const forget = () => this.#closing.delete(closed);
    closed.then(forget, forget);
    this.#byTag.delete(session.facts.tag);
    if (this.#sessions.size === 0) this.#rest();
    this.#deps.onEvent({ kind: "session_ended", session: session.describe(), reason });
  }

  #freeTag(): number {
    for (;;) {
      const tag = randomBytes(4).readUInt32BE();
      if (!this.#byTag.has(tag)) return tag;
    }
  }

  #rest(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #tick(): void {
    for (const session of [...this.#sessions.values()]) session.tick();
  }
}
