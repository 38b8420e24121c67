import { expect, test } from "bun:test";
import fc from "fast-check";
import { clearBytes, sealBytes } from "../../../src/native/wire/packet.ts";
import { Opener, Sealer } from "../../../src/native/wire/seal.ts";

const key = Uint8Array.from({ length: 16 }, (_, index) => index);
const otherKey = key.map((each) => each ^ 1);
const tag = 0xfedc_ba98;

function sealed(plain: Uint8Array, sealer = new Sealer({ key, tag })): Uint8Array {
  const datagram = new Uint8Array(plain.length + clearBytes + sealBytes);
  expect(sealer.seal(plain, datagram)).toBe(datagram.length);
  return datagram;
}

test("what was sealed opens again, for its own key only", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 1400 }), (plain) => {
      const datagram = sealed(plain);
      expect(new Opener({ key, tag }).open(datagram)).toEqual(Buffer.from(plain));
      expect(new Opener({ key: otherKey, tag }).open(datagram)).toBeUndefined();
      expect(new Opener({ key, tag: tag - 1 }).open(datagram)).toBeUndefined();
    }),
  );
});

test("a datagram with any one bit changed does not open", () => {
  const plain = Uint8Array.of(1, 2, 3);
  const opener = new Opener({ key, tag });
  const datagram = sealed(plain);
  for (let bit = 0; bit < datagram.length * 8; bit++) {
    const changed = datagram.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(opener.open(changed)).toBeUndefined();
  }
});

test("every datagram has the next sequence and so a nonce of its own", () => {
  const sealer = new Sealer({ key, tag });
  const opener = new Opener({ key, tag });
  const plain = Uint8Array.of(7);
  const seen = new Set<string>();
  for (let sequence = 0; sequence < 300; sequence++) {
    expect(sealer.nextSequence).toBe(sequence);
    const datagram = sealed(plain, sealer);
    expect(opener.readSequence(datagram)).toBe(sequence);
    seen.add(Buffer.from(datagram.subarray(clearBytes)).toString("hex"));
  }
  expect(seen.size).toBe(300);
});

test("a sequence beyond 2^53 is not ours", () => {
  const datagram = sealed(Uint8Array.of(1));
  const opener = new Opener({ key, tag });
  new DataView(datagram.buffer).setUint32(4, 2 ** 21 - 1);
  expect(opener.readSequence(datagram)).toBe((2 ** 21 - 1) * 2 ** 32);
  new DataView(datagram.buffer).setUint32(4, 2 ** 21);
  expect(opener.readSequence(datagram)).toBeUndefined();
});

test("any bytes at all are opened without a throw, to nothing", () => {
  const opener = new Opener({ key, tag });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      if (bytes.length >= 4) new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, tag);
      expect(opener.open(bytes)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});
