/**
 * Measures the link from the host to a reader in rounds of rising bitrate, by streams of random
 * bytes; one more round at half of the best shows how evenly frames arrive, and how long a round
 * trip takes.
 */
import {
  askedKbps,
  type CheckRound,
  carriedKbps,
  halfKbps,
  isCarried,
  type LinkFacts,
} from "../src/model/link-check.ts";
import { ProbeMeter, type ProbeResult } from "../src/model/link-probe.ts";

const roundMs = 2000;
/** Grace time after a round; what has not arrived by then does not count. */
const patienceMs = 1500;
const tripCount = 8;

/** The host, as the rounds use it. */
export type ProbedHost = {
  /** Requests a path of the API. */
  readonly ask: (path: string, signal: AbortSignal) => Promise<Response>;
  /** Before each round: its bitrate, and the progress of the whole, 0 to 1. */
  readonly onRound: (kbps: number, doneShare: number) => void;
  readonly signal: AbortSignal;
};

/**
 * Takes up to twelve seconds.
 * @throws if the host refuses, or is gone
 */
export async function measureLink(host: ProbedHost): Promise<LinkFacts> {
  const stepCount = askedKbps.length + 1;
  const rounds: CheckRound[] = [];
  let isFull = false;
  for (const [step, kbps] of askedKbps.entries()) {
    host.onRound(kbps, step / stepCount);
    const round = await measureRound(host, kbps);
    rounds.push(round);
    isFull = !isCarried(round);
    if (isFull) break;
  }
  const carried_kbps = carriedKbps(rounds);
  const kbps = halfKbps(carried_kbps);
  host.onRound(kbps, (stepCount - 1) / stepCount);
  const [half, rtt_us] = await Promise.all([measureRound(host, kbps), measureTripUs(host)]);
  const { jitter_us } = half;
  return {
    ...{ carried_kbps, is_at_least: !isFull },
    ...(jitter_us === undefined ? {} : { jitter_us }),
    ...(rtt_us === undefined ? {} : { rtt_us }),
  };
}

/**
 * The result of a stream of this bitrate.
 * @throws if the host refuses, or is gone
 */
async function measureRound({ ask, signal }: ProbedHost, kbps: number): Promise<CheckRound> {
  const overdue = overdueSignal(signal);
  const answer = await ask(`/api/v1/link-probe?kbps=${kbps}&ms=${roundMs}`, overdue);
  const frameBytes = Number(answer.headers.get("onglass-frame-bytes"));
  if (!answer.ok || answer.body === null || !(frameBytes > 0)) throw new Error(answer.statusText);
  const meter = new ProbeMeter(frameBytes);
  await readAll(answer.body, { meter, signal });
  return roundOf(kbps, meter.result(roundMs));
}

function overdueSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(roundMs + patienceMs)]);
}

type Reading = { readonly meter: ProbeMeter; readonly signal: AbortSignal };

/** To its end, or as far as it arrived in time. */
async function readAll(
  body: ReadableStream<Uint8Array>,
  { meter, signal }: Reading,
): Promise<void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      meter.push(value, performance.now() * 1000);
    }
  } catch (cause) {
    if (signal.aborted || !isTimeout(cause)) throw cause;
  }
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "TimeoutError";
}

/** The browser sees no loss: lost packets are sent again, and arrive late. */
function roundOf(asked_kbps: number, { received_kbps, jitter_us }: ProbeResult): CheckRound {
  const jitter = jitter_us === undefined ? {} : { jitter_us };
  return { asked_kbps, received_kbps, loss_share: 0, ...jitter };
}

/**
 * The median of some round trips, as many as come back while the round lasts; `undefined` if the host answers none.
 * @throws if nothing comes back: the link is cut
 */
async function measureTripUs({ ask, signal }: ProbedHost): Promise<number | undefined> {
  const overdue = overdueSignal(signal);
  const trips: number[] = [];
  try {
    for (let trip = 0; trip < tripCount; trip += 1) {
      const startMs = performance.now();
      const answer = await ask("/api/v1/moq/clock", overdue);
      await answer.text();
      if (answer.ok) trips.push((performance.now() - startMs) * 1000);
    }
  } catch (cause) {
    if (trips.length === 0 || signal.aborted || !isTimeout(cause)) throw cause;
  }
  const sorted = trips.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? undefined : Math.round(median);
}
