/**
 * What this machine can stream, listed in a separate process: a hanging compositor, bus or portal
 * costs only its deadline.
 */
import { Value } from "@sinclair/typebox/value";
import { log, warn } from "../base/log.ts";
import { askOwnProcess, type ProcessLimits } from "../base/own-command.ts";
import { SourceList } from "../model/source-list.ts";

const limits: ProcessLimits = { deadlineMs: 8000, answerBytesMax: 262_144 };

/**
 * Lists them whenever it is called; empty where it could not be found out. Ends with the host.
 * @param source the host's own: of `auto` the log says what it finds.
 */
export function sourceLister(
  source: string,
  parts: AsyncDisposableStack,
): () => Promise<SourceList> {
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  let asking: Promise<SourceList> | undefined;
  // Pages that are loaded at the same time share one process.
  const listSources = () => {
    asking ??= list(ending.signal).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  if (source === "auto") void listSources().then(logDesktop);
  return listSources;
}

/** Logs what `auto` finds now, and why earlier ones are unusable. */
function logDesktop(sources: SourceList): void {
  const chosen = sources.find(({ problem }) => problem === undefined);
  const before = sources.filter(({ problem }) => problem !== undefined);
  const passed = before.map(({ source: name, problem }) => `${name} (${problem})`).join("; ");
  log("desktop found", { source: chosen?.source ?? "testsrc", passed_over: passed });
}

async function list(signal: AbortSignal): Promise<SourceList> {
  try {
    return await ask(signal);
  } catch (cause) {
    if (!signal.aborted) warn("sources_not_listed", { cause });
    return [];
  }
}

async function ask(signal: AbortSignal): Promise<SourceList> {
  const answer = await askOwnProcess(["sources", "--json"], { ...limits, signal });
  if (!Value.Check(SourceList, answer)) throw new Error("its process gave an unexpected answer");
  return answer;
}
