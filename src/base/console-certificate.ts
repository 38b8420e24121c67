/**
 * The certificate that the console shows: the host's own key, certified for the names and addresses
 * it is reached by. Browsers accept none valid for longer than 398 days, so it is renewed in time;
 * the key, and with it every pin, stays. Players know the host by `cert.pem`, which never changes.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomic } from "./atomic-file.ts";
import { selfSign } from "./certificate.ts";
import { ipVersionOf } from "./ip-address.ts";
import { readFileIfAny } from "./read-file.ts";

/** Certificate and key for a TLS listener, both PEM. */
export type TlsPair = { readonly cert: string; readonly key: string };

const fileName = "console-cert.pem";
const dayMs = 24 * 3_600_000;
const validDays = 397;
/** It is renewed this long before its end. */
const renewalDays = 30;
/** Earlier addresses stay in it, so that a machine that changes networks keeps its certificate. */
const nameCountMax = 48;
const pemBytesMax = 256 * 1024;

/** Whether a certificate ends within the time in which it should have been renewed. */
export function isEnding(certificatePem: string, nowMs: number): boolean {
  return new X509Certificate(certificatePem).validToDate.getTime() - nowMs < renewalDays * dayMs;
}

/** The path of the certificate that the console of this data directory shows; public. */
export function consoleCertificatePath(dataDirectory: string): string {
  return join(dataDirectory, fileName);
}

type Wanted = {
  readonly keyPem: string;
  /** Names and addresses; invalid ones are left out. */
  readonly names: readonly string[];
  readonly nowMs: number;
};

/**
 * The pair with these names: the stored one, or a new one if it is missing, belongs to another key,
 * lacks one of the names, or is about to end. @throws Error where it cannot be written
 */
export async function ownConsolePair(dataDirectory: string, wanted: Wanted): Promise<TlsPair> {
  const path = consoleCertificatePath(dataDirectory);
  const kept = read(await readFileIfAny(path, pemBytesMax));
  const names = fitting(wanted.names);
  const isOwn = kept?.checkPrivateKey(createPrivateKey(wanted.keyPem)) === true;
  const before = isOwn ? namesOf(kept) : [];
  if (isOwn && isGood(kept, wanted.nowMs) && names.every((name) => before.includes(name))) {
    return { cert: kept.toString(), key: wanted.keyPem };
  }
  const all = [...new Set([...names, ...before])].slice(0, nameCountMax);
  const cert = selfSign(wanted.keyPem, {
    name: "onglass",
    names: all,
    // A client whose clock lags slightly accepts it too.
    notBefore: new Date(wanted.nowMs - dayMs),
    notAfter: new Date(wanted.nowMs + (validDays - 1) * dayMs),
  });
  await writeFileAtomic(path, cert);
  return { cert, key: wanted.keyPem };
}

/**
 * Stores the operator's certificate instead of our own, so that commands on this machine know it.
 */
export async function keepShown(dataDirectory: string, certificatePem: string): Promise<void> {
  await writeFileAtomic(consoleCertificatePath(dataDirectory), certificatePem);
}

/**
 * A certificate and its key as an operator gave them. @throws Error saying which file is invalid,
 * or that they do not belong together
 */
export async function readTlsPair(files: {
  readonly certificate: string;
  readonly key: string;
}): Promise<TlsPair> {
  const cert = await readPem(files.certificate);
  const key = await readPem(files.key);
  const parsed = read(cert);
  if (parsed === undefined) throw new Error(`"${files.certificate}" is not a certificate`);
  const isPair = checkKey(parsed, key);
  if (isPair === undefined) throw new Error(`"${files.key}" is not a private key`);
  if (!isPair) throw new Error("certificate and key do not match");
  return { cert, key };
}

async function readPem(path: string): Promise<string> {
  const text = await readFileIfAny(path, pemBytesMax);
  if (text === undefined) throw new Error(`"${path}" is missing`);
  return text;
}

/** `undefined` if it is not a private key at all. */
function checkKey(certificate: X509Certificate, keyPem: string): boolean | undefined {
  try {
    return certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return undefined;
  }
}

function read(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    // Damaged or invalid: it is made again, or refused if the operator provided it.
    return undefined;
  }
}

function isGood(certificate: X509Certificate, nowMs: number): boolean {
  return (
    certificate.validFromDate.getTime() <= nowMs &&
    certificate.validToDate.getTime() - nowMs >= renewalDays * dayMs
  );
}

/** Without link-local addresses, and names that no certificate can carry. */
function fitting(names: readonly string[]): string[] {
  return [...new Set(names.map(plain))].filter((name) =>
    ipVersionOf(name) === 0
      ? /^[a-z0-9_.-]{1,253}$/.test(name)
      : !/^(fe80|::$|0\.0\.0\.0$)/.test(name),
  );
}

/** An address as in a certificate: IPv6 in its shortest form, without brackets. */
function plain(name: string): string {
  const bare = name.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return ipVersionOf(bare) === 6 && !bare.includes("%")
    ? new URL(`http://[${bare}]`).hostname.slice(1, -1)
    : bare;
}

/** `DNS:den, IP Address:192.0.2.1` */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName
    .split(", ")
    .map((entry) => plain(entry.replace(/^(DNS|IP Address):/, "")))
    .filter((name) => name !== "");
}
