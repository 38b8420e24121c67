/** Indexes of an archive that are larger than any day makes them: what is listed then, and what is sent. */
import { expect, test } from "bun:test";
import { ArchiveCatalog } from "../../src/archive/catalog.ts";
import { directoryStore } from "../../src/archive/directory-store.ts";
import type { ObjectStore } from "../../src/archive/object-store.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { captureOf, senderOf } from "./support.ts";

test("indexes that somebody blew up are left out beyond a bound, and those of others are listed", async () => {
  const { meta } = captureOf(0);
  const key = (host: string) => `documents/host=${host}/date=2026-11-20/${meta.id}-00000000.json`;
  const indexOf = (host: string, length: number) => {
    const text = JSON.stringify({ version: 1, captures: [{ key: key(host), meta }] });
    return new TextEncoder().encode(text.padEnd(length));
  };
  const sizes = { own: 0, large: 4 * 1024 * 1024, beyond: 4 * 1024 * 1024 + 1 };
  const indexes = new Map([["index/host=own/date=2026-11-20/00000000.json", indexOf("own", 0)]]);
  for (let place = 0; place < 100; place++) {
    const host = place < 50 ? "large" : "beyond";
    const bytes = place % 50 === 0 ? indexOf(host, sizes[host]) : new Uint8Array(sizes[host]);
    indexes.set(`index/host=${host}/date=2026-11-20/${`${place}`.padStart(8, "0")}.json`, bytes);
  }
  const reads: string[] = [];
  const store: ObjectStore = {
    ...{ name: "hostile", put: () => Promise.resolve() },
    get: (name) => {
      reads.push(name);
      return Promise.resolve(indexes.get(name));
    },
    list: (prefix) =>
      Promise.resolve(
        [...indexes]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, { length }]) => ({ key: name, bytes: length, version: "1" })),
      ),
  };
  const catalog = new ArchiveCatalog(store);
  expect((await catalog.list()).map((one) => one.key)).toEqual([key("own"), key("large")]);
  expect(reads.length).toBeLessThan(20);
  expect(reads.some((name) => name.includes("beyond"))).toBe(false);
  await catalog.list();
  expect(reads.length).toBeLessThan(20);
});

test("a host sends on although the index of its day was made too large to be read", async () => {
  await using directory = await tempDirectory();
  await using archive = await tempDirectory();
  const store = directoryStore(archive.path);
  const index = "index/host=den/date=2026-11-20/0a1b2c3d.json";
  await store.put(index, new Uint8Array(17 * 1024 * 1024));
  const made = await senderOf({ captures: [captureOf(0)], store, directory: directory.path });
  made.sender.look();
  await until(() => made.sender.status().sent === 1, { what: "it is sent" });
  expect((await Bun.file(`${archive.path}/${index}`).json()).captures).toHaveLength(1);
});
