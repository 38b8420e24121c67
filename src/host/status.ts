/** What the host says of itself. */
import { hostname } from "node:os";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { EncoderStatus, GamestreamStatus, HostStatus } from "../model/status.ts";
import type { NativeHost } from "../native/host/handle.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { Core } from "./core.ts";

type StatusParts = {
  readonly config: Config;
  readonly core: Core;
  readonly native: NativeHost;
  readonly gamestream: GamestreamStatus;
  readonly sessions: Sessions;
  readonly encoders: readonly EncoderStatus[];
};

/** What `GET /api/v1/status` answers, as of this moment. */
export function statusOf(parts: StatusParts): HostStatus {
  const { config, core, native, gamestream, sessions, encoders } = parts;
  return {
    version,
    host: hostname(),
    uptime_ms: Math.floor((core.clock.nowUs() - core.startedUs) / 1000),
    source: config.source,
    native_port: native.port,
    gamestream,
    fingerprint: core.identity.fingerprint,
    encoders: [...encoders],
    priority: core.priorities.grant,
    session_count: sessions.sessions().length,
    capture: core.recorder.status(),
  };
}
