/** Secrets and names in the files of a data directory: the token, players and hosts that are paired. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { dataDisk } from "../base/disk-lane.ts";
import { parseJson } from "../base/parse-json.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { isRecord } from "../base/record.ts";
import type { HostNames } from "./known-values.ts";

const fileCountMax = 2000;
/** Shorter texts in such files are names of kinds, not secrets. */
const secretLengthMin = 12;

/** Missing or damaged files are skipped: patterns still find what looks like a secret. */
export async function hostSecrets(
  dataDirectory: string,
): Promise<Pick<HostNames, "secrets" | "players">> {
  const token = await textIn(join(dataDirectory, "token"));
  const certificate = await textIn(join(dataDirectory, "cert.pem"));
  const texts = [
    ...(await textsIn(join(dataDirectory, "clients"))),
    ...(await textsIn(join(dataDirectory, "hosts"))),
  ];
  const facts = texts.flatMap((text) => Object.entries(readFacts(text)));
  const named = facts.filter(([field, value]) => field === "name" && typeof value === "string");
  return {
    secrets: [token.trim(), ...fingerprintsOf(certificate), ...facts.flatMap(secretIn)],
    players: named.map(([, value]) => String(value)),
  };
}

function secretIn([field, value]: readonly [string, unknown]): string[] {
  const isSecret = typeof value === "string" && value.length >= secretLengthMin;
  return isSecret && field !== "name" ? [value] : [];
}

async function textIn(path: string): Promise<string> {
  return (await readFileIfAny(path).catch(() => undefined)) ?? "";
}

/** Of the certificate's bytes, as players and browsers show them. */
function fingerprintsOf(pem: string): string[] {
  const body = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(pem)?.[1];
  if (body === undefined) return [];
  const bytes = Buffer.from(body, "base64");
  return [
    createHash("sha256").update(bytes).digest("hex"),
    createHash("sha1").update(bytes).digest("hex"),
  ];
}

async function textsIn(directory: string): Promise<string[]> {
  const names = await dataDisk.run(() => readdir(directory)).catch(() => []);
  const json = names.filter((name) => name.endsWith(".json")).slice(0, fileCountMax);
  return await Promise.all(json.map((name) => textIn(join(directory, name))));
}

function readFacts(text: string): Record<string, unknown> {
  const value = parseJson(text);
  return isRecord(value) ? value : {};
}
