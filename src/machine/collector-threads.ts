/**
 * How long the runtime's collector waited for a core. Its threads have no more priority than any
 * other program, and a thread that streams waits for them: on a busy machine its pauses delay them.
 */
import { readSchedule } from "./parse.ts";

/** The runtime's names; Linux keeps fifteen characters, of which the first may be cut off. */
const collectorName = /^(?:HeapHelper|.?ollector Thread)\s*$/;

/** Where a thread's files are read. */
type Tasks = {
  /** Numbers of all threads of this process. */
  ids(): readonly string[];
  read(id: string, file: "comm" | "schedstat"): string;
};

/** Adds up the waits of threads, including ended ones. */
export class CollectorThreads {
  readonly #tasks: Tasks;
  /** The wait of each at the last look; `undefined` for other threads. */
  readonly #waitedNs = new Map<string, number | undefined>();
  #sumNs = 0;

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  /** Since it was made; `undefined` if none is known. Reads a file for each of its threads. */
  waitedNs(): number | undefined {
    const ids = this.#tasks.ids();
    const here = new Set(ids);
    for (const id of this.#waitedNs.keys()) if (!here.has(id)) this.#waitedNs.delete(id);
    for (const id of ids) this.#add(id);
    const isKnown = [...this.#waitedNs.values()].some((waited) => waited !== undefined);
    return isKnown || this.#sumNs > 0 ? this.#sumNs : undefined;
  }

  #add(id: string): void {
    if (!this.#waitedNs.has(id)) this.#waitedNs.set(id, this.#isCollector(id) ? 0 : undefined);
    const before = this.#waitedNs.get(id);
    if (before === undefined) return;
    const now = readSchedule(this.#tasks.read(id, "schedstat"))?.waitedNs ?? before;
    this.#sumNs += Math.max(0, now - before);
    this.#waitedNs.set(id, now);
  }

  #isCollector(id: string): boolean {
    return collectorName.test(this.#tasks.read(id, "comm"));
  }
}
