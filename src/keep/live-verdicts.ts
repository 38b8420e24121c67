/**
 * The verdict of each running session over its last seconds, from the rows and samples as the
 * history takes them. It changes when the new result has held for two consecutive looks, at most
 * every ten seconds: a flickering verdict would say nothing.
 */
import { concatTables } from "../frames/table.ts";
import type { RowListener } from "../history/row-listener.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { Settings } from "../model/settings.ts";
import type { CauseCode, Verdict, VerdictQuality } from "../model/verdict.ts";
import { qualityBounds } from "../verdict/bounds.ts";
import { verdictOf } from "../verdict/verdict.ts";

/** Judged together: the same time over which a frame's usual values are taken. */
const spanUs = 10_000_000;
const lookUs = 2_000_000;
const turnUsMin = 10_000_000;
const sampleCountMax = 12;
/** A single bad look may be the end of a past problem. */
const badCountMin = 2;

/** The new verdict. */
export type VerdictTurn = {
  readonly session_id: number;
  readonly quality: VerdictQuality;
  /** The leading cause; none when it is smooth, or cannot be told. */
  readonly cause?: CauseCode;
};

/** A verdict that was bad for two consecutive looks, and not before. */
export type BadVerdict = {
  readonly session_id: number;
  /** In the last seconds: share of late or missing frames; bad from the limit on. */
  readonly share: number;
  readonly limit: number;
};

/** The receiver of changes, and the monotonic clock. */
export type LiveVerdictOptions = {
  onTurn(turn: VerdictTurn, atUs: number): void;
  /** Once for each change. */
  onBad?(verdict: BadVerdict, atUs: number): void;
  /** The encoder preset of streams where no setting replaces it; unknown unless given. */
  readonly presetAtStart?: string | undefined;
  nowUs(): number;
};

type Followed = {
  tables: FrameTable[];
  samples: StatsSample[];
  verdict: Verdict | undefined;
  lookedUs: number;
  turnedUs: number;
  /** The last reported verdict, and that of the previous look. */
  reported: string;
  before: string;
  /** Consecutive bad looks. */
  badCount: number;
};

const smooth = "smooth";

/** Follows the rows of all sessions; holds ten seconds of each. */
export class LiveVerdicts implements RowListener {
  readonly #options: LiveVerdictOptions;
  readonly #sessions = new Map<number, Followed>();
  #preset: string | undefined;

  constructor(options: LiveVerdictOptions) {
    this.#options = options;
    this.#preset = options.presetAtStart;
  }

  applySettings({ encoder_preset }: Pick<Settings, "encoder_preset">): void {
    this.#preset = encoder_preset || this.#options.presetAtStart;
  }

  /**
   * Of the last ten seconds, at most two seconds old, in brief; `undefined` for a session that just
   * began.
   */
  verdict(sessionId: number): Verdict | undefined {
    return this.#sessions.get(sessionId)?.verdict;
  }

  /** Those of all running sessions. */
  verdicts(): Verdict[] {
    return [...this.#sessions.values()].flatMap(({ verdict }) => verdict ?? []);
  }

  onRows(session: CaptureSession, _written: FrameTable, final: FrameTable): void {
    const followed = this.#follow(session.session_id);
    if (final.count > 0) followed.tables.push(final);
    const nowUs = this.#options.nowUs();
    if (nowUs - followed.lookedUs < lookUs) return;
    followed.lookedUs = nowUs;
    forgetBefore(followed, lastDueUs(followed) - spanUs);
    this.#look(session, followed, nowUs);
  }

  /** @param atUs when its window ended, on the monotonic clock */
  onSample(sample: StatsSample, atUs: number): void {
    const followed = this.#sessions.get(sample.session_id);
    if (followed === undefined) return;
    followed.samples.push({ ...sample, t_ms: Math.round(atUs / 1000) });
    if (followed.samples.length > sampleCountMax) followed.samples.shift();
  }

  onEnd(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }

  #follow(sessionId: number): Followed {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const followed: Followed = {
      ...{ tables: [], samples: [], verdict: undefined, reported: smooth, before: smooth },
      ...{ lookedUs: this.#options.nowUs(), turnedUs: Number.NEGATIVE_INFINITY, badCount: 0 },
    };
    this.#sessions.set(sessionId, followed);
    return followed;
  }

  #noteBad({ session_id, fps }: CaptureSession, followed: Followed, nowUs: number): void {
    const { verdict } = followed;
    followed.badCount = verdict?.quality === "bad" ? followed.badCount + 1 : 0;
    if (verdict === undefined || followed.badCount !== badCountMin) return;
    const { late, absent, old, slots } = verdict.frames;
    const share = (late + absent + old) / Math.max(1, slots);
    const limit = qualityBounds(fps).stutter;
    this.#options.onBad?.({ session_id, share, limit }, nowUs);
  }

  #look(session: CaptureSession, followed: Followed, nowUs: number): void {
    const { session_id, width, height, fps, codec, kind } = session;
    const preset = this.#preset;
    const verdict = verdictOf({
      stream: { session_id, width, height, fps: Math.max(1, fps), codec, kind, preset },
      rows: concatTables(followed.tables),
      windows: followed.samples,
      isBrief: true,
    });
    if (verdict.quality === "cannot_tell") return;
    followed.verdict = verdict;
    this.#noteBad(session, followed, nowUs);
    const state = stateOf(verdict);
    const holds = state === followed.before;
    followed.before = state;
    const isTurn = holds && state !== followed.reported && nowUs - followed.turnedUs >= turnUsMin;
    if (!isTurn) return;
    followed.reported = state;
    followed.turnedUs = nowUs;
    this.#options.onTurn({ session_id, quality: verdict.quality, ...leadOf(verdict) }, nowUs);
  }
}

function lastDueUs({ tables }: Followed): number {
  const last = tables.at(-1);
  return last?.columns.due_us[last.count - 1] ?? 0;
}

function forgetBefore(followed: Followed, us: number): void {
  followed.tables = followed.tables.filter(({ columns, count }) => {
    return (columns.due_us[count - 1] ?? 0) >= us;
  });
}

/** Stutter and bad are the same state: only smooth or not, and the cause, matter. */
function stateOf(verdict: Verdict): string {
  return verdict.quality === smooth ? smooth : (leadOf(verdict).cause ?? "unknown");
}

function leadOf({ quality, causes: [lead] }: Verdict): { readonly cause?: CauseCode } {
  return quality === smooth || lead === undefined ? {} : { cause: lead.code };
}
