/**
 * Paired players of a path, one small file each in `clients/` of the data directory, beside those
 * of other paths. Who is not in the book is a stranger, from the moment of removal on.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import type { Kind } from "../model/capture.ts";
import { Client } from "../model/player.ts";

/** Nobody pairs more by hand. */
export const clientCountMax = 256;
/** A name in a file may be longer than any that a player can give. */
const nameLengthMax = 256;
const isFingerprint = (text: string) => /^[0-9a-f]{64}$/.test(text);

export class ClientBook {
  readonly #directory: string;
  readonly #kind: Kind;
  readonly #clients = new Map<string, Client>();

  private constructor(directory: string, kind: Kind) {
    this.#directory = directory;
    this.#kind = kind;
  }

  /** Reads what is there; a damaged file is said and left alone. */
  static async load(dataDirectory: string, kind: Kind): Promise<ClientBook> {
    const directory = join(dataDirectory, "clients");
    makePrivateDirectory(directory);
    const book = new ClientBook(directory, kind);
    for (const name of await readdir(directory)) {
      if (!name.endsWith(".json")) continue;
      const client = await readClient(join(directory, name));
      if (client?.kind !== kind || name !== `${client.id}.json`) continue;
      if (book.#clients.size < clientCountMax) book.#clients.set(client.id, client);
    }
    return book;
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

  /** Known for good once this resolves; `undefined` when the book is full. */
  async add(facts: Omit<Client, "kind">): Promise<Client | undefined> {
    if (this.#clients.size >= clientCountMax && !this.#clients.has(facts.id)) return undefined;
    const client: Client = { ...facts, kind: this.#kind };
    await writeFileAtomic(this.#pathOf(client.id), `${JSON.stringify(client)}\n`);
    this.#clients.set(client.id, client);
    return client;
  }

  /** A stranger at once, on disk when this resolves. False when there is no such player. */
  async remove(id: string): Promise<boolean> {
    if (!this.#clients.delete(id)) return false;
    await rm(this.#pathOf(id), { force: true });
    return true;
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

/** Other paths may keep their players in a shape of their own: those are not ours to judge. */
async function readClient(path: string): Promise<Client | undefined> {
  try {
    const client: unknown = JSON.parse((await readFileIfAny(path)) ?? "");
    if (Value.Check(Client, client) && isFingerprint(client.id)) {
      return { ...client, name: client.name.slice(0, nameLengthMax).toWellFormed() };
    }
  } catch (cause) {
    warn("paired player not readable", { path, cause });
  }
  return undefined;
}
