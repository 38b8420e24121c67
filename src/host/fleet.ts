/**
 * Asks the other hosts of the settings for their status, each by its entry in `hosts.toml`. Answers
 * are bounded in time and size and checked against their shape. Only the last look is kept.
 */
import { Failure } from "../base/failure.ts";
import { inTime, type Scheduler, timers } from "../base/scheduler.ts";
import { askHost, dropBody, readAnswer } from "../cli/host-call.ts";
import { type HostTarget, targetOf } from "../cli/host-target.ts";
import type { Environment } from "../config.ts";
import { HostStatus } from "../model/status.ts";
import type { Fleet, FleetFault, FleetHost } from "../ports/fleet.ts";

const answerMsMax = 3000;
/** Total limit: name, key, answer. */
const lookMsMax = 5000;
const answerBytesMax = 64 * 1024;
/** Simultaneous callers share one look. */
const freshMs = 3000;

/** Which hosts, and where their file is found. */
export type FleetOptions = {
  readonly names: readonly string[];
  readonly env: Environment;
  readonly scheduler?: Scheduler;
};

/** Reads `hosts.toml` again for each look. */
export function openFleet({ names, env, scheduler = timers }: FleetOptions): Fleet {
  let looking: Promise<readonly FleetHost[]> | undefined;
  // This host's own token is sent to no other.
  const { HOME, XDG_CONFIG_HOME } = env;
  const look = async () => {
    const found = await Promise.all(
      names.map((name) =>
        inTime(lookAt(name, { HOME, XDG_CONFIG_HOME }), { ms: lookMsMax, scheduler }, () =>
          faultOf(name, "silent", undefined),
        ),
      ),
    );
    scheduler.after(freshMs, () => {
      looking = undefined;
    });
    return found;
  };
  return {
    names,
    look: () => {
      looking ??= look();
      return looking;
    },
  };
}

async function lookAt(name: string, env: Environment): Promise<FleetHost> {
  let target: HostTarget | undefined;
  try {
    target = await targetOf({ host: name }, env);
    const response = await askHost(target, { method: "GET", path: "/status", answerMsMax });
    if (!response.ok) {
      await dropBody(response);
      const isRefused = response.status === 401 || response.status === 403;
      return faultOf(name, isRefused ? "refused" : "strange", target);
    }
    const reading = { what: "get the status", shape: HostStatus, bytesMax: answerBytesMax };
    const status = await readAnswer(response, reading);
    return { name, kind: "answered", url: target.url.origin, status };
  } catch (cause) {
    return faultOf(name, kindOf(cause), target);
  }
}

function faultOf(name: string, fault: FleetFault, target: HostTarget | undefined): FleetHost {
  return { name, kind: "fault", fault, url: target?.url.origin };
}

function kindOf(cause: unknown): FleetFault {
  const code = cause instanceof Failure ? cause.code : "internal";
  switch (code) {
    case "host_unreachable":
      return isUntrusted(cause) ? "untrusted" : "silent";
    case "host_changed":
      return "untrusted";
    case "host_refused":
      return "strange";
    default:
      return "unknown";
  }
}

/** The runtime's codes for certificate errors. */
function isUntrusted(cause: unknown): boolean {
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : "";
  return /CERT|VERIFY|SIGNATURE|ALTNAME/.test(code);
}
