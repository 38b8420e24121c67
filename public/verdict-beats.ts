/**
 * The parts of a verdict that are marked in charts: the beats of its rhythm, and what was at fault
 * when. Pure.
 */
import type { Verdict } from "../src/model/verdict.ts";
import type { Words } from "./plan.ts";
import type { Range } from "./range.ts";

/** The marked parts of a verdict. */
export type Marked = Pick<
  Verdict,
  "causes" | "episodes" | "freezes" | "rhythm" | "from_ms" | "to_ms"
>;

/** For a run of bad frames without a cause. */
export const unknownCode = "unknown";
const beatCountMax = 400;

/** As the card names it: a cause of a few frames is not described as "too slow". */
export function causeName(marked: Marked | undefined, code: string, words: Words): string {
  const isMomentary = marked?.causes.some((cause) => cause.code === code && cause.momentary);
  const momentary = isMomentary === true ? words[`momentary_${code}`] : undefined;
  return momentary ?? words[`cause_${code}`] ?? code;
}

/** The beats within the range; none where they would overlap. */
export function beatTimes({ rhythm, from_ms, to_ms }: Marked, range: Range): number[] {
  if (rhythm === undefined || rhythm.period_ms <= 0) return [];
  const { period_ms, phase_ms } = rhythm;
  const fromMs = Math.max(from_ms, range.fromMs);
  const toMs = Math.min(to_ms, range.toMs);
  const first = Math.ceil((fromMs - phase_ms) / period_ms);
  const last = Math.floor((toMs - phase_ms) / period_ms);
  if (last - first >= beatCountMax) return [];
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, index) => phase_ms + (first + index) * period_ms);
}

/** Names of what was at fault within a moment's window, for its tooltip. */
export function causesAt(
  marked: Marked | undefined,
  { fromMs, toMs }: Range,
  words: Words,
): string[] {
  const found = marked?.episodes.filter(({ from_ms, to_ms }) => to_ms >= fromMs && from_ms <= toMs);
  const codes = new Set(found?.map(({ code = unknownCode }) => code));
  return [...codes].map((code) => causeName(marked, code, words));
}
