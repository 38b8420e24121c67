/**
 * Ends what a private session has started, and removes its folder. A small shell with the session's
 * rights waits next to each session for the end of its host or of the thread that opened it, so
 * that `kill -9` leaves nothing behind; the same script ends a session whose stream is over.
 *
 * Processes are found by the mark in the environment that they were started with, which no program
 * can put on a process of somebody else. A number that a program chose is never signalled. One that
 * clears its environment and leaves its parent is not found.
 */
import { closeDescriptor, openPipe } from "../base/descriptors.ts";
import { reapChild } from "../base/process.ts";
import { asSessionUser, plainEnvironment } from "./session-user.ts";

/** The variable that carries the mark. */
export const markName = "ONGLASS_SESSION";
const endMsMax = 4000;
const endTries = 2;

/** What the keeper ends: the processes with the mark, and their folder. */
type Kept = { readonly mark: string; readonly folder: string };

/** Programs have 0.7 s to save their state. */
const script = `
trap '' HUP INT
trap isOver=1 TERM
cd /
marked() { grep -lszFx "${markName}=$mark" /proc/[0-9]*/environ; }
send() {
  for at in $(marked); do
    at=\${at#/proc/}
    kill -s "$1" "\${at%/environ}"
  done 2> /dev/null
}
mark=$1 folder=$2
# Nothing is ever written: what comes is the end of the host, or of the thread that started this.
[ -n "$isOver" ] || read -r _
send TERM
tries=0
while [ $tries -lt 14 ] && [ -n "$(marked)" ]; do sleep 0.05; tries=$((tries + 1)); done
tries=0
while [ $tries -lt 40 ] && [ -n "$(marked)" ]; do send KILL; tries=$((tries + 1)); done
tries=0
while [ $tries -lt 20 ] && ! rm -rf -- "$folder" 2> /dev/null; do sleep 0.05; tries=$((tries + 1)); done
`;

/** Runs alongside one session, from before its start to its end. */
export class SessionKeeper {
  readonly #kept: Kept;
  readonly #process: Bun.Subprocess;
  /** Closed by the kernel when this process exits, however it does. */
  readonly #lifeline: number;

  constructor(kept: Kept) {
    this.#kept = kept;
    const { readEnd, writeEnd } = openPipe({ isBlocking: true });
    this.#lifeline = writeEnd;
    try {
      this.#process = Bun.spawn(keeperCommand(kept), {
        env: plainEnvironment(),
        stdio: [readEnd, "ignore", "ignore"],
        // A Ctrl+C in the host's terminal is not for it.
        detached: true,
      });
    } catch (cause) {
      closeDescriptor(writeEnd);
      throw cause;
    } finally {
      closeDescriptor(readEnd);
    }
  }

  /**
   * Blocks this thread until the session's processes and its folder are gone, at most 4 s, twice.
   */
  end(isEnded: () => boolean): void {
    this.#process.kill("SIGKILL");
    closeDescriptor(this.#lifeline);
    for (let tries = 0; tries === 0 || (tries < endTries && !isEnded()); tries++) {
      Bun.spawnSync(keeperCommand(this.#kept), {
        env: plainEnvironment(),
        stdio: ["ignore", "ignore", "ignore"],
        timeout: endMsMax,
        killSignal: "SIGKILL",
      });
    }
    reapChild(this.#process.pid);
  }
}

function keeperCommand({ mark, folder }: Kept): string[] {
  return asSessionUser("--pdeathsig", "TERM", "sh", "-c", script, "onglass-keeper", mark, folder);
}
