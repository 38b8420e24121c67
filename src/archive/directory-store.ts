/** An archive in a directory, local or on a network: files appear complete, or not at all. */

import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncDirectory, writeWhole } from "../base/atomic-file.ts";
import { codeOf } from "../base/error-text.ts";
import { type FilePath, type ObjectStore, type StoredObject, tooLarge } from "./object-store.ts";

const partBytes = 1024 * 1024;
const depthMax = 4;

/** @param directory made if it is missing at first, but never later: a share may not be mounted */
export function directoryStore(directory: string): ObjectStore {
  const root = new Root(directory);
  return {
    name: directory,
    put: async (key, content) => {
      await root.check();
      await put(join(directory, key), content);
    },
    get: (key, bytesMax) => get(join(directory, key), bytesMax),
    list: async (prefix, countMax) => {
      await root.check();
      const found: StoredObject[] = [];
      await walk({ directory, folder: prefix.replace(/\/$/, ""), depth: 0 }, { found, countMax });
      return found;
    },
  };
}

/** The mount point of an unmounted share is an empty directory of the local disk, or missing. */
class Root {
  readonly #path: string;
  #device: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error `other_place` when it is not the directory of the first call */
  async check(): Promise<void> {
    if (this.#device === undefined) await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const stats = await stat(this.#path).catch(undefinedIfAbsent);
    this.#device ??= stats?.dev;
    if (stats !== undefined && stats.dev === this.#device) return;
    throw Object.assign(new Error("it is elsewhere"), { code: "other_place" });
  }
}

async function put(path: string, content: Uint8Array<ArrayBuffer> | FilePath): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temp = join(folder, `.${randomBytes(8).toString("hex")}.tmp`);
  try {
    await using file = await open(temp, "wx", 0o600);
    if (content instanceof Uint8Array) await writeWhole(file, content);
    else {
      const source = Bun.file(content.path);
      for (let at = 0; at < source.size; at += partBytes) {
        await writeWhole(file, await source.slice(at, at + partBytes).bytes());
      }
    }
    await file.sync();
    await rename(temp, path);
    await syncDirectory(folder);
  } finally {
    await rm(temp, { force: true }).catch(() => undefined);
  }
}

async function get(path: string, bytesMax: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stats = await stat(path).catch(undefinedIfAbsent);
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new Error("it is not a file");
  if (stats.size > bytesMax) throw tooLarge(bytesMax);
  return await Bun.file(path).bytes();
}

type Place = { readonly directory: string; readonly folder: string; readonly depth: number };
type Finding = { readonly found: StoredObject[]; readonly countMax: number };

/** Anything nested deeper is not ours. */
async function walk({ directory, folder, depth }: Place, finding: Finding): Promise<void> {
  const path = join(directory, folder);
  const entries = (await readdir(path, { withFileTypes: true }).catch(undefinedIfAbsent)) ?? [];
  for (const entry of entries) {
    if (finding.found.length >= finding.countMax) return;
    const key = `${folder}/${entry.name}`;
    if (entry.isDirectory() && depth < depthMax) {
      await walk({ directory, folder: key, depth: depth + 1 }, finding);
    }
    // A file being written has a name that starts with a dot.
    if (entry.isFile() && !entry.name.startsWith(".")) await add(directory, key, finding.found);
  }
}

async function add(directory: string, key: string, found: StoredObject[]): Promise<void> {
  const stats = await stat(join(directory, key)).catch(undefinedIfAbsent);
  if (stats === undefined) return;
  const version = `${stats.ino}-${stats.size}-${stats.mtimeMs}`;
  found.push({ key, bytes: stats.size, version });
}

function undefinedIfAbsent(cause: unknown): undefined {
  const code = codeOf(cause);
  if (code !== "ENOENT" && code !== "ENOTDIR") throw cause;
}
