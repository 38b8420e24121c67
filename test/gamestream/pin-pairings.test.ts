/** Who may try to pair, how often and for how long. */
import { beforeAll, expect, test } from "bun:test";
import { randomBytes, X509Certificate } from "node:crypto";
import { type Identity, loadHostIdentity } from "../../src/base/identity.ts";
import {
  failureCountMax,
  failureSpanUs,
  PinPairings,
  pairingCountMax,
  pairingLifeUs,
  pinWaitUs,
} from "../../src/gamestream/http/pairing.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

let identity: Identity;

beforeAll(async () => {
  await using directory = await tempDirectory();
  identity = await loadHostIdentity(directory.path);
});

function open() {
  const clock = new ManualClock();
  const certificateDer = new X509Certificate(identity.certificatePem).raw;
  return { clock, pairings: new PinPairings({ certificateDer, keyPem: identity.keyPem }, clock) };
}

const begin = (address = "10.0.0.1") => ({
  uniqueid: "0123456789ABCDEF",
  name: "player",
  address,
  salt: randomBytes(16),
  certificatePem: identity.certificatePem,
});

/** One guess: the operator's PIN against an attacker that does not know it. */
async function guess(pairings: PinPairings, address: string): Promise<boolean> {
  const who = begin(address);
  const begun = pairings.begin(who);
  const isTaken = pairings.submitPin({ pin: "1234" });
  if (!(isTaken && (await begun))) return false;
  pairings.challenge(who, randomBytes(16));
  pairings.response(who, randomBytes(32));
  expect(pairings.secret(who, randomBytes(272))).toBeUndefined();
  return true;
}

test("after five wrong guesses nobody may try for ten minutes, from whatever address", async () => {
  const { pairings, clock } = open();
  for (let count = 0; count < failureCountMax; count++) {
    expect(await guess(pairings, `10.0.0.${count}`)).toBe(true);
  }
  expect(pairings.isLocked()).toBe(true);
  expect(await guess(pairings, "10.0.1.1")).toBe(false);
  clock.advanceMs(failureSpanUs / 1000 - 1);
  expect(pairings.isLocked()).toBe(true);
  clock.advanceMs(1.001);
  expect(await guess(pairings, "10.0.1.1")).toBe(true);
});

test("a player that cancels after the PIN has guessed too", async () => {
  const { pairings } = open();
  for (let count = 0; count < failureCountMax; count++) {
    const who = begin();
    const begun = pairings.begin(who);
    pairings.submitPin({ pin: "1234" });
    await begun;
    pairings.cancel(who);
  }
  expect(pairings.isLocked()).toBe(true);
});

test("waiting for a PIN ends after three minutes, and is not a guess", async () => {
  const { pairings, clock } = open();
  const begun = pairings.begin(begin());
  clock.advanceMs(pinWaitUs / 1000 - 1);
  expect(pairings.pending()).toHaveLength(1);
  clock.advanceMs(1);
  expect(pairings.pending()).toHaveLength(0);
  expect(await begun).toBe(false);
  expect(pairings.isLocked()).toBe(false);
});

test("an attempt that has its PIN lives a minute", async () => {
  const { pairings, clock } = open();
  const who = begin();
  const begun = pairings.begin(who);
  pairings.submitPin({ pin: "1234" });
  await begun;
  clock.advanceMs(pairingLifeUs / 1000 - 1);
  expect(pairings.challenge(who, randomBytes(16))).toHaveLength(48);
  clock.advanceMs(1);
  expect(pairings.response(who, randomBytes(32))).toBeUndefined();
});

test("each step is taken once, and only after the one before", async () => {
  const { pairings } = open();
  const who = begin();
  const begun = pairings.begin(who);
  expect(pairings.challenge(who, randomBytes(16))).toBeUndefined();
  expect(await begun).toBe(false);
  const again = begin();
  const second = pairings.begin(again);
  pairings.submitPin({ pin: "1234" });
  await second;
  expect(pairings.challenge(again, randomBytes(16))).toBeDefined();
  expect(pairings.challenge(again, randomBytes(16))).toBeUndefined();
  expect(pairings.response(again, randomBytes(32))).toBeUndefined();
});

test("with two players waiting the operator must say which", () => {
  const { pairings } = open();
  void pairings.begin(begin("10.0.0.1"));
  void pairings.begin({ ...begin("10.0.0.2"), uniqueid: "FEDCBA9876543210" });
  expect(pairings.submitPin({ pin: "1234" })).toBe(false);
  expect(pairings.submitPin({ pin: "1234", uniqueid: "FEDCBA9876543210" })).toBe(true);
  expect(pairings.submitPin({ pin: "1234" })).toBe(true);
  pairings.close();
});

test("two waiting under one name are distinguished by the number of their attempt", () => {
  const { pairings } = open();
  void pairings.begin(begin("10.0.0.1"));
  void pairings.begin(begin("10.0.0.2"));
  const { uniqueid } = begin();
  expect(pairings.submitPin({ pin: "1234", uniqueid })).toBe(false);
  const id = pairings.pending()[1]?.id ?? 0;
  expect(pairings.submitPin({ pin: "1234", uniqueid, id: id + 1 })).toBe(false);
  expect(pairings.submitPin({ pin: "1234", uniqueid, id })).toBe(true);
  expect(pairings.pending()).toMatchObject([{ address: "10.0.0.1" }]);
  pairings.close();
});

test("of one player the newest attempt waits, of one address the newest two", async () => {
  const { pairings } = open();
  const first = pairings.begin(begin());
  const second = pairings.begin(begin());
  expect(await first).toBe(false);
  for (const uniqueid of ["a", "b", "c"]) void pairings.begin({ ...begin(), uniqueid });
  expect(await second).toBe(false);
  expect(pairings.pending()).toMatchObject([{ uniqueid: "b" }, { uniqueid: "c" }]);
  pairings.close();
});

test("nobody can keep others from waiting: the address with the most gives way", () => {
  const { pairings } = open();
  void pairings.begin(begin("10.0.0.0"));
  for (let count = 1; pairings.pending().length < pairingCountMax; count++) {
    for (const uniqueid of ["a", "b"])
      void pairings.begin({ ...begin(`10.0.0.${count}`), uniqueid });
  }
  for (let count = 0; count < 3; count++) {
    void pairings.begin(begin(`10.0.1.${count}`));
  }
  const addresses = pairings.pending().map(({ address }) => address);
  expect(addresses).toHaveLength(pairingCountMax);
  expect(addresses).toContain("10.0.0.0");
  expect(addresses.at(-1)).toBe("10.0.1.2");
  pairings.close();
});

test("a player that has its PIN is not pushed out by those that wait", async () => {
  const { pairings } = open();
  const who = begin();
  const begun = pairings.begin(who);
  pairings.submitPin({ pin: "1234" });
  await begun;
  for (const uniqueid of ["a", "b", "c"]) void pairings.begin({ ...begin(), uniqueid });
  for (let count = 0; count < 20; count++) void pairings.begin(begin(`10.0.1.${count}`));
  expect(pairings.challenge(who, randomBytes(16))).toHaveLength(48);
  pairings.close();
});

test("the operator sends a waiting player away, once", async () => {
  const { pairings } = open();
  const begun = pairings.begin(begin());
  const id = pairings.pending()[0]?.id ?? 0;
  expect(pairings.refuse(id + 1)).toBe(false);
  expect(pairings.refuse(id)).toBe(true);
  expect(await begun).toBe(false);
  expect(pairings.refuse(id)).toBe(false);
  expect(pairings.isLocked()).toBe(false);
});

test("a player that hung up takes no newer attempt of its own with it", async () => {
  const { pairings } = open();
  const gone = new AbortController();
  const first = pairings.begin(begin(), gone.signal);
  void pairings.begin(begin());
  gone.abort();
  expect(await first).toBe(false);
  expect(pairings.pending()).toHaveLength(1);
  pairings.close();
});

test("a certificate that is none is refused at once", async () => {
  const { pairings } = open();
  expect(await pairings.begin({ ...begin(), certificatePem: "none" })).toBe(false);
});
