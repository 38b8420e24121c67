/** Who may try to pair, how often and for how long. */
import { beforeAll, expect, test } from "bun:test";
import { randomBytes, X509Certificate } from "node:crypto";
import { type Identity, loadHostIdentity } from "../../src/base/identity.ts";
import {
  failureCountMax,
  failureSpanUs,
  PairingDesk,
  pairingCountMax,
  pairingLifeUs,
  pinWaitUs,
} from "../../src/gamestream/pairing.ts";
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
  return { clock, desk: new PairingDesk({ certificateDer, keyPem: identity.keyPem }, clock) };
}

const begin = (address = "10.0.0.1") => ({
  uniqueid: "0123456789ABCDEF",
  name: "player",
  address,
  salt: randomBytes(16),
  certificatePem: identity.certificatePem,
});

/** One guess: the operator's PIN against an attacker that does not know it. */
async function guess(desk: PairingDesk, address: string): Promise<boolean> {
  const who = begin(address);
  const begun = desk.begin(who);
  const isTaken = desk.submitPin("1234");
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
    desk.submitPin("1234");
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
  desk.submitPin("1234");
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
  desk.submitPin("1234");
  await second;
  expect(desk.challenge(again, randomBytes(16))).toBeDefined();
  expect(desk.challenge(again, randomBytes(16))).toBeUndefined();
  expect(desk.response(again, randomBytes(32))).toBeUndefined();
});

test("with two players waiting the operator must say which", () => {
  const { desk } = open();
  void desk.begin(begin("10.0.0.1"));
  void desk.begin({ ...begin("10.0.0.2"), uniqueid: "FEDCBA9876543210" });
  expect(desk.submitPin("1234")).toBe(false);
  expect(desk.submitPin("1234", "FEDCBA9876543210")).toBe(true);
  expect(desk.submitPin("1234")).toBe(true);
  desk.close();
});

test("only so many players may wait at once", async () => {
  const { desk } = open();
  for (let count = 0; count < pairingCountMax; count++) void desk.begin(begin(`10.0.0.${count}`));
  expect(await desk.begin(begin("10.0.1.0"))).toBe(false);
  expect(desk.pending()).toHaveLength(pairingCountMax);
  desk.close();
});

test("a certificate that is none is refused at once", async () => {
  const { desk } = open();
  expect(await desk.begin({ ...begin(), certificatePem: "none" })).toBe(false);
});
