/** A shared capture opens by itself, names nobody, and stays small. */
import { expect, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import type { CaptureMeta } from "../../src/model/capture.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { readSharedAssets } from "../../src/share/assets.ts";
import { shareOf } from "../../src/share/share.ts";
import { madeCapture } from "../support/made-capture.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { madeRows } from "../verdict/made-rows.ts";

const secret = "s3cr3t-token-of-this-host";
const known = [
  { kind: "player", value: "living room" },
  { kind: "host", value: "test-host" },
  { kind: "secret", value: secret },
] as const;

const { revision: _revision, ...withoutRevision } = settingsDefault;

/** Ten minutes at 60 frames a second, with windows of a second. */
async function shared(
  windowCount: number,
  rowCount: number,
  { language = "en", meta = {} }: { language?: "en" | "de"; meta?: Partial<CaptureMeta> } = {},
) {
  const made = madeCapture({
    id: "2026-06-26T20-14-03Z_1920x1080",
    windowCount,
    windowMs: 1000,
  });
  const capture = { ...made, meta: { ...made.meta, ...meta } };
  const texts = `${secret} said living room at 10.1.2.3`;
  const times = Array.from({ length: 200 }, (_, index) => index * 1000);
  const timeline = madeTimeline({
    times,
    text: texts,
    checkpoints: [
      {
        t_ms: 0,
        state: {
          version: "0.1.0",
          settings: {
            values: {
              ...{ source: "file:/home/martina/a.mkv", perf: false, preset_at_start: "veryfast" },
              ...withoutRevision,
            },
          },
          encoders: [
            { codec: "h264", encoder: "libx264", available: true },
            { codec: "av1", encoder: "libsvtav1", available: false },
          ],
          load: { load_average_1m: 0.456, cpu_count: 2, free_memory_bytes: 8.25e9 },
          token: secret,
        },
      },
    ],
  });
  return shareOf({
    ...{ capture, timeline, known, assets: await readSharedAssets() },
    rows: wholeNumbers(madeRows(rowCount, (row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}))),
    ...{ language, version: "0.1.0", sharedUnixMs: 1_782_504_843_000 },
  } as const);
}

test("ten minutes at 60 frames a second are one file below 3 MB, made within a second", async () => {
  const begin = performance.now();
  const share = await shared(600, 36_000);
  const page = share.html();
  const ms = performance.now() - begin;
  expect(page.length).toBeLessThan(3_000_000);
  // The bench holds it to a second; a machine that runs all tests at once may take longer.
  expect(ms).toBeLessThan(10_000);
});

test("the page says the verdict in text, and loads nothing", async () => {
  const page = (await shared(60, 3600)).html();
  expect(page).toContain("the encoder is too slow for 1920x1080 at 60 fps on this machine.");
  expect(page).toMatch(
    /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+' 'nonce-[^']+'/,
  );
  const outside = page.replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, "");
  expect(outside).not.toMatch(/(?:src|href)="(?!data:|#|\?)/);
});

test("the conditions are in words, in both languages: no name of the API is left", async () => {
  const tables = { en: await conditionsIn("en"), de: await conditionsIn("de") };
  for (const table of Object.values(tables)) {
    expect(table.length).toBeGreaterThan(20);
    expect(table.filter(([name = ""]) => /[a-z][._][a-z]/.test(name))).toEqual([]);
  }
  const english = new Map(tables.en);
  expect(english.get("Save on late frames")).toBe("6 frame times");
  expect(english.get("Pacing")).toBe("50%");
  expect(english.get("Encoder for AV1")).toBe("none");
  expect(english.get("Free memory")).toBe("8.3 GB");
  expect(new Map(tables.de).get("Sichern bei schlechtem Befund")).toBe("an");
});

/** Names and values of the table. */
async function conditionsIn(language: "en" | "de") {
  const page = (await shared(60, 600, { language })).html();
  const rows = page.matchAll(
    /<th scope="row" class="wrap">([^<]*)<\/th><td class="wrap">([^<]*)</g,
  );
  return [...rows].map(([, name = "", value = ""]) => [name, value] as const);
}

test("what could not be read is said in the file", async () => {
  const meta = { unread: [{ from_ms: 60_000, to_ms: 75_000 }] };
  expect((await shared(60, 600, { meta })).html()).toContain(
    "Not judged, because it could not be read: 1:00 – 1:15.",
  );
});

test("no name and no secret is in the page or the bundle, and the list says what went", async () => {
  const share = await shared(60, 3600);
  const places = share.replaced.map(({ kind, value }) => [kind, value]);
  expect(places).toContainEqual(["player", "living room"]);
  expect(places).toContainEqual(["path", "file:/home/martina/a.mkv"]);
  expect(places).toContainEqual(["secret", undefined]);
  const files = unzip(share.zip());
  const texts = [share.html(), ...files.values()].map((bytes) =>
    Buffer.from(bytes).toString("latin1"),
  );
  for (const text of texts) {
    for (const word of [secret, "living room", "test-host", "martina", "10.1.2.3"]) {
      expect(text.includes(word)).toBe(false);
    }
  }
  expect([...files.keys()]).toEqual([
    "capture.html",
    "README.txt",
    "capture.json",
    "machine.json",
    "versions.json",
    "timeline.json",
    "settings.json",
    "log.txt",
    "verdict.json",
    "frames.parquet",
  ]);
  expect(
    Buffer.from(files.get("frames.parquet") ?? [])
      .toString("latin1")
      .slice(0, 4),
  ).toBe("PAR1");
});

test("the numbers stay as they are, and a capture without rows is shared too", async () => {
  const capture = madeCapture({ id: "x", windowCount: 5 });
  const share = shareOf({
    ...{ capture, timeline: undefined, rows: undefined, known, assets: await readSharedAssets() },
    ...{ language: "de", version: "0.1.0", sharedUnixMs: 1_782_504_843_000 },
  } as const);
  expect(share.html()).toContain("Zahlen");
  const files = unzip(share.zip());
  const copy = JSON.parse(Buffer.from(files.get("capture.json") ?? []).toString("utf8"));
  expect(copy.samples).toEqual(capture.samples);
  expect(copy.meta.client).toBe("player-1");
});

/** As hosts write them. */
function wholeNumbers({ count, columns }: FrameTable): FrameTable {
  const rounded = Object.entries(columns).map(([name, all]) => [name, all.map(Math.round)]);
  return { count, columns: Object.fromEntries(rounded) };
}

/** By the central directory, with the checks that readers make. */
function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  expect(view.getUint32(end, true)).toBe(0x0605_4b50);
  const files = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    expect(view.getUint32(at, true)).toBe(0x0201_4b50);
    const [packed, size, nameLength] = [at + 20, at + 24, at + 28].map((place, index) =>
      index < 2 ? view.getUint32(place, true) : view.getUint16(place, true),
    );
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + (nameLength ?? 0)));
    const begin = local + 30 + view.getUint16(local + 26, true);
    const content = new Uint8Array(inflateRawSync(bytes.subarray(begin, begin + (packed ?? 0))));
    expect(content.length).toBe(size ?? -1);
    expect(Bun.hash.crc32(content)).toBe(view.getUint32(at + 16, true));
    files.set(name, content);
    at += 46 + (nameLength ?? 0);
  }
  return files;
}
