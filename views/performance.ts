/** The Performance page: capture card with live charts, then the recordings. */
import { type CaptureNow, captureNotice, captureSection, type Notice } from "./capture.ts";
import type { Reader } from "./format.ts";
import { type HistoryList, historySection } from "./history.ts";
import { type Html, html } from "./html.ts";
import { importForm } from "./import.ts";
import { type RecordingList, recordingsSection } from "./recordings.ts";
import { trialPart } from "./trial.ts";

export type Performance = {
  readonly now: CaptureNow;
  readonly list: RecordingList;
  readonly held: HistoryList;
  readonly notice: Notice;
};

export function performancePage(reader: Reader, { now, list, held, notice }: Performance): Html {
  return html`${captureNotice(reader, notice)}
${trialPart(reader, now.trial)}
${captureSection(reader, now)}
${recordingsSection(reader, list)}
${importForm(reader)}
${historySection(reader, held)}`;
}
