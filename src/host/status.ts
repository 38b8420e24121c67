/** The host's status. */
import { hostname, loadavg } from "node:os";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { SourceState } from "../model/source-state.ts";
import type { EncoderStatus, GamestreamStatus, HostStatus } from "../model/status.ts";
import type { Verdict } from "../model/verdict.ts";
import type { NativeHost } from "../native/host/handle.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { Core } from "./core.ts";

function sourceFields({ chosen, askingCount }: SourceState) {
  const asking = askingCount > 0 ? { waiting_for_desktop: true } : {};
  return chosen === undefined ? asking : { chosen_source: chosen, ...asking };
}

type StatusParts = {
  readonly config: Config;
  readonly core: Core;
  readonly native: Pick<NativeHost, "port">;
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
    ...sourceFields(core.sources.state()),
    native_port: native.port,
    gamestream,
    fingerprint: core.identity.fingerprint,
    encoders: [...encoders],
    priority: core.priorities.grant,
    session_count: sessions.sessions().length,
    capture: core.recorder.status(),
    verdicts: verdictCounts(core.live.verdicts()),
    load_per_core: loadPerCore(),
  };
}

function verdictCounts(verdicts: readonly Verdict[]) {
  const count = (quality: Verdict["quality"]) =>
    verdicts.filter((verdict) => verdict.quality === quality).length;
  return { smooth: count("smooth"), stutter: count("stutter"), bad: count("bad") };
}

function loadPerCore(): number {
  const [lastMinute = 0] = loadavg();
  return Math.round((lastMinute / navigator.hardwareConcurrency) * 100) / 100;
}
