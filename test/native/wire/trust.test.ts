import { expect, test } from "bun:test";
import { loadHostIdentity } from "../../../src/base/identity.ts";
import { isSignedByHost, signChallenge } from "../../../src/native/wire/trust.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

test("a signature holds for its own nonce and certificates alone", async () => {
  await using directory = await tempDirectory();
  const host = await loadHostIdentity(directory.path);
  const facts = {
    nonce: new Uint8Array(32).fill(1),
    hostFingerprint: host.fingerprint,
    playerFingerprint: "cd".repeat(32),
  };
  const signature = signChallenge(facts, host.keyPem);
  const holds = (change: Partial<typeof facts>, by = signature) =>
    isSignedByHost({ ...facts, ...change }, by, host.certificatePem);
  expect(holds({})).toBe(true);
  expect(holds({ nonce: new Uint8Array(32).fill(2) })).toBe(false);
  expect(holds({ playerFingerprint: "ce".repeat(32) })).toBe(false);
  expect(holds({ hostFingerprint: "ce".repeat(32) })).toBe(false);
  expect(holds({}, new Uint8Array(0))).toBe(false);
  expect(holds({}, new Uint8Array(256))).toBe(false);
});
