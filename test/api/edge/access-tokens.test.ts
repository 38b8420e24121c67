/** Named tokens: what they open and until when, on both sides of each limit. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { AccessTokens } from "../../../src/api/edge/access-tokens.ts";
import { Credentials } from "../../../src/api/edge/credentials.ts";
import { Failure } from "../../../src/base/failure.ts";
import type { KeptToken } from "../../../src/model/access-token.ts";
import type { ListKeeper } from "../../../src/ports/keeper.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { ManualScheduler } from "../../support/manual-scheduler.ts";

const dayMs = 24 * 3_600_000;
const wallMs = Date.UTC(2026, 10, 28, 9);
const own = "the-operator's-own-token-0123456789";

class Kept implements ListKeeper<KeptToken> {
  kept: readonly KeptToken[] = [];
  saveCount = 0;
  failure: Error | undefined;
  async save(tokens: readonly KeptToken[]): Promise<void> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    this.saveLater(tokens);
  }
  saveLater(tokens: readonly KeptToken[]): void {
    this.kept = tokens;
    this.saveCount += 1;
  }
}

function setUp() {
  const clock = new ManualClock({ wallMs });
  const keeper = new Kept();
  const tokens = new AccessTokens({ clock, keeper });
  return { clock, keeper, tokens, credentials: new Credentials({ token: own, clock, tokens }) };
}

test("a token opens what its rights say, and the operator's own still opens everything", async () => {
  const { tokens, credentials } = setUp();
  const read = await tokens.create({ name: "scraper", rights: "read" });
  const operator = await tokens.create({ name: "script", rights: "operator" });
  expect(credentials.grantOf(read.token)).toEqual({ rights: "read", id: read.id });
  expect(credentials.grantOf(operator.token)).toEqual({ rights: "operator", id: operator.id });
  expect(credentials.grantOf(own)).toEqual({ rights: "operator" });
  expect([read.token, operator.token, own].map((text) => credentials.isToken(text))).toEqual([
    false,
    true,
    true,
  ]);
  for (const wrong of [undefined, "", `${read.token}x`, read.id, read.token.slice(1)]) {
    expect([wrong, credentials.grantOf(wrong)]).toEqual([wrong, undefined]);
  }
});

test("what is kept has the hash and not the secret, and opens the same after a restart", async () => {
  const { clock, keeper, tokens } = setUp();
  const made = await tokens.create({ name: "scraper", rights: "read", expires_in_days: 1 });
  expect(made.token).toMatch(/^onglass_[\w-]{43}$/);
  expect(JSON.stringify(keeper.kept)).not.toContain(made.token);
  expect(keeper.kept[0]?.hash).toBe(createHash("sha256").update(made.token).digest("base64url"));
  expect(JSON.stringify(tokens.list())).not.toContain(keeper.kept[0]?.hash ?? "");
  const again = new AccessTokens({ clock, keeper });
  expect(new Credentials({ token: own, clock, tokens: again }).grantOf(made.token)?.id).toBe(
    made.id,
  );
});

test("a token expires at its date, also when the date is set", async () => {
  const { clock, tokens, credentials } = setUp();
  const made = await tokens.create({ name: "a", rights: "read", expires_in_days: 1 });
  const forever = await tokens.create({ name: "b", rights: "read" });
  expect(made.expires_unix_ms).toBe(wallMs + dayMs);
  clock.stepWallMs(dayMs - 1);
  expect(credentials.grantOf(made.token)?.id).toBe(made.id);
  clock.stepWallMs(1);
  expect(credentials.grantOf(made.token)).toBeUndefined();
  expect(credentials.grantOf(forever.token)?.id).toBe(forever.id);
  expect(tokens.list().map(({ name }) => name)).toEqual(["a", "b"]);
});

test("the day of the last use is exact, and written once a day", async () => {
  const { clock, keeper, tokens, credentials } = setUp();
  const { token } = await tokens.create({ name: "a", rights: "read" });
  const used = () => [tokens.list()[0]?.last_used_on, keeper.saveCount];
  expect(used()).toEqual([undefined, 1]);
  for (let count = 0; count < 5; count += 1) credentials.grantOf(token);
  expect(used()).toEqual(["2026-11-28", 2]);
  clock.stepWallMs(15 * 3_600_000 - 1);
  credentials.grantOf(token);
  expect(used()).toEqual(["2026-11-28", 2]);
  clock.stepWallMs(1);
  credentials.grantOf(token);
  expect(used()).toEqual(["2026-11-29", 3]);
  expect(keeper.kept[0]?.last_used_on).toBe("2026-11-29");
});

test("a revoked token opens nothing, even where the disk takes nothing, until it is saved", async () => {
  const { keeper, tokens, credentials } = setUp();
  const { id, token } = await tokens.create({ name: "a", rights: "operator" });
  keeper.failure = new Failure("tokens_not_saved", "the disk is full", {
    values: { disk: "full" },
  });
  await expect(tokens.revoke(id)).rejects.toThrow("the disk is full");
  expect([credentials.grantOf(token), tokens.list().length]).toEqual([undefined, 1]);
  keeper.failure = undefined;
  expect([await tokens.revoke(id), await tokens.revoke(id)]).toEqual([true, false]);
  expect([tokens.list(), keeper.kept]).toEqual([[], []]);
});

test("a token that could not be saved is none", async () => {
  const { keeper, tokens } = setUp();
  keeper.failure = new Error("full");
  await expect(tokens.create({ name: "a", rights: "read" })).rejects.toThrow("full");
  expect(tokens.list()).toEqual([]);
});

test("names are unique and visible, and the 101st token is refused", async () => {
  const { tokens } = setUp();
  for (let n = 1; n <= 100; n += 1) await tokens.create({ name: `t${n}`, rights: "read" });
  expect(tokens.create({ name: "t7", rights: "read" })).rejects.toThrow("one with this name");
  expect(tokens.create({ name: "\u202e\n", rights: "read" })).rejects.toThrow("visible");
  expect(tokens.create({ name: "more", rights: "read" })).rejects.toThrow("revoke one first");
});

test("what rests on a token ends when it expires, also by a clock that was set, or is revoked", async () => {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  const tokens = new AccessTokens({ clock, scheduler });
  const credentials = new Credentials({ token: own, clock, tokens, scheduler });
  const day = await tokens.create({ name: "day", rights: "read", expires_in_days: 1 });
  const other = await tokens.create({ name: "other", rights: "read" });
  const seen: string[] = [];
  credentials.whenOver(day.token, () => seen.push("expired"));
  credentials.whenOver(day.token, () => seen.push("taken back"))();
  credentials.whenOver(own, () => seen.push("own"));
  credentials.whenOver(other.token, () => seen.push("revoked"));
  scheduler.advanceMs(dayMs - 61_000);
  expect(seen).toEqual([]);
  clock.stepWallMs(61_000);
  scheduler.advanceMs(60_001);
  expect(seen).toEqual(["expired"]);
  expect(scheduler.waitingCount).toBe(0);
  await tokens.revoke(other.id);
  credentials.whenOver(other.token, () => seen.push("at once"));
  expect(seen).toEqual(["expired", "revoked", "at once"]);
});

test("a sign-in ends with the token that was shown for it, also over a restart", async () => {
  const { clock, tokens, credentials } = setUp();
  const made = await tokens.create({ name: "a", rights: "operator" });
  const [named, mine] = [credentials.openSession(made.token), credentials.openSession(own)];
  expect([credentials.isSession(named), credentials.isSession(mine)]).toEqual([true, true]);
  let ended = 0;
  credentials.whenClosed(named, () => {
    ended += 1;
  });
  await tokens.revoke(made.id);
  expect([credentials.isSession(named), credentials.isSession(mine), ended]).toEqual([
    false,
    true,
    1,
  ]);
  const hash = createHash("sha256").update("x").digest("base64url");
  const kept = [{ hash, expires_unix_ms: clock.wallMs() + dayMs, token_id: made.id }];
  const seen: unknown[] = [];
  const keeper = { kept, keep: (signIns: unknown) => void seen.push(signIns) };
  const again = new Credentials({ token: own, clock, tokens, keeper });
  expect(seen).toEqual([[]]);
  expect(again.isSession("x")).toBe(false);
});
