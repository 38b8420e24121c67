/**
 * Who a host or a player is: a self-signed certificate and its key, RSA 2048 and SHA-256 because
 * GameStream clients know nothing newer. Made once; a damaged pair is an error and is never
 * replaced, since everyone who trusts the old one would have to pair again.
 */
import { createHash, createPrivateKey, generateKeyPair, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { createFileAtomic } from "./atomic-file.ts";
import { selfSign } from "./certificate.ts";
import { wallDate } from "./clock.ts";
import { Failure } from "./failure.ts";
import { claimDataDirectory } from "./private-directory.ts";
import { readFileIfAny } from "./read-file.ts";
import { sleepMs } from "./timer.ts";

/** A key with its self-signed certificate, both PEM, and the certificate’s SHA-256. */
export type Identity = {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
};

const makeKeyPair = promisify(generateKeyPair);

type Files = { readonly certificate: string; readonly key: string; readonly name: string };

const hostFiles: Files = { certificate: "cert.pem", key: "key.pem", name: "onglass" };
const playerFiles: Files = {
  certificate: "player-cert.pem",
  key: "player-key.pem",
  name: "onglass player",
};
const keyBits = 2048;
const validYears = 20;
/** A concurrent process that makes the same pair is done long before. */
const halfPairWaitsMs = [20, 50, 100, 200, 500];

/** Loads or makes `cert.pem` and `key.pem`. @throws Failure `identity_damaged` */
export function loadHostIdentity(dataDirectory: string): Promise<Identity> {
  return loadOrMake(dataDirectory, hostFiles);
}

/** The same for the player's own `player-cert.pem` and `player-key.pem`. */
export function loadPlayerIdentity(dataDirectory: string): Promise<Identity> {
  return loadOrMake(dataDirectory, playerFiles);
}

/** The host's pair if its directory is readable and has one; never makes anything. */
export async function readHostIdentity(dataDirectory: string): Promise<Identity | undefined> {
  try {
    return await load(dataDirectory, hostFiles);
  } catch {
    // Not our host's directory, or not readable: then it provides no trust.
    return undefined;
  }
}

/**
 * The host's pair, `undefined` without one; never makes anything.
 * @throws Failure `identity_damaged`
 */
export async function checkedHostIdentity(dataDirectory: string): Promise<Identity | undefined> {
  return await load(dataDirectory, hostFiles);
}

/** SHA-256 of a certificate in DER, lower-case hex. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("hex");
}

/** Of a certificate in PEM or DER: what pins its public key, as `curl --pinnedpubkey` takes it: RFC 7469 section 2.4. */
export function keyPinOf(certificate: string | Uint8Array): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
}

async function loadOrMake(directory: string, files: Files): Promise<Identity> {
  const found = await load(directory, files);
  if (found !== undefined) return found;
  claimDataDirectory(directory);
  const made = await make(files.name);
  if (await createFileAtomic(join(directory, files.key), made.keyPem)) {
    await createFileAtomic(join(directory, files.certificate), made.certificatePem);
  }
  const saved = await load(directory, files);
  if (saved === undefined) throw damaged(directory, files, "both files went away again");
  return saved;
}

async function load(directory: string, files: Files): Promise<Identity | undefined> {
  const { keyPem, certificatePem } = await readPair(directory, files);
  if (keyPem === undefined && certificatePem === undefined) return undefined;
  if (keyPem === undefined) throw damaged(directory, files, `"${files.key}" is missing`);
  if (certificatePem === undefined) {
    throw damaged(directory, files, `"${files.certificate}" is missing`);
  }
  return check(directory, files, { keyPem, certificatePem });
}

async function readPair(directory: string, files: Files) {
  const read = async () => ({
    keyPem: await readFileIfAny(join(directory, files.key)),
    certificatePem: await readFileIfAny(join(directory, files.certificate)),
  });
  let pair = await read();
  for (const waitMs of halfPairWaitsMs) {
    if ((pair.keyPem === undefined) === (pair.certificatePem === undefined)) break;
    await sleepMs(waitMs);
    pair = await read();
  }
  return pair;
}

function check(
  directory: string,
  files: Files,
  pems: { keyPem: string; certificatePem: string },
): Identity {
  const certificate = parse(() => new X509Certificate(pems.certificatePem));
  const key = parse(() => createPrivateKey(pems.keyPem));
  if (certificate === undefined) {
    throw damaged(directory, files, `"${files.certificate}" is not a certificate`);
  }
  if (key === undefined) throw damaged(directory, files, `"${files.key}" is not a private key`);
  if (!certificate.checkPrivateKey(key)) {
    throw damaged(directory, files, "certificate and key do not match");
  }
  return { ...pems, fingerprint: fingerprintOf(certificate.raw) };
}

function parse<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function damaged(directory: string, files: Files, reason: string): Failure {
  return new Failure(
    "identity_damaged",
    `Cannot use the certificate in "${directory}": ${reason}; restore it, or remove ` +
      `"${files.certificate}" and "${files.key}" to get a new one and pair all players again`,
  );
}

async function make(name: string): Promise<{ keyPem: string; certificatePem: string }> {
  const { privateKey: keyPem } = await makeKeyPair("rsa", {
    modulusLength: keyBits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const notBefore = wallDate();
  const notAfter = wallDate();
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + validYears);
  return { keyPem, certificatePem: selfSign(keyPem, { name, notBefore, notAfter }) };
}
