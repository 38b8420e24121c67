/** The questions of docs/fleet.md, put to DuckDB over an archive of a thousand captures of three hosts. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Value } from "@sinclair/typebox/value";
import { ArchiveCatalog, addToIndex } from "../../src/archive/catalog.ts";
import { directoryStore } from "../../src/archive/directory-store.ts";
import { type ArchivePlace, dateOf, keyOf } from "../../src/archive/layout.ts";
import { captureParquet, samplesParquet } from "../../src/archive/tables.ts";
import { parquetOf } from "../../src/export/parquet-writer.ts";
import type { Capture } from "../../src/model/capture.ts";
import { Verdict } from "../../src/model/verdict.ts";
import { madeRows } from "../support/made-rows.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { captureOf } from "./support.ts";

const hosts = ["attic", "cellar", "den"];
const captureCount = 1000;
const sampledCount = 240;

/** A host in the cellar is slow, by its encoder, with an old driver and a slow preset. */
function verdictOf(isSlow: boolean): Verdict {
  const made = Value.Create(Verdict);
  const frames = {
    slots: 120,
    in_time: isSlow ? 90 : 119,
    late: isSlow ? 20 : 1,
    absent: isSlow ? 10 : 0,
    old: 0,
  };
  const quality = isSlow ? ("bad" as const) : ("smooth" as const);
  const cause = {
    ...Value.Create(Verdict.properties.causes.items),
    code: "encoder_slow" as const,
    share: 0.8,
  };
  return {
    ...made,
    frames,
    quality,
    causes: isSlow ? [cause] : [],
    freezes: { count: isSlow ? 2 : 0, ms: isSlow ? 400 : 0 },
  };
}

function captureAt(index: number): Capture {
  const host = hosts[index % hosts.length] ?? "den";
  const { meta, samples } = captureOf(Math.floor(index / 60), host);
  const started_unix_ms = meta.started_unix_ms + index * 60_000;
  const isSlow = host === "cellar";
  return {
    meta: { ...meta, id: `c${index}`, started_unix_ms, client: isSlow ? "phone" : "television" },
    samples: samples.map((sample) => ({
      ...sample,
      total_p99_us: isSlow ? 40_000 : 8000,
      missed_slots: isSlow ? 5 : 0,
      packets_dropped: isSlow ? 3 : 0,
      unmeasured: [],
      machine: { cpu_others_share: isSlow ? 0.9 : 0.1 },
    })),
  };
}

async function fill(directory: string): Promise<void> {
  const store = directoryStore(directory);
  // Rows do not say of which capture they are: their file does.
  const rows = parquetOf({}, madeRows({ count: 60 }));
  for (let index = 0; index < captureCount; index += 1) {
    const capture = captureAt(index);
    const { host = "", id, started_unix_ms } = capture.meta;
    const isSlow = host === "cellar";
    const place: ArchivePlace = {
      host,
      id,
      installation: "0a1b2c3d",
      date: dateOf(started_unix_ms),
    };
    const timeline = {
      ...{ version: 1, kind: "timeline", id, started_at: "2026-11-20T09:00:00.000Z", events: [] },
      ...{ events_dropped: 0, checkpoints_dropped: 0 },
      checkpoints: [
        {
          ...{ id: "1", label: null, timestamp: "2026-11-20T09:00:00.000Z", event_index: 0 },
          state: {
            settings: { revision: 1, values: { encoder_preset: isSlow ? "slow" : "ultrafast" } },
          },
        },
      ],
    };
    const machine = {
      onglassVersion: isSlow ? "0.1.0" : "0.2.0",
      kernel: "6.1.0",
      gpuDriver: isSlow ? "nvidia 550.1" : "nvidia 570.1",
    };
    const path = (kind: "rows" | "samples" | "captures") => join(directory, keyOf(kind, place));
    // Without the store's syncs: a thousand captures in a test.
    await Bun.write(path("rows"), rows);
    // Ninety columns take a while to be written: fewer of them say the same.
    if (index < sampledCount) await Bun.write(path("samples"), samplesParquet(capture));
    await Bun.write(
      path("captures"),
      captureParquet({ capture, verdict: verdictOf(isSlow), timeline, machine }),
    );
    if (index % 100 === 0) await addToIndex(store, place, { meta: capture.meta, quality: "bad" });
  }
}

type Row = Record<string, unknown>;

/** What the answer to a question has to say of the slow host; by the question's place in the document. */
const expected: readonly ((rows: readonly Row[]) => void)[] = [
  (rows) => expect(rows[0]).toMatchObject({ host: "cellar", bad_percent: 25 }),
  (rows) => expect(rows).toMatchObject([{ cause: "encoder_slow", share: 0.8 }]),
  (rows) => expect(rows[0]).toMatchObject({ gpu_driver: "nvidia 550.1", p99_ms: 40 }),
  (rows) => expect(rows[0]).toMatchObject({ encoder_preset: "slow" }),
  (rows) => expect(rows.map((row) => row.onglass_version)).toEqual(["0.1.0", "0.2.0"]),
  (rows) => expect(rows).toMatchObject([{ client: "phone" }]),
  (rows) => expect(rows).toHaveLength(3),
  (rows) => expect(rows.length).toBeGreaterThan(10),
  (rows) => expect(rows.map((row) => Number(row.without_picture))).toEqual([334, 333, 333]),
  (rows) => expect(rows.map((row) => row.host)).toEqual(Array(20).fill("cellar")),
];

test("each of the ten questions of the document has its answer", async () => {
  await using directory = await tempDirectory();
  await fill(directory.path);
  const text = await Bun.file("docs/fleet.md").text();
  const questions = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);
  expect(questions).toHaveLength(10);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  for (const [place, sql] of questions.entries()) {
    const answer = await db.runAndReadAll(sql.replaceAll("ARCHIVE", directory.path));
    const rows = answer.getRowObjects().map((row) => ({ ...row }));
    expect([place, rows.length > 0]).toEqual([place, true]);
    expected[place]?.(rows);
  }
  const listed = await new ArchiveCatalog(directoryStore(directory.path)).list();
  expect(listed).toHaveLength(10);
}, 120_000);
