/**
 * Verdicts of what is kept: brings the rows of a range and the samples beside them to the analysis.
 * The last ones stay in memory, since a page, its figures and the API ask for the same.
 */
import { Failure } from "../base/failure.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { SharedWork } from "../base/shared-work.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import { isLong } from "../model/long-range.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import type { VerdictQuery, VerdictReads } from "../ports/verdicts.ts";
import type { HistoryService } from "./history-reads.ts";
import { changesOf, judgeSession, type Known, presetIn, samplesOf } from "./judge-session.ts";
import type { LiveVerdicts } from "./live-verdicts.ts";
import type { JudgedPlace } from "./stretch.ts";

/** Verdicts of saved captures, and of long ranges of sessions that are over, that stay in memory. */
const rememberedCountMax = 50;
/**
 * Different ones requested at the same time: two minutes of rows take ten milliseconds, and a
 * connection waits for thirty seconds.
 */
const askedCountMax = 500;

export type VerdictOptions = {
  readonly history: HistoryService;
  readonly recordings: Pick<Recordings, "load" | "loadTimeline">;
  readonly stats: Pick<Stats, "live">;
  /** Of running sessions; none unless given. */
  readonly live?: Pick<LiveVerdicts, "verdicts">;
  /** The encoder preset of current streams; `undefined` for the encoder's own. */
  presetNow(): string | undefined;
  /** The captures of another host had its own. */
  readonly hostName?: string;
};

export class VerdictService implements VerdictReads {
  readonly #options: VerdictOptions;
  /** Includes those in progress, so that nobody starts the same again. */
  readonly #remembered = new Map<string, Promise<Verdict>>();
  readonly #asked = new SharedWork<Verdict | undefined>(askedCountMax);
  /**
   * On this thread one is read and judged at a time: each holds its rows, and streams continue in
   * between.
   */
  readonly #turns = new KeyedQueue();

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  async verdictOfRecording(id: string, query: VerdictQuery): Promise<Verdict> {
    const verdict = await this.#asked.run(keyOf("recording", id, query), () => {
      return this.#ofRecording(id, query);
    });
    if (verdict === undefined) throw new Failure("not_found", `Cannot find recording "${id}"`);
    return verdict;
  }

  async #ofRecording(id: string, query: VerdictQuery): Promise<Verdict | undefined> {
    const capture = await this.#options.recordings.load(id);
    if (capture === undefined) return undefined;
    const { sessions } = samplesOf(capture);
    const session = query.session ?? (sessions.length === 1 ? sessions[0]?.session_id : undefined);
    const key = JSON.stringify([
      keyOf("recording", id, { ...query, session }),
      this.#options.presetNow(),
    ]);
    const known = this.#remembered.get(key);
    if (known !== undefined) return await known;
    const verdict = this.#judge(id, capture, { ...query, session });
    this.#remember(key, verdict);
    return await verdict;
  }

  async #judge(id: string, capture: Capture, query: VerdictQuery): Promise<Verdict> {
    const known = { ...(await this.#settingsOf(id, query.to)), ...samplesOf(capture) };
    const { hostName, presetNow } = this.#options;
    const isOwn = hostName === undefined || hostName === capture.meta.host;
    if (known.preset !== undefined || !isOwn)
      return await this.#judgeWith(known, capture.meta, query);
    // What streams have now is what a step starts from, and no more.
    const guessed = { ...known, preset: presetNow() };
    return withoutPreset(await this.#judgeWith(guessed, capture.meta, query));
  }

  async #judgeWith(
    known: Omit<Known, "rows">,
    { id, duration_ms }: CaptureMeta,
    query: VerdictQuery,
  ): Promise<Verdict> {
    const { history } = this.#options;
    const { session } = query;
    if (isLong(Math.min(query.to ?? duration_ms, duration_ms) - (query.from ?? 0))) {
      return await history.fromFile(id, (path) => {
        const place = { kind: "file", path, query } as const;
        return history.long.verdict({ kind: "verdict", place, known, session });
      });
    }
    return await this.#inTurn(async () => {
      return judgeSession({ ...(await history.fileRowsOfRecording(id, query)), ...known }, session);
    });
  }

  async verdictOfCapture(query: VerdictQuery): Promise<Verdict | undefined> {
    return await this.#asked.run(keyOf("capture", "", query), () => this.#ofCapture(query));
  }

  async #ofCapture(query: VerdictQuery): Promise<Verdict | undefined> {
    const { history, stats } = this.#options;
    const place = await history.longPlaceOfCapture(query);
    const live = stats.live();
    if (place !== undefined && live !== undefined) {
      const known = { preset: this.#options.presetNow(), ...samplesOf(live) };
      const { session } = query;
      return await history.long.verdict({ kind: "verdict", place, known, session });
    }
    return await this.#inTurn(async () => {
      const kept = await history.rowsOfCapture(query);
      const capture = stats.live();
      if (kept === undefined || capture === undefined) return undefined;
      const preset = this.#options.presetNow();
      return judgeSession({ ...kept, preset, ...samplesOf(capture) }, query.session);
    });
  }

  async verdictOfSession(id: string, query: VerdictQuery): Promise<Verdict | undefined> {
    return await this.#asked.run(keyOf("session", id, query), () => this.#ofSession(id, query));
  }

  async #ofSession(id: string, query: VerdictQuery): Promise<Verdict | undefined> {
    const { history } = this.#options;
    const found = await history.judgedPlaceOfSession(id, query);
    if (found === undefined) return undefined;
    const { name } = found;
    if (found.isLong && name !== undefined) return await this.#ofEnded(name, found);
    const verdict = await (found.isLong ? this.#longVerdict(found) : this.#shortVerdict(id, query));
    // Only of the last seconds of a running session is its preset the one that streams have now.
    const isNow = query.last_s !== undefined && name === undefined;
    return isNow ? verdict : verdict && withoutPreset(verdict);
  }

  /** A long range of a session that is over. */
  async #ofEnded(name: string, found: JudgedPlace): Promise<Verdict> {
    const key = JSON.stringify(["session", name, this.#options.presetNow()]);
    const known = this.#remembered.get(key);
    if (known !== undefined) return await known;
    const work = this.#longVerdict(found).then(withoutPreset);
    this.#remember(key, work);
    const verdict = await work;
    // The disk may be readable again the next time.
    if (verdict.unread !== undefined) this.#remembered.delete(key);
    return verdict;
  }

  async #longVerdict({ place }: JudgedPlace): Promise<Verdict> {
    const known = { preset: this.#options.presetNow() };
    const session = place.range.sessionId;
    return await this.#options.history.long.verdict({ kind: "verdict", place, known, session });
  }

  async #shortVerdict(id: string, query: VerdictQuery): Promise<Verdict | undefined> {
    const { history, presetNow } = this.#options;
    const preset = presetNow();
    return await this.#inTurn(async () => {
      const kept = await history.rowsOfSession(id, query);
      return kept && judgeSession({ ...kept, preset }, kept.sessions[0]?.session_id);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run("", work);
  }

  /** As in the last checkpoint of the range; unknown for a capture without a timeline. */
  async #settingsOf(id: string, toMs = Number.POSITIVE_INFINITY) {
    const timeline = await this.#options.recordings.loadTimeline(id).catch(() => undefined);
    const checkpoints = timeline?.checkpoints ?? [];
    const last = checkpoints.findLast(({ t_ms = 0 }) => t_ms <= toMs) ?? checkpoints[0];
    return { preset: presetIn(last?.state), changes: changesOf(timeline) };
  }

  live(): readonly Verdict[] {
    return this.#options.live?.verdicts() ?? [];
  }

  #remember(key: string, verdict: Promise<Verdict>): void {
    this.#remembered.set(key, verdict);
    verdict.catch(() => this.#remembered.delete(key));
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > rememberedCountMax && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}

/** The sentence blames no preset that may be another by now; the step is worked out from it all the same. */
function withoutPreset(verdict: Verdict): Verdict {
  return { ...verdict, causes: verdict.causes.map(({ preset: _, ...cause }) => cause) };
}

function keyOf(kind: string, id: string, { from, to, last_s, session }: VerdictQuery): string {
  return JSON.stringify([kind, id, from, to, last_s, session]);
}
