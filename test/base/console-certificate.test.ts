/** The console's certificate: whom it names, when it is made again, and pairs that are none. */
import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ownConsolePair, readTlsPair } from "../../src/base/console-certificate.ts";
import { keyPinOf, loadHostIdentity } from "../../src/base/identity.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const nowMs = Date.UTC(2026, 10, 28);
const dayMs = 24 * 3_600_000;

async function setUp() {
  const directory = await tempDirectory();
  const { keyPem, certificatePem } = await loadHostIdentity(directory.path);
  const at = (wallMs: number, ...names: string[]) =>
    ownConsolePair(directory.path, { keyPem, names, nowMs: wallMs });
  return { directory, at, certificatePem };
}

test("it names hosts and addresses of both families, and shows the host's own key", async () => {
  const { directory, at, certificatePem } = await setUp();
  await using _ = directory;
  const given = ["Den", "den.local", "192.0.2.7", "2001:DB8:0::1", "[::1]", "::ffff:192.0.2.1"];
  const { cert } = await at(nowMs, ...given, "fe80::1", "fe80::1%eth0", "0.0.0.0", "ü.example");
  const certificate = new X509Certificate(cert);
  for (const name of ["den", "den.local"]) expect(certificate.checkHost(name)).toBe(name);
  for (const address of ["192.0.2.7", "2001:db8::1", "::1"]) {
    expect([address, certificate.checkIP(address)]).toEqual([address, address]);
  }
  expect(certificate.subjectAltName?.split(", ")).toHaveLength(6);
  expect(certificate.checkHost("other")).toBeUndefined();
  expect(keyPinOf(cert)).toBe(keyPinOf(certificatePem));
  const { mode } = await stat(join(directory.path, "console-cert.pem"));
  expect(mode & 0o777).toBe(0o600);
});

test("it stays for a year, and is renewed with its names thirty days before its end", async () => {
  const { directory, at } = await setUp();
  await using _ = directory;
  const first = await at(nowMs, "den");
  const end = new X509Certificate(first.cert).validToDate.getTime();
  expect((end - nowMs) / dayMs).toBe(396);
  expect(await at(end - 30 * dayMs, "den")).toEqual(first);
  const next = await at(end - 30 * dayMs + 1, "den");
  expect(next.cert).not.toBe(first.cert);
  expect(next.key).toBe(first.key);
  // A clock that was far ahead once leaves no certificate that is good later only.
  expect((await at(nowMs, "den")).cert).not.toBe(next.cert);
});

test("a name that is missing is added to the earlier ones, and one that is there changes nothing", async () => {
  const { directory, at } = await setUp();
  await using _ = directory;
  const first = await at(nowMs, "den", "192.0.2.7");
  const more = await at(nowMs, "den", "192.0.2.9");
  expect(new X509Certificate(more.cert).subjectAltName).toBe(
    "DNS:den, IP Address:192.0.2.9, IP Address:192.0.2.7",
  );
  expect(await at(nowMs, "192.0.2.7")).toEqual(more);
  expect(more.cert).not.toBe(first.cert);
});

test("a damaged file, or one of another key, is made again", async () => {
  const { directory, at } = await setUp();
  await using _ = directory;
  await using other = await tempDirectory();
  const foreign = await loadHostIdentity(other.path);
  const path = join(directory.path, "console-cert.pem");
  for (const text of ["", "-----BEGIN CERTIFICATE-----\nAAAA", foreign.certificatePem]) {
    await Bun.write(path, text);
    const { cert, key } = await at(nowMs, "den");
    expect(keyPinOf(cert)).not.toBe(keyPinOf(foreign.certificatePem));
    expect(
      new X509Certificate(cert).publicKey.export({ type: "spki", format: "pem" }),
    ).toBeDefined();
    expect(key).toContain("PRIVATE KEY");
  }
});

test("files of the operator that make no pair are refused with what is wrong", async () => {
  await using directory = await tempDirectory();
  await using other = await tempDirectory();
  const [one, two] = [await loadHostIdentity(directory.path), await loadHostIdentity(other.path)];
  const certificate = join(directory.path, "given.pem");
  const key = join(directory.path, "given-key.pem");
  await Bun.write(certificate, one.certificatePem);
  const refusal = () => readTlsPair({ certificate, key }).catch((error: Error) => error.message);
  expect(await refusal()).toBe(`"${key}" is missing`);
  await Bun.write(key, "nothing");
  expect(await refusal()).toBe(`"${key}" is not a private key`);
  await Bun.write(key, two.keyPem);
  expect(await refusal()).toBe("certificate and key do not match");
  await Bun.write(key, one.keyPem);
  expect(await refusal()).toEqual({ cert: one.certificatePem, key: one.keyPem });
  await Bun.write(certificate, "x".repeat(300_000));
  expect(await refusal()).toContain("larger than 262144 bytes");
});
