/**
 * Probe windows on streamed desktops: processes of this program, at most one per stream. They close
 * with the page that opened them, with the stream, and by themselves.
 */
import type { Clock } from "../base/clock.ts";
import { warn } from "../base/log.ts";
import { ownCommand } from "../base/own-command.ts";
import type { InputTarget } from "../desktop/input-target.ts";

/** A measurement takes 20 s; a killed host leaves its window open for this long. */
const secondsMax = 120;
/** A measuring page does not request it more often. */
const gapUs = 1_000_000;
const windowCountMax = 4;

/** Starts the window's process. `isOpen` resolves once the window is there, false when there is none. */
export type StartProbe = (words: readonly string[]) => {
  readonly isOpen: Promise<boolean>;
  readonly ended: Promise<unknown>;
  stop(): void;
};

/** A requested window. */
export type OpenProbe = {
  readonly isOpen: Promise<boolean>;
  readonly ended: Promise<unknown>;
  close(): void;
};

/** The probe windows of one host. */
export class ProbeWindows {
  readonly #clock: Clock;
  readonly #start: StartProbe;
  readonly #open = new Map<number, () => void>();
  #startedUs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, start: StartProbe = startProcess) {
    this.#clock = clock;
    this.#start = start;
  }

  /** `undefined` when the stream has one, there are too many, or the last was just now. */
  open(sessionId: number, target: InputTarget): OpenProbe | undefined {
    const nowUs = this.#clock.nowUs();
    const isTooMany = this.#open.has(sessionId) || this.#open.size >= windowCountMax;
    if (isTooMany || nowUs - this.#startedUs < gapUs) return undefined;
    this.#startedUs = nowUs;
    const { isOpen, ended, stop } = this.#start(wordsFor(target));
    this.#open.set(sessionId, stop);
    const forget = ended.then(() => void this.#open.delete(sessionId));
    return { isOpen, ended: forget, close: stop };
  }

  /** The stream is over. */
  close(sessionId: number): void {
    this.#open.get(sessionId)?.();
  }
}

/** A desktop reached over the bus, or by devices, is the one of the host's own environment. */
function wordsFor(target: InputTarget): string[] {
  const seconds = ["--seconds", String(secondsMax)];
  if (target.kind === "x11") return ["--x11", target.display, ...seconds];
  if (target.kind === "wayland") return ["--wayland", target.path, ...seconds];
  return seconds;
}

const startProcess: StartProbe = (words) => {
  const child = Bun.spawn([...ownCommand(), "probe-window", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    isOpen: isReady(child),
    ended: child.exited,
    stop: () => child.kill(),
  };
};

/** Its only output says that the window is open; the reason of a failure is in the log. */
async function isReady(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<boolean> {
  const { value } = await child.stdout.getReader().read();
  if (value !== undefined) return true;
  const text = await new Response(child.stderr).text();
  warn("probe_window_missing", { cause: new Error(text.trim().slice(0, 300)) });
  return false;
}
