/**
 * Paired players of a path, one small file each in `clients/` of the data directory, next to those
 * of other paths. A player that is not in the registry is a stranger, from the moment of removal
 * on.
 *
 * Changes are made one after the other, so that a file is never written after its player was
 * removed.
 */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { cutText } from "../base/cut-text.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import type { Kind } from "../model/capture.ts";
import { Client } from "../model/player.ts";

/** More than anyone pairs manually. */
export const clientCountMax = 256;
/** A name in a file may be longer than any that a player can send. */
const nameLengthMax = 256;
const isFingerprint = (text: string) => /^[0-9a-f]{64}$/.test(text);

/** The paired players of one path, in memory and on disk. One registry writes a path's files. */
export class ClientRegistry {
  readonly #directory: string;
  readonly #kind: Kind;
  readonly #clients = new Map<string, Client>();
  /** The current change, or the last one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, kind: Kind) {
    this.#directory = directory;
    this.#kind = kind;
  }

  /** Reads the existing files; a damaged one is reported and ignored. */
  static async load(dataDirectory: string, kind: Kind): Promise<ClientRegistry> {
    const directory = join(dataDirectory, "clients");
    await makePrivateDirectory(directory);
    const registry = new ClientRegistry(directory, kind);
    for (const name of await readdir(directory)) {
      if (!name.endsWith(".json")) continue;
      const client = await readClient(join(directory, name));
      if (client?.kind !== kind || name !== `${client.id}.json`) continue;
      if (registry.#clients.size < clientCountMax) registry.#clients.set(client.id, client);
    }
    return registry;
  }

  get count(): number {
    return this.#clients.size;
  }

  /** Oldest first. */
  list(): Client[] {
    return [...this.#clients.values()].sort((a, b) => a.paired_unix_ms - b.paired_unix_ms);
  }

  find(id: string): Client | undefined {
    return this.#clients.get(id);
  }

  /** Durable once resolved; `undefined` when the registry is full. */
  add(facts: Omit<Client, "kind">): Promise<Client | undefined> {
    return this.#inTurn(async () => {
      if (this.#clients.size >= clientCountMax && !this.#clients.has(facts.id)) return undefined;
      const client: Client = { ...facts, kind: this.#kind };
      await this.#save(client);
      this.#clients.set(client.id, client);
      return client;
    });
  }

  /** Applies from the player's next session on. `undefined` when that player is not paired. */
  rename(id: string, name: string): Promise<Client | undefined> {
    return this.#inTurn(async () => {
      const before = this.#clients.get(id);
      if (before === undefined) return undefined;
      const client: Client = { ...before, name };
      await this.#save(client);
      // Removed meanwhile: its file is removed next in turn.
      if (!this.#clients.has(id)) return undefined;
      this.#clients.set(id, client);
      return client;
    });
  }

  /** Takes effect immediately; durable once resolved. False for a player that is not paired. */
  remove(id: string): Promise<boolean> {
    const wasKnown = this.#clients.delete(id);
    return this.#inTurn(async () => {
      // Again: it may have been paired by a pending change.
      if (!this.#clients.delete(id) && !wasKnown) return false;
      await dataDisk.run(() => rm(this.#pathOf(id), { force: true }));
      return true;
    });
  }

  /** The caller reports a failed change, which delays nobody. */
  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const changing = this.#last.then(change);
    this.#last = changing.catch(() => undefined);
    return changing;
  }

  async #save(client: Client): Promise<void> {
    await writeFileAtomic(this.#pathOf(client.id), `${JSON.stringify(client)}\n`);
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

/** Other paths may store their players in another shape: those are not checked here. */
async function readClient(path: string): Promise<Client | undefined> {
  try {
    const client: unknown = JSON.parse((await readFileIfAny(path)) ?? "");
    if (Value.Check(Client, client) && isFingerprint(client.id)) {
      return { ...client, name: cutText(client.name, nameLengthMax) };
    }
  } catch (cause) {
    warn("paired_player_not_readable", { path, cause });
  }
  return undefined;
}
