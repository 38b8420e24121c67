/**
 * How long the runtime's collector waited for a core. Its threads have no more priority than any other
 * program, and a thread that streams waits for them: on a busy machine its pauses are theirs.
 */
import { readSchedule } from "./parse.ts";

/** As the runtime names them; Linux keeps fifteen characters, of which the first may be cut off. */
const collectorName = /^(?:HeapHelper|.?ollector Thread)\s*$/;

/** Where a thread's files are read. */
type Tasks = {
  /** Numbers of all threads of this process. */
  ids(): readonly string[];
  read(id: string, file: "comm" | "schedstat"): string;
};

/** Adds up what threads waited, also of those that have ended since. */
export class CollectorThreads {
  readonly #tasks: Tasks;
  /** What each had waited when it was looked at last; `undefined` for a thread of anything else. */
  readonly #waitedNs = new Map<string, number | undefined>();
  #sumNs = 0;

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  /** Since it was made; `undefined` where none is known of. Reads a file for each of its threads. */
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
