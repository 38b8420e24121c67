/** Measured clicks of a capture, as lines of `captures show`: percentiles, parts, histogram. */
import { english } from "../i18n/english.ts";
import { type ClickSummary, clickParts } from "../model/click.ts";

const barLength = 40;

/** None where no click was measured. */
export function clickLines(clicks: ClickSummary | undefined): string[] {
  if (clicks === undefined) return [];
  const { count, p50_us, p99_us, parts, histogram } = clicks;
  const { counts, step_us } = histogram;
  const most = Math.max(...counts);
  const bar = (amount: number) => "#".repeat(Math.ceil((barLength * amount) / most));
  const last = counts.findLastIndex((amount) => amount > 0);
  return [
    "",
    `click to picture: ${count} clicks, p50 ${msText(p50_us)}, p99 ${msText(p99_us)}`,
    `medians: ${clickParts.map((part) => `${english.figures.clicks.parts[part]} ${msText(parts[part])}`).join(", ")}`,
    ...counts
      .slice(0, last + 1)
      .map((amount, index) =>
        `${rangeText(index * step_us, index === counts.length - 1)} ${String(amount).padStart(4)} ${bar(amount)}`.trimEnd(),
      ),
  ];
}

function rangeText(fromUs: number, isLast: boolean): string {
  return `${isLast ? ">=" : "  "}${String(fromUs / 1000).padStart(4)} ms`;
}

function msText(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}
