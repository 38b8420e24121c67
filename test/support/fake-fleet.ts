/** Other hosts, of every kind that the console can show. */
import type { HostStatus } from "../../src/model/status.ts";
import type { Fleet, FleetHost } from "../../src/ports/fleet.ts";

export const noFleet: Fleet = { names: [], look: () => Promise.resolve([]) };

export const otherStatus: HostStatus = {
  ...{ version: "0.1.0", host: "den", uptime_ms: 60_000, source: "testsrc", native_port: 7781 },
  ...{ fingerprint: "cd".repeat(32), encoders: [], priority: "nice", session_count: 3 },
  capture: { armed: true, sample_count: 4, started_unix_ms: 0, kind: "native" },
  verdicts: { smooth: 1, stutter: 0, bad: 2 },
  load_per_core: 0.75,
};

export const otherHosts: readonly FleetHost[] = [
  { name: "den", kind: "answered", url: "https://den.lan:7780", status: otherStatus },
  {
    ...{ name: "attic", kind: "answered", url: "https://attic.lan:7780" },
    status: { ...otherStatus, session_count: 0, capture: { ...otherStatus.capture, armed: false } },
  },
  { name: "garage", kind: "fault", fault: "silent", url: "https://garage.lan:7780" },
  { name: "office", kind: "fault", fault: "unknown" },
];

export const fakeFleet: Fleet = {
  names: otherHosts.map(({ name }) => name),
  look: () => Promise.resolve(otherHosts),
};
