/** The time range that the charts of a page share, and how the buttons move it. Pure. */
export type Range = { readonly fromMs: number; readonly toMs: number };
/** The whole range, and the shortest part that is useful. */
export type WholeRange = Range & { readonly leastMs?: number };
export type ZoomStep = "left" | "right" | "zoom-in" | "zoom-out" | "whole";

/** Below this there is no finer detail: a window is a second or two. */
const lengthMsMin = 4000;

/** Absent is the whole capture. */
export function moveRange(step: ZoomStep, now: Range, whole: WholeRange): Range | undefined {
  const move = (fromMs: number, toMs: number) => within({ fromMs, toMs }, whole);
  const lengthMs = now.toMs - now.fromMs;
  switch (step) {
    case "left":
      return move(now.fromMs - lengthMs / 2, now.toMs - lengthMs / 2);
    case "right":
      return move(now.fromMs + lengthMs / 2, now.toMs + lengthMs / 2);
    case "zoom-in":
      return move(now.fromMs + lengthMs / 4, now.toMs - lengthMs / 4);
    case "zoom-out":
      return move(now.fromMs - lengthMs / 2, now.toMs + lengthMs / 2);
    case "whole":
      return undefined;
    default:
      return step satisfies never;
  }
}

/** Whole milliseconds, within the capture, at least a few windows long, but not all of it. */
export function within({ fromMs, toMs }: Range, whole: WholeRange): Range | undefined {
  const wholeMs = whole.toMs - whole.fromMs;
  const lengthMs = Math.max(toMs - fromMs, whole.leastMs ?? lengthMsMin);
  if (lengthMs >= wholeMs) return undefined;
  const middleMs = (fromMs + toMs) / 2;
  const beginMs = Math.min(Math.max(middleMs - lengthMs / 2, whole.fromMs), whole.toMs - lengthMs);
  return { fromMs: Math.round(beginMs), toMs: Math.round(beginMs + lengthMs) };
}
