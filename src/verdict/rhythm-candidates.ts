/** Known sources of such a period: only those that the cause and the machine's figures allow. */
import type { CauseCode, RhythmCandidate } from "../model/verdict.ts";
import { minuteTimerShare, pressureShareMin, wirelessScanUs } from "./bounds.ts";
import type { Windows } from "./windows.ts";

type Rhythm = { readonly periodUs: number; readonly code: CauseCode | undefined };

/** The likeliest first; empty if nothing known fits. */
export function candidatesOf({ periodUs, code }: Rhythm, windows: Windows): RhythmCandidate[] {
  switch (code) {
    case "link_loss":
    case "link_jitter":
    case "link_narrow":
      return linkCandidates(periodUs);
    case "own_pause":
      return ["collector"];
    case "key_frames":
      return ["key_frames"];
    case "machine_busy":
    case "host_paused":
      return machineCandidates(periodUs, windows);
    default:
      return [];
  }
}

/** A scan leaves the channel for some tens of milliseconds. The player's end may be wireless too. */
function linkCandidates(periodUs: number): RhythmCandidate[] {
  const { least, most } = wirelessScanUs;
  return periodUs >= least && periodUs <= most ? ["wireless_scan"] : [];
}

function machineCandidates(periodUs: number, { all }: Windows): RhythmCandidate[] {
  const found: RhythmCandidate[] = [];
  const isDiskBusy = all.some(
    ({ machine }) => (machine?.pressure_io_share ?? 0) > pressureShareMin,
  );
  if (isDiskBusy) found.push("disk_job");
  if (isRoundTime(periodUs)) found.push("timer");
  return found;
}

/** Timers of the machine keep whole seconds that divide a minute, or whole minutes. */
function isRoundTime(periodUs: number): boolean {
  const seconds = periodUs / 1e6;
  const nearest = Math.round(seconds);
  const isWhole = Math.abs(seconds - nearest) <= minuteTimerShare * seconds;
  return isWhole && nearest >= 1 && (60 % nearest === 0 || nearest % 60 === 0);
}
