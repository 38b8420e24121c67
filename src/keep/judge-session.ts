/**
 * The verdict of one session among the rows of several: its rows, the samples of that time, and the
 * preset of a checkpoint. Pure; a shared file uses it too.
 */
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { filterTable } from "../frames/table.ts";
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import { StateChangeEvent, type Timeline } from "../model/timeline.ts";
import type { RowMarks } from "../model/unread.ts";
import { changedSettings, SettingChange, type Verdict } from "../model/verdict.ts";
import { verdictOf } from "../verdict/verdict.ts";

/** The input of one verdict. */
export type Known = {
  readonly rows: FrameTable;
  readonly samples: readonly StatsSample[];
  readonly sessions: readonly CaptureSession[];
  readonly preset: string | undefined;
  /** Settings that were changed meanwhile, in order; none unless given. */
  readonly changes?: readonly SettingChange[] | undefined;
  /** The gaps in the rows of the range: the verdict mentions them. None unless given. */
  readonly marks?: RowMarks | undefined;
};

const PresetState = Type.Object({
  settings: Type.Object({
    values: Type.Object({
      encoder_preset: Type.Optional(Type.String()),
      preset_at_start: Type.Optional(Type.String()),
    }),
  }),
});

/**
 * The encoder preset in a checkpoint's state. The command line's applies unless a setting replaces
 * it.
 */
export function presetIn(state: unknown): string | undefined {
  if (!Value.Check(PresetState, state)) return undefined;
  const { encoder_preset, preset_at_start } = state.settings.values;
  return encoder_preset || preset_at_start || undefined;
}

/** Number of considered changes; people do not make more. */
const changeCountMax = 200;
const prefix = "settings.";

/** The setting that an event changed; `undefined` for all others. Events may be from files. */
export function changeIn(event: unknown, atMs: number): SettingChange | undefined {
  if (!Value.Check(StateChangeEvent, event)) return undefined;
  const setting = changedSettings.find((name) => event.key === `${prefix}${name}`);
  const change = { at_ms: Math.max(0, atMs), setting, from: event.old, to: event.new };
  return Value.Check(SettingChange, change) ? change : undefined;
}

/** The newest of those in a timeline, in order. */
export function changesOf(timeline: Timeline | undefined): SettingChange[] {
  const events = timeline?.events ?? [];
  return events
    .flatMap(({ t_ms, event }) => (t_ms === undefined ? [] : (changeIn(event, t_ms) ?? [])))
    .slice(-changeCountMax);
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
  const { width = 0, height = 0, fps = 60, codec = "", kind } = session ?? {};
  const { preset } = known;
  const isImported = kind === "";
  const verdict = verdictOf({
    stream: {
      session_id: id,
      width,
      height,
      fps: Math.max(1, fps),
      codec,
      preset,
      kind,
      isImported,
    },
    rows,
    windows: windowsIn(rows, known.samples, id),
    changes: known.changes,
  });
  return { ...verdict, ...known.marks };
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
