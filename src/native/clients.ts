/** Paired players, one small file each in `clients/` of the data directory. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { readPrivateFile, savePrivateFile } from "../base/private-file.ts";
import { Client } from "../model/player.ts";

const kind = "native";
const isFingerprint = (text: string) => /^[0-9a-f]{64}$/.test(text);

export class ClientBook {
  readonly #directory: string;
  readonly #clients = new Map<string, Client>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Reads what is there; a damaged file is said and left alone. */
  static async load(dataDirectory: string): Promise<ClientBook> {
    const directory = join(dataDirectory, "clients");
    makePrivateDirectory(directory);
    const book = new ClientBook(directory);
    for (const name of await readdir(directory)) {
      if (!name.endsWith(".json")) continue;
      const client = await readClient(join(directory, name));
      if (client?.kind === kind && name === `${client.id}.json`)
        book.#clients.set(client.id, client);
    }
    return book;
  }

  list(): Client[] {
    return [...this.#clients.values()].sort((a, b) => a.paired_unix_ms - b.paired_unix_ms);
  }

  find(fingerprint: string): Client | undefined {
    return this.#clients.get(fingerprint);
  }

  /** Known at once and for good: the file is written before this resolves. */
  async add(facts: { id: string; name: string; paired_unix_ms: number }): Promise<void> {
    const client: Client = {
      id: facts.id,
      name: facts.name,
      kind,
      paired_unix_ms: facts.paired_unix_ms,
    };
    await savePrivateFile(this.#pathOf(client.id), `${JSON.stringify(client)}\n`);
    this.#clients.set(client.id, client);
  }

  /** False when there is no such player. */
  async remove(id: string): Promise<boolean> {
    if (!this.#clients.has(id)) return false;
    await rm(this.#pathOf(id), { force: true });
    return this.#clients.delete(id);
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

async function readClient(path: string): Promise<Client | undefined> {
  try {
    const client: unknown = JSON.parse((await readPrivateFile(path)) ?? "");
    if (Value.Check(Client, client) && isFingerprint(client.id)) return client;
    // Another path keeps its players in this directory too, in a shape of its own.
  } catch (cause) {
    warn("paired player not readable", { path, cause });
  }
  return undefined;
}
