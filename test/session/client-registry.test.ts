/** Paired players on disk. */
import { expect, test } from "bun:test";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClientRegistry, clientCountMax } from "../../src/session/client-registry.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const idOf = (index: number) => index.toString(16).padStart(64, "0");
const player = (index: number) => ({ id: idOf(index), name: `p${index}`, paired_unix_ms: index });

test("players outlive the host, oldest first, and each path knows its own alone", async () => {
  await using directory = await tempDirectory();
  const native = await ClientRegistry.load(directory.path, "native");
  await native.add(player(2));
  await native.add(player(1));
  const other = await ClientRegistry.load(directory.path, "gamestream");
  await other.add(player(3));
  const again = await ClientRegistry.load(directory.path, "native");
  expect(again.list()).toEqual([
    { ...player(1), kind: "native" },
    { ...player(2), kind: "native" },
  ]);
  expect(again.find(idOf(3))).toBeUndefined();
  expect(await other.remove(idOf(1))).toBe(false);
});

test("a removed player is a stranger at once and forever", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  await registry.add(player(1));
  const removing = registry.remove(idOf(1));
  expect(registry.find(idOf(1))).toBeUndefined();
  expect([await removing, await registry.remove(idOf(1))]).toEqual([true, false]);
  expect((await ClientRegistry.load(directory.path, "native")).list()).toEqual([]);
});

test("a player that the operator renames keeps its name, also after a restart", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  await registry.add(player(1));
  const renamed = { ...player(1), name: "Living room", kind: "native" };
  expect(await registry.rename(idOf(1), "Living room")).toMatchObject(renamed);
  expect(registry.find(idOf(1))).toMatchObject(renamed);
  expect((await ClientRegistry.load(directory.path, "native")).list()).toMatchObject([renamed]);
  expect(await registry.rename(idOf(2), "nobody")).toBeUndefined();
  expect((await ClientRegistry.load(directory.path, "native")).count).toBe(1);
});

test("no change that is under way brings back a player that is removed", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  for (let index = 0; index < 8; index++) {
    await registry.add(player(index));
    const before = [registry.rename(idOf(index), "before"), registry.add(player(index))];
    const removing = registry.remove(idOf(index));
    const after = registry.rename(idOf(index), "after");
    expect(registry.find(idOf(index))).toBeUndefined();
    await Promise.all(before);
    expect(await removing).toBe(true);
    expect(await after).toBeUndefined();
    expect(registry.find(idOf(index))).toBeUndefined();
  }
  expect((await ClientRegistry.load(directory.path, "native")).list()).toEqual([]);
});

test("a change that the disk refuses is its caller's alone", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  await registry.add(player(1));
  const files = join(directory.path, "clients");
  await rename(files, `${files}-away`);
  await expect(registry.rename(idOf(1), "unsaved")).rejects.toThrow();
  expect(registry.find(idOf(1))?.name).toBe("p1");
  await rename(`${files}-away`, files);
  expect(await registry.rename(idOf(1), "saved")).toMatchObject({ name: "saved" });
});

test("a full registry takes nobody new, but those it knows", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  for (let index = 0; index < clientCountMax; index++) {
    expect(await registry.add(player(index))).toBeDefined();
  }
  expect(await registry.add(player(clientCountMax))).toBeUndefined();
  expect(await registry.add({ ...player(0), name: "again" })).toMatchObject({ name: "again" });
  await registry.remove(idOf(0));
  expect(await registry.add(player(clientCountMax))).toBeDefined();
}, 30_000);

test("files that are damaged or of another name are left alone", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  await registry.add(player(1));
  const files = join(directory.path, "clients");
  await writeFile(join(files, `${idOf(2)}.json`), "{");
  await writeFile(join(files, `${idOf(3)}.json`), JSON.stringify({ ...player(4), kind: "native" }));
  expect((await ClientRegistry.load(directory.path, "native")).list()).toHaveLength(1);
  expect(await Bun.file(join(files, `${idOf(2)}.json`)).text()).toBe("{");
});

test("a file with a date beyond all dates, too much in it or a pipe in its place costs that player", async () => {
  await using directory = await tempDirectory();
  const registry = await ClientRegistry.load(directory.path, "native");
  for (const index of [1, 2, 3]) await registry.add(player(index));
  const at = (index: number) => join(directory.path, "clients", `${idOf(index)}.json`);
  const late = { ...player(1), kind: "native", paired_unix_ms: 9_000_000_000_000_000 };
  await writeFile(at(1), JSON.stringify(late));
  await writeFile(at(2), JSON.stringify({ ...player(2), kind: "native", name: "x".repeat(1e6) }));
  await Bun.spawn(["mkfifo", at(4)]).exited;
  const again = await ClientRegistry.load(directory.path, "native");
  expect(again.list().map(({ id }) => id)).toEqual([idOf(3)]);
});
