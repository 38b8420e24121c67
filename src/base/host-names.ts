/** The names under which this machine may be asked for. */
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
