/**
 * Comparisons of what is kept: brings the rows, the samples and the conditions of two runs to the
 * analysis, and the verdict of each.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type ConditionCode, compareRuns, type GivenRun } from "../analysis/compare-runs.ts";
import { Failure } from "../base/failure.ts";
import { rowsOfSession } from "../frames/table.ts";
import type { CaptureMeta, CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { RunComparison } from "../model/run-comparison.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";
import type { ComparisonRequest, Comparisons, RunReference } from "../ports/comparisons.ts";
import type { FramesQuery } from "../ports/history.ts";
import type { Recordings } from "../ports/recordings.ts";
import { busiestSession, judgeSession, samplesOf } from "./judge-session.ts";
import type { KeptRows } from "./kept-rows.ts";

/** Where runs are read from. */
export type ComparisonOptions = {
  readonly recordings: Pick<Recordings, "list" | "load" | "loadTimeline">;
  /** All rows of a saved capture. @throws Failure `no_frames`, `frames_damaged` */
  rowsOfRecording(id: string, query: FramesQuery): Promise<FrameTable>;
  /** Of the history; absent if there is none, in a command. */
  rowsOfSession?(id: string, query: FramesQuery): Promise<KeptRows | undefined>;
};

const historyPrefix = "history:";
/** Causes of each side that are named; the rest is in its verdict. */
const causeCountMax = 3;

/** Reads both sides again each time: running ones still grow. */
export class ComparisonService implements Comparisons {
  readonly #options: ComparisonOptions;

  constructor(options: ComparisonOptions) {
    this.#options = options;
  }

  async compare({ a, b, isForced = false }: ComparisonRequest): Promise<RunComparison> {
    const [one, other] = [await this.#load(a), await this.#load(b)];
    const comparison = compareRuns(one.given, other.given, { isForced });
    return {
      ...comparison,
      a: { ...comparison.a, ...one.judged },
      b: { ...comparison.b, ...other.judged },
    };
  }

  /** For the capture that is meant. @throws Failure `not_found` if none is the baseline */
  async captureId({ id }: RunReference): Promise<string> {
    return id === "baseline" ? await this.#baseline() : id;
  }

  async #load(reference: RunReference): Promise<LoadedRun> {
    if (!reference.id.startsWith(historyPrefix)) return await this.#loadCapture(reference);
    const id = reference.id.slice(historyPrefix.length);
    const { from, to } = reference;
    const kept = await this.#options.rowsOfSession?.(id, { from, to });
    const [session] = kept?.sessions ?? [];
    if (kept === undefined || session === undefined) {
      throw new Failure("not_found", `Cannot find session "${id.slice(0, 64)}" in the history`);
    }
    return runOf({ ...kept, id: reference.id, meta: undefined, conditions: {} }, reference);
  }

  async #loadCapture(reference: RunReference): Promise<LoadedRun> {
    const id = await this.captureId(reference);
    const { recordings } = this.#options;
    const capture = await recordings.load(id);
    if (capture === undefined) {
      const text = `Cannot find recording "${id.slice(0, 128)}": nothing is saved under this id`;
      throw new Failure("not_found", text);
    }
    const rows = await this.#rows(id, reference);
    const timeline = await recordings.loadTimeline(id).catch(() => undefined);
    const { meta } = capture;
    const host = meta.host === undefined ? {} : { host: meta.host };
    const conditions = { ...host, ...conditionsOf(timeline, reference.to) };
    return runOf({ ...samplesOf(capture), rows, id, meta, conditions }, reference);
  }

  /** Captures of earlier versions have none. */
  async #rows(id: string, { from, to }: RunReference): Promise<FrameTable | undefined> {
    try {
      return await this.#options.rowsOfRecording(id, { from, to });
    } catch (error) {
      if (error instanceof Failure && error.code === "no_frames") return undefined;
      throw error;
    }
  }

  async #baseline(): Promise<string> {
    const { captures } = await this.#options.recordings.list();
    const meta = captures.find(({ baseline }) => baseline === true);
    if (meta !== undefined) return meta.id;
    throw new Failure("not_found", "Cannot compare with the baseline: there is none");
  }
}

type LoadedRun = {
  readonly given: GivenRun;
  readonly judged: Pick<RunComparison["a"], "quality" | "blame" | "causes">;
};

type KnownRun = {
  readonly id: string;
  readonly meta: CaptureMeta | undefined;
  readonly rows: FrameTable | undefined;
  readonly samples: readonly StatsSample[];
  readonly sessions: readonly CaptureSession[];
  readonly conditions: GivenRun["conditions"];
};

function runOf(known: KnownRun, reference: RunReference): LoadedRun {
  const { rows, meta } = known;
  const inRange = known.samples.filter((sample) => isIn(sample, reference));
  const id = reference.session ?? sessionIn(rows, inRange);
  const session = known.sessions.find(({ session_id }) => session_id === id);
  const samples = inRange.filter(({ session_id }) => session_id === id);
  const own = rows === undefined ? undefined : rowsOfSession(rows, id);
  const verdict = own === undefined || own.count === 0 ? undefined : judged(known, own, id);
  const { kind = "", width = 0, height = 0, fps = 0, codec = "", client = "" } = session ?? {};
  const lastMs = Math.max(lastDueMs(own), samples.at(-1)?.t_ms ?? 0);
  const facts = {
    id: known.id,
    ...(meta?.name === undefined ? {} : { name: meta.name }),
    ...(meta === undefined ? {} : { started_unix_ms: meta.started_unix_ms }),
    ...{ session_id: id, kind, width, height, fps, codec, client },
    from_ms: Math.round(reference.from ?? 0),
    to_ms: Math.round(Math.min(reference.to ?? lastMs, lastMs)),
  };
  const whole = { fromUs: 0, toUs: Number.POSITIVE_INFINITY };
  return {
    given: {
      ...{ facts, samples, conditions: known.conditions },
      rows: own && { rows: own, stretches: [whole] },
    },
    judged: verdict === undefined ? {} : saidBy(verdict),
  };
}

function isIn({ t_ms, window_us = 2e6 }: StatsSample, { from, to }: RunReference): boolean {
  return t_ms - window_us / 1000 >= (from ?? 0) - 1 && t_ms <= (to ?? Number.POSITIVE_INFINITY);
}

function sessionIn(rows: FrameTable | undefined, samples: readonly StatsSample[]): number {
  if (rows !== undefined && rows.count > 0) return busiestSession(rows.columns.session_id);
  return busiestSession(Float64Array.from(samples, ({ session_id }) => session_id));
}

function lastDueMs(rows: FrameTable | undefined): number {
  return rows === undefined ? 0 : (rows.columns.due_us[rows.count - 1] ?? 0) / 1000;
}

function judged(known: KnownRun, rows: FrameTable, id: number): Verdict {
  const preset = known.conditions.encoder_preset;
  return judgeSession({ ...known, rows, preset }, id);
}

function saidBy({ quality, blame, causes }: Verdict): LoadedRun["judged"] {
  const leading = causes.slice(0, causeCountMax).map(({ code, share }) => ({ code, share }));
  return { quality, blame, causes: leading };
}

const Conditions = Type.Object({
  settings: Type.Object({
    values: Type.Object({
      source: Type.Optional(Type.String()),
      encoder_preset: Type.Optional(Type.String()),
      preset_at_start: Type.Optional(Type.String()),
      bitrate_kbps: Type.Optional(Type.Number()),
      fps_cap: Type.Optional(Type.Number()),
    }),
  }),
});
type SettingValues = Static<typeof Conditions>["settings"]["values"];

/** As in the last checkpoint of the range; unknown for a capture without a timeline. */
function conditionsOf(
  timeline: Timeline | undefined,
  toMs = Number.POSITIVE_INFINITY,
): Partial<Record<ConditionCode, string>> {
  const checkpoints = timeline?.checkpoints ?? [];
  const last = checkpoints.findLast(({ t_ms = 0 }) => t_ms <= toMs) ?? checkpoints[0];
  if (!Value.Check(Conditions, last?.state)) return {};
  return conditionsIn(last.state.settings.values);
}

function conditionsIn(values: SettingValues): Partial<Record<ConditionCode, string>> {
  const { source, encoder_preset, preset_at_start, bitrate_kbps, fps_cap } = values;
  const preset = encoder_preset || preset_at_start;
  return {
    ...(source === undefined ? {} : { source }),
    ...(preset === undefined ? {} : { encoder_preset: preset }),
    ...(bitrate_kbps === undefined ? {} : { bitrate_kbps: String(bitrate_kbps) }),
    ...(fps_cap === undefined ? {} : { fps_cap: String(fps_cap) }),
  };
}
