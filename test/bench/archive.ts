/** The archive: a list of 10,000 captures, and what sending one of ten minutes costs. */

import { ArchiveCatalog } from "../../src/archive/catalog.ts";
import { directoryStore } from "../../src/archive/directory-store.ts";
import { dateOf, indexKeyOf, keyOf } from "../../src/archive/layout.ts";
import { makeTables } from "../../src/archive/tables.ts";
import { systemClock } from "../../src/base/clock.ts";
import { madeCapture } from "../support/made-capture.ts";
import type { Row } from "../support/measure.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const captureCount = 10_000;
const hosts = ["attic", "cellar", "den", "hall"];
const dayMs = 24 * 3_600_000;
const beginMs = Date.UTC(2026, 9, 1);
const installation = "0a1b2c3d";
const minutes = 10;
const clock = systemClock();

/** Four hosts, 42 days each. */
async function fill(directory: string): Promise<void> {
  const store = directoryStore(directory);
  const { meta } = madeCapture({ id: "x", windowCount: 1 });
  const days = new Map<string, unknown[]>();
  for (let index = 0; index < captureCount; index += 1) {
    const host = hosts[index % hosts.length] ?? "";
    const started_unix_ms = beginMs + Math.floor(index / 240) * dayMs + index * 1000;
    const place = { host, installation, date: dateOf(started_unix_ms), id: `c${index}` };
    const entries = days.get(indexKeyOf(place)) ?? [];
    const head = { ...meta, id: place.id, host, started_unix_ms };
    entries.push({ key: keyOf("documents", place), meta: head, quality: "bad", cause: "encoder" });
    days.set(indexKeyOf(place), entries);
  }
  for (const [key, captures] of days) {
    await store.put(key, new TextEncoder().encode(JSON.stringify({ version: 1, captures })));
  }
}

async function msOf(work: () => Promise<unknown>): Promise<string> {
  const beginUs = clock.nowUs();
  await work();
  return ((clock.nowUs() - beginUs) / 1000).toFixed(0);
}

export async function benchArchive(): Promise<Row[]> {
  await using directory = await tempDirectory();
  await fill(directory.path);
  const catalog = new ArchiveCatalog(directoryStore(directory.path));
  const first = await msOf(() => catalog.list());
  const again = await msOf(() => catalog.list());
  const { length } = await catalog.list();
  const capture = madeCapture({ id: "x", windowCount: (minutes * 60) / 2 });
  const machine = { onglassVersion: "0", kernel: "0", gpuDriver: undefined };
  const facts = { capture, verdict: undefined, timeline: undefined, machine };
  makeTables(facts);
  const before = process.cpuUsage();
  for (let turn = 0; turn < 10; turn += 1) makeTables(facts);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 10_000;
  return [
    {
      what: `a list of ${length} captures of the archive, in a directory`,
      reach: "<= 500 ms",
      measured: `${first} ms the first time, ${again} ms again`,
    },
    {
      what: "tables of a capture of ten minutes for the archive",
      reach: "<= 1 % of a core",
      measured: `${ms.toFixed(0)} ms CPU, ${((ms / (minutes * 60_000)) * 100).toFixed(3)} % of a core over its time`,
    },
  ];
}
