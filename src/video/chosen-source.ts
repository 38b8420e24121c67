/** The choice of `auto` and the sources it passed over, for the log and the status. */
import { log } from "../base/log.ts";
import type { ChosenSource } from "../model/source-state.ts";
import type { PassedOver } from "./sources/source.ts";

/** Logs it. @returns what the status shows */
export function logChosen({
  source,
  passed,
}: {
  readonly source: string;
  readonly passed: readonly PassedOver[];
}): ChosenSource {
  const reasons = passed.map((one) => `${one.source} (${one.reason})`).join("; ");
  log("source chosen", { source, passed_over: reasons });
  const passed_over = passed.map(({ code, ...one }) => ({ ...one, reason_code: code }));
  return { source, passed_over };
}
