/** Links to streams: what they open and until when, on both sides of each limit. */
import { expect, test } from "bun:test";
import { LinkRegistry } from "../../../src/api/edge/stream-links.ts";
import { type KeptLink, linkCountMax } from "../../../src/model/link.ts";
import type { ListKeeper } from "../../../src/ports/keeper.ts";
import { ManualScheduler } from "../../support/manual-scheduler.ts";

class Kept implements ListKeeper<KeptLink> {
  kept: readonly KeptLink[] = [];
  fault: Error | undefined;

  save(links: readonly KeptLink[]): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    this.kept = links;
    return Promise.resolve();
  }

  saveLater(): void {
    throw new Error("nothing of a link may be lost");
  }
}

function setUp(keeper = new Kept()) {
  const scheduler = new ManualScheduler();
  const links = new LinkRegistry({ clock: scheduler.clock, keeper, scheduler });
  return { scheduler, keeper, links };
}

test("a link for one browser lets in one, and that one again and again", async () => {
  const { links } = setUp();
  const { link, secret } = await links.create({});
  expect(link).toMatchObject({ rights: "watch", uses_max: 1, uses: 0, stream: {} });
  expect(secret).toMatch(/^[\w-]{43}$/);
  const { cookie } = (await links.admit(secret)) ?? {};
  expect(links.guestOf(cookie)).toMatchObject({ linkId: link.id, rights: "watch" });
  expect(await links.admit(secret)).toBeUndefined();
  expect(links.guestOf(cookie)).toBeDefined();
  expect(links.list()[0]?.uses).toBe(1);
});

test("two that come at the same moment are two", async () => {
  const { links } = setUp();
  const { secret } = await links.create({ uses: 1 });
  const cookies = await Promise.all([links.admit(secret), links.admit(secret)]);
  expect(cookies.filter((cookie) => cookie !== undefined)).toHaveLength(1);
});

test("a link opens up to its last millisecond, and what rests on it ends then", async () => {
  const { links, scheduler } = setUp();
  const { link, secret } = await links.create({ uses: 3, expires_in_minutes: 1 });
  const { cookie } = (await links.admit(secret)) ?? {};
  let endCount = 0;
  links.whenOver(link.id, () => (endCount += 1));
  scheduler.advanceMs(59_999);
  expect(links.guestOf(cookie)).toBeDefined();
  expect(await links.admit(secret)).toBeDefined();
  expect(links.list()[0]?.connections).toBe(1);
  scheduler.advanceMs(2);
  expect(endCount).toBe(1);
  expect(links.guestOf(cookie)).toBeUndefined();
  expect(links.isGood(link.id)).toBe(false);
  expect(await links.admit(secret)).toBeUndefined();
  expect(links.list()).toEqual([]);
});

test("a revoked link ends what rests on it at once, and is gone from the disk", async () => {
  const { links, keeper } = setUp();
  const { link, secret } = await links.create({ rights: "play" });
  const { cookie } = (await links.admit(secret)) ?? {};
  let endCount = 0;
  links.whenOver(link.id, () => (endCount += 1));
  expect(await links.revoke(link.id)).toBe(true);
  expect(endCount).toBe(1);
  expect(links.guestOf(cookie)).toBeUndefined();
  links.whenOver(link.id, () => (endCount += 1));
  expect(endCount).toBe(2);
  expect(keeper.kept).toEqual([]);
  expect(await links.revoke(link.id)).toBe(false);
});

test("a link that cannot be taken from the disk opens nothing all the same", async () => {
  const { links, keeper } = setUp();
  const { link, secret } = await links.create({});
  keeper.fault = new Error("the disk is full");
  expect(links.revoke(link.id)).rejects.toThrow("the disk is full");
  expect(await links.admit(secret)).toBeUndefined();
});

test("a link that cannot be saved is none, and a browser that cannot be noted is not let in", async () => {
  const { links, keeper } = setUp();
  const { secret } = await links.create({});
  keeper.fault = new Error("the disk is full");
  expect(links.create({})).rejects.toThrow("the disk is full");
  expect(links.admit(secret)).rejects.toThrow("the disk is full");
  keeper.fault = undefined;
  expect(links.list()).toHaveLength(1);
  // It was not used up by that.
  expect(await links.admit(secret)).toBeDefined();
});

test("links and the browsers they have let in outlive a restart; nothing kept is a secret", async () => {
  const { links, keeper } = setUp();
  const { secret } = await links.create({ uses: 2, name: " for\u0007 Ada " });
  const { cookie = "" } = (await links.admit(secret)) ?? {};
  const text = JSON.stringify(keeper.kept);
  expect(text).not.toContain(secret);
  expect(text).not.toContain(cookie);
  const again = setUp(keeper).links;
  expect(again.guestOf(cookie)).toBeDefined();
  expect(again.list()[0]).toMatchObject({ uses: 1, name: "for Ada" });
  expect(await again.admit(secret)).toBeDefined();
  expect(await again.admit(secret)).toBeUndefined();
});

test("nothing but the very secret and the very cookie opens", async () => {
  const { links } = setUp();
  const { link, secret } = await links.create({ uses: 100 });
  const { cookie = "" } = (await links.admit(secret)) ?? {};
  for (const text of ["", "x", link.id, secret.slice(1), `${secret}A`, "a".repeat(5000), cookie]) {
    expect(await links.admit(text)).toBeUndefined();
  }
  for (const text of [undefined, "", secret, link.id, "a".repeat(5000)]) {
    expect(links.guestOf(text)).toBeUndefined();
  }
});

test("there are so many links at most; one that has expired makes room", async () => {
  const { links, scheduler } = setUp();
  for (let count = 0; count < linkCountMax; count += 1) {
    await links.create({ expires_in_minutes: count === 0 ? 1 : 60 });
  }
  expect(links.create({})).rejects.toThrow(`there are already ${linkCountMax}`);
  scheduler.advanceMs(60_000);
  await links.create({});
});

test("a link whose end cannot be saved opens nothing, stays in the list, and can be revoked again", async () => {
  const { links, keeper } = setUp();
  const { link, secret } = await links.create({});
  keeper.fault = new Error("no space");
  expect(links.revoke(link.id)).rejects.toThrow("no space");
  expect(links.isGood(link.id)).toBe(false);
  expect(await links.admit(secret)).toBeUndefined();
  expect(links.list().map(({ id }) => id)).toEqual([link.id]);
  keeper.fault = undefined;
  expect(await links.revoke(link.id)).toBe(true);
  expect(keeper.kept).toEqual([]);
  expect(links.list()).toEqual([]);
});
