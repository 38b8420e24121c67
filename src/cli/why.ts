/**
 * `onglass why`: what was at fault, in words or as JSON; for a saved capture, or for the streams of
 * the last minutes. Asks the running host.
 */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Format, type Reader } from "../../views/format.ts";
import { lackLines, stepText, verdictSentence, worstText } from "../../views/verdict.ts";
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { causeWords } from "../i18n/causes.ts";
import { english } from "../i18n/english.ts";
import { CaptureMeta, type CaptureSession } from "../model/capture.ts";
import { type HistorySession, HistoryState } from "../model/frames-page.ts";
import { Verdict } from "../model/verdict.ts";
import { whyFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";
import { isPart, type RowsRange, readRowsRange } from "./range.ts";

const answerMsMax = 60_000;
const lastSMax = 600;
const reader: Reader = { language: "en", messages: english, format: new Format("en") };

/** A verdict, and its subject. */
type Judged = {
  readonly name: string;
  readonly mode: Pick<CaptureSession, "width" | "height" | "fps">;
  readonly verdict: Verdict;
};

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runWhy(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, whyFlags);
  const [id, ...more] = words;
  refuseWords(more);
  const range = readRowsRange(values);
  if (id !== undefined && values.last !== undefined) throw usage("--last goes without an ID");
  if (id === undefined && isPart(range)) throw usage("--from, --to and --session need an ID");
  const host = await targetOf(values, terminal.env);
  const judged =
    id === undefined
      ? await judgeSessions(host, readLast(values.last))
      : [await judgeOne(host, id, range)];
  if (values.json) terminal.print(JSON.stringify(judged.map(({ verdict }) => verdict)));
  else for (const one of judged) print(one, terminal);
  return exitOk;
}

/** `90`, `90s` or `5m`, in seconds. */
function readLast(text = "5m"): number {
  const [, number = "", unit = "s"] = /^(\d{1,4})(s|m)?$/.exec(text) ?? [];
  const seconds = Number(number) * (unit === "m" ? 60 : 1);
  if (number !== "" && seconds >= 1 && seconds <= lastSMax) return seconds;
  throw usage(`Cannot use --last "${text}": it takes 1s to ${lastSMax / 60}m`);
}

/** A session of the history has two numbers, its start's and its own; all others are captures. */
async function judgeOne(host: HostTarget, id: string, range: RowsRange): Promise<Judged> {
  const isHeld = /^\d{1,9}-\d{1,10}$/.test(id);
  if (isHeld && range.session !== undefined) throw usage("--session goes with a capture");
  return isHeld
    ? await judgeHeld(host, id, queryOf(range))
    : await judgeRecording(host, id, queryOf(range));
}

function queryOf(range: RowsRange): string {
  const given = Object.entries(range).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, `${value}`]),
  );
  return given.length === 0 ? "" : `?${query}`;
}

async function judgeHeld(host: HostTarget, id: string, query: string): Promise<Judged> {
  const { sessions } = await ask(host, "/history", HistoryState);
  const found = sessions.find((session) => session.id === id);
  if (found === undefined) throw new Failure("not_found", `Cannot find session "${id}"`);
  return await judgeSession(host, found, query);
}

async function judgeRecording(host: HostTarget, id: string, query: string): Promise<Judged> {
  const path = `/stats/recordings/${encodeURIComponent(id)}`;
  const verdict = await ask(host, `${path}/verdict${query}`, Verdict);
  const metas = await ask(host, "/stats/recordings", Type.Array(CaptureMeta));
  const meta = metas.find((one) => one.id === id);
  const session = meta?.sessions?.find(({ session_id }) => session_id === verdict.session_id);
  return { name: id, mode: session ?? meta ?? { width: 0, height: 0, fps: 0 }, verdict };
}

/** Running sessions, or the one that ended last. */
async function judgeSessions(host: HostTarget, lastS: number): Promise<Judged[]> {
  const { sessions } = await ask(host, "/history", HistoryState);
  const running = sessions.filter((session) => session.running);
  const wanted = running.length > 0 ? running : sessions.slice(0, 1);
  if (wanted.length === 0) throw new Failure("not_found", "No one has played on this host yet");
  return await Promise.all(
    wanted.map((session) => judgeSession(host, session, `?last_s=${lastS}`)),
  );
}

async function judgeSession(
  host: HostTarget,
  { id, session }: HistorySession,
  query: string,
): Promise<Judged> {
  const verdict = await ask(host, `/history/${id}/verdict${query}`, Verdict);
  return { name: session.client === "" ? id : session.client, mode: session, verdict };
}

async function ask<Shape extends TSchema>(
  host: HostTarget,
  path: string,
  shape: Shape,
): Promise<Static<Shape>> {
  return await askFor(host, { method: "GET", path, answerMsMax, shape, what: "say why" });
}

function print({ name, mode, verdict }: Judged, terminal: Terminal): void {
  terminal.print(`${name}: ${verdictSentence(reader, { verdict, mode })}`);
  for (const cause of verdict.causes) {
    const { share, step } = cause;
    const words = causeWords(reader.messages.verdict, cause);
    const advice = step === undefined ? "" : `  → ${stepText(reader, step)}`;
    terminal.print(
      `  ${reader.format.percent(Math.round(share * 100) / 100).padStart(5)}  ${words.name}${advice}`,
    );
  }
  for (const line of lackLines(reader, verdict)) terminal.print(`  ${line}`);
  if (verdict.worst !== undefined) terminal.print(`  ${worstText(reader, verdict.worst)}`);
}
