/** Events as marks of charts: clustered, by kind, of saved captures and of the one that runs. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { clusterMarks, type MarkedMoment } from "../../src/analysis/mark-clusters.ts";
import type { EventMarks } from "../../src/model/marks.ts";
import { eventTypes } from "../../src/model/timeline.ts";
import { madeCapture } from "../support/made-capture.ts";
import { madeTimeline } from "../support/made-timeline.ts";
import { note } from "../support/timeline-parts.ts";
import { openPages } from "./support.ts";

type Pages = Awaited<ReturnType<typeof openPages>>;

const marksOf = async (pages: Pages, address: string): Promise<EventMarks> => {
  const answer = await pages.get(address);
  expect(answer.status).toBe(200);
  return (await answer.json()) as EventMarks;
};

const saved = async (pages: Pages, times: readonly number[], text?: string) => {
  const timeline = madeTimeline({ times, ...(text === undefined ? {} : { text }) });
  const { id } = await pages.host.store.save(madeCapture({ id: "a", windowCount: 50 }), timeline);
  return `/recordings/${id}/marks`;
};

const happening = fc.record({
  t_ms: fc.integer({ min: 0, max: 100_000 }),
  kind: fc.constantFrom(...eventTypes),
});

test("whatever happens, every event of the range is in one mark, and marks do not lie on one another", () => {
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 300 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 1, max: 40 }),
      (events, fromMs, markCount) => {
        const ordered = events.toSorted((one, other) => one.t_ms - other.t_ms);
        const happened: MarkedMoment[] = ordered.map((one) => ({ ...one, text: () => "" }));
        const toMs = fromMs + 30_000;
        const { marks } = clusterMarks(happened, { fromMs, toMs, kinds: undefined, markCount });
        const inside = ordered.filter(({ t_ms }) => t_ms >= fromMs && t_ms <= toMs);
        expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(inside.length);
        expect(marks.length).toBeLessThanOrEqual(markCount + 1);
        for (const [index, mark] of marks.entries()) {
          const own = inside.filter(({ t_ms }) => t_ms >= mark.from_ms && t_ms <= mark.to_ms);
          expect(own).toHaveLength(mark.count);
          expect(own[0]?.t_ms).toBe(mark.from_ms);
          expect(own.at(-1)?.t_ms).toBe(mark.to_ms);
          const next = marks[index + 1];
          if (next === undefined) continue;
          expect(next.from_ms - mark.from_ms).toBeGreaterThanOrEqual(30_000 / markCount);
        }
      },
    ),
  );
});

test("close events are one mark with a count and the first lines, far ones a mark each", async () => {
  await using pages = await openPages();
  const near = [1000, 1010, 1020, 1030, 1040, 1050, 1060];
  const address = await saved(pages, [...near, 50_000]);
  const { marks, counts } = await marksOf(pages, `${address}?from=0&to=100000&marks=50`);
  expect(marks.map(({ from_ms, to_ms, count }) => [from_ms, to_ms, count])).toEqual([
    [1000, 1060, 7],
    [50_000, 50_000, 1],
  ]);
  expect(marks[0]?.lines.map(({ t_ms }) => t_ms)).toEqual(near.slice(0, 5));
  expect(counts).toEqual({ state_change: 2, stream: 2, session: 2, log: 1, client: 1 });
});

test("marks of some kinds leave out the others, whose count is still shown", async () => {
  await using pages = await openPages();
  const address = await saved(pages, [1000, 20_000, 40_000, 60_000, 80_000]);
  const { marks, counts } = await marksOf(pages, `${address}?from=0&to=99999&kinds=log,stream`);
  expect(marks.flatMap(({ kinds }) => kinds)).toEqual(["stream", "log"]);
  expect(Object.keys(counts)).toHaveLength(5);
  expect((await marksOf(pages, `${address}?kinds=`)).marks).toEqual([]);
});

test("nonsense in the address is what is usual", async () => {
  await using pages = await openPages();
  const address = await saved(pages, [1000, 80_000]);
  const usual = await marksOf(pages, address);
  expect(usual.marks).toHaveLength(2);
  for (const query of ["from=x&to=-1", "marks=1e9", "marks=0&from=", "to=99999999999999"]) {
    expect((await marksOf(pages, `${address}?${query}`)).counts).toEqual(usual.counts);
  }
  expect((await marksOf(pages, `${address}?from=90000&to=10`)).marks).toEqual([]);
});

test("a line of a mark is cut where it gets long, and stays text", async () => {
  await using pages = await openPages();
  const hostile = "</script><img src=x onerror=alert(1)>".padEnd(128, "x");
  const address = await saved(pages, [1000, 2000, 3000], hostile);
  const answer = await pages.get(address);
  expect(answer.headers.get("content-type")).toStartWith("application/json");
  const { marks } = (await answer.json()) as EventMarks;
  const texts = marks.flatMap(({ lines }) => lines.map(({ text }) => text));
  expect(texts[0]).toStartWith(hostile);
  expect(texts[1]).toBe(`40 packets lost: ${hostile} · session 1`);
  expect(texts[2]).toBe(`${hostile} connected, 1920x1080@60 H.264 · session 1`.slice(0, 160));
  expect(texts[2]?.length).toBe(160);
});

test("marks of a saved capture are in the language of each who asks", async () => {
  await using pages = await openPages();
  const address = await saved(pages, [1000, 20_000]);
  const textsIn = async (language: string) => {
    const answer = await pages.get(address, { "accept-language": language });
    const { marks } = (await answer.json()) as EventMarks;
    return marks.flatMap(({ lines }) => lines.map(({ text }) => text));
  };
  for (let times = 0; times < 2; times += 1) {
    expect((await textsIn("en"))[1]).toBe("40 packets lost: what · session 1");
    expect((await textsIn("de"))[1]).toBe("40 Pakete verloren: what · Sitzung 1");
  }
});

test("a capture without a timeline has no marks, an unknown one is not found", async () => {
  await using pages = await openPages();
  const { id } = await pages.host.store.save(madeCapture({ id: "a", windowCount: 5 }));
  expect((await marksOf(pages, `/recordings/${id}/marks`)).marks).toEqual([]);
  expect((await pages.get("/recordings/nothing/marks")).status).toBe(404);
  expect((await pages.get("/capture/marks")).status).toBe(404);
});

test("a capture that was deleted, and one saved under its name again, do not show the old marks", async () => {
  await using pages = await openPages();
  const address = await saved(pages, [1000]);
  expect((await marksOf(pages, address)).marks).toHaveLength(1);
  await pages.host.store.remove(address.split("/")[2] ?? "");
  expect((await pages.get(address)).status).toBe(404);
  expect(await saved(pages, [2000, 90_000])).toBe(address);
  expect((await marksOf(pages, address)).marks[0]?.from_ms).toBe(2000);
});

test("marks of the running capture are on its clock", async () => {
  await using pages = await openPages();
  await pages.host.recorder.start();
  pages.clock.advanceMs(1500);
  pages.host.timeline.record(note("it happened"));
  const { marks } = await marksOf(pages, "/capture/marks?from=0&to=60000");
  const [line] = marks.flatMap(({ lines }) => lines).filter(({ kind }) => kind === "log");
  expect(line).toEqual({ t_ms: 1500, kind: "log", text: "warn: it happened" });
});

test("the page of a moment shows how things stood, against one second earlier", async () => {
  await using pages = await openPages();
  const checkpoints = [
    { t_ms: 1000, state: { settings: { bitrate_kbps: 20_000 } } },
    { t_ms: 30_000, state: { settings: { bitrate_kbps: 12_000 } } },
  ];
  const timeline = madeTimeline({ times: [30_000], checkpoints });
  const { id } = await pages.host.store.save(madeCapture({ id: "a", windowCount: 50 }), timeline);
  const momentAt = async (atMs: number) => {
    const page = await (await pages.get(`/recordings/${id}/timeline?at=${atMs}`)).text();
    return /<section id="moment".*?<\/section>/s.exec(page)?.[0] ?? "";
  };
  expect(await momentAt(30_999)).toContain(
    'class="wrap">20000</td><td data-label="After" class="wrap">12000</td>',
  );
  expect(await momentAt(31_000)).toContain("No setting changed in the second before.");
  expect(await momentAt(29_999)).toContain("label 0");
  expect(await momentAt(999)).toContain("There is no checkpoint before this moment.");
  const whole = await (await pages.get(`/recordings/${id}/timeline`)).text();
  expect(whole).not.toContain('id="moment"');
});
