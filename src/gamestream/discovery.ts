/**
 * Announces the host in the local network, so that players find it without configuration: on every
 * interface that has an IPv4 address at start, since players can reach it there.
 */
import { hostname, networkInterfaces } from "node:os";
import { getResponder } from "@homebridge/ciao";
import { warn } from "../base/log.ts";

export type Announcement = { withdraw(): Promise<void> };

/** Never fails: without it a host can still be added by its address. */
export async function announce(host: {
  readonly name: string;
  readonly port: number;
  /** The address listened on. */
  readonly listenHost: string;
}): Promise<Announcement> {
  // The library would find interfaces by their neighbours, and miss one that has none yet.
  const interfaces = reachable(host.listenHost);
  if (interfaces.length === 0) return { withdraw: () => Promise.resolve() };
  const responder = getResponder({ interface: interfaces });
  try {
    const { name, port } = host;
    const service = responder.createService({
      name,
      type: "nvstream",
      port,
      hostname: ownHostName(),
      disabledIpv6: true,
      // The library mistakes its own announcement for another host's when it contains no text.
      txt: { host: "onglass" },
    });
    // If another host already has the name, the library takes the next free one.
    service.on("name-change", () => undefined);
    service.on("hostname-change", () => undefined);
    await service.advertise();
  } catch (cause) {
    warn("gamestream_not_announced", { cause });
  }
  return { withdraw: () => responder.shutdown() };
}

/**
 * Of the announcement alone. Under the machine's own name another responder, such as avahi, answers
 * with its own addresses, and each would treat the other as a conflict.
 */
export function ownHostName(machine: string = hostname()): string {
  const label = machine.split(".")[0]?.replace(/[^A-Za-z0-9-]/g, "-") || "host";
  return `${label.slice(0, labelLengthMax)}-onglass`;
}

/** With the suffix it stays within the 63 bytes of a label. */
const labelLengthMax = 50;

function reachable(listenHost: string): string[] {
  const isAny = listenHost === "0.0.0.0";
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) => {
    const isFound = addresses?.some(
      ({ family, internal, address }) =>
        family === "IPv4" && !internal && (isAny || address === listenHost),
    );
    return isFound === true ? [name] : [];
  });
}
