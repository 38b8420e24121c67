/** The Timeline page: list, filter, checkpoints, before and after, and marking a moment. */
import { expect, test } from "bun:test";
import type { CaptureSession, StatsSample } from "../../src/model/capture.ts";
import type { HostAction, Timeline } from "../../src/model/timeline.ts";
import { madeCapture } from "../support/made-capture.ts";
import { call, note } from "../support/timeline-parts.ts";
import { openPages, tagsOf } from "./support.ts";

type Pages = Awaited<ReturnType<typeof openPages>>;

const textOf = async (pages: Pages, path: string, headers = {}) =>
  await (await pages.get(path, headers)).text();

/** What a row of the list says. */
const rowOf = (page: string, index: number) =>
  new RegExp(`<tr id="event-${index}">.*?</tr>`, "s").exec(page)?.[0];

const everything = (text: string): HostAction[] => [
  {
    ...(call(text) as HostAction & { type: "api_call" }),
    path: text,
    actor: text,
    body: { a: text },
  },
  { type: "state_change", key: text, old: text, new: { [text]: text }, caused_by: text },
  {
    ...{ type: "session", action: "connected", session_id: 1, client: text, codec: text },
    ...{ mode: text, reason: text },
  },
  { type: "stream", action: "idr_requested", session_id: 1, by: text, reason: text },
  { type: "stream", action: "encoder_reset", session_id: 1, reason: text },
  { type: "state_change", key: "settings.encoder_preset", old: text, new: "", caused_by: "token" },
  { type: "ui_action", page: text, control: text, value: text },
  { type: "ui_action", page: "sessions", control: "bitrate", value: text },
  { type: "client", action: "stall", client: text, reason: text },
  { type: "log", level: text, message: text },
];

test("before anything was recorded the page says so", async () => {
  await using pages = await openPages();
  const page = await textOf(pages, "/timeline");
  expect(page).toContain("Nothing is recording.");
  expect(page).not.toContain("Mark this moment");
});

test("events of a running capture are listed with their time on its clock, newest first", async () => {
  await using pages = await openPages();
  await pages.host.recorder.start();
  pages.clock.advanceMs(1500);
  pages.host.timeline.record(note("the first"));
  pages.clock.advanceMs(500);
  pages.host.timeline.record(note("the second"));
  const page = await textOf(pages, "/timeline");
  expect(rowOf(page, 0)).toContain("1.500 s");
  expect(rowOf(page, 0)).toContain("warn: the first");
  expect(page.indexOf("the second")).toBeLessThan(page.indexOf("the first"));
});

test("events are listed by the time shown, also where one was recorded after a later one", async () => {
  await using pages = await openPages();
  const made = madeCapture({ id: "a", windowCount: 10 });
  const timestamp = "2026-06-26T20:14:03.000Z";
  const at = (index: number, t_ms: number, text: string) => {
    return { index, timestamp, t_ms, event: note(text) };
  };
  const events = [at(0, 400, "second"), at(1, 100, "first"), at(2, 900, "third")];
  const timeline = { id: "x", started_at: timestamp, events, checkpoints: [] };
  const { id } = await pages.host.store.save(made, timeline);
  const page = await textOf(pages, `/recordings/${id}/timeline`);
  const places = ["third", "second", "first"].map((text) => page.indexOf(`warn: ${text}`));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("the list is filtered by kind", async () => {
  await using pages = await openPages();
  pages.host.timeline.start("mine");
  pages.host.timeline.record(note("a warning"));
  pages.host.timeline.record({ type: "ui_action", page: "p", control: "pressed", value: "" });
  const page = await textOf(pages, "/timeline?kinds=ui_action&kinds=stream");
  expect(page).toContain("pressed");
  expect(page).not.toContain("a warning");
  expect(page.match(/ checked/g)).toHaveLength(2);
});

test("a moment is marked by a form, and by a part of the page", async () => {
  await using pages = await openPages();
  await pages.host.recorder.start();
  expect(await textOf(pages, "/timeline")).toContain('action="/timeline/mark"');
  expect(await textOf(pages, "/capture")).toContain('action="/timeline/mark"');
  const plain = await pages.post("/timeline/mark", {});
  expect([plain.status, plain.headers.get("location")]).toEqual([303, "/timeline"]);
  const part = await pages.post("/timeline/mark", {}, { "hx-request": "true" });
  expect(await part.text()).toContain("Marker added.");
  const recorded = pages.host.timeline.reading()?.export();
  expect(recorded?.checkpoints.map(({ label }) => label)).toEqual(["mark", "mark"]);
  expect(recorded?.events.map(({ event }) => event)).toContainEqual({
    ...{ type: "ui_action", page: "timeline", control: "mark", value: "" },
  });
  await pages.host.recorder.stop();
  const late = await pages.post("/timeline/mark", {}, { "hx-request": "true" });
  expect(await late.text()).toContain("Nothing is recording.");
});

const settingsLabel = (names: string) => ({ code: "settings_before", values: { names } }) as const;

test("a checkpoint shows what is different from the one before", async () => {
  await using pages = await openPages();
  pages.host.timeline.start("mine");
  pages.host.timeline.note(settingsLabel("one"), { settings: { bitrate_kbps: 9000, same: 1 } });
  pages.host.timeline.note(settingsLabel("two"), { settings: { bitrate_kbps: 5000, same: 1 } });
  const page = await textOf(pages, "/timeline");
  expect(page).toContain(
    '<th scope="row" class="wrap">settings.bitrate_kbps</th><td data-label="Before" class="wrap">9000</td><td data-label="After" class="wrap">5000</td>',
  );
  expect(page).not.toContain("settings.same");
});

test("a saved capture has its timeline, its download and its moments", async () => {
  await using pages = await openPages();
  await pages.host.recorder.start();
  pages.clock.advanceMs(1000);
  pages.host.timeline.record(note("early"));
  pages.host.timeline.checkpoint({ label: "state then" });
  pages.clock.advanceMs(20_000);
  pages.host.timeline.record(note("late"));
  pages.clock.advanceMs(1000);
  pages.host.timeline.checkpoint({ label: "state after" });
  const id = (await pages.host.recorder.stop())?.id ?? "";
  expect(await textOf(pages, `/recordings/${id}`)).toContain(`href="/recordings/${id}/timeline"`);
  const page = await textOf(pages, `/recordings/${id}/timeline`);
  expect([page.includes("early"), page.includes("late")]).toEqual([true, true]);
  expect(page).not.toContain(`← ${id}`);
  const download = `/api/v1/stats/recordings/${id}/timeline`;
  expect(page).toContain(`href="${download}" download`);
  expect(((await (await pages.get(download)).json()) as Timeline).events).toHaveLength(2);
  const around = await textOf(pages, `/recordings/${id}/timeline?at=21000`);
  expect([around.includes("early"), around.includes("late")]).toEqual([false, true]);
  expect([around.includes("state then"), around.includes("state after")]).toEqual([true, false]);
  expect((await pages.get("/recordings/nothing/timeline")).status).toBe(404);
});

/** A saved capture of two minutes with a checkpoint in the middle. */
async function saveHalves(
  pages: Pages,
  after: Partial<StatsSample>,
  sessions?: readonly CaptureSession[],
): Promise<string> {
  const made = madeCapture({ id: "a", windowCount: 60 });
  const half = made.meta.duration_ms / 2;
  const samples = made.samples.map((sample) => ({
    ...sample,
    window_us: Math.floor((made.meta.duration_ms * 1000) / 60),
    ...(sample.t_ms <= half ? { bitrate_kbps: 20_000 } : after),
  }));
  const meta = sessions === undefined ? made.meta : { ...made.meta, sessions: [...sessions] };
  const at = { timestamp: "2026-06-26T20:14:03.000Z", t_ms: half, event_index: 0 };
  const checkpoints = [{ id: "c", label: "halved", state: {}, ...at }];
  const timeline = { id: "x", started_at: at.timestamp, events: [], checkpoints };
  return (await pages.host.store.save({ meta, samples }, timeline)).id;
}

const inGerman = { "accept-language": "de" };

test("before and after of a checkpoint is a table with a verdict for each metric, in words", async () => {
  await using pages = await openPages();
  const id = await saveHalves(pages, { bitrate_kbps: 5000 });
  const plain = await textOf(pages, `/recordings/${id}/timeline`);
  expect(plain).toContain(`href="/recordings/${id}/timeline?checkpoint=c"`);
  const path = `/recordings/${id}/timeline?checkpoint=c`;
  const page = await textOf(pages, path);
  expect(page).toContain("−15 Mbit/s (95% CI −15 to −15)");
  expect(page).toContain('<td data-label="Before" class="number">20 Mbit/s</td>');
  expect(page).toContain("no detectable difference");
  expect(page).toContain('<th scope="row">total p50</th>');
  const german = await textOf(pages, path, inGerman);
  expect(german).toContain("−15 Mbit/s (95-%-KI −15 bis −15)");
  expect(german).toContain("kein Unterschied erkennbar");
  expect(german).toContain('<th scope="row">Zielbitrate</th>');
});

test("times are shown in milliseconds", async () => {
  await using pages = await openPages();
  const id = await saveHalves(pages, { rtt_us: 1_001_800, bitrate_kbps: 20_000 });
  const page = await textOf(pages, `/recordings/${id}/timeline?checkpoint=c`);
  expect(page).toMatch(/\+1,00\d(\.\d+)? ms \(95% CI /);
});

const other = { kind: "native", width: 1280, height: 720, fps: 60 } as const;
test.each([
  [
    { ...other, codec: "h264", client: "one" },
    "Not comparable: “attic” played before, “one” after.",
  ],
  [
    { ...other, codec: "hevc", client: "attic" },
    "Not comparable: the codec changed from h264 to hevc.",
  ],
  [
    { ...other, fps: 30, codec: "h264", client: "attic" },
    "Not comparable: the mode changed from 1280x720@60 to 1280x720@30.",
  ],
] as const)("where something else changed, no verdict is given: %#", async (second, text) => {
  await using pages = await openPages();
  const first = { ...other, codec: "h264", client: "attic" } as const;
  const sessions = [first, second].map((one, place) => ({ ...one, session_id: place + 1 }));
  const id = await saveHalves(pages, { session_id: 2 }, sessions);
  const path = `/recordings/${id}/timeline?checkpoint=c`;
  expect(await textOf(pages, path)).toContain(text);
  const german = await textOf(pages, path, inGerman);
  expect(german).toContain("Nicht vergleichbar: ");
  expect(german).not.toContain("changed");
});

test("whatever an event or a checkpoint says is text", async () => {
  await using pages = await openPages();
  const show = async (text: string) => {
    pages.host.timeline.stop();
    pages.host.timeline.start("mine");
    for (const event of everything(text)) pages.host.timeline.record(event);
    pages.host.timeline.checkpoint({ id: text, label: text });
    pages.host.timeline.note(settingsLabel(text), { settings: { [text]: text } });
    return await tagsOf(await textOf(pages, "/timeline"));
  };
  // The first leaves a finished recording behind, which every page after it offers.
  await show("name");
  const harmless = await show("name");
  for (const text of [
    "<script>alert(1)</script>",
    '"><img src=x>',
    "</td></table>",
    "<!--",
    "]]>",
  ]) {
    expect(await show(text)).toEqual(harmless);
  }
});

/** A call of a recording, as it was made. */
const recorded = (path: string, body: object, facts: object = {}): HostAction => ({
  ...(call("Browser") as HostAction & { type: "api_call" }),
  ...{ method: path.endsWith("settings") ? "PATCH" : "POST", path, body, status: 204, ...facts },
});

test("why a call is left out or a replay stopped is shown in the reader's language", async () => {
  await using pages = await openPages();
  const { timeline } = pages.host;
  timeline.start("mine");
  timeline.record(recorded("/api/v1/pairing", {}));
  timeline.record(recorded("/api/v1/settings", {}, { redacted: true }));
  timeline.record(recorded("/api/v1/sessions/7/bitrate", { bitrate_kbps: 8000 }));
  timeline.stop();
  const of = timeline.reading("manual")?.id ?? "";
  const plan = await textOf(pages, `/timeline?of=${of}&plan=yes`, inGerman);
  expect(plan).toContain("dieser Aufruf lässt sich nicht wiederholen");
  expect(plan).toContain("sein Inhalt wurde geschwärzt");
  await pages.post("/timeline/replay", { of, pacing: "step" });
  for (let step = 0; step < 3; step += 1) await pages.post("/timeline/replay/step", { of });
  const stopped = await textOf(pages, `/parts/replay?of=${of}`, inGerman);
  expect(stopped).toContain("Eine Antwort weicht ab. Status: erwartet 204, erhalten 404.");
  const english = await textOf(pages, `/parts/replay?of=${of}`);
  expect(english).toContain("status: expected 204, found 404");
  expect(english).toContain("this call cannot be replayed");
});

test("a replay that was stopped manually says so in the reader's language", async () => {
  await using pages = await openPages();
  const { timeline } = pages.host;
  timeline.start("mine");
  timeline.record(recorded("/api/v1/stats/capture/start", {}));
  timeline.stop();
  const of = timeline.reading("manual")?.id ?? "";
  await pages.post("/timeline/replay", { of, pacing: "step" });
  await pages.post("/timeline/replay/end", { of });
  const ended = await textOf(pages, `/parts/replay?of=${of}`, inGerman);
  expect(ended).toContain("Abgebrochen. Vom Betreiber beendet.");
});
