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
  return { clock, desk: new PinPairings({ certificateDer, keyPem: identity.keyPem }, clock) };
}

const begin = (address = "10.0.0.1") => ({
  uniqueid: "0123456789ABCDEF",
  name: "player",
  address,
  salt: randomBytes(16),
  certificatePem: identity.certificatePem,
});

/** One guess: the operator's PIN against an attacker that does not know it. */
async function guess(desk: PinPairings, address: string): Promise<boolean> {
  const who = begin(address);
  const begun = desk.begin(who);
  const isTaken = desk.submitPin({ pin: "1234" });
  if (!(isTaken && (await begun))) return false;
  desk.challenge(who, randomBytes(16));
  desk.response(who, randomBytes(32));
  expect(desk.secret(who, randomBytes(272))).toBeUndefined();
  return true;
}

test("after five wrong guesses nobody may try for ten minutes, from whatever address", async () => {
  const { desk, clock } = open();
  for (let count = 0; count < failureCountMax; count++) {
    expect(await guess(desk, `10.0.0.${count}`)).toBe(true);
  }
  expect(desk.isLocked()).toBe(true);
  expect(await guess(desk, "10.0.1.1")).toBe(false);
  clock.advanceMs(failureSpanUs / 1000 - 1);
  expect(desk.isLocked()).toBe(true);
  clock.advanceMs(1.001);
  expect(await guess(desk, "10.0.1.1")).toBe(true);
});

test("a player that gives up after the PIN has guessed too", async () => {
  const { desk } = open();
  for (let count = 0; count < failureCountMax; count++) {
    const who = begin();
    const begun = desk.begin(who);
    desk.submitPin({ pin: "1234" });
    await begun;
    desk.cancel(who);
  }
  expect(desk.isLocked()).toBe(true);
});

test("waiting for a PIN ends after three minutes, and is no guess", async () => {
  const { desk, clock } = open();
  const begun = desk.begin(begin());
  clock.advanceMs(pinWaitUs / 1000 - 1);
  expect(desk.pending()).toHaveLength(1);
  clock.advanceMs(1);
  expect(desk.pending()).toHaveLength(0);
  expect(await begun).toBe(false);
  expect(desk.isLocked()).toBe(false);
});

test("an attempt that has its PIN lives a minute", async () => {
  const { desk, clock } = open();
  const who = begin();
  const begun = desk.begin(who);
  desk.submitPin({ pin: "1234" });
  await begun;
  clock.advanceMs(pairingLifeUs / 1000 - 1);
  expect(desk.challenge(who, randomBytes(16))).toHaveLength(48);
  clock.advanceMs(1);
  expect(desk.response(who, randomBytes(32))).toBeUndefined();
});

test("each step is taken once, and only after the one before", async () => {
  const { desk } = open();
  const who = begin();
  const begun = desk.begin(who);
  expect(desk.challenge(who, randomBytes(16))).toBeUndefined();
  expect(await begun).toBe(false);
  const again = begin();
  const second = desk.begin(again);
  desk.submitPin({ pin: "1234" });
  await second;
  expect(desk.challenge(again, randomBytes(16))).toBeDefined();
  expect(desk.challenge(again, randomBytes(16))).toBeUndefined();
  expect(desk.response(again, randomBytes(32))).toBeUndefined();
});

test("with two players waiting the operator must say which", () => {
  const { desk } = open();
  void desk.begin(begin("10.0.0.1"));
  void desk.begin({ ...begin("10.0.0.2"), uniqueid: "FEDCBA9876543210" });
  expect(desk.submitPin({ pin: "1234" })).toBe(false);
  expect(desk.submitPin({ pin: "1234", uniqueid: "FEDCBA9876543210" })).toBe(true);
  expect(desk.submitPin({ pin: "1234" })).toBe(true);
  desk.close();
});

test("two waiting under one name are told apart by the number of their attempt", () => {
  const { desk } = open();
  void desk.begin(begin("10.0.0.1"));
  void desk.begin(begin("10.0.0.2"));
  const { uniqueid } = begin();
  expect(desk.submitPin({ pin: "1234", uniqueid })).toBe(false);
  const id = desk.pending()[1]?.id ?? 0;
  expect(desk.submitPin({ pin: "1234", uniqueid, id: id + 1 })).toBe(false);
  expect(desk.submitPin({ pin: "1234", uniqueid, id })).toBe(true);
  expect(desk.pending()).toMatchObject([{ address: "10.0.0.1" }]);
  desk.close();
});

test("of one player the newest attempt waits, of one address the newest two", async () => {
  const { desk } = open();
  const first = desk.begin(begin());
  const second = desk.begin(begin());
  expect(await first).toBe(false);
  for (const uniqueid of ["a", "b", "c"]) void desk.begin({ ...begin(), uniqueid });
  expect(await second).toBe(false);
  expect(desk.pending()).toMatchObject([{ uniqueid: "b" }, { uniqueid: "c" }]);
  desk.close();
});

test("nobody can keep others from waiting: the address with the most gives way", () => {
  const { desk } = open();
  void desk.begin(begin("10.0.0.0"));
  for (let count = 1; desk.pending().length < pairingCountMax; count++) {
    for (const uniqueid of ["a", "b"]) void desk.begin({ ...begin(`10.0.0.${count}`), uniqueid });
  }
  for (let count = 0; count < 3; count++) {
    void desk.begin(begin(`10.0.1.${count}`));
  }
  const addresses = desk.pending().map(({ address }) => address);
  expect(addresses).toHaveLength(pairingCountMax);
  expect(addresses).toContain("10.0.0.0");
  expect(addresses.at(-1)).toBe("10.0.1.2");
  desk.close();
});

test("a player that has its PIN is not pushed out by those that wait", async () => {
  const { desk } = open();
  const who = begin();
  const begun = desk.begin(who);
  desk.submitPin({ pin: "1234" });
  await begun;
  for (const uniqueid of ["a", "b", "c"]) void desk.begin({ ...begin(), uniqueid });
  for (let count = 0; count < 20; count++) void desk.begin(begin(`10.0.1.${count}`));
  expect(desk.challenge(who, randomBytes(16))).toHaveLength(48);
  desk.close();
});

test("the operator sends a waiting player away, once", async () => {
  const { desk } = open();
  const begun = desk.begin(begin());
  const id = desk.pending()[0]?.id ?? 0;
  expect(desk.refuse(id + 1)).toBe(false);
  expect(desk.refuse(id)).toBe(true);
  expect(await begun).toBe(false);
  expect(desk.refuse(id)).toBe(false);
  expect(desk.isLocked()).toBe(false);
});

test("a player that hung up takes no newer attempt of its own with it", async () => {
  const { desk } = open();
  const gone = new AbortController();
  const first = desk.begin(begin(), gone.signal);
  void desk.begin(begin());
  gone.abort();
  expect(await first).toBe(false);
  expect(desk.pending()).toHaveLength(1);
  desk.close();
});

test("a certificate that is none is refused at once", async () => {
  const { desk } = open();
  expect(await desk.begin({ ...begin(), certificatePem: "none" })).toBe(false);
});
