/**
 * Who may play on the native path: paired players, a player with a pairing code, and one that holds
 * the host's own key. Admission is not a lasting right: it is checked again when a session opens.
 */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import type { Identity } from "../../base/identity.ts";
import type { Client } from "../../model/player.ts";
import type { ClientRegistry } from "../../session/client-registry.ts";
import { isSignedByHost } from "../wire/trust.ts";
import type { Hello, KnownPlayer } from "./connection.ts";
import type { NativeEvent } from "./link.ts";
import { CodePairings } from "./pairing.ts";

type Deps = {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly clients: ClientRegistry;
  onEvent(event: NativeEvent): void;
};

/** Admits players and revokes the right again. Lives as long as the host. */
export class Admission {
  readonly pairings: CodePairings;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { fingerprint } = deps.identity;
    this.pairings = new CodePairings({ fingerprint, clock: deps.clock });
  }

  /** Oldest first. */
  clients(): Client[] {
    return this.#deps.clients.list();
  }

  /** Takes effect immediately; durable once resolved. False for a player that is not paired. */
  async remove(id: string): Promise<boolean> {
    return await this.#deps.clients.remove(id);
  }

  /** `undefined` for a player that is not paired. */
  rename(id: string, name: string): Promise<Client | undefined> {
    return this.#deps.clients.rename(id, name);
  }

  /** @throws Failure `not_paired`, `pairing_refused` */
  async admit({ fingerprint, name, nonce, proof }: Hello): Promise<KnownPlayer> {
    const { clients, identity } = this.#deps;
    const known = clients.find(fingerprint);
    if (proof.kind === "key") {
      const hostFingerprint = identity.fingerprint;
      const facts = { nonce, hostFingerprint, playerFingerprint: fingerprint };
      const signature = Buffer.from(proof.signature, "base64url");
      if (isSignedByHost(facts, signature, identity.certificatePem)) {
        return { fingerprint, name: known?.name ?? name, right: "host key" };
      }
    }
    if (proof.kind === "code") {
      await this.#pair(Buffer.from(proof.secret, "base64url"), { fingerprint, name });
      return { fingerprint, name, right: "paired" };
    }
    if (known !== undefined) return { fingerprint, name: known.name, right: "paired" };
    const way = 'make a code on the host with "onglass pair", then play with "--pair CODE"';
    throw new Failure("not_paired", `Cannot play: this player is not paired with the host; ${way}`);
  }

  /** Whether an admitted player still may play. @throws Failure `not_paired` */
  check({ fingerprint, right }: KnownPlayer): void {
    if (right === "host key" || this.#deps.clients.find(fingerprint) !== undefined) return;
    throw new Failure("not_paired", "Cannot play: this player was removed from the host");
  }

  /** @throws Failure `pairing_refused` */
  async #pair(
    secret: Uint8Array,
    { fingerprint, name }: Pick<KnownPlayer, "fingerprint" | "name">,
  ): Promise<void> {
    const { clients, clock, onEvent } = this.#deps;
    if (!this.pairings.use(secret)) {
      if (!this.pairings.isOpen) onEvent({ kind: "code_closed" });
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
}
