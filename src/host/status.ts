/** What the host says of itself. */
import { hostname } from "node:os";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { EncoderStatus, HostStatus } from "../model/status.ts";
import type { NativeHost } from "../native/host/handle.ts";
import type { Core } from "./core.ts";
import type { SessionKeeper } from "./sessions.ts";

type StatusParts = {
  readonly config: Config;
  readonly core: Core;
  readonly native: NativeHost;
  readonly sessions: SessionKeeper;
  readonly encoders: readonly EncoderStatus[];
};

export function statusOf({ config, core, native, sessions, encoders }: StatusParts): HostStatus {
  return {
    version,
    host: hostname(),
    uptime_ms: Math.floor((core.clock.nowUs() - core.startedUs) / 1000),
    source: config.source,
    native_port: native.port,
    fingerprint: core.identity.fingerprint,
    encoders: [...encoders],
    session_count: sessions.sessions().length,
    capture: core.recorder.status(),
  };
}
