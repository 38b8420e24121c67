import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { type GcmCipher, gcmCipher, gcmTagBytes, RuntimeCipher } from "../../src/base/gcm.ts";

const key = Uint8Array.from({ length: 16 }, (_, index) => index * 5);
const nonce = Uint8Array.from({ length: 12 }, (_, index) => 200 + index);

function sealed(cipher: GcmCipher, plain: Uint8Array, clear?: Uint8Array): Buffer {
  const bytes = Buffer.alloc(3 + plain.length + gcmTagBytes);
  cipher.begin(nonce, clear);
  cipher.seal(plain, bytes, 3);
  cipher.finish(bytes, 3 + plain.length);
  return bytes;
}

test("AES-128-GCM is what its specification says", () => {
  const cipher = gcmCipher(new Uint8Array(16));
  const bytes = new Uint8Array(32);
  cipher.begin(new Uint8Array(12));
  cipher.seal(bytes.subarray(0, 16), bytes, 0);
  cipher.finish(bytes, 16);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf",
  );
});

test("one cipher seals message after message, the same with the system's library and without", () => {
  const [given, runtime] = [gcmCipher(key), new RuntimeCipher(key)];
  const clear = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), clear, (plain, authenticated) => {
      const bytes = sealed(given, plain, authenticated);
      expect(bytes).toEqual(sealed(runtime, plain, authenticated));
      const decipher = createDecipheriv("aes-128-gcm", key, nonce);
      if (authenticated !== undefined) decipher.setAAD(authenticated);
      decipher.setAuthTag(bytes.subarray(-gcmTagBytes));
      const opened = decipher.update(bytes.subarray(3, -gcmTagBytes));
      decipher.final();
      expect(Buffer.compare(opened, plain)).toBe(0);
    }),
  );
});

test("ciphers of several keys do not disturb each other", () => {
  const keys = [1, 2, 3].map((each) => new Uint8Array(16).fill(each));
  const ciphers = keys.map(gcmCipher);
  const plain = Uint8Array.of(9, 8, 7);
  for (let round = 0; round < 3; round++) {
    const all = ciphers.map((cipher) => sealed(cipher, plain, nonce));
    expect(all).toEqual(keys.map((each) => sealed(new RuntimeCipher(each), plain, nonce)));
  }
});

test("nothing is written past the end of a datagram", () => {
  const cipher = gcmCipher(key);
  cipher.begin(nonce);
  expect(() => cipher.seal(new Uint8Array(20), new Uint8Array(25), 6)).toThrow();
  expect(() => cipher.finish(new Uint8Array(25), 10)).toThrow();
});

test.skipIf(gcmCipher(key) instanceof RuntimeCipher)(
  "sealing leaves nothing to be collected",
  () => {
    const cipher = gcmCipher(key);
    const plain = new Uint8Array(1172);
    const datagram = new Uint8Array(1200);
    const views = () => heapStats().objectTypeCounts.Uint8Array ?? 0;
    const before = views();
    for (let message = 0; message < 1000; message++) {
      cipher.begin(nonce, nonce);
      cipher.seal(plain, datagram, 12);
      cipher.finish(datagram, 1184);
    }
    expect(views() - before).toBeLessThan(100);
  },
);
