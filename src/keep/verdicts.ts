/**
 * Verdicts of what is kept: brings the rows of a range and the samples beside them to the analysis.
 * The last one of each capture stays in memory, since its page, its figures and the API ask for the same.
 */
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Failure } from "../base/failure.ts";
import { filterTable } from "../frames/table.ts";
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import type { VerdictQuery, VerdictReads } from "../ports/verdicts.ts";
import { verdictOf } from "../verdict/verdict.ts";
import type { HistoryService } from "./history-reads.ts";
import type { LiveVerdicts } from "./live-verdicts.ts";

/** Verdicts of saved captures that stay in memory. */
const rememberedCountMax = 50;

export type VerdictOptions = {
  readonly history: HistoryService;
  readonly recordings: Pick<Recordings, "load" | "loadTimeline">;
  readonly stats: Pick<Stats, "live">;
  /** Of sessions that run; none unless given. */
  readonly live?: Pick<LiveVerdicts, "verdicts">;
  /** The encoder preset that streams have now; `undefined` where it is the encoder's own. */
  presetNow(): string | undefined;
};

/** What one verdict is worked out from. */
export type Known = {
  readonly rows: FrameTable;
  readonly samples: readonly StatsSample[];
  readonly sessions: readonly CaptureSession[];
  readonly preset: string | undefined;
};

export class VerdictService implements VerdictReads {
  readonly #options: VerdictOptions;
  readonly #remembered = new Map<string, Verdict>();

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  async verdictOfRecording(id: string, query: VerdictQuery): Promise<Verdict> {
    const key = JSON.stringify([id, query.from, query.to, query.last_s, query.session]);
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const { history, recordings } = this.#options;
    const rows = await history.rowsOfRecording(id, query);
    const capture = await recordings.load(id);
    if (capture === undefined) throw new Failure("not_found", `Cannot find recording "${id}"`);
    const preset = await this.#presetOf(id, query.to);
    const verdict = judgeSession({ rows, preset, ...samplesOf(capture) }, query.session);
    this.#remember(key, verdict);
    return verdict;
  }

  async verdictOfCapture(query: VerdictQuery): Promise<Verdict | undefined> {
    const { history, stats } = this.#options;
    const kept = await history.rowsOfCapture(query);
    const capture = stats.live();
    if (kept === undefined || capture === undefined) return undefined;
    const { rows } = kept;
    const preset = this.#options.presetNow();
    return judgeSession({ rows, preset, ...samplesOf(capture) }, query.session);
  }

  async verdictOfSession(id: string, query: VerdictQuery): Promise<Verdict | undefined> {
    const kept = await this.#options.history.rowsOfSession(id, query);
    const preset = this.#options.presetNow();
    return kept && judgeSession({ ...kept, preset }, kept.sessions[0]?.session_id);
  }

  /** As the last checkpoint of the range has it; a capture without a timeline does not tell. */
  async #presetOf(id: string, toMs = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    const timeline = await this.#options.recordings.loadTimeline(id).catch(() => undefined);
    const checkpoints = timeline?.checkpoints ?? [];
    const last = checkpoints.findLast(({ t_ms = 0 }) => t_ms <= toMs) ?? checkpoints[0];
    return presetIn(last?.state);
  }

  live(): readonly Verdict[] {
    return this.#options.live?.verdicts() ?? [];
  }

  #remember(key: string, verdict: Verdict): void {
    this.#remembered.set(key, verdict);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > rememberedCountMax && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}

const PresetState = Type.Object({
  settings: Type.Object({
    values: Type.Object({
      encoder_preset: Type.Optional(Type.String()),
      preset_at_start: Type.Optional(Type.String()),
    }),
  }),
});

/** What the host was started with holds where no setting replaces it. */
function presetIn(state: unknown): string | undefined {
  if (!Value.Check(PresetState, state)) return undefined;
  const { encoder_preset, preset_at_start } = state.settings.values;
  return encoder_preset || preset_at_start || undefined;
}

/** The samples of a capture and the sessions in it. */
export function samplesOf({ meta, samples }: Capture): Pick<Known, "samples" | "sessions"> {
  return {
    samples,
    sessions: meta.sessions ?? [{ ...meta, session_id: samples[0]?.session_id ?? 0 }],
  };
}

/** The verdict of one session. @param asked unless given, the session with the most slots. */
export function judgeSession(known: Known, asked: number | undefined): Verdict {
  const ids = known.rows.columns.session_id;
  const id = asked ?? busiestSession(ids);
  const rows = filterTable(known.rows, (row) => ids[row] === id);
  const session = known.sessions.find(({ session_id }) => session_id === id);
  const { width = 0, height = 0, fps = 60, codec = "" } = session ?? {};
  return verdictOf({
    stream: { session_id: id, width, height, fps: Math.max(1, fps), codec, preset: known.preset },
    rows,
    windows: windowsIn(rows, known.samples, id),
  });
}

/** The id that most rows have; 0 without rows. */
export function busiestSession(ids: Float64Array): number {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

/** Samples of the session whose window touches the rows' range. */
function windowsIn(rows: FrameTable, samples: readonly StatsSample[], id: number): StatsSample[] {
  const fromMs = (rows.columns.due_us[0] ?? 0) / 1000;
  const toMs = (rows.columns.due_us[rows.count - 1] ?? 0) / 1000;
  const lengthMs = (sample: StatsSample) => (sample.window_us ?? 2e6) / 1000;
  return samples
    .filter((sample) => sample.session_id === id)
    .filter((sample) => sample.t_ms >= fromMs && sample.t_ms - lengthMs(sample) <= toMs)
    .sort((a, b) => a.t_ms - b.t_ms);
}
