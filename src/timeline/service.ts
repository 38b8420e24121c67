/** Import, resume and replay of timelines. */
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import type { ReplayRequest, ReplayRun } from "../model/replay.ts";
import type { TimelineImport, TimelineState } from "../model/timeline.ts";
import type { SendCall, TimelineService } from "../ports/timeline.ts";
import type { HostTimeline } from "./host-timeline.ts";
import { readTimeline } from "./read-timeline.ts";
import { Replay } from "./replay.ts";
import type { IsRepeatable } from "./replay-plan.ts";

/** Import, resume and replay of recordings, for the API. One replay at a time. */
export class RecordingService implements TimelineService {
  readonly #timeline: HostTimeline;
  readonly #replay: Replay;

  constructor(timeline: HostTimeline, isRepeatable: IsRepeatable) {
    this.#timeline = timeline;
    this.#replay = new Replay({ wait, isRepeatable });
  }

  /** Opens an export to be read. @throws Failure as `readTimeline` */
  import(bytes: Uint8Array): TimelineImport {
    const { timeline, checkpointsClamped, duplicateIds } = readTimeline(bytes);
    const opened = this.#timeline.open(timeline);
    return {
      id: opened.id,
      imported_id: timeline.id,
      event_count: opened.eventCount,
      checkpoint_count: opened.checkpointCount,
      events_dropped: timeline.events.length - opened.eventCount,
      checkpoints_dropped: timeline.checkpoints.length - opened.checkpointCount,
      checkpoints_clamped: checkpointsClamped,
      duplicate_ids: duplicateIds,
    };
  }

  /** Resumes an export as the manual recording. @throws Failure as `readTimeline` */
  resume(bytes: Uint8Array): TimelineState {
    return this.#timeline.resume(readTimeline(bytes).timeline);
  }

  /** The plan of a replay. @throws Failure `not_found` */
  planReplay(of: string | undefined): ReplayRun {
    return this.startReplay(of === undefined ? {} : { of }, neverSent);
  }

  /** @throws Failure `not_found`, `replay_running` */
  startReplay(request: ReplayRequest, send: SendCall): ReplayRun {
    const recording = this.#timeline.reading(request.of);
    if (recording === undefined) {
      const what = request.of === undefined ? "a timeline" : `timeline "${request.of}"`;
      throw new Failure("not_found", `Cannot replay ${what}: there is no recording of that name`);
    }
    return this.#replay.start(recording, request, send);
  }

  /** @throws Failure `not_stepping` */
  stepReplay(): Promise<ReplayRun> {
    return this.#replay.step();
  }

  /** @returns false when none is running */
  cancelReplay(): boolean {
    return this.#replay.cancel();
  }

  /** The current replay, or the last one. */
  replay(): ReplayRun | undefined {
    return this.#replay.run();
  }
}

function neverSent(): never {
  throw new Error("Bug: a plan made a call");
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancelTimer = timers.after(ms, resolve);
  const cancel = () => reject(new Error("It was ended"));
  signal.addEventListener("abort", cancel, { once: true });
  return promise.finally(() => {
    cancelTimer();
    signal.removeEventListener("abort", cancel);
  });
}
