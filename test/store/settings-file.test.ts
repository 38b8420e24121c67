import { expect, test } from "bun:test";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { faultOf, Settings, settingsDefault } from "../../src/model/settings.ts";
import { SettingsFile } from "../../src/store/settings-file.ts";
import { tempDirectory } from "../support/temp-directory.ts";

type Told = [before: Settings, after: Settings, actor: string];

async function open(directory: string) {
  const told: Told[] = [];
  const file = await SettingsFile.load(directory, (...change) => told.push(change));
  return { file, told };
}

test("a host without a file has the defaults and makes none", async () => {
  await using directory = await tempDirectory();
  const { file } = await open(directory.path);
  expect(file.current()).toEqual(settingsDefault);
  expect(await readdir(directory.path)).toEqual([]);
});

test("a change is saved for its owner alone, reported, and there at the next start", async () => {
  await using directory = await tempDirectory();
  const { file, told } = await open(directory.path);
  const after = await file.change({ bitrate_kbps: 5000 }, "token");
  expect(after).toEqual({ ...settingsDefault, bitrate_kbps: 5000, revision: 1 });
  expect(told).toEqual([[settingsDefault, after, "token"]]);
  expect((await stat(join(directory.path, "settings.json"))).mode & 0o777).toBe(0o600);
  expect((await open(directory.path)).file.current()).toEqual(after);
});

test("changes made at once are all kept, each with a revision of its own", async () => {
  await using directory = await tempDirectory();
  const { file, told } = await open(directory.path);
  await Promise.all([
    file.change({ bitrate_kbps: 5000 }, "token"),
    file.change({ fps_cap: 30 }, "console"),
    file.change({ pacing_share: 0.2 }, "token"),
  ]);
  const expected = { bitrate_kbps: 5000, fps_cap: 30, pacing_share: 0.2, revision: 3 };
  expect(file.current()).toMatchObject(expected);
  expect(told.map(([, { revision }]) => revision)).toEqual([1, 2, 3]);
});

test("what changes nothing raises no revision and is reported to nobody", async () => {
  await using directory = await tempDirectory();
  const { file, told } = await open(directory.path);
  await file.change({}, "token");
  await file.change({ fps_cap: 0 }, "token");
  expect(file.current().revision).toBe(0);
  expect(told).toEqual([]);
});

const faults: [Partial<Settings>, string][] = [
  [{ bitrate_kbps: 199 }, '"bitrate_kbps": it takes 0 or a whole number from 200 to 500000'],
  [{ encoder_preset: "placebo" }, '"encoder_preset": it takes ultrafast'],
  [{ encoder_preset: "11" }, '"encoder_preset"'],
  [{ parity_percent_min: 30, parity_percent_max: 29 }, "from 0 to parity_percent_max"],
];
for (const [change, text] of faults) {
  test(`${JSON.stringify(change)} is refused and leaves all as it was`, async () => {
    await using directory = await tempDirectory();
    const { file } = await open(directory.path);
    const refused = file.change(change, "token");
    await expect(refused).rejects.toMatchObject({ code: "out_of_range" });
    await expect(refused).rejects.toThrow(text);
    expect(file.current()).toEqual(settingsDefault);
    expect(await readdir(directory.path)).toEqual([]);
  });
}

test("the other side of each limit is taken", async () => {
  await using directory = await tempDirectory();
  const { file } = await open(directory.path);
  for (const change of [
    { bitrate_kbps: 200 },
    { encoder_preset: "10" },
    { parity_percent_min: 30, parity_percent_max: 30 },
  ]) {
    expect(await file.change(change, "token")).toMatchObject(change);
  }
});

test("a damaged file is set aside and the defaults hold", async () => {
  const damages = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('{"fps_cap":-1}', '{"bitrate_kbps":7}', '{"pacing_share":"x"}', "[1]", "null"),
  );
  await fc.assert(
    fc.asyncProperty(damages, async (text) => {
      await using directory = await tempDirectory();
      await Bun.write(join(directory.path, "settings.json"), text);
      const { file } = await open(directory.path);
      const names = await readdir(directory.path);
      expect(faultOf(file.current())).toBeUndefined();
      expect(Value.Check(Settings, file.current())).toBe(true);
      if (names.includes("settings.json")) return expect(text.trim()).toStartWith("{");
      expect(file.current()).toEqual(settingsDefault);
      const aside = Bun.file(join(directory.path, "damaged", "settings.json"));
      expect(await aside.text()).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("a file of another version keeps what is known of it", async () => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "settings.json"), '{"revision":7,"fps_cap":30,"later":1}');
  const { file } = await open(directory.path);
  expect(file.current()).toEqual({ ...settingsDefault, revision: 7, fps_cap: 30 });
});

test("a change that cannot be saved is not made", async () => {
  await using directory = await tempDirectory();
  const data = join(directory.path, "data");
  await mkdir(data);
  const { file, told } = await open(data);
  await Bun.$`rmdir ${data}`.quiet();
  const failed = file.change({ fps_cap: 30 }, "token");
  await expect(failed).rejects.toMatchObject({ code: "settings_not_saved" });
  expect(file.current()).toEqual(settingsDefault);
  expect(told).toEqual([]);
  await mkdir(data);
  expect((await file.change({ fps_cap: 30 }, "token")).revision).toBe(1);
});

test.each(["a directory", "a pipe", "a huge file"])(
  "%s in place of the settings is set aside and the defaults hold",
  async (what) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "settings.json");
    if (what === "a directory") await mkdir(path);
    else if (what === "a pipe") await Bun.spawn(["mkfifo", path]).exited;
    else await Bun.write(path, " ".repeat(1_000_000));
    expect((await open(directory.path)).file.current()).toEqual(settingsDefault);
    expect(await readdir(directory.path)).toEqual(["damaged"]);
  },
);
