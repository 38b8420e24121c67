import { expect, test } from "bun:test";
import { chmod, mkdir, readdir, rename, rmdir, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { command } from "../support/programs.ts";
import { smallCaptureId as id, later, smallCapture, startedMs } from "../support/small-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a saved capture loads as it was saved", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  expect(await store.save(smallCapture())).toEqual(smallCapture().meta);
  expect(await store.load(id)).toEqual(smallCapture());
});

test("the file begins with the meta", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await store.save(smallCapture());
  const text = await Bun.file((await store.filePath(id)) ?? "").text();
  expect(text.startsWith(`{"meta":{"id":"${id}"`)).toBe(true);
});

test("captures that share start and mode get numbers, and none is overwritten", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const clients = ["first", "second", "third"];
  const metas = await Promise.all(clients.map((client) => store.save(smallCapture({ client }))));
  expect(metas.map((meta) => meta.id).sort()).toEqual([id, `${id}-2`, `${id}-3`]);
  for (const meta of metas) expect((await store.load(meta.id))?.meta).toEqual(meta);
});

test("directory and files are their owner's alone", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "captures");
  await mkdir(path, { mode: 0o755 });
  await chmod(path, 0o755);
  const store = new CaptureStore(path, later);
  await store.prepare();
  await store.save(smallCapture());
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, `${id}.json`))).mode & 0o777).toBe(0o600);
});

test("the listing is newest first", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  for (const second of [2, 9, 5, 5]) {
    await store.save(smallCapture({ started_unix_ms: startedMs + second * 1000 }));
  }
  expect((await store.list()).captures.map((meta) => meta.id)).toEqual([
    "2026-06-26T20-14-12Z_1280x720",
    "2026-06-26T20-14-08Z_1280x720-2",
    "2026-06-26T20-14-08Z_1280x720",
    "2026-06-26T20-14-05Z_1280x720",
  ]);
});

test("a directory that is not there lists as empty", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(join(directory.path, "missing"), later);
  expect(await store.list()).toEqual({ captures: [], damaged: [] });
  expect(await store.load(id)).toBeUndefined();
});

const longSessions = Array.from({ length: 500 }, (_, index) => ({
  session_id: index + 1,
  kind: "native",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  client: '}"{\\\u0001é😀'.repeat(14),
}));

test.each([1, 15, 30, 500])("a head with %d sessions is read whole", async (count) => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const meta = await store.save(smallCapture({ sessions: longSessions.slice(0, count) }));
  expect(await store.list()).toEqual({ captures: [meta], damaged: [] });
});

const whole = JSON.stringify(smallCapture());
test.each([
  ["empty", ""],
  ["not JSON", "nonsense"],
  ["cut off in the head", whole.slice(0, 60)],
  ["cut off in the samples", whole.slice(0, -20)],
  ["another document", '{"samples":[]}'],
  ["a head without a required field", whole.replace('"codec":"h264",', "")],
  ["a head with a wrong type", whole.replace('"fps":60', '"fps":"60"')],
  ["a number beyond all numbers", whole.replace('"duration_ms":2000', '"duration_ms":1e999')],
])("a damaged file (%s) is named, set aside and not fatal", async (_what, text) => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await store.save(smallCapture());
  await Bun.write(join(directory.path, "broken.json"), text);
  const expected = { captures: [smallCapture().meta], damaged: ["broken.json"] };
  expect(await store.list()).toEqual(expected);
  expect(await store.list()).toEqual(expected);
  expect(await Bun.file(join(directory.path, "damaged", "broken.json")).text()).toBe(text);
  expect((await readdir(directory.path)).sort()).toEqual([`${id}.json`, "damaged"]);
});

test("a second damaged file of the same name overwrites neither", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  for (const text of ["first", "second"]) {
    await Bun.write(join(directory.path, "broken.json"), text);
    await store.list();
  }
  expect((await store.list()).damaged).toEqual(["broken.json", "broken.json.2"]);
});

test("a file that cannot be set aside is named in every listing", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await Bun.write(join(directory.path, "damaged"), "a file where the directory would be");
  await Bun.write(join(directory.path, "broken.json"), "{");
  const expected = { captures: [], damaged: ["broken.json"] };
  expect(await store.list()).toEqual(expected);
  expect(await store.list()).toEqual(expected);
});

test("a file whose samples are not a list is refused with the place, and set aside", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const text = whole.replace(/"samples":.*$/, '"samples":{}}');
  await Bun.write(join(directory.path, "broken.json"), text);
  await expect(store.load("broken")).rejects.toThrow('Cannot load capture "broken": /samples');
  expect(await store.load("broken")).toBeUndefined();
  expect((await store.list()).damaged).toEqual(["broken.json"]);
});

test("a reader does without the further fields", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await Bun.write(join(directory.path, "old.json"), whole);
  expect((await store.list()).captures).toEqual([{ ...smallCapture().meta, id: "old" }]);
});

test("fields of a later version are kept", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await Bun.write(
    join(directory.path, "new.json"),
    whole.replace('"fps":60', '"colour":"p010",$&'),
  );
  const [meta] = (await store.list()).captures;
  expect(meta).toEqual(expect.objectContaining({ colour: "p010" }));
});

test("a changed file is read again", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const path = join(directory.path, "one.json");
  await Bun.write(path, whole);
  await store.list();
  await Bun.write(path, JSON.stringify(smallCapture({ client: "another" })));
  expect((await store.list()).captures[0]?.client).toBe("another");
});

const badIds = ["", ".", "..", "../secret", "a/b", "a\\b", "/etc/passwd", "x/../../y", "a b", "é"];
test.each([...badIds, "a\0", "a\n", "%2e%2e", "a:b", "x".repeat(129)])(
  "the id %p is not found, even where such a path leads somewhere",
  async (bad) => {
    await using directory = await tempDirectory();
    await Bun.write(join(directory.path, "secret.json"), whole);
    const store = new CaptureStore(join(directory.path, "captures"), later);
    await store.prepare();
    expect(await store.load(bad)).toBeUndefined();
    expect(await store.filePath(bad)).toBeUndefined();
    expect(await store.remove(bad)).toBe(false);
    expect(await Bun.file(join(directory.path, "secret.json")).exists()).toBe(true);
  },
);

test.skipIf(process.getuid?.() !== 0)(
  "a disk that is read-only is named when nothing can be deleted",
  async () => {
    await using directory = await tempDirectory();
    await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.path);
    try {
      const store = new CaptureStore(join(directory.path, "captures"), later);
      await store.prepare();
      await store.save(smallCapture());
      await command("mount", "-o", "remount,ro", directory.path);
      await expect(store.remove(id)).rejects.toMatchObject({
        code: "recording_not_deleted",
        message: `Cannot delete capture "${id}": the disk is read-only`,
        values: { disk: "readOnly" },
      });
      expect(await store.load(id)).toEqual(smallCapture());
    } finally {
      await command("umount", "--lazy", directory.path);
    }
  },
);

test("an id of 128 characters is found", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const long = "x".repeat(128);
  await Bun.write(join(directory.path, `${long}.json`), whole);
  expect((await store.load(long))?.meta.id).toBe(long);
  expect(await store.remove(long)).toBe(true);
});

test("a pipe with the name of a capture does not stop the listing", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await Bun.spawn(["mkfifo", join(directory.path, "pipe.json")]).exited;
  await symlink("nowhere", join(directory.path, "link.json"));
  expect(await store.list()).toEqual({ captures: [], damaged: ["pipe.json"] });
});

test("what a crash left half-written is swept away, and nothing else", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await store.save(smallCapture());
  await Bun.write(join(directory.path, `.${id}.json.4711-00112233aabbccdd.tmp`), "half");
  await Bun.write(join(directory.path, ".notes.tmp"), "somebody's own");
  await store.prepare();
  expect((await readdir(directory.path)).sort()).toEqual([".notes.tmp", `${id}.json`]);
});

test("a file that is still being copied is left alone, and listed once it is whole", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, new ManualClock({ wallMs: writtenMs + 9999 }));
  const path = join(directory.path, "copied.json");
  const text = JSON.stringify(smallCapture());
  await writeAt(path, text.slice(0, -20));
  expect(await store.list()).toEqual({ captures: [], damaged: [] });
  await expect(store.load("copied")).rejects.toThrow("Cannot load");
  await writeAt(path, text);
  expect((await store.list()).captures).toMatchObject([{ id: "copied" }]);
});

test("a file of this very moment is left alone by the clock of the system", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path);
  for (let round = 0; round < 20; round++) {
    await Bun.write(join(directory.path, "copied.json"), `{${round}`);
    expect(await store.list()).toEqual({ captures: [], damaged: [] });
  }
});

test("a file that is not whole ten seconds after its last byte came is set aside", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, new ManualClock({ wallMs: writtenMs + 10_000 }));
  await writeAt(join(directory.path, "copied.json"), "{");
  expect(await store.list()).toEqual({ captures: [], damaged: ["copied.json"] });
});

const writtenMs = Date.UTC(2026, 5, 26);

async function writeAt(path: string, text: string): Promise<void> {
  await Bun.write(path, text);
  await utimes(path, writtenMs / 1000, writtenMs / 1000);
}

test("a store whose disk was taken away under its host saves nothing behind it", async () => {
  await using directory = await tempDirectory();
  const [data, away] = [join(directory.path, "data"), join(directory.path, "away")];
  await mkdir(data);
  await Bun.write(join(data, "lock"), "");
  const store = new CaptureStore(join(data, "captures"), later);
  await store.prepare();
  await rename(data, away);
  await mkdir(data);
  expect(store.save(smallCapture())).rejects.toMatchObject({ code: "ENOENT" });
  await store.save(smallCapture()).catch(() => undefined);
  expect(await readdir(data)).toEqual([]);
  await rmdir(data);
  await rename(away, data);
  expect(await store.save(smallCapture())).toEqual(smallCapture().meta);
});
