/**
 * The parts of a certificate that pairing needs: key, fingerprint and the raw octets of its
 * signature.
 */
import { createHash, type KeyObject, X509Certificate } from "node:crypto";

export type PlayerCertificate = {
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly publicKey: KeyObject;
  readonly signature: Buffer;
};

/** `undefined` when the text is not a certificate with an RSA key of 2048 bits or more. */
export function readCertificate(pem: string): PlayerCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { publicKey, raw } = certificate;
    const signature = signatureOf(raw);
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (publicKey.asymmetricKeyType !== "rsa" || bits < 2048 || signature === undefined) return;
    const fingerprint = createHash("sha256").update(raw).digest("hex");
    return { pem, fingerprint, publicKey, signature };
  } catch {
    return undefined;
  }
}

type Element = { readonly tag: number; readonly start: number; readonly end: number };

/** Content of the BIT STRING at the end of a certificate, without its unused-bits octet. */
export function signatureOf(der: Uint8Array): Buffer | undefined {
  const outer = readElement(der, 0);
  if (outer?.tag !== 0x30) return undefined;
  const body = readElement(der, outer.start);
  const algorithm = body && readElement(der, body.end);
  const signature = algorithm && readElement(der, algorithm.end);
  if (signature?.tag !== 0x03 || signature.end !== outer.end) return undefined;
  if (signature.end - signature.start < 2) return undefined;
  return Buffer.from(der.subarray(signature.start + 1, signature.end));
}

/** Lengths of up to three octets: a certificate is never larger than 16 MB. */
function readElement(der: Uint8Array, at: number): Element | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let start = at + 2;
  let length = first;
  if (first > 0x7f) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 3) return undefined;
    length = 0;
    for (const end = start + octets; start < end; start++)
      length = length * 256 + (der[start] ?? 0);
  }
  const end = start + length;
  return end <= der.length ? { tag, start, end } : undefined;
}
