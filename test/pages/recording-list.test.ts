/** The list of recordings: filter, order, pages. */
import { expect, test } from "bun:test";
import { listRecordings, readListQuery, rowCountMax } from "../../src/pages/recording-list.ts";
import { listAddress, sortKeys } from "../../views/recordings.ts";
import { madeCapture } from "../support/made-capture.ts";

function heads(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const { meta } = madeCapture({ id: `capture-${index}`, windowCount: 1 + ((index * 7) % 11) });
    const client = index % 3 === 0 ? "attic" : "Living Room";
    return {
      ...meta,
      client,
      started_unix_ms: 1_000_000 + index,
      kind: index % 2 ? "moq" : "native",
    };
  });
}

function list(count: number, address: string) {
  const query = readListQuery(new URLSearchParams(address));
  return listRecordings({ captures: heads(count), damagedCount: 0 }, query);
}

test("newest come first by default", () => {
  expect(list(3, "").rows.map(({ id }) => id)).toEqual(["capture-2", "capture-1", "capture-0"]);
  expect(list(3, "sort=time").rows.map(({ id }) => id)).toEqual([
    "capture-0",
    "capture-1",
    "capture-2",
  ]);
});

test("a full page is one page, one more row makes two", () => {
  expect(list(rowCountMax, "").pageCount).toBe(1);
  const two = list(rowCountMax + 1, "page=2");
  expect([two.pageCount, two.rows.length]).toEqual([2, 1]);
  expect(list(rowCountMax + 1, "page=99").query.page).toBe(2);
});

test("a filter finds by client, kind and resolution, whatever the case", () => {
  expect(list(9, "q=ATTIC").foundCount).toBe(3);
  expect(list(9, "q=attic&kind=moq").foundCount).toBe(1);
  expect(list(9, "q=1920×1080").foundCount).toBe(9);
  expect(list(9, "q=nobody").foundCount).toBe(0);
});

test("every column orders in both directions", () => {
  for (const key of sortKeys) {
    const up = list(40, `sort=${key}`).rows;
    const down = list(40, `sort=-${key}`).rows;
    expect(down).toHaveLength(up.length);
    expect([key, down[0]?.[fields[key]]]).toEqual([key, up.at(-1)?.[fields[key]]]);
  }
});

const fields = {
  time: "started_unix_ms",
  kind: "kind",
  mode: "width",
  codec: "codec",
  client: "client",
  duration: "duration_ms",
  samples: "sample_count",
} as const;

test("an address that says nonsense is the usual list", () => {
  const usual = readListQuery(new URLSearchParams());
  expect(readListQuery(new URLSearchParams("sort=;drop&page=-3&kind="))).toEqual(usual);
  expect(listAddress(usual)).toBe("");
});

test("what an address says is what it is made of again", () => {
  for (const address of ["?q=a+b&kind=moq&sort=samples&page=3", "?codec=av1&sort=-client", ""]) {
    expect(listAddress(readListQuery(new URLSearchParams(address)))).toBe(address);
  }
});
