/** Processes of this machine, by the words that they were started with. */
import { readdirSync, readFileSync } from "node:fs";

/** Numbers of those whose words are accepted; one that has ended has none. */
export function processesWhere(isMeant: (words: readonly string[]) => boolean): number[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => isMeant(wordsOf(pid)));
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/** A program that can be told from all others: it sleeps for a time of its own, longer than any test. */
export function makeSleeper(): { command: string; pids: () => number[] } {
  const seconds = `1${crypto.getRandomValues(new Uint32Array(1)).join("")}`;
  return {
    command: `sleep ${seconds}`,
    pids: () => processesWhere((words) => words.join(" ") === `sleep ${seconds}`),
  };
}
