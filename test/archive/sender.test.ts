/** Sending to an archive: in order, whole, never twice, and past everything that goes wrong on the way. */
import { expect, test } from "bun:test";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";
import { ArchiveCatalog } from "../../src/archive/catalog.ts";
import { directoryStore } from "../../src/archive/directory-store.ts";
import { s3Store } from "../../src/archive/s3-store.ts";
import { onWarning } from "../../src/base/log.ts";
import { openS3Server, type S3Server, s3Bucket, s3Keys } from "../support/s3-server.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";
import { captureOf, senderOf } from "./support.ts";

const storeOf = ({ endpoint }: S3Server, keys: Partial<typeof s3Keys> = {}) =>
  s3Store({ bucket: s3Bucket, prefix: "onglass/", endpoint, region: "eu", ...s3Keys, ...keys });
const documentsIn = ({ puts }: S3Server) => puts.filter((key) => key.includes("/documents/"));
const captures = Array.from({ length: 4 }, (_, index) => captureOf(index));

/** Captures that the installation knows to be in the archive. */
const markCountIn = (path: string) => [...new Glob("archive/*/*.sent").scanSync(path)].length;

type Sender = Awaited<ReturnType<typeof senderOf>>;

async function settled({ sender }: Sender): Promise<void> {
  await until(() => sender.status().waiting === 0 && sender.status().problem === undefined, {
    what: "all captures are sent",
  });
}

async function failed({ sender }: Sender): Promise<string> {
  await until(() => sender.status().problem !== undefined, { what: "the store refuses" });
  return sender.status().problem ?? "";
}

test("captures are sent oldest first, each with its index last, and listed newest first", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  const rowsPath = `${directory.path}/rows.parquet`;
  await Bun.write(rowsPath, "rows");
  const given = { captures, store: storeOf(server), directory: directory.path, rowsPath };
  const made = await senderOf(given);
  made.sender.look();
  await until(() => markCountIn(directory.path) === 4, { what: "four are sent" });
  const kinds = server.puts.slice(0, 5).map((key) => key.split("/")[1]);
  expect(kinds).toEqual(["rows", "samples", "captures", "documents", "index"]);
  expect(documentsIn(server)).toEqual(
    captures.map(({ meta }) => {
      const date = meta.id.slice(0, 10);
      return `onglass/documents/host=den/date=${date}/${meta.id}-0a1b2c3d.json`;
    }),
  );
  const listed = await new ArchiveCatalog(given.store).list();
  expect(listed.map(({ meta }) => meta.id)).toEqual(
    captures.map(({ meta }) => meta.id).toReversed(),
  );
});

test("a store that goes down anywhere in the middle gets the rest when it is back, and nothing twice", async () => {
  for (let putCount = 0; putCount <= 9; putCount += 1) {
    using server = openS3Server();
    await using directory = await tempDirectory();
    const store = storeOf(server);
    const two = captures.slice(0, 2);
    server.putsUntilDown = putCount;
    const given = { captures: two, store, directory: directory.path };
    const first = await senderOf(given);
    first.sender.look();
    if (putCount < 8) await failed(first);
    else await settled(first);
    await first.sender[Symbol.asyncDispose]();
    // As after a restart of both.
    server.isDown = false;
    server.putsUntilDown = Number.POSITIVE_INFINITY;
    const second = await senderOf(given);
    second.sender.look();
    await until(() => markCountIn(directory.path) === 2, { what: "the rest is sent" });
    const listed = await new ArchiveCatalog(store).list();
    expect([putCount, listed.map(({ meta }) => meta.id)]).toEqual([
      putCount,
      two.map(({ meta }) => meta.id).toReversed(),
    ]);
    await second.sender[Symbol.asyncDispose]();
    const before = server.puts.length;
    const third = await senderOf({ ...given, captures: [...two, captureOf(9)] });
    third.sender.look();
    await until(() => markCountIn(directory.path) === 3, { what: "the new one is sent" });
    expect(documentsIn(server).slice(-1)[0]).toContain(captureOf(9).meta.id);
    expect(server.puts.length).toBe(before + 4);
  }
});

test("marks that were lost cost a look at the archive and no second sending", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  await using other = await tempDirectory();
  const store = storeOf(server);
  const made = await senderOf({ captures, store, directory: directory.path });
  made.sender.look();
  await until(() => markCountIn(directory.path) === 4, { what: "four are sent" });
  const before = server.puts.length;
  const again = await senderOf({ captures, store, directory: other.path });
  again.sender.look();
  await until(() => markCountIn(other.path) === 4, { what: "the marks are made" });
  expect([server.puts.length, again.sender.status().sent]).toEqual([before, 0]);
});

test.each<[string, (server: S3Server) => Partial<typeof s3Keys>, string]>([
  ["a key that it does not know", () => ({ accessKeyId: "other" }), "does not know the access key"],
  ["a wrong secret", () => ({ secretAccessKey: "wrong-secret" }), "the secret key is wrong"],
  [
    "a clock that is off by a day",
    (server) => {
      server.clockAheadMs = 24 * 3_600_000;
      return {};
    },
    "the clock of this machine is wrong",
  ],
  [
    "no room left",
    (server) => {
      server.bytesMax = 100;
      return {};
    },
    "the store is full",
  ],
])(
  "a store that refuses for %s is named, and asked again with growing pauses",
  async (_, spoil, text) => {
    using server = openS3Server();
    await using directory = await tempDirectory();
    const store = storeOf(server, spoil(server));
    const made = await senderOf({ captures, store, directory: directory.path });
    made.sender.look();
    expect(await failed(made)).toContain(text);
    expect(JSON.stringify(made.sender.status())).not.toContain("secret-");
    const pauses: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await until(() => made.sender.status().retry_in_ms !== undefined, { what: "it waits" });
      pauses.push(made.sender.status().retry_in_ms);
      // A capture that is saved meanwhile does not shorten the pause.
      made.sender.look();
      made.scheduler.advanceMs(pauses.at(-1) ?? 0);
    }
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000]);
    await made.sender[Symbol.asyncDispose]();
  },
);

test("a directory that is full is named, and gets the captures once there is room", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  disk.fill();
  const given = { captures, store: directoryStore(disk.path), directory: directory.path };
  const made = await senderOf(given);
  made.sender.look();
  const problem = await failed(made);
  if (disk.isReal) expect(problem).toBe("the disk is full");
  disk.free();
  await until(() => made.sender.status().retry_in_ms !== undefined, { what: "it waits" });
  made.scheduler.advanceMs(5000);
  await until(() => markCountIn(directory.path) === 4, { what: "four are sent" });
  const half = [...new Glob("**/.*").scanSync({ cwd: disk.path, dot: true })];
  expect(half).toEqual([]);
});

test("a directory that goes away is not made again on the disk behind it", async () => {
  await using directory = await tempDirectory();
  await using disk = await tempDirectory();
  const share = join(disk.path, "share");
  const mine = [...captures];
  const given = { captures: mine, store: directoryStore(share), directory: directory.path };
  const made = await senderOf(given);
  made.sender.look();
  await until(() => markCountIn(directory.path) === 4, { what: "four are sent" });
  await settled(made);
  await rename(share, `${share}.away`);
  mine.push(captureOf(7));
  made.sender.look();
  expect(await failed(made)).toContain("is it mounted?");
  expect(await Bun.file(share).exists()).toBe(false);
  await rename(`${share}.away`, share);
  await until(() => made.sender.status().retry_in_ms !== undefined, { what: "it waits" });
  made.scheduler.advanceMs(5000);
  await until(() => markCountIn(directory.path) === 5, { what: "the fifth is sent" });
});

test("a store that cannot be used is known before there is a capture for it", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  server.isDown = true;
  const made = await senderOf({ captures: [], store: storeOf(server), directory: directory.path });
  made.sender.look();
  expect(await failed(made)).not.toBe("");
  server.isDown = false;
  await until(() => made.sender.status().retry_in_ms !== undefined, { what: "it waits" });
  made.scheduler.advanceMs(5000);
  await settled(made);
  expect(made.sender.status().problem).toBeUndefined();
});

test("a copy that was opened on another installation of the same name is not sent again", async () => {
  using server = openS3Server();
  await using directory = await tempDirectory();
  await using other = await tempDirectory();
  const store = storeOf(server);
  const made = await senderOf({ captures, store, directory: directory.path });
  made.sender.look();
  await until(() => markCountIn(directory.path) === 4, { what: "four are sent" });
  const before = server.puts.length;
  const copies = captures.map((one) => ({ ...one, meta: { ...one.meta, id: `${one.meta.id}-2` } }));
  const given = { captures: copies, store, directory: other.path, installation: "ffffffff" };
  const copying = await senderOf(given);
  copying.sender.look();
  await until(() => markCountIn(other.path) === 4, { what: "all are looked at" });
  expect([server.puts.length, copying.sender.status().sent]).toEqual([before, 0]);
});

test("what came from another host, or from another tool, is not sent on", async () => {
  await using directory = await tempDirectory();
  await using archive = await tempDirectory();
  const imported = captureOf(1);
  const foreign = [
    captureOf(0, "elsewhere"),
    { ...imported, meta: { ...imported.meta, origin: "imported" as const } },
  ];
  const store = directoryStore(archive.path);
  const made = await senderOf({
    captures: [...foreign, captureOf(2)],
    store,
    directory: directory.path,
  });
  made.sender.look();
  await until(() => markCountIn(directory.path) === 1, { what: "one is sent" });
  expect((await new ArchiveCatalog(store).list()).map(({ meta }) => meta.id)).toEqual([
    captureOf(2).meta.id,
  ]);
});

test("a capture that cannot be read costs itself alone", async () => {
  await using directory = await tempDirectory();
  await using archive = await tempDirectory();
  const broken = [...captures];
  const store = directoryStore(archive.path);
  const made = await senderOf({ captures: broken, store, directory: directory.path });
  Object.defineProperty(broken, "find", {
    value: (wanted: (one: (typeof captures)[number]) => boolean) => {
      const found = captures.find(wanted);
      if (found === captures[1]) throw new Error("damaged");
      return found;
    },
  });
  made.sender.look();
  await until(() => markCountIn(directory.path) === 4, { what: "three are sent" });
  await settled(made);
});

test("an index that somebody spoiled costs its own captures, and no key of it leads elsewhere", async () => {
  await using archive = await tempDirectory();
  const store = directoryStore(archive.path);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const { meta } = captureOf(0);
  await store.put("index/host=a/date=2026-11-20/00000000.json", text("no index"));
  await store.put(
    "index/host=b/date=2026-11-20/00000000.json",
    text({ version: 1, captures: [{ key: "../../etc/passwd", meta }] }),
  );
  await store.put("index/other.json", text({ version: 1, captures: [] }));
  const key = `documents/host=c/date=2026-11-20/${meta.id}-00000000.json`;
  await store.put(
    "index/host=c/date=2026-11-20/00000000.json",
    text({ version: 1, captures: [{ key, meta }] }),
  );
  expect((await new ArchiveCatalog(store).list()).map((one) => one.key)).toEqual([key]);
});

test("a store that takes captures and keeps none of them is named, and they stay to be sent", async () => {
  using server = openS3Server();
  server.isForgetful = true;
  await using directory = await tempDirectory();
  const given = { captures, store: storeOf(server), directory: directory.path };
  const made = await senderOf(given);
  made.sender.look();
  expect(await failed(made)).toBe("the store does not keep what was sent");
  expect([markCountIn(directory.path), made.sender.status().waiting]).toEqual([0, 4]);
});

test("a page in place of a store, with 200 for everything, is no archive", async () => {
  using page = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => new Response("<html>Welcome</html>", { headers: { "content-type": "text/html" } }),
  });
  await using directory = await tempDirectory();
  const keys = { ...s3Keys, endpoint: `http://127.0.0.1:${page.port}`, region: "eu" };
  const store = s3Store({ bucket: s3Bucket, prefix: "onglass/", ...keys });
  const made = await senderOf({ captures, store, directory: directory.path });
  made.sender.look();
  expect(await failed(made)).toBe("the store does not answer as one should");
  expect(markCountIn(directory.path)).toBe(0);
});

test("the index of a day that is damaged is made again from the documents of its day", async () => {
  await using directory = await tempDirectory();
  await using archive = await tempDirectory();
  const store = directoryStore(archive.path);
  const [first = captureOf(0)] = captures;
  const { id, started_unix_ms } = first.meta;
  const next = { id: `${id}-2`, started_unix_ms: started_unix_ms + 60_000 };
  const later = { ...first, meta: { ...first.meta, ...next } };
  const before = await senderOf({ captures: [first], store, directory: directory.path });
  before.sender.look();
  await until(() => markCountIn(directory.path) === 1, { what: "one is sent" });
  const [index = ""] = [...new Glob("index/**/*.json").scanSync(archive.path)];
  await store.put(index, new TextEncoder().encode(`{"version":1,"captures":[{"ke`));
  const idsOf = async () => (await new ArchiveCatalog(store).list()).map(({ meta }) => meta.id);
  expect(await idsOf()).toEqual([first.meta.id]);
  const after = await senderOf({ captures: [first, later], store, directory: directory.path });
  after.sender.look();
  await until(() => markCountIn(directory.path) === 2, { what: "the other is sent" });
  expect(await idsOf()).toEqual([next.id, id]);
  expect(await Bun.file(`${archive.path}/${index}`).json()).toMatchObject({ version: 1 });
});

test("a capture that is deleted before the store took it is reported as lost to the archive", async () => {
  using server = openS3Server();
  server.isDown = true;
  await using directory = await tempDirectory();
  const [first = captureOf(0), second = captureOf(1)] = captures;
  const here = [first];
  const made = await senderOf({
    captures: here,
    store: storeOf(server),
    directory: directory.path,
  });
  made.sender.look();
  await failed(made);
  here.push(second);
  made.sender.saved(second.meta);
  expect(made.sender.status().waiting).toBe(2);
  const warned: unknown[] = [];
  using _ = onWarning((code, { id }) => warned.push([code, id]));
  for (const { meta } of here.splice(0)) made.sender.forget(meta.id);
  made.sender.forget("never-here");
  expect(warned).toEqual([first, second].map(({ meta }) => ["capture_deleted_unsent", meta.id]));
});

test.each(["this host", "a command"])(
  "a capture that %s deletes while it is sent leaves no mark: the next of its id is sent",
  async (who) => {
    using server = openS3Server();
    await using directory = await tempDirectory();
    const [first = captureOf(0)] = captures;
    const here = [first];
    const store = storeOf(server);
    const sending = Promise.withResolvers<void>();
    const deleted = Promise.withResolvers<void>();
    const held = {
      ...store,
      put: async (...put: Parameters<typeof store.put>) => {
        sending.resolve();
        await deleted.promise;
        await store.put(...put);
      },
    };
    const made = await senderOf({ captures: here, store: held, directory: directory.path });
    made.sender.look();
    await sending.promise;
    here.pop();
    if (who === "this host") made.sender.forget(first.meta.id);
    deleted.resolve();
    await settled(made);
    await until(() => documentsIn(server).length === 1, { what: "it has arrived all the same" });
    const started_unix_ms = first.meta.started_unix_ms + 1;
    here.push({ ...first, meta: { ...first.meta, started_unix_ms } });
    made.sender.look();
    await until(() => documentsIn(server).length === 2, { what: "the next of its id is sent" });
    await until(() => markCountIn(directory.path) === 1, { what: "it is marked" });
  },
);
