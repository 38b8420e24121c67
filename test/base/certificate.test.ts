/** Certificates made here, as others read them. */
import { expect, test } from "bun:test";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { connect, createServer } from "node:tls";
import { selfSign } from "../../src/base/certificate.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const notBefore = new Date("2026-11-21T14:43:01Z");
const make = (notAfter: string, name = "onglass player") =>
  selfSign(keyPem, { name, notBefore, notAfter: new Date(notAfter) });

test("a certificate says who it is for, what for and that it signed itself", () => {
  const certificate = new X509Certificate(make("2046-11-21T14:43:01Z"));
  expect(certificate.subject).toBe("CN=onglass player");
  expect(certificate.issuer).toBe(certificate.subject);
  expect(certificate.subjectAltName).toBe("DNS:onglass-player");
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  expect(certificate.verify(publicKey)).toBe(false);
});

test.each([
  ["2049-12-31T23:59:59Z", "491231235959Z"],
  ["2050-01-01T00:00:00Z", "20500101000000Z"],
])("a certificate good until %s says so in the form for that year", (end, written) => {
  const certificate = new X509Certificate(make(end));
  expect(Date.parse(certificate.validFrom)).toBe(notBefore.getTime());
  expect(Date.parse(certificate.validTo)).toBe(Date.parse(end));
  const header = Buffer.from([written.length === 13 ? 0x17 : 0x18, written.length]);
  expect(certificate.raw.includes(Buffer.concat([header, Buffer.from(written)]))).toBe(true);
});

test("names of any length around the limits of a length's octets can be read", () => {
  for (const length of [1, 100, 110, 116, 118, 120, 124, 127, 128, 250, 255, 256, 300]) {
    const certificate = new X509Certificate(make("2046-11-21T14:43:01Z", "a".repeat(length)));
    expect(certificate.subjectAltName).toBe(`DNS:${"a".repeat(length)}`);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
});

test("serial numbers are positive and all different", () => {
  const serials = Array.from({ length: 8 }, () => {
    return new X509Certificate(make("2046-11-21T14:43:01Z")).serialNumber;
  });
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(new Set(serials).size).toBe(serials.length);
});

test("a TLS server with it is trusted by who trusts the certificate, and by nobody else", async () => {
  const end = new Date(Date.now() + 60_000);
  const start = new Date(Date.now() - 60_000);
  const cert = selfSign(keyPem, { name: "onglass", notBefore: start, notAfter: end });
  const server = createServer({ cert, key: keyPem }, (socket) => socket.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const meet = async (ca?: string) =>
    await new Promise<string>((resolve) => {
      const options = { host: "127.0.0.1", port, servername: "onglass", ...(ca ? { ca } : {}) };
      const socket = connect(options);
      socket.on("data", (text) => resolve(text.toString()));
      socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    });
  try {
    expect(await meet(cert)).toBe("hello");
    expect(await meet()).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  } finally {
    server.close();
  }
});
