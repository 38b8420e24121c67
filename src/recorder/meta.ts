/** The head of a capture, made in the same way from memory and from a journal. */
import type { CaptureMeta, CaptureSession } from "../model/capture.ts";
import { captureId } from "../model/capture-id.ts";

/** Version of the capture format. */
const formatVersion = 1;

/** The facts for the head of a capture. */
export type CaptureFacts = {
  readonly startedUnixMs: number;
  readonly durationMs: number;
  readonly sessions: readonly CaptureSession[];
  readonly sampleCount: number;
  readonly isTruncated: boolean;
  readonly isRecovered: boolean;
  readonly host: string;
};

/** The first session names the capture; without one, kind, codec and client are "" and the mode 0x0. */
export function makeMeta(facts: CaptureFacts): CaptureMeta {
  const [first] = facts.sessions;
  const { width, height } = first ?? { width: 0, height: 0 };
  return {
    id: captureId({ started_unix_ms: facts.startedUnixMs, width, height }),
    started_unix_ms: facts.startedUnixMs,
    duration_ms: facts.durationMs,
    kind: first?.kind ?? "",
    width,
    height,
    fps: first?.fps ?? 0,
    codec: first?.codec ?? "",
    client: first?.client ?? "",
    ...(first?.viewers === undefined ? {} : { viewers: first.viewers }),
    sample_count: facts.sampleCount,
    version: formatVersion,
    ...(facts.isTruncated ? { truncated: true } : {}),
    ...(facts.isRecovered ? { recovered: true } : {}),
    sessions: [...facts.sessions],
    host: facts.host,
  };
}
