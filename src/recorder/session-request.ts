/** How a session announces itself to a capture. */
import { cutText } from "../base/cut-text.ts";
import type { CaptureSession, CodecName, Kind } from "../model/capture.ts";

const clientLengthMax = 128;

/** A session's facts when it first records in a capture. */
export type SessionRequest = {
  readonly kind: Kind;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: CodecName;
  /** Cut to 128 characters. */
  readonly client: string;
  /** Browsers that watch a stream of kind moq. */
  readonly viewers?: number;
  /** Its existing id; a new one is assigned without. */
  readonly session_id?: number | undefined;
};

/** Sides are whole numbers, and rates have three decimals at most. */
export function sessionOf(request: SessionRequest, sessionId: number): CaptureSession {
  return {
    session_id: sessionId,
    kind: request.kind,
    width: Math.round(request.width),
    height: Math.round(request.height),
    fps: Math.round(request.fps * 1000) / 1000,
    codec: request.codec,
    client: cutText(request.client, clientLengthMax),
    ...(request.viewers === undefined ? {} : { viewers: request.viewers }),
  };
}
