/** Hosts that a player has paired with, in `hosts/` of its data directory: address and fingerprint. */
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { Failure } from "../../base/failure.ts";
import { parseJson } from "../../base/parse-json.ts";
import { makePrivateDirectory } from "../../base/private-directory.ts";
import { readFileIfAny } from "../../base/read-file.ts";

const KnownHost = Type.Object({
  address: Type.String(),
  fingerprint: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  name: Type.String(),
});
/** A host that this player has paired with. */
export type KnownHost = Static<typeof KnownHost>;

/** Undefined when never paired. @throws Failure `known_host_damaged` */
export async function loadKnownHost(
  dataDirectory: string,
  address: string,
): Promise<KnownHost | undefined> {
  const path = pathOf(dataDirectory, address);
  const text = await readFileIfAny(path);
  if (text === undefined) return undefined;
  const host = parseJson(text);
  if (Value.Check(KnownHost, host) && host.address === address) return host;
  const message = `Cannot read what is known of host "${address}": "${path}" is damaged; remove it and pair again`;
  throw new Failure("known_host_damaged", message);
}

/** Remembers a host, in place of one with the same address. */
export async function saveKnownHost(dataDirectory: string, host: KnownHost): Promise<void> {
  await makePrivateDirectory(join(dataDirectory, "hosts"));
  await writeFileAtomic(pathOf(dataDirectory, host.address), `${JSON.stringify(host)}\n`);
}

/** The file of a host, by its address. */
export function pathOf(dataDirectory: string, address: string): string {
  // The address is foreign input: anything with a meaning in a path becomes its code.
  const name = address.replace(/[^A-Za-z0-9.-]/g, (each) => `_${each.charCodeAt(0).toString(16)}_`);
  return join(dataDirectory, "hosts", `${name}.json`);
}
