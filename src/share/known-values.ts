/** Names and secrets known to a host: none of them may be in a shared file. */
import { networkInterfaces } from "node:os";
import type { Capture } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";
import type { KnownValue } from "./redactor.ts";

/** Secrets of the host itself, whatever is shared. */
export type HostNames = {
  readonly hostName: string;
  readonly userName: string;
  readonly homeDirectory: string;
  readonly dataDirectory: string;
  /** The token, open codes, fingerprints of certificates. */
  readonly secrets: readonly string[];
  /** Paired players and hosts. */
  readonly players: readonly string[];
};

/** Names that identify nobody, and occur in every text. */
const plainNames = new Set(["localhost", "root", "user", "host", "player", "onglass", "unknown"]);

export function knownValues(
  { hostName, userName, homeDirectory, dataDirectory, secrets, players }: HostNames,
  { meta }: Capture,
  timeline: Timeline | undefined,
): KnownValue[] {
  const [firstLabel = ""] = hostName.split(".");
  const clients = [
    ...players,
    meta.client,
    ...(meta.sessions ?? []).map(({ client }) => client),
    ...clientsIn(timeline),
  ];
  const known: KnownValue[] = [
    ...secrets.map((value) => ({ kind: "secret", value }) as const),
    ...[hostName, firstLabel, meta.host ?? "", timeline?.host ?? ""].map(
      (value) => ({ kind: "host", value }) as const,
    ),
    ...clients.filter(isName).map((value) => ({ kind: "player", value }) as const),
    ...[dataDirectory, homeDirectory].map((value) => ({ kind: "path", value }) as const),
    { kind: "user", value: userName },
    ...addresses().map((value) => ({ kind: "address", value }) as const),
  ];
  return known.filter(({ value }) => value.length > 1 && !plainNames.has(value.toLowerCase()));
}

function clientsIn(timeline: Timeline | undefined): string[] {
  const names = new Set<string>();
  for (const { event } of timeline?.events ?? []) {
    if ("client" in event && typeof event.client === "string") names.add(event.client);
  }
  return [...names];
}

/** Browsers that watch are counted, not named. */
const isName = (client: string) => !/^\d+ viewers?$/.test(client);

function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal }) => !internal).flatMap(({ address, mac }) => [address, mac]),
  );
}
