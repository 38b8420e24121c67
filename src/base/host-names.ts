/** The names and addresses of this machine. */
import { hostname, networkInterfaces } from "node:os";

/** Lower case, without ports; IPv6 addresses without brackets. */
export function machineNames(): string[] {
  const own = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const short = own.split(".")[0] ?? own;
  return [
    ...new Set(["localhost", "127.0.0.1", "::1", own, short, `${short}.local`]),
    ...addresses.map((each) => each.address.toLowerCase()),
  ];
}

/** More addresses than this do not help to find the host. */
const addressCountMax = 4;

/**
 * The addresses at which a listener is reached: its own, or this machine's when it listens on all
 * of them. Those of a network come first, loopback last.
 */
export function reachableAddresses(listenHost: string): string[] {
  if (!isAnyAddress(listenHost)) return [listenHost];
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = own.filter(({ internal, family }) => !internal && family === "IPv4");
  return [...outer.slice(0, addressCountMax).map(({ address }) => address), "127.0.0.1"];
}

/** Whether a listener on it is reachable from every network of the machine. */
export function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Whether only this machine can reach it. `host` as in a URL: IPv6 in brackets. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
}

/** Address and port as a URL has them. */
export function joinAddress(host: string, port: number): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** The port that Moonlight tries when none is given. */
const moonlightPort = 47_989;

/** What to add as a host in Moonlight, for a listener on this address. */
export function moonlightAddresses(listenHost: string, port = moonlightPort): string[] {
  const all = reachableAddresses(listenHost);
  const outer = all.filter((address) => !isLoopbackHost(address));
  return (outer.length === 0 ? all : outer).map((address) =>
    port === moonlightPort ? address : joinAddress(address, port),
  );
}
