/** The shapes of `model` under the names that routes and the OpenAPI document call them by. */
import { Elysia } from "elysia";
import {
  Capture,
  CaptureMeta,
  CaptureSession,
  StageTiming,
  StatsSample,
  StatsStatus,
} from "../model/capture.ts";
import { Client, PairingCode } from "../model/player.ts";
import { Problem } from "../model/problem.ts";
import { BitrateChange, Session } from "../model/session.ts";
import { EncoderStatus, HostStatus } from "../model/status.ts";
import { RecordingChange } from "../model/stream.ts";

export const shapes = new Elysia({ name: "shapes" }).model({
  BitrateChange,
  Capture,
  CaptureMeta,
  CaptureSession,
  Client,
  EncoderStatus,
  HostStatus,
  PairingCode,
  Problem,
  RecordingChange,
  Session,
  StageTiming,
  StatsSample,
  StatsStatus,
});

/** An answer without a body. */
export function done(): Response {
  return new Response(null, { status: 204 });
}
