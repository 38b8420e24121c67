/** A change of settings, as events between a checkpoint before and one after. */
import type { HostTimeline } from "./host-timeline.ts";

/** Values by their names, and a number that rises with every change. */
export type SettingsState = {
  readonly revision: number;
  readonly values: Readonly<Record<string, unknown>>;
};

/** Does nothing when nothing records, or nothing changed. */
export function recordSettingsChange(
  timeline: HostTimeline,
  { before, after, actor }: { before: SettingsState; after: SettingsState; actor: string },
): void {
  const changed = changedNames(before, after);
  if (changed.length === 0) return;
  const names = changed.join(", ");
  timeline.note({ code: "settings_before", values: { names } }, { settings: before });
  for (const name of changed) {
    timeline.record({
      type: "state_change",
      key: `settings.${name}`,
      old: before.values[name] ?? null,
      new: after.values[name] ?? null,
      caused_by: actor,
    });
  }
  timeline.note({ code: "settings_after", values: { names } }, { settings: after });
}

function changedNames(
  { values: before }: SettingsState,
  { values: after }: SettingsState,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
