/** An encode worker's reports for the log. */
import { warn } from "../base/log.ts";
import type { EncodeReport } from "./link.ts";

/** A change failed: the current encoder stays, or the source's screen as large as it was. */
export function warnKept(source: string, report: Extract<EncodeReport, { kind: "kept" }>): void {
  const failure = report.failure === undefined ? {} : { failure: report.failure };
  warn(report.warning, { source, ...failure, reason: report.detail });
}

/** A new encoder has taken over; only the failure of the old one is worth a warning. */
export function warnReset(
  source: string,
  { reason }: Extract<EncodeReport, { kind: "reset" }>,
): void {
  if (reason.code !== "encoder_failed") return;
  const { detail } = reason.values as { detail?: string };
  warn("encoder_reopened", { source, reason: detail });
}
