/**
 * Whether a cause began when a setting was changed: then reverting it is the first thing to try.
 */
import type { CauseCode, SettingChange } from "../model/verdict.ts";
import { changeBeforeMsMin, changeBehindMsMax, changeShareMin } from "./bounds.ts";
import type { Judged } from "./judge.ts";

type Name = SettingChange["setting"];

/** The settings that may be its start. */
const settingsOf: Partial<Record<CauseCode, readonly Name[]>> = {
  encoder_slow: ["encoder_preset", "bitrate_kbps", "fps_cap"],
  machine_busy: ["encoder_preset", "fps_cap"],
  bitrate_too_low: ["bitrate_kbps"],
  link_narrow: ["bitrate_kbps", "parity_percent_min", "fps_cap"],
  link_loss: ["bitrate_kbps", "parity_percent_min", "parity_percent_max", "pacing_share"],
  key_frames: ["bitrate_kbps", "pacing_share"],
  player_slow: ["bitrate_kbps", "fps_cap"],
  source_slow_rate: ["fps_cap"],
};

/**
 * The last change before the cause began, unless it was reverted since; `undefined` if the cause
 * existed before, or began long after.
 * @param rows that the cause made bad
 */
export function changeBehind(
  code: CauseCode,
  rows: readonly number[],
  { judged, changes }: { readonly judged: Judged; readonly changes: readonly SettingChange[] },
): SettingChange | undefined {
  const names = settingsOf[code] ?? [];
  const due = judged.table.columns.due_us;
  const times = Float64Array.from(rows, (row) => (due[row] ?? 0) / 1000).sort();
  const firstMs = times[Math.floor(times.length * (1 - changeShareMin))] ?? 0;
  const beginMs = (due[0] ?? 0) / 1000;
  const change = changes.findLast(
    ({ setting, at_ms }) => names.includes(setting) && at_ms <= firstMs,
  );
  if (change === undefined || firstMs - change.at_ms > changeBehindMsMax) return undefined;
  if (change.at_ms - beginMs < changeBeforeMsMin) return undefined;
  const later = changes.findLast(({ setting }) => setting === change.setting);
  return later?.to === change.from ? undefined : change;
}
