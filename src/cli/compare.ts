/**
 * `onglass captures compare`: what differs between two saved captures, straight from their files. Exit
 * code 0 where no difference is shown, 3 where one is, 4 where it cannot be told.
 */
import { Format, type Reader } from "../../views/format.ts";
import {
  changeText,
  comparisonSentence,
  differsText,
  metricName,
} from "../../views/run-comparison.ts";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { english } from "../i18n/english.ts";
import { ComparisonService } from "../keep/comparisons.ts";
import { readFrames } from "../keep/kept-rows.ts";
import { shownUnits } from "../model/metric-units.ts";
import type { RunComparison } from "../model/run-comparison.ts";
import type { RunReference } from "../ports/comparisons.ts";
import type { CaptureFiles } from "./captures.ts";
import { remoteComparison } from "./captures-remote.ts";
import type { HostTarget } from "./host-target.ts";
import { alignColumns, exitCannotTell, exitDiffers, exitOk, type Terminal } from "./output.ts";

const reader: Reader = { language: "en", messages: english, format: new Format("en") };

/** What the command is given. */
export type CompareCall = {
  readonly files: CaptureFiles;
  /** `ID[@FROM-TO][:SESSION]` of A and B; one alone is compared with the baseline. */
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly isForced: boolean;
  /** Where both are, if not in the files. */
  readonly host: HostTarget | undefined;
};

/** @throws Failure `usage`, `not_found`, and for damaged files */
export async function compareCaptures(call: CompareCall): Promise<number> {
  const { files, ids, json, terminal, isForced, host } = call;
  const [a, b, ...more] = ids.length === 1 ? ["baseline", ...ids] : ids;
  if (a === undefined || b === undefined || more.length > 0) {
    throw usage("Two ids are needed, or one to compare with the baseline");
  }
  const request = { a: readReference(a), b: readReference(b), isForced };
  const comparison =
    host === undefined
      ? await localComparison(files, request)
      : await remoteComparison(host, request);
  if (json) terminal.print(JSON.stringify(comparison));
  else for (const line of comparisonLines(comparison)) terminal.print(line);
  return exitCodeOf(comparison);
}

type Request = { readonly a: RunReference; readonly b: RunReference; readonly isForced: boolean };

async function localComparison(files: CaptureFiles, request: Request): Promise<RunComparison> {
  const comparisons = new ComparisonService({
    recordings: files,
    rowsOfRecording: async (id, query) => {
      const path = await files.frames.filePath(id);
      if (path !== undefined) return await readFrames(path, query);
      throw new Failure("no_frames", `Cannot find the frames of capture "${id}": it has none`);
    },
  });
  return await comparisons.compare(request);
}

/** 0 no detectable difference, 3 a difference, 4 it cannot be told. */
export function exitCodeOf({ result }: Pick<RunComparison, "result">): number {
  if (result === "no_difference") return exitOk;
  return result === "difference" ? exitDiffers : exitCannotTell;
}

/** The sentence, what else differs, and the figures. */
export function comparisonLines(comparison: RunComparison): string[] {
  const differs = differsText(reader, comparison);
  const lines = [comparisonSentence(reader, comparison), ...(differs === "" ? [] : [differs])];
  if (comparison.metrics.length === 0) return lines;
  const rows = comparison.metrics.map((metric) => [
    metricName(reader, metric.metric),
    metric.unit === "share" ? "" : shownUnits[metric.unit].text,
    shown(metric.unit, metric.a),
    shown(metric.unit, metric.b),
    changeText(reader, metric),
  ]);
  const table = [["METRIC", "UNIT", "A", "B", "CHANGE"], ...rows];
  return [...lines, "", ...alignColumns(table)];
}

function shown(unit: RunComparison["metrics"][number]["unit"], value: number): string {
  if (unit === "share") return reader.format.percent(Math.round(value * 1e4) / 1e4);
  return reader.format.metric(unit, value);
}

/** `ID`, `ID@10-40` for seconds 10 to 40, `ID:2` for session 2, or both. */
function readReference(text: string): RunReference {
  const pattern = /^(?<id>[^@:]+)(?:@(?<from>\d{1,6})-(?<to>\d{1,6}))?(?::(?<session>\d{1,10}))?$/;
  const { id, from, to, session } = pattern.exec(text)?.groups ?? {};
  if (id === undefined) throw usage(`Cannot read "${text}": it takes ID, ID@10-40 or ID:2`);
  const number = (given: string | undefined, factor = 1) =>
    given === undefined ? undefined : Number(given) * factor;
  return { id, from: number(from, 1000), to: number(to, 1000), session: number(session) };
}
