/**
 * Verdicts of what is kept: brings the rows of a range and the samples beside them to the analysis.
 * The last one of each capture stays in memory, since its page, its figures and the API ask for the same.
 */
import { Failure } from "../base/failure.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import type { VerdictQuery, VerdictReads } from "../ports/verdicts.ts";
import type { HistoryService } from "./history-reads.ts";
import { judgeSession, presetIn, samplesOf } from "./judge-session.ts";
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
