/** The first source of this desktop that works; the test picture where none does. */
import { Failure } from "../../base/failure.ts";
import { obstacleOf, obstacles } from "../../base/obstacle.ts";
import { autoOrder } from "../../desktop/find.ts";
import type { PassedOver, Source, SourceHost, SourceMode } from "./source.ts";

type Open = (name: string, mode: SourceMode, host: SourceHost) => Source;

/**
 * @param open opens a source by its name.
 * @throws Failure `source_refused` when the person at the desktop says no: nothing else is shown then.
 */
export function openAutoSource(open: Open, mode: SourceMode, host: SourceHost): Source {
  const passed: PassedOver[] = [];
  for (const { source: name, missing } of autoOrder()) {
    if (missing !== undefined) {
      passed.push({ source: name, code: missing, reason: obstacles[missing] });
      continue;
    }
    try {
      const source = open(name, mode, host);
      host.onChosen?.(name, passed);
      return source;
    } catch (cause) {
      if (cause instanceof Failure && cause.code === "source_refused") throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      passed.push({ source: name, code: obstacleOf(cause), reason });
    }
  }
  const reasons = passed.map(({ reason }) => reason).join("; ");
  throw new Failure("source_unavailable", `Cannot open "auto": ${reasons}`);
}
