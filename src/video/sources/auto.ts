/** The first source of this desktop that works; the test picture if none does. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { obstacleOf, obstacles } from "../../base/obstacle.ts";
import { type AutoCandidate, autoOrder } from "../../desktop/find.ts";
import type { PassedOver, Source, SourceHost, SourceMode } from "./source.ts";

type Open = (name: string, mode: SourceMode, host: SourceHost) => Source;

/**
 * @param open opens a source by its name.
 * @throws Failure `source_refused` when the person at the desktop says no: nothing else is shown then.
 */
export function openAutoSource(open: Open, mode: SourceMode, host: SourceHost): Source {
  const passed: PassedOver[] = [];
  for (const candidate of autoOrder()) {
    const known = obstacleBefore(candidate, passed);
    if (known !== undefined) {
      passed.push(known);
      continue;
    }
    const { source: name } = candidate;
    try {
      const source = open(name, mode, host);
      host.onChosen?.(name, passed);
      return source;
    } catch (cause) {
      if (cause instanceof Failure && cause.code === "source_refused") throw cause;
      const reason = messageOf(cause);
      passed.push({ source: name, code: obstacleOf(cause), reason });
    }
  }
  const reasons = passed.map(({ reason }) => reason).join("; ");
  throw new Failure("source_unavailable", `Cannot open "auto": ${reasons}`);
}

/**
 * Known obstacles, without trying. KDE's compositor was the one of `wayland:`: a hanging one is not
 * waited for twice, since the source has 8 s to open in total.
 */
function obstacleBefore(
  { source, missing }: AutoCandidate,
  passed: readonly PassedOver[],
): PassedOver | undefined {
  if (missing !== undefined) return { source, code: missing, reason: obstacles[missing] };
  const silent = passed.find(isUnreachable);
  return source === "kde:" && silent !== undefined ? { ...silent, source } : undefined;
}

function isUnreachable({ source, code }: PassedOver): boolean {
  return source.startsWith("wayland:") && code === "compositor_unreachable";
}
