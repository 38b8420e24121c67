/**
 * Trust without a code: anyone who can read the host's key is the host's operator. The player first
 * checks that the host shows that very certificate, then signs the host's challenge, bound to both
 * certificates and to this purpose, so that the answer is useless elsewhere.
 */
import { constants, createPrivateKey, sign, verify, X509Certificate } from "node:crypto";

const context = "onglass native path, player's proof, version 1";
const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** What a player signs: a nonce, and both fingerprints in hex. */
export type TrustFacts = {
  readonly nonce: Uint8Array;
  readonly hostFingerprint: string;
  readonly playerFingerprint: string;
};

/** Signs with the host’s own key. */
export function signChallenge(facts: TrustFacts, hostKeyPem: string): Uint8Array {
  return sign("sha256", statement(facts), { key: createPrivateKey(hostKeyPem), ...padding });
}

/** Whether the signature was made with the key of the host’s certificate. */
export function isSignedByHost(
  facts: TrustFacts,
  signature: Uint8Array,
  hostCertificatePem: string,
): boolean {
  const key = new X509Certificate(hostCertificatePem).publicKey;
  return verify("sha256", statement(facts), { key, ...padding }, signature);
}

/** Every part has a fixed length, so no two sets of facts make the same bytes. */
function statement(facts: TrustFacts): Uint8Array {
  return Buffer.concat([
    Buffer.from(`${context}\0`),
    Buffer.from(facts.hostFingerprint, "hex"),
    Buffer.from(facts.playerFingerprint, "hex"),
    facts.nonce,
  ]);
}
