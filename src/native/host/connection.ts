/**
 * One control connection on the host, from challenge to the end of its session. A message out of
 * order or of the wrong shape ends only this connection.
 */

import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { unreachable } from "../../base/assert.ts";
import { Failure } from "../../base/failure.ts";
import { fingerprintOf } from "../../base/identity.ts";
import { warn } from "../../base/log.ts";
import { type Cancel, timers } from "../../base/scheduler.ts";
import { type Ending, ending } from "../../model/ending.ts";
import { cleanPlayerName } from "../../model/player.ts";
import { reasonFields } from "../../model/reason.ts";
import type { RefusedWhy } from "../../worker/link.ts";
import {
  type Message,
  MessageReader,
  type Open,
  type Proof,
  protocolVersion,
  writeMessage,
} from "../wire/messages.ts";
import type { HostSession } from "./session.ts";

/** The admitted player, and its right, which is checked again when a session opens. */
export type KnownPlayer = {
  readonly fingerprint: string;
  readonly name: string;
  /** Paired players may be removed; one that holds the host's own key needs no pairing. */
  readonly right: "paired" | "host key";
};

/** A player that asks for admission. */
export type Hello = {
  readonly fingerprint: string;
  readonly name: string;
  readonly nonce: Uint8Array;
  readonly proof: Proof;
};

/** Requests of a connection to the server. */
export type ConnectionDeps = {
  readonly hostName: string;
  /** @throws Failure to refuse */
  admit(hello: Hello): Promise<KnownPlayer>;
  /** @throws Failure to refuse */
  openSession(player: KnownPlayer, open: Open, events: SessionEvents): Promise<HostSession>;
  /** The player was admitted. */
  onAdmitted(): void;
  onRefused(why: RefusedWhy): void;
};

/** Messages to a player about its requested session. */
export type SessionEvents = {
  onEnd(why: Ending): void;
  /** A person at the host's desktop is asked for the picture. */
  onAsking(): void;
};

type State =
  | { readonly kind: "greeting"; readonly nonce: Uint8Array }
  | { readonly kind: "admitted"; readonly player: KnownPlayer }
  | { readonly kind: "busy" }
  | { readonly kind: "playing"; readonly session: HostSession }
  | { readonly kind: "over" };

/** From the TLS handshake to a running session, without the encoder's start. */
const handshakeMsMax = 5000;
/** Time for a last message to be sent before the connection is cut. */
const lingerMs = 500;
const nonceBytes = 32;
/**
 * A player sends two reports per second, of up to two kilobytes. One that sends far more waits in
 * its own socket: reading it would keep the thread from everyone's frames.
 */
const bytesPerMsMax = 256;

/** One control connection. Owns its socket. */
export class Connection {
  readonly #socket: TLSSocket;
  readonly #deps: ConnectionDeps;
  readonly #reader = new MessageReader();
  readonly #cancelDeadline: Cancel;
  /** Set after admission. */
  #player: KnownPlayer | undefined;
  #state: State;

  constructor(socket: TLSSocket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    const nonce = randomBytes(nonceBytes);
    this.#state = { kind: "greeting", nonce };
    this.#cancelDeadline = timers.after(handshakeMsMax, () =>
      this.#cut(ending("session_not_requested", { seconds: handshakeMsMax / 1000 })),
    );
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#over(ending("connection_closed")));
    this.#write({
      kind: "challenge",
      version: protocolVersion,
      nonce: nonce.toString("base64url"),
    });
  }

  /** SHA-256 of the certificate of the admitted player; `undefined` before. */
  get playerId(): string | undefined {
    return this.#player?.fingerprint;
  }

  /** Sends the reason and closes. */
  end(why: Ending): void {
    if (this.#state.kind === "playing") this.#state.session.end(why);
    else this.#finish({ kind: "ended", ...reasonFields(why) });
  }

  #read(chunk: Uint8Array): void {
    for (const message of this.#reader.read(chunk)) {
      if (this.#state.kind === "over") return;
      if (message === "malformed") this.#cut(ending("message_malformed"));
      else this.#receive(message);
    }
    this.#rest(Math.floor(chunk.length / bytesPerMsMax));
  }

  #rest(ms: number): void {
    if (ms === 0 || this.#socket.isPaused()) return;
    this.#socket.pause();
    timers.after(ms, () => this.#socket.resume());
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "hello":
        this.#admit(message).catch((cause: unknown) => this.#refuse(cause));
        break;
      case "open":
        this.#open(message).catch((cause: unknown) => this.#refuse(cause));
        break;
      case "report":
        if (this.#state.kind === "playing") this.#state.session.addReport(message);
        break;
      case "idr":
        if (this.#state.kind === "playing") this.#state.session.requestIdr();
        break;
      case "bye":
        this.#over(ending("player_ended"));
        this.#socket.end();
        break;
      case "challenge":
      case "welcome":
      case "refused":
      case "opened":
      case "ended":
      case "mode":
      case "waiting":
        this.#cut(ending("message_unexpected", { message: message.kind }));
        break;
      default:
        unreachable(message);
    }
  }

  async #admit(message: Message & { kind: "hello" }): Promise<void> {
    if (this.#state.kind !== "greeting") {
      this.#cut(ending("message_unexpected", { message: message.kind }));
      return;
    }
    const { nonce } = this.#state;
    this.#state = { kind: "busy" };
    const fingerprint = fingerprintOfPeer(this.#socket);
    if (fingerprint === undefined) {
      throw new Failure("no_certificate", "Cannot admit this player: it has no certificate");
    }
    if (message.version !== protocolVersion) {
      const versions = `it speaks version "${message.version}", this host ${protocolVersion}`;
      throw new Failure("version_unsupported", `Cannot admit this player: ${versions}`);
    }
    const { name, proof } = message;
    const player = await this.#deps.admit({ fingerprint, name: cleanName(name), nonce, proof });
    if (this.#isEnded()) return;
    this.#player = player;
    this.#deps.onAdmitted();
    this.#state = { kind: "admitted", player };
    this.#write({ kind: "welcome", name: this.#deps.hostName });
  }

  async #open(message: Message & { kind: "open" }): Promise<void> {
    if (this.#state.kind !== "admitted") {
      this.#cut(ending("message_unexpected", { message: message.kind }));
      return;
    }
    const { player } = this.#state;
    this.#state = { kind: "busy" };
    this.#cancelDeadline();
    const onEnd = (why: Ending) => this.#finish({ kind: "ended", ...reasonFields(why) });
    const onAsking = () => {
      if (!this.#isEnded()) this.#write({ kind: "waiting", what: "desktop" });
    };
    const session = await this.#deps.openSession(player, message, { onEnd, onAsking });
    if (this.#isEnded()) {
      session.end(ending("connection_closed"));
      return;
    }
    this.#state = { kind: "playing", session };
    const { facts } = session;
    this.#write({
      kind: "opened",
      session_id: facts.id,
      tag: facts.tag,
      key_to_player: Buffer.from(facts.keyToPlayer).toString("base64url"),
      key_to_host: Buffer.from(facts.keyToHost).toString("base64url"),
      width: facts.mode.width,
      height: facts.mode.height,
      fps: session.fps,
      codec: facts.mode.codec,
      encoder: facts.stream.encoder,
      packet_bytes: facts.packetBytes,
    });
    session.onMode = (mode) => this.#write({ kind: "mode", ...mode });
  }

  /** The state may have changed while something was awaited. */
  #isEnded(): boolean {
    return this.#state.kind === "over";
  }

  #refuse(cause: unknown): void {
    if (this.#isEnded()) return;
    const isExpected = cause instanceof Failure;
    if (!isExpected) warn("native_connection_failed", { cause });
    const code = isExpected ? cause.code : "internal";
    const message = isExpected ? cause.message : "The host failed; see its log";
    const failure_values = isExpected ? cause.values : {};
    this.#deps.onRefused({ reason: message, failure: code, failure_values });
    this.#finish({ kind: "refused", code, message });
  }

  #cut(why: Ending): void {
    if (this.#isEnded()) return;
    this.#deps.onRefused(reasonFields(why));
    this.#over(why);
    this.#socket.destroy();
  }

  #finish(last: Message): void {
    if (this.#isEnded()) return;
    this.#write(last);
    this.#over(ending("connection_closed"));
    this.#socket.end();
    timers.after(lingerMs, () => this.#socket.destroy());
  }

  #over(why: Ending): void {
    const state = this.#state;
    if (state.kind === "over") return;
    this.#state = { kind: "over" };
    this.#cancelDeadline();
    if (state.kind === "playing") state.session.end(why);
  }

  #write(message: Message): void {
    if (!this.#socket.destroyed) this.#socket.write(writeMessage(message));
  }
}

/** The handshake proved that the player holds this certificate's key. */
export function fingerprintOfPeer(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerCertificate();
  const raw: unknown = certificate?.raw;
  return raw instanceof Uint8Array ? fingerprintOf(raw) : undefined;
}

/** A name that is safe to show anywhere; "player" if nothing is left of it. */
export function cleanName(name: string): string {
  return cleanPlayerName(name) || "player";
}
