/**
 * The network's part of `onglass doctor`: whether every port that a host with these settings listens
 * on is free, TCP and UDP, and where players of other machines reach it.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { isLoopbackHost, reachableAddresses } from "../base/host-names.ts";
import { portsFrom } from "../gamestream/ports.ts";
import { type DoctorFinding, findingOf } from "../model/doctor.ts";
import type { ListenAddress } from "../settings-read.ts";

/** The addresses of a host, as its settings name them. */
export type HostAddresses = {
  readonly console: ListenAddress;
  readonly native: ListenAddress;
  /** The base port of the GameStream path; 0 = off. */
  readonly gamestreamPort: number;
  /** A host that runs on it holds its own ports. */
  readonly dataDirectory: string;
};

/** One socket that a host opens. Port 0 takes any free one. */
export type Endpoint = ListenAddress & { readonly by: "TCP" | "UDP" };

const everywhere = "0.0.0.0";

/** All sockets of a host, in the order in which they are shown. */
export function endpointsOf({ console, native, gamestreamPort }: HostAddresses): Endpoint[] {
  const list: Endpoint[] = [
    { ...console, by: "TCP" },
    { ...native, by: "TCP" },
    { ...native, by: "UDP" },
  ];
  if (gamestreamPort === 0) return list;
  const { http, https, rtsp, video, control, audio } = portsFrom(gamestreamPort);
  for (const port of [http, https, rtsp]) list.push({ host: everywhere, port, by: "TCP" });
  for (const port of [video, control, audio]) list.push({ host: everywhere, port, by: "UDP" });
  return list;
}

/** What was found, for `onglass doctor`. */
export async function networkFindings(addresses: HostAddresses): Promise<DoctorFinding[]> {
  return [...(await portFindings(addresses)), addressFinding(addresses.native)];
}

async function portFindings(addresses: HostAddresses): Promise<DoctorFinding[]> {
  const pid = runningHost(addresses.dataDirectory);
  if (pid !== undefined)
    return [findingOf("network", "good", { code: "host_runs", values: { pid } })];
  const endpoints = endpointsOf(addresses);
  const free = await Promise.all(endpoints.map(isFree));
  const taken = endpoints.filter((_, index) => free[index] === false);
  if (taken.length === 0) {
    const ports = endpoints.map(({ by, port }) => `${by} ${port}`).join(", ");
    return [findingOf("network", "good", { code: "ports_free", values: { ports } })];
  }
  return taken.map(({ by, port }) =>
    findingOf("network", "fair", { code: "port_taken", values: { port, by } }),
  );
}

/** The process that holds the lock of a data directory, of this user. */
function runningHost(dataDirectory: string): number | undefined {
  const path = join(resolve(dataDirectory), "lock");
  try {
    const pid = Number(/^\d+/.exec(readFileSync(path, "utf8"))?.[0]);
    const open = readdirSync(`/proc/${pid}/fd`);
    return open.some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === path) ? pid : undefined;
  } catch {
    // No lock, or no such process.
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since.
    return undefined;
  }
}

async function isFree({ host, port, by }: Endpoint): Promise<boolean> {
  try {
    if (by === "UDP") (await Bun.udpSocket({ hostname: host, port })).close();
    else Bun.listen({ hostname: host, port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

function addressFinding({ host, port }: ListenAddress): DoctorFinding {
  if (isLoopbackHost(host))
    return findingOf("network", "fair", { code: "native_loopback", values: { host, port } });
  const outer = reachableAddresses(host).filter((address) => !isLoopbackHost(address));
  const list = outer.join(", ");
  return outer.length === 0
    ? findingOf("network", "fair", { code: "addresses_none", values: {} })
    : findingOf("network", "good", { code: "addresses", values: { list, port } });
}
