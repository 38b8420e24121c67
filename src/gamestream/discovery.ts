/**
 * Announces the host in the local network, so that players find it without being told: on every
 * interface that has an IPv4 address when it starts, for that is where players can reach it.
 */
import { networkInterfaces } from "node:os";
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
      disabledIpv6: true,
      // The library takes its own announcement for a stranger's when there is no text in it.
      txt: { host: "onglass" },
    });
    service.on("name-change", () => undefined);
    await service.advertise();
  } catch (cause) {
    warn("gamestream host not announced", { cause });
  }
  return { withdraw: () => responder.shutdown() };
}

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
