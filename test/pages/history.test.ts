/** Sessions of the last days: the list, the page of one, keeping, the filter and the key. */
import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { sparkColumns, sparkPaths } from "../../views/spark.ts";
import { playSeconds, playSession } from "../support/held-pages.ts";
import { segmentsIn } from "../support/history-parts.ts";
import { note } from "../support/timeline-parts.ts";
import { openHeldPages, openPages } from "./support.ts";

const german = { "accept-language": "de" };
const htmx = { "hx-request": "true" };

test("a session that played without a capture is in the list, with a spark line and its worst", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 130);
  const text = await (await pages.get("/")).text();
  expect(text).toContain("Sessions of the last days");
  expect(text).toContain('href="/history/1-1"');
  expect(text).toContain("<session-spark");
  expect(text).toContain("no frames skipped, dropped or lost");
  expect(text).toContain("Keep all");
  const inGerman = await (await pages.get("/", german)).text();
  expect(inGerman).toContain("Sitzungen der letzten Tage");
  expect(inGerman).toContain("kein Bild ausgelassen, verworfen oder verloren");
});

test("what it was at a time of the day is one click away, in the reader's time zone", async () => {
  await using pages = await openHeldPages();
  // It began at 20:14:03 UTC.
  playSession(pages.held, 1, 300);
  const at = async (time: string, zone = "UTC") => {
    const headers = { cookie: `${pages.cookie}; onglass_zone=${zone}` };
    const answer = await pages.get(`/history/at?time=${time}`, headers);
    return answer.headers.get("location") ?? answer.status;
  };
  expect(await at("20:16")).toBe("/history/1-1?from=117000&to=177000#charts");
  expect(await at("22:16", "Europe/Berlin")).toBe("/history/1-1?from=117000&to=177000#charts");
  expect(await at("20:14")).toBe("/history/1-1?from=0&to=57000#charts");
  expect(await at("20:13")).toBe("/?nothing-at=20:13#history");
  expect(await at("25:99")).toBe("/#history");
  const page = await (await pages.get("/?nothing-at=20:13")).text();
  expect(page).toContain("Nothing was streamed at 20:13.");
  expect(await (await pages.get("/?nothing-at=%22><b>")).text()).not.toContain(
    "Nothing was streamed",
  );
});

test("a host that has kept nothing says that sessions will appear", async () => {
  await using pages = await openPages();
  expect(await (await pages.get("/")).text()).toContain("No sessions yet.");
});

test("a disk that refuses what is recorded is named above the list", async () => {
  await using pages = await openHeldPages();
  const playing = playSession(pages.held, 1, 10);
  await pages.held.tape.flush();
  expect(await (await pages.get("/")).text()).not.toContain("Nothing is being recorded");
  const { directory } = pages.held.tape;
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "");
  playSeconds(pages.held, playing, { id: 1, seconds: 70 });
  await pages.held.tape.flush();
  expect(await (await pages.get("/")).text()).toContain("Nothing is being recorded: the system");
  const inGerman = await (await pages.get("/", german)).text();
  expect(inGerman).toContain("Zurzeit wird nichts aufgezeichnet. Das System");
});

test("the page of a session has verdict, charts, figures and marks of what the history holds", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 20);
  pages.held.tape.addEvent(note("hot"), pages.clock.nowUs() - 1000);
  const text = await (await pages.get("/history/1-1")).text();
  expect(text).toContain('data-source="/api/v1/history/1-1/series"');
  expect(text).toContain('id="verdict" class="card verdict');
  expect(text).toContain('data-from-ms="0" data-to-ms="20000"');
  expect(text).toContain("10 windows");
  const figures = await (await pages.get("/history/1-1/figures?from=0&to=9000")).text();
  expect(figures).toContain("4 windows");
  const marks = await (await pages.get("/history/1-1/marks?from=0&to=20000&marks=20")).json();
  expect(marks).toMatchObject({ marks: [{ count: 1 }] });
  const series = await (await pages.get("/api/v1/history/1-1/series")).json();
  expect(series).toMatchObject({ from_ms: 0, to_ms: 20_000, sample_count: 10 });
  const timeline = await (await pages.get("/history/1-1/timeline?at=19999")).text();
  expect(timeline).toContain("hot");
});

test("what of a session could not be read is named on its page, and is not a pause", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 130);
  await pages.held.tape.flush();
  const folder = pages.held.tape.directory;
  const [, second = ""] = segmentsIn(folder);
  writeFileSync(join(folder, second), "not a segment at all");
  const text = await (await pages.get("/history/1-1")).text();
  expect(text).toContain("Missing here because it could not be read: 0:58 – 2:0");
  const inGerman = await (await pages.get("/history/1-1", german)).text();
  expect(inGerman).toContain("Fehlt hier, weil es sich nicht lesen ließ: 0:58 – 2:0");
});

test("a session that the history does not hold is a page that says so, whatever its id", async () => {
  await using pages = await openHeldPages();
  for (const id of ["9-9", "x", "..%2f..", "1", "%00"]) {
    for (const page of ["", "/figures", "/verdict", "/marks", "/timeline"]) {
      expect((await pages.get(`/history/${id}${page}`)).status).toBe(404);
    }
  }
});

test("a part of a session is kept by a form, and its page opens", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 60);
  const range = { from: "10000", to: "20000" };
  const answer = await pages.post("/history/1-1/keep", range);
  const place = answer.headers.get("location") ?? "";
  expect([answer.status, place.startsWith("/recordings/")]).toEqual([303, true]);
  const [kept] = pages.held.kept;
  expect(kept).toMatchObject({ origin: "kept", duration_ms: 10_000 });
  const last = await pages.post("/history/1-1/keep", { minutes: "1" }, htmx);
  expect(await last.text()).toContain("Saved.");
  expect(pages.held.kept[1]?.duration_ms).toBe(60_000);
  const none = await pages.post("/history/7-7/keep", { minutes: "1" }, htmx);
  expect(await none.text()).toContain('class="notice bad"');
});

test("the key's form keeps the last 30 s and says so with a link, in the reader's language", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 60);
  const answer = await pages.post("/keep", {}, { ...htmx, ...german });
  const text = await answer.text();
  const id = pages.held.kept[0]?.id;
  expect(text).toContain("Die letzten 30 s sind gespeichert.");
  expect(text).toContain(`href="/recordings/${id}"`);
  expect(pages.held.kept[0]?.duration_ms).toBe(30_000);
});

test("the key's form says so when there is nothing to keep", async () => {
  await using pages = await openPages();
  expect(await (await pages.post("/keep", {}, htmx)).text()).toContain('class="notice bad"');
  expect((await pages.post("/keep", {})).status).toBe(303);
});

test("the list of keys is a page, and a dialog where there is script", async () => {
  await using pages = await openPages();
  expect(await (await pages.get("/keys")).text()).toContain("Keep the last 30 s as a capture");
  expect(await (await pages.get("/keys", htmx)).text()).toStartWith("<modal-dialog>");
});

test("automatic captures say by which rule they were saved, and the filter finds them", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 60);
  const trigger = { rule: "missed", session_id: 1, t_ms: 30_000, value: 14, limit: 10 };
  await pages.held.keeper.keepLast(40, { origin: "automatic", trigger });
  await pages.held.keeper.keepLast(20, { origin: "kept" });
  const all = await (await pages.get("/")).text();
  expect(all).toContain("14 frames skipped within a second");
  const automatic = await (await pages.get("/parts/recordings?origin=automatic")).text();
  expect([automatic.match(/<tr id=/g)?.length, automatic.includes("1 of 2")]).toEqual([1, true]);
  const armed = await (await pages.get("/parts/recordings?origin=armed", german)).text();
  expect(armed).toContain("Keine Aufzeichnung passt zu diesem Filter.");
  expect(await (await pages.get("/", german)).text()).toContain(
    "14 Bilder in einer Sekunde ausgelassen",
  );
});

test("a rule of a later version is shown by its name, as text", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 10);
  const trigger = { rule: "<b>new", session_id: 1, t_ms: 0, value: 1, limit: 1 };
  await pages.held.keeper.keepLast(5, { origin: "automatic", trigger });
  expect(await (await pages.get("/")).text()).toContain("&lt;b&gt;new");
});

test("the line of a session says how many frames the host dropped", async () => {
  await using pages = await openHeldPages();
  const playing = playSession(pages.held, 1, 10);
  Object.assign(playing.writer.draft, { frame: playing.frame, fate: fateIndex("dropped") });
  playing.writer.write();
  pages.held.tape.endSession(1);
  expect(await (await pages.get("/")).text()).toContain("1 dropped by the host");
  expect(await (await pages.get("/", german)).text()).toContain("1 vom Host verworfen");
});

test("a spark line keeps the slowest minute and every lost frame, however many minutes there are", () => {
  const minute = fc.record({
    slowest: fc.double({ min: 0, max: 60_000, noNaN: true }),
    missed: fc.nat(100),
    lost: fc.nat(100),
    dropped: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(minute, { minLength: 1, maxLength: 2000 }), (minutes) => {
      const columns = sparkColumns({
        duration_ms: minutes.length * 60_000 + 400,
        minutes: {
          at_ms: minutes.map((_, index) => index * 60_000 + 3),
          worst_ms: minutes.map(({ slowest }) => slowest),
          missed: minutes.map(({ missed }) => missed),
          lost: minutes.map(({ lost }) => lost),
          dropped: minutes.map(({ dropped }) => dropped),
        },
      });
      expect(columns.length).toBeLessThanOrEqual(180);
      const worst = Math.max(...columns.map(({ worstMs }) => worstMs));
      expect(worst).toBe(Math.max(...minutes.map(({ slowest }) => slowest)));
      const gone = columns.reduce((sum, { goneCount }) => sum + goneCount, 0);
      expect(gone).toBe(
        minutes.reduce((sum, { missed, lost, dropped }) => sum + missed + lost + dropped, 0),
      );
      const { good, bad } = sparkPaths(columns);
      expect(bad === "").toBe(gone === 0);
      expect(`${good}${bad}`).not.toContain("NaN");
    }),
    { numRuns: 200 },
  );
});

test("the page of a frame shows it with five on either side, what was measured and what was not", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 20);
  pages.held.tape.addEvent(note("hot"), pages.clock.nowUs() - 10_000_000);
  const text = await (await pages.get("/history/1-1/frame?session=1&at=10000")).text();
  expect(text).toContain("Frame 500");
  expect(text.match(/<svg viewBox="0 0 1000 20"/g)).toHaveLength(11);
  expect(text).toContain("hot");
  expect(text).toContain("not measured");
  const first = await (await pages.get("/history/1-1/frame?at=0", german)).text();
  expect(first).toContain("Bild 0");
  expect(first.match(/<svg viewBox="0 0 1000 20"/g)).toHaveLength(6);
  for (const address of ["/history/9-9/frame?at=1", "/recordings/none/frame", "/capture/frame"]) {
    expect((await pages.get(address)).status).toBe(404);
  }
});

test("the next and the previous late frame are found however far they are", async () => {
  await using pages = await openHeldPages();
  const { held } = pages;
  const playing = playSession(held, 1, 10);
  Object.assign(playing.writer.draft, { frame: playing.frame, sendUs: 90_000, gapUs: 0 });
  playing.writer.write();
  playing.frame += 1;
  Object.assign(playing.writer.draft, { sendUs: 0 });
  playSeconds(held, playing, { id: 1, seconds: 10 });
  const late = async (query: string) =>
    (await pages.get(`/history/1-1/frame/late?session=1&${query}`)).headers.get("location");
  expect(await late("at=0&to=next")).toContain("/history/1-1/frame?at=9980&session=1");
  expect(await late("at=18000&to=previous")).toContain("/frame?at=9980&session=1");
  expect(await late("at=12000&to=next")).toContain("at=12000&session=1&last=yes");
});

test("rows of a session are folded for its picture, and those of what was kept from it", async () => {
  await using pages = await openHeldPages();
  playSession(pages.held, 1, 20);
  const of = async (path: string) => await (await pages.get(`${path}?points=20`)).json();
  const overview = await of("/api/v1/history/1-1/overview");
  expect(overview).toMatchObject({ from_ms: 0, to_ms: 20_000, frames: 1000 });
  const { id } = await pages.held.keeper.keepLast(10, { origin: "kept" });
  const kept = await of(`/api/v1/stats/recordings/${id}/overview`);
  expect(kept).toMatchObject({ from_ms: 0, to_ms: 10_000, frames: 500 });
  expect((await pages.get("/api/v1/stats/recordings/none/overview")).status).toBe(404);
  expect((await pages.get("/api/v1/history/1-1/overview?points=5")).status).toBe(422);
});
