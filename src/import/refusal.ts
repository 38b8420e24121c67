/** Why a file is not imported: the failure, its code and its text. */
import { Failure } from "../base/failure.ts";
import type { ImportRefusal } from "../model/recording-import.ts";

/** `tool` and `frames` are known only for a recognised file. */
export type FileRefusal = {
  readonly reason: ImportRefusal;
  readonly tool?: string;
  readonly frames?: number;
};

/** A file that is not imported, as the API answers it. */
export class RefusedFile extends Failure {
  /** As it crosses threads. */
  readonly refusal: FileRefusal;

  constructor(refusal: FileRefusal) {
    const { reason, tool = "", frames = 0 } = refusal;
    const text = `Cannot import the file: ${refusalText({ reason, tool, frames })}`;
    super("recording_refused", text, { values: { reason, tool, frames } });
    this.refusal = refusal;
  }
}

function refusalText({ reason, tool, frames }: Required<FileRefusal>): string {
  switch (reason) {
    case "empty":
      return "it is empty";
    case "too_deep":
      return "it is nested too deep";
    case "too_heavy":
      return "its JSON has too many values";
    case "not_text":
      return "it is not UTF-8 text";
    case "too_few":
      return `it is ${tool}'s, and holds ${frames} frames that can be read`;
    case "sampled":
      return `it has one line for each interval, not for each frame: set log_interval=0 in ${tool}`;
    case "too_slow":
      return "reading it takes too long";
    case "damaged":
      return "it is a capture that is not whole, or of another version";
    case "unknown":
      return "it is none of MangoHud (CSV), PresentMon (CSV), CapFrameX (JSON, CSV), WiVRn timings (CSV)";
    default:
      return reason satisfies never;
  }
}
