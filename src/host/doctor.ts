/**
 * The findings of `onglass doctor` on this machine, in a separate process: a crashing driver or
 * hanging desktop costs only its deadline. One look at a time, for all callers.
 */
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { joinAddress } from "../base/host-names.ts";
import { warn } from "../base/log.ts";
import { askOwnProcess, type ProcessLimits } from "../base/own-command.ts";
import type { Config } from "../config.ts";
import { DoctorFinding } from "../model/doctor.ts";

/** It exits with 1 when a finding is poor. */
const limits: ProcessLimits = { deadlineMs: 60_000, answerBytesMax: 262_144, exitCodes: [0, 1] };
/** The ports are in use by this host itself. */
const ownFindings: readonly string[] = ["port_taken", "ports_free", "host_runs"];
const Answer = Type.Array(DoctorFinding);

/** Looks whenever it is called; empty if that fails. Ends with the host. */
export function openDoctor(
  config: Config,
  parts: AsyncDisposableStack,
): () => Promise<DoctorFinding[]> {
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  let looking: Promise<DoctorFinding[]> | undefined;
  return () => {
    looking ??= look(config, ending.signal).finally(() => {
      looking = undefined;
    });
    return looking;
  };
}

async function look(config: Config, signal: AbortSignal): Promise<DoctorFinding[]> {
  try {
    return await ask(config, signal);
  } catch (cause) {
    if (!signal.aborted) warn("doctor_failed", { cause });
    return [];
  }
}

async function ask(config: Config, signal: AbortSignal): Promise<DoctorFinding[]> {
  const { dataDirectory, encoder, nativeListen } = config;
  const native = joinAddress(nativeListen.host, nativeListen.port);
  const own = ["--data-dir", dataDirectory, "--encoder", encoder, "--native-listen", native];
  const flags = ["--json", ...own];
  const answer = await askOwnProcess(["doctor", ...flags], { ...limits, signal });
  if (!Value.Check(Answer, answer)) throw new Error("its process gave an unexpected answer");
  return answer.filter((finding) => !ownFindings.includes(finding.code));
}
