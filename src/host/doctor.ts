/**
 * What `onglass doctor` finds on this machine, in a process of its own: a driver that crashes or a
 * desktop that hangs costs its deadline there, and nothing here. One look at a time, for all who ask.
 */
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { warn } from "../base/log.ts";
import { ownCommand } from "../base/own-command.ts";
import type { Config } from "../config.ts";
import { DoctorFinding } from "../model/doctor.ts";

const deadlineMs = 60_000;
const answerBytesMax = 262_144;
/** It ends with 1 when a finding is poor. */
const exitCodes: readonly number[] = [0, 1];
/** The ports are in use by this host itself. */
const ownFindings: readonly string[] = ["port_taken", "ports_free"];
const Answer = Type.Array(DoctorFinding);

/** Looks whenever it is called; empty where it could not be found out. Ends with the host. */
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
  const { dataDirectory, encoder } = config;
  const flags = ["--json", "--data-dir", dataDirectory, "--encoder", encoder];
  const child = Bun.spawn([...ownCommand(), "doctor", ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: answerBytesMax,
    timeout: deadlineMs,
    killSignal: "SIGKILL",
    signal,
  });
  const [code, text] = await Promise.all([child.exited, child.stdout.text()]);
  if (!exitCodes.includes(code)) throw new Error(`its process ended with code ${code}`);
  const answer: unknown = JSON.parse(text);
  if (!Value.Check(Answer, answer)) throw new Error("its process answered something else");
  return answer.filter((finding) => !ownFindings.includes(finding.code));
}
