/** The Host names that requests may carry: a page of another name must not reach this host. */
import { machineNames } from "../../base/host-names.ts";

/**
 * The address listened on, the machine's own names and addresses, and what the operator adds. Read
 * once at start: an address that the machine gets later must be added manually.
 */
export function ownHosts(listenHost: string, extra: readonly string[]): ReadonlySet<string> {
  return new Set([listenHost, ...machineNames(), ...extra].map(inHeaderForm));
}

/** Lower case, no port, an IPv6 address in brackets and without its zone. */
function inHeaderForm(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/%.*$/, "");
  return plain.split(":").length > 2 ? `[${plain}]` : plain.replace(/:\d+$/, "");
}
