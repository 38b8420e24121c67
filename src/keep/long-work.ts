/**
 * Verdicts and overviews of long ranges are computed in a worker: three hours of rows take a second
 * of a core, while the main thread has streams and pages to serve. One at a time: each holds the
 * rows of its range in memory.
 */
import { Failure } from "../base/failure.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { timers } from "../base/scheduler.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { History } from "../history/history.ts";
import type { UnreadStretch } from "../history/read-range.ts";
import type { Capture } from "../model/capture.ts";
import type { FramesOverview } from "../model/frames-overview.ts";
import type { RunComparison } from "../model/run-comparison.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";
import type { RunReference } from "../ports/comparisons.ts";
import type { FramesQuery, OverviewQuery } from "../ports/history.ts";
import type { Known } from "./judge-session.ts";
import type { HeldPlace } from "./stretch.ts";

/** A hundred times the duration of three hours. */
const answerMsMax = 60_000;
/** Running and waiting: each takes a second, and a connection waits for thirty. */
const askedCountMax = 30;

/** Rows of a saved capture, or of the history. */
export type RowsPlace =
  | { readonly kind: "file"; readonly path: string; readonly query: FramesQuery }
  | HeldPlace;

/** The source of a side. */
export type PlacedRun = {
  readonly reference: RunReference;
  /** Of a saved capture; none for a session of the history. */
  readonly capture?: Capture | undefined;
  readonly timeline?: Timeline | undefined;
  /** Path of its rows; a capture of an earlier version has none. */
  readonly place: RowsPlace | undefined;
};

/** The requested work. */
export type LongRequest =
  | {
      readonly kind: "verdict";
      readonly place: RowsPlace;
      /** Samples and sessions that the history does not have. */
      readonly known: Partial<Omit<Known, "rows">>;
      readonly session: number | undefined;
    }
  | {
      readonly kind: "comparison";
      readonly a: PlacedRun;
      readonly b: PlacedRun;
      readonly isForced: boolean;
    }
  | { readonly kind: "overview"; readonly path: string; readonly query: OverviewQuery }
  | {
      readonly kind: "held_overview";
      readonly place: Extract<RowsPlace, { kind: "history" }>;
      readonly fromMs: number;
      readonly toMs: number;
      readonly points: number | undefined;
      readonly session: number | undefined;
    };

type Unread = { readonly unread: readonly UnreadStretch[] };

/** The result, and the unreadable part of the history. */
export type LongAnswer =
  | ({ readonly kind: "verdict"; readonly verdict: Verdict } & Unread)
  | ({ readonly kind: "comparison"; readonly comparison: RunComparison } & Unread)
  | ({ readonly kind: "overview"; readonly overview: FramesOverview } & Unread)
  | { readonly kind: "failed"; readonly reason: string };

/** Processes one request after another. */
export class LongWork {
  readonly #history: Pick<History, "hold" | "warnOf"> | undefined;
  readonly #turns = new KeyedQueue();
  #askedCount = 0;

  /** @param history whose segments stay while they are waited for and read */
  constructor(history?: Pick<History, "hold" | "warnOf">) {
    this.#history = history;
  }

  /** @throws Error with the reason */
  async verdict(request: Extract<LongRequest, { kind: "verdict" }>): Promise<Verdict> {
    const answer = await this.#next(request);
    if (answer.kind === "verdict") return answer.verdict;
    throw failureOf(answer);
  }

  /** @throws Error with the reason */
  async comparison(request: Extract<LongRequest, { kind: "comparison" }>): Promise<RunComparison> {
    const answer = await this.#next(request);
    if (answer.kind === "comparison") return answer.comparison;
    throw failureOf(answer);
  }

  /** @throws Error with the reason */
  async overview(
    request: Exclude<LongRequest, { kind: "verdict" | "comparison" }>,
  ): Promise<FramesOverview> {
    const answer = await this.#next(request);
    if (answer.kind === "overview") return answer.overview;
    throw failureOf(answer);
  }

  async #next(request: LongRequest): Promise<LongAnswer> {
    using _held = this.#history?.hold(namesIn(request));
    const answer = await this.#inTurn(request);
    if (answer.kind !== "failed") this.#history?.warnOf(answer.unread);
    return answer;
  }

  /** @throws Failure `too_busy` */
  async #inTurn(request: LongRequest): Promise<LongAnswer> {
    if (this.#askedCount >= askedCountMax) {
      const text = `Cannot work it out: ${askedCountMax} long ranges are waiting for the same`;
      throw new Failure("too_busy", text);
    }
    this.#askedCount += 1;
    try {
      return await this.#turns.run("", () => ask(request));
    } finally {
      this.#askedCount -= 1;
    }
  }
}

function namesIn(request: LongRequest): readonly string[] {
  if (request.kind === "comparison") {
    return [request.a, request.b].flatMap(({ place }) =>
      place?.kind === "history" ? place.names : [],
    );
  }
  if (request.kind === "overview" || request.place.kind === "file") return [];
  return request.place.names;
}

function failureOf(answer: LongAnswer): Error {
  return new Error(answer.kind === "failed" ? answer.reason : "Bug: another answer was asked for");
}

/** Never throws. Longer work is due to a hanging disk: the next one must not wait for it. */
async function ask(request: LongRequest): Promise<LongAnswer> {
  const worker = new Worker(workerUrl("keep/long-work-worker.ts"));
  const answered = Promise.withResolvers<LongAnswer>();
  worker.onmessage = (event: MessageEvent<LongAnswer>) => answered.resolve(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    answered.resolve({ kind: "failed", reason: event.message });
  };
  worker.addEventListener("close", () => {
    answered.resolve({ kind: "failed", reason: "its worker ended unexpectedly" });
  });
  worker.postMessage(request);
  const cancel = timers.after(answerMsMax, () => {
    answered.resolve({ kind: "failed", reason: `it took more than ${answerMsMax / 1000} s` });
  });
  const answer = await answered.promise.finally(cancel);
  worker.terminate();
  return answer;
}
