/** The threads of this process that frames wait for in addition to their own, known by name. */
import { readdirSync, readFileSync } from "node:fs";
import { encodeThreadName } from "../base/thread-id.ts";

/**
 * A helper's role: `encoder` compresses alongside the thread that opened it; `allocator` returns
 * memory to the kernel and holds a lock meanwhile, on which others spin; `runtime` collects garbage
 * or compiles, and may stop a thread until it is done.
 */
export type HelperRole = "encoder" | "allocator" | "runtime";

/** Names as the kernel keeps them: of long ones the last fifteen letters. */
const runtimeNames: Readonly<Record<string, HelperRole>> = {
  "mi-scavenger": "allocator",
  HeapHelper: "runtime",
  "ollector Thread": "runtime",
  JITWorker: "runtime",
};

const taskDirectory = "/proc/self/task";

/** Names of all threads of this process. Owned by one reader. */
export class ThreadNames {
  readonly #known = new Map<number, { readonly name: string; readonly isSure: boolean }>();

  /** A thread starts with its creator's name: each is read the first two times it is seen. */
  read(): ReadonlyMap<number, string> {
    const names = new Map<number, string>();
    for (const thread of listThreads()) {
      const before = this.#known.get(thread);
      const name = before?.isSure ? before.name : nameOf(thread);
      this.#known.set(thread, { name, isSure: before?.name === name });
      names.set(thread, name);
    }
    for (const thread of this.#known.keys()) if (!names.has(thread)) this.#known.delete(thread);
    return names;
  }
}

function listThreads(): number[] {
  try {
    return readdirSync(taskDirectory).map(Number);
  } catch {
    return [];
  }
}

function nameOf(thread: number): string {
  try {
    return readFileSync(`${taskDirectory}/${thread}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** @param names of all threads of the process, by number */
export function helperThreads(names: ReadonlyMap<number, string>): Map<number, HelperRole> {
  const found = new Map<number, HelperRole>();
  for (const thread of encoderThreads(names)) found.set(thread, "encoder");
  for (const [thread, name] of names) {
    const role = Object.hasOwn(runtimeNames, name) ? runtimeNames[name] : undefined;
    if (role !== undefined) found.set(thread, role);
  }
  return found;
}

/**
 * A thread has the name of the one that started it until it takes another. So an encoder's own are
 * named as the encode thread, or, where it was opened beside another, as a thread of the runtime's
 * pool, which has one of each name.
 */
function encoderThreads(names: ReadonlyMap<number, string>): number[] {
  const found: number[] = [];
  const seen = new Set<string>();
  for (const [thread, name] of [...names].sort(([a], [b]) => a - b)) {
    const isPool = name.startsWith("Bun Pool ");
    if (name === encodeThreadName || (isPool && seen.has(name))) found.push(thread);
    seen.add(name);
  }
  return found;
}
