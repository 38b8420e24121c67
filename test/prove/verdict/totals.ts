/** What many runs of the proof came to: a line a run, totals against their bounds. */
import { type Fault, faults } from "./faults.ts";
import type { Run } from "./outcome.ts";

export const percent = (share: number) => `${Math.round(share * 100)}%`;

/** A line of the table. */
export function lineOf(run: Run): string {
  const { verdict, before, during } = run;
  const [first] = verdict.causes;
  const said = first === undefined ? "–" : `${first.code} ${percent(first.share)}`;
  const rest = verdict.causes.slice(1, 3).map(({ code, share }) => `${code} ${percent(share)}`);
  return [
    ...[run.fault, run.strength, run.path, `${run.seed}`, verdict.quality, said, rest.join(", ")],
    run.why === "" ? run.outcome : `${run.outcome}: ${run.why}`,
    `${percent(before.busy)} → ${percent(during.busy)}, waited ${percent(before.waited)} → ${percent(during.waited)}`,
  ].join(" | ");
}

/** Totals, and what does not keep its bound. */
export function totalsOf(runs: readonly Run[]) {
  const share = (list: readonly Run[]) =>
    list.length === 0 ? 1 : list.filter(({ outcome }) => outcome === "right").length / list.length;
  const named = (holds: (fault: Fault) => boolean) => {
    const names = faults.filter(holds).map(({ name }) => name);
    return runs.filter(({ fault }) => names.includes(fault));
  };
  const isPair = ({ shares }: Fault) => shares !== undefined;
  const isCalm = ({ name }: Fault) => name === "calm";
  const hasRhythm = ({ rhythmMs }: Fault) => rhythmMs !== undefined;
  const strong = named((fault) => !(isPair(fault) || isCalm(fault))).filter(
    ({ strength }) => strength !== "weak",
  );
  const totals = [
    { what: "right at the two stronger strengths", runs: strong, least: 0.95 },
    { what: "calm runs judged smooth", runs: named(isCalm), least: 0.95 },
    { what: "two faults at once, shares within 10 points", runs: named(isPair), least: 0.95 },
    {
      what: "rhythm of 7 s found within three periods, ± 3%",
      runs: named(hasRhythm),
      least: 0.95,
    },
  ];
  return totals.map(({ what, runs: list, least }) => ({
    ...{ what, count: list.length, share: share(list), isKept: share(list) >= least },
    cannotTell: list.filter(({ outcome }) => outcome === "cannot tell").length,
    rightCount: list.filter(({ outcome }) => outcome === "right").length,
  }));
}

/** Which of the fourteen causes were named whenever they were made. */
export function fourteenOf(runs: readonly Run[]): { right: string[]; wrong: string[] } {
  const names = faults.filter(({ isOfFourteen }) => isOfFourteen).map(({ name }) => name);
  const isRight = (name: string) =>
    runs
      .filter((run) => run.fault === name && run.strength !== "weak")
      .every(({ outcome }) => outcome === "right");
  const seen = names.filter((name) => runs.some(({ fault }) => fault === name));
  return { right: seen.filter(isRight), wrong: seen.filter((name) => !isRight(name)) };
}

/** The totals as lines, and which of the fourteen causes were named. */
export function summaryOf(runs: readonly Run[]): string {
  const lines = totalsOf(runs)
    .filter(({ count }) => count > 0)
    .map(({ what, count, share, rightCount, cannotTell, isKept }) => {
      const aside = cannotTell > 0 ? `, ${cannotTell} cannot tell` : "";
      return `${isKept ? "kept" : "MISSED"}: ${what}: ${rightCount} of ${count} (${percent(share)}${aside})`;
    });
  const { right, wrong } = fourteenOf(runs);
  const not = wrong.length > 0 ? `, not ${wrong.join(", ")}` : "";
  return [
    ...lines,
    `of the causes that the console was first measured with ${right.length} right${not}`,
  ].join("\n");
}
