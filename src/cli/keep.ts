/** `onglass captures keep`: has the running host make a capture out of what has already been. */
import { usage } from "../base/command-line.ts";
import type { FlagValues } from "../config.ts";
import { CaptureMeta } from "../model/capture.ts";
import { askFor } from "./host-call.ts";
import { targetOf } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";
import { isPart, readTimeRange } from "./range.ts";

const answerMsMax = 60_000;
const lastSMax = 86_400;

/** Prints the new capture's id, or its head as JSON. @throws Failure `usage`, or what the host says */
export async function keepCapture(values: FlagValues, terminal: Terminal): Promise<number> {
  const { last, session } = values;
  if (last !== undefined && session !== undefined) {
    throw usage("Cannot use --last and --session together");
  }
  const range = readTimeRange(values);
  if (session === undefined && isPart(range)) throw usage("--from and --to go with --session ID");
  const body =
    session === undefined ? { last_s: readLast(last) } : { session_id: `${session}`, ...range };
  const meta = await askFor(await targetOf(values, terminal.env), {
    method: "POST",
    path: "/stats/capture/keep",
    body: JSON.stringify(body),
    answerMsMax,
    shape: CaptureMeta,
    what: "keep a capture",
  });
  terminal.print(values.json === true ? JSON.stringify(meta) : `kept ${meta.id}`);
  return exitOk;
}

/** `90`, `90s`, `5m` or `2h`, in seconds. */
function readLast(given: string | boolean | undefined): number {
  const text = typeof given === "string" ? given : "30s";
  const [, number = "", unit = "s"] = /^(\d{1,5})(s|m|h)?$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
  if (number !== "" && seconds >= 1 && seconds <= lastSMax) return seconds;
  throw usage(`Cannot use --last "${text}": it takes a time from 1s to 24h, such as 30s or 5m`);
}
