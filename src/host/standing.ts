/**
 * Which loops of the host are stuck: asked of each, for a service manager that restarts a hanging
 * host.
 */
import type { Clock } from "../base/clock.ts";
import type { CaptureSession } from "../model/capture.ts";
import type { PathHost } from "../worker/path-handle.ts";

/**
 * The recorder reads the rows of running sessions once a second; later than this it has stopped.
 */
const readUsMax = 5_000_000;

/** Follows the reading of rows, to report whether it continues. */
export class ReadWatch {
  readonly #clock: Pick<Clock, "nowUs">;
  readonly #sessions = new Set<number>();
  #readUs = 0;

  constructor(clock: Pick<Clock, "nowUs">) {
    this.#clock = clock;
  }

  /** Always without a session: a host at rest reads nothing. */
  get isReading(): boolean {
    return this.#sessions.size === 0 || this.#clock.nowUs() - this.#readUs < readUsMax;
  }

  onStart({ session_id }: CaptureSession): void {
    if (this.#sessions.size === 0) this.#readUs = this.#clock.nowUs();
    this.#sessions.add(session_id);
  }

  onRows(): void {
    this.#readUs = this.#clock.nowUs();
  }

  onEnd(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }
}

/** The paths with threads of their own. */
type Paths = Readonly<Record<string, Pick<PathHost, "alive"> | undefined>>;

/**
 * A worker whose loop hangs never answers: then this never resolves. A hanging encoder or source is
 * not included: its stream is ended, and the host continues.
 */
export async function standingLoops(
  rows: Pick<ReadWatch, "isReading">,
  paths: Paths,
): Promise<string[]> {
  const known = Object.entries(paths).flatMap(([name, path]) =>
    path === undefined ? [] : [{ name, path }],
  );
  const asked = await Promise.all(
    known.map(async ({ name, path }) => ((await path.alive().catch(() => false)) ? [] : [name])),
  );
  return [...asked.flat(), ...(rows.isReading ? [] : ["recorder"])];
}
