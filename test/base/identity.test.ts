import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadHostIdentity, loadPlayerIdentity, readHostIdentity } from "../../src/base/identity.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("an identity is made once, private, RSA 2048 and good for long", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "data");
  const made = await loadHostIdentity(path);
  expect(await loadHostIdentity(path)).toEqual(made);
  expect(made.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  for (const name of ["cert.pem", "key.pem"]) {
    expect((await stat(join(path, name))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  const certificate = new X509Certificate(await readFile(join(path, "cert.pem")));
  expect(certificate.publicKey.asymmetricKeyType).toBe("rsa");
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const years =
    (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 31_557_600e3;
  expect(years).toBeGreaterThan(19.9);
});

test("two that make an identity at once end up with the same one", async () => {
  await using directory = await tempDirectory();
  const made = await Promise.all([1, 2, 3].map(() => loadPlayerIdentity(directory.path)));
  expect(new Set(made.map(({ fingerprint }) => fingerprint)).size).toBe(1);
});

test.each([
  ["a certificate that is none", (path: string) => writeFile(join(path, "cert.pem"), "nonsense")],
  ["a key that is none", (path: string) => writeFile(join(path, "key.pem"), "")],
  ["a missing key", (path: string) => rm(join(path, "key.pem"))],
  ["a missing certificate", (path: string) => rm(join(path, "cert.pem"))],
])("%s is an error that names it and leaves everything as it is", async (_, damage) => {
  await using directory = await tempDirectory();
  await loadHostIdentity(directory.path);
  await damage(directory.path);
  await expect(loadHostIdentity(directory.path)).rejects.toMatchObject({
    code: "identity_damaged",
    message: expect.stringContaining(".pem"),
  });
  expect(await readHostIdentity(directory.path)).toBeUndefined();
});

test("certificate and key of two hosts do not make one", async () => {
  await using one = await tempDirectory();
  await using two = await tempDirectory();
  await Promise.all([loadHostIdentity(one.path), loadHostIdentity(two.path)]);
  await writeFile(join(one.path, "key.pem"), await readFile(join(two.path, "key.pem")));
  await expect(loadHostIdentity(one.path)).rejects.toThrow("certificate and key do not match");
});

test("reading a host's identity makes none", async () => {
  await using directory = await tempDirectory();
  expect(await readHostIdentity(directory.path)).toBeUndefined();
  expect(await Array.fromAsync(new Bun.Glob("*").scan(directory.path))).toEqual([]);
});
