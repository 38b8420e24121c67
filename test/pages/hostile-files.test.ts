/** Files that hold anything at all: the pages and the API answer, and every other row is there. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { madeCapture } from "../support/made-capture.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { openPages } from "./support.ts";

const hostile: readonly unknown[] = [
  ...[null, true, "", "x", [], {}, -1, -0.5, 0.5, 1e300, 9_000_000_000_000_000],
  ...[Number.MAX_SAFE_INTEGER, "\ud800", "\0\n\u001b[2J<script>", "x".repeat(100_000)],
  ...[deep(1000), Array.from({ length: 2000 }, () => 7)],
];

test("a capture with any value in any field costs at most its own row", async () => {
  await using pages = await openPages();
  const capture = madeCapture({ id: "whole", windowCount: 1 });
  const written = await writeAll(pages.host.store.directory, capture);
  await Bun.write(join(pages.host.store.directory, "whole.json"), JSON.stringify(capture));
  const rows = await idsOf(pages);
  expect(rows).toContain("whole");
  expect(rows.length).toBeGreaterThan(written.length / 2);
  for (let page = 1; page <= rows.length / 50 + 1; page++) {
    expect((await pages.get(`/?page=${page}`)).status).toBe(200);
  }
  await askEach(pages, rows, ["", "/figures", "/marks"]);
  expect(await idsOf(pages)).toContain("whole");
}, 60_000);

test("a timeline with any value in any field shows, or is said to be damaged", async () => {
  await using pages = await openPages();
  const { directory } = pages.host.store;
  const timeline = madeTimeline({
    times: [100, 200, 300, 400, 500],
    checkpoints: [
      { t_ms: 150, state: { a: { b: 1 } } },
      { t_ms: 450, state: { a: { b: 2 } } },
    ],
  });
  const ids = await writeAll(join(directory, "..", "timelines"), timeline);
  const capture = JSON.stringify(madeCapture({ id: "whole", windowCount: 2 }));
  for (const id of ids) await Bun.write(join(directory, `${id}.json`), capture);
  await askEach(pages, ids, ["/timeline", "/timeline?at=200", "/marks"]);
  expect(await idsOf(pages)).toHaveLength(ids.length);
}, 60_000);

type Problem = { readonly code: string };
type Pages = Awaited<ReturnType<typeof openPages>>;

/**
 * A file for each place and value, `<number>.json`. Places in samples and events meet each a few of
 * the values, neighbours another few: all of them would take a minute. @returns the ids
 */
async function writeAll(directory: string, document: unknown): Promise<string[]> {
  const ids: string[] = [];
  let count = 0;
  for (const path of placesIn(document)) {
    for (const value of hostile) {
      count += 1;
      if (path.length > 2 && count % 4 > 0) continue;
      const id = String(ids.length);
      ids.push(id);
      const text = JSON.stringify(replaced(document, path, value));
      await Bun.write(join(directory, `${id}.json`), text);
    }
  }
  return ids;
}

async function idsOf(pages: Pages): Promise<string[]> {
  const answer = await pages.get("/api/v1/stats/recordings");
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { id: string }[]).map(({ id }) => id);
}

/** Nothing fails that has no name: only what is damaged is said to be. */
async function askEach(pages: Pages, ids: readonly string[], paths: readonly string[]) {
  for (const id of ids.filter((_, index) => index % 3 === 0)) {
    for (const path of paths) {
      const answer = await pages.get(`/recordings/${id}${path}`);
      const text = await answer.text();
      const isSaid = answer.status === 200 || answer.status === 404 || text.includes("damaged");
      if (!isSaid) throw new Error(`${id}${path} was answered ${answer.status}: ${text}`);
    }
    const series = await pages.get(`/api/v1/stats/recordings/${id}/series`);
    if (series.status === 200) continue;
    // What was found damaged just before is not there any more.
    expect(["capture_damaged", "not_found"]).toContain(((await series.json()) as Problem).code);
  }
}

type Path = readonly (string | number)[];

/** The document itself, its members, theirs, and so on. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()].slice(0, 3) : Object.entries(value);
  return [path, ...members.flatMap(([name, member]) => placesIn(member, [...path, name]))];
}

function replaced(document: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value;
  const isList = Array.isArray(document);
  const copy = new Map<string | number, unknown>(
    isList ? document.entries() : Object.entries(document ?? {}),
  );
  copy.set(name, replaced(copy.get(name), rest, value));
  return isList ? [...copy.values()] : Object.fromEntries(copy);
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}
