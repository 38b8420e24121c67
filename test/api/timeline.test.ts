/** Recording, reading, bringing in and taking out what happens, over HTTP. */
import { expect, test } from "bun:test";
import { importBytesMax, type Timeline } from "../../src/model/timeline.ts";
import { fakeHost, session } from "../support/fake-host.ts";
import { messages, noJournal, note } from "../support/timeline-parts.ts";
import { ask, askBare, json, read } from "./support.ts";

const base = "/api/v1/timeline";
const body = (value: unknown) => ({ headers: json, body: JSON.stringify(value) });

function readOf(host: ReturnType<typeof fakeHost>, line: string, value?: unknown) {
  const options = value === undefined ? {} : body(value);
  return ask(host.app, line, options).then(read);
}

test("a manual recording is started, marked, stopped and read", async () => {
  const host = fakeHost();
  const [, state] = await readOf(host, `POST ${base}/start`, { id: "mine" });
  expect(state).toMatchObject({ recording: true, manual: { id: "mine", recording: true } });
  const [status, mark] = await readOf(host, `POST ${base}/checkpoint`, { label: "here" });
  expect([status, mark]).toEqual([
    200,
    {
      id: "mark-1",
      label: "here",
      timestamp: "2026-06-26T20:14:03.000Z",
      state: { version: "test" },
      event_index: 1,
    },
  ]);
  const [, stopped] = await readOf(host, `POST ${base}/stop`);
  expect((stopped as Timeline).checkpoints).toEqual([mark as Timeline["checkpoints"][0]]);
  expect(await readOf(host, `GET ${base}/checkpoints`)).toEqual([200, [mark]]);
  expect(await readOf(host, `GET ${base}/checkpoints?of=mine`)).toEqual([200, [mark]]);
  expect(await readOf(host, `POST ${base}/stop`)).toEqual([204, ""]);
});

test("a checkpoint is answered once it outlives a crash", async () => {
  const host = fakeHost();
  const written = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const settled = () => {
    asked.resolve();
    return written.promise;
  };
  const journal = { append: () => undefined, settled };
  host.timeline.beginCapture({ startedUnixMs: 0, startedUs: 0, journal });
  let isAnswered = false;
  const answer = readOf(host, `POST ${base}/checkpoint`, { id: "c" }).finally(() => {
    isAnswered = true;
  });
  await asked.promise;
  expect((await readOf(host, `GET ${base}/checkpoints`))[1]).toMatchObject([{ id: "c" }]);
  expect(isAnswered).toBe(false);
  written.resolve();
  expect((await answer)[0]).toBe(200);
});

test("start and checkpoint need no body", async () => {
  const host = fakeHost();
  expect((await readOf(host, `POST ${base}/start`))[0]).toBe(200);
  expect((await readOf(host, `POST ${base}/checkpoint`))[0]).toBe(200);
});

test("a second start and a checkpoint into nothing are refused", async () => {
  const host = fakeHost();
  expect(await readOf(host, `POST ${base}/checkpoint`, { id: "c" })).toEqual([
    409,
    {
      code: "not_recording",
      error: 'Cannot add checkpoint "c": no timeline is recorded; start one, or a capture',
    },
  ]);
  await readOf(host, `POST ${base}/start`, { id: "one" });
  expect(await readOf(host, `POST ${base}/start`, { id: "two" })).toEqual([
    409,
    {
      code: "already_recording",
      error: 'Cannot start timeline "two": "one" is being recorded',
    },
  ]);
});

test.each(["../x", "", "a/b", "capture", "manual", "x".repeat(129)])(
  "the id %p is refused",
  async (id) => {
    const [status] = await readOf(fakeHost(), `POST ${base}/start`, { id });
    expect(status).toBe(422);
  },
);

test("a call that changes something is an event with actor, status and hash, and without secrets", async () => {
  const host = fakeHost();
  await readOf(host, `POST ${base}/start`, { id: "mine" });
  const line = `POST /api/v1/sessions/${session.session_id}/bitrate`;
  await readOf(host, line, { bitrate_kbps: 5000 });
  await readOf(host, `POST ${base}/checkpoint`, { label: "said a-secret-of-the-test" });
  host.timeline.record(note("warned of a-secret-of-the-test"));
  const recorded = host.timeline.stop() as Timeline;
  expect(JSON.stringify(recorded)).not.toContain("a-secret-of-the-test");
  const events = recorded.events.slice(0, 3);
  expect(events.map(({ event }) => event)).toEqual([
    {
      ...{ type: "api_call", id: "call-1", method: "POST", status: 200, actor: "token" },
      ...{ route: `${base}/start`, path: `${base}/start`, body: { id: "mine" }, duration_us: 0 },
      answer_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      answer_shape: expect.objectContaining({ recording: "boolean" }),
    },
    {
      ...{ type: "api_call", id: "call-2", method: "POST", status: 204, actor: "token" },
      ...{ route: "/api/v1/sessions/:id/bitrate", path: "/api/v1/sessions/3/bitrate" },
      ...{ body: { bitrate_kbps: 5000 }, duration_us: 0, answer_shape: "nothing" },
      // Of no bytes at all.
      answer_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
    {
      ...{ type: "api_call", id: "call-3", method: "POST", status: 200, actor: "token" },
      ...{ route: `${base}/checkpoint`, path: `${base}/checkpoint`, duration_us: 0 },
      ...{ body: { label: "[redacted]" }, redacted: true },
      answer_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      answer_shape: expect.objectContaining({ event_index: "number" }),
    },
  ]);
});

test("calls that were refused at the edge or only read are not events", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  await askBare(host.app, "POST /api/v1/stats/capture/start");
  await askBare(host.app, "POST /api/v1/stats/capture/start", {
    headers: { authorization: "Bearer wrong" },
  });
  await readOf(host, "GET /api/v1/status");
  await ask(host.app, "HEAD /api/v1/status");
  expect(host.timeline.stop()?.events).toEqual([]);
});

test("a call from a signed-in browser has the console as its actor", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  const cookie = `onglass_session_7780=${host.credentials.openSession()}`;
  const headers = { cookie, "sec-fetch-site": "same-origin" };
  await askBare(host.app, "POST /api/v1/pairing", { headers });
  const [event] = host.timeline.stop()?.events ?? [];
  expect(event?.event).toMatchObject({ actor: "console", status: 200 });
  expect(JSON.stringify(event)).not.toContain(cookie.slice(16));
});

test("a call that failed is an event with its status", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  await readOf(host, "DELETE /api/v1/sessions/99");
  expect(host.timeline.stop()?.events[0]?.event).toMatchObject({
    ...{ status: 404, answer_shape: { code: "string", error: "string" } },
  });
});

test("events are asked for by index, time and kind, so many at most", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  for (const name of ["a", "b", "c", "d"]) {
    host.timeline.record(note(name));
    host.clock.advanceMs(1000);
  }
  host.timeline.record({ type: "ui_action", page: "p", control: "c", value: "" });
  const names = async (query: string) => {
    const [, page] = await readOf(host, `GET ${base}/events?${query}`);
    return messages((page as Timeline).events).join(" ");
  };
  expect(await names("")).toBe("a b c d ui_action");
  expect(await names("since=3")).toBe("d ui_action");
  expect(await names("kinds=ui_action")).toBe("ui_action");
  expect(await names("kinds=log,ui_action&since=3")).toBe("d ui_action");
  expect(await names("limit=2")).toBe("a b");
  expect(await names("from=2026-06-26T20:14:04.000Z&to=2026-06-26T20:14:05Z")).toBe("b c");
  expect(await names("from=2026-06-26T20:14:05.001Z")).toBe("d ui_action");
  expect(await names("since=1&to=2026-06-26T20:14:04.000Z")).toBe("b");
  const [, page] = await readOf(host, `GET ${base}/events?limit=2`);
  expect(page).toMatchObject({ id: "mine", next_index: 2, reaches_lost: false });
});

test.each(["kinds=log,nothing", "from=yesterday", "since=-1", "limit=0", "limit=50001", "x=1"])(
  "the query %p is refused",
  async (query) => {
    const host = fakeHost();
    host.timeline.start("mine");
    const [status, problem] = await readOf(host, `GET ${base}/events?${query}`);
    expect([status, (problem as { code: string }).code]).toEqual([422, "out_of_range"]);
  },
);

test("events between two checkpoints are asked for by their ids", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  host.timeline.checkpoint({ id: "a" });
  host.timeline.record(note("x"));
  host.timeline.checkpoint({ id: "b" });
  host.timeline.record(note("y"));
  const [, page] = await readOf(host, `GET ${base}/between?from=b&to=a`);
  expect(messages((page as Timeline).events)).toEqual(["x"]);
  expect(await readOf(host, `GET ${base}/between?from=no&to=a`)).toEqual([
    404,
    { code: "not_found", error: 'Cannot find checkpoint "no": timeline "mine" has none' },
  ]);
});

test("without a recording there is nothing to read", async () => {
  const host = fakeHost();
  for (const path of [
    "events",
    "checkpoints",
    "between?from=a&to=b",
    "export",
    "replay-sequence",
  ]) {
    const [status, problem] = await readOf(host, `GET ${base}/${path}`);
    expect([path, status]).toEqual([path, 404]);
    expect(problem).toMatchObject({ code: "not_found" });
  }
});

test("reads take the capture's, else the manual one, else the last that finished", async () => {
  const host = fakeHost();
  const idOf = async (query = "") => {
    const [, page] = await readOf(host, `GET ${base}/events${query}`);
    return (page as { id?: string }).id;
  };
  const start = { startedUnixMs: host.clock.wallMs(), startedUs: host.clock.nowUs() };
  host.timeline.start("mine");
  expect(await idOf()).toBe("mine");
  host.timeline.beginCapture({ ...start, journal: noJournal() });
  expect([await idOf(), await idOf("?of=manual")]).toEqual(["capture", "mine"]);
  host.timeline.endCapture();
  expect([await idOf(), await idOf("?of=capture")]).toEqual(["mine", "capture"]);
  host.timeline.stop();
  expect(await idOf()).toBe("mine");
});

test("an export opens again, read-only and under a local id", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  host.timeline.record(note("a"));
  host.timeline.checkpoint({ id: "c" });
  const [, exported] = await readOf(host, `GET ${base}/export`);
  host.timeline.stop();
  expect(await readOf(host, `POST ${base}/import`, exported)).toEqual([
    200,
    {
      ...{ id: "import-1", imported_id: "mine", event_count: 1, checkpoint_count: 1 },
      ...{ events_dropped: 0, checkpoints_dropped: 0, checkpoints_clamped: 0, duplicate_ids: 0 },
    },
  ]);
  expect((await readOf(host, `GET ${base}/status`))[1]).toMatchObject({
    recording: false,
    readable: ["mine", "import-1"],
  });
  const [, page] = await readOf(host, `GET ${base}/events?of=import-1`);
  expect(messages((page as Timeline).events)).toEqual(["a"]);
});

test("an export that is resumed continues behind its last event", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  host.timeline.record(note("a"));
  const [, exported] = await readOf(host, `GET ${base}/export`);
  host.timeline.record(note("replaced"));
  const [status, state] = await readOf(host, `POST ${base}/resume`, exported);
  expect([status, state]).toMatchObject([200, { manual: { id: "mine", recording: true } }]);
  host.timeline.record(note("b"));
  const { events } = host.timeline.stop() as Timeline;
  expect(messages(events)).toEqual(["a", "api_call", "b"]);
  expect(events.map(({ index }) => index)).toEqual([0, 1, 2]);
});

test("a hostile import is refused in the envelope and changes nothing", async () => {
  const host = fakeHost();
  const [status, problem] = await readOf(host, `POST ${base}/import`, { version: 9 });
  expect([status, problem]).toEqual([
    422,
    {
      code: "import_refused",
      error: "Cannot import the timeline: version: it is 9, and this host reads 1",
    },
  ]);
  expect(host.timeline.status().readable).toEqual([]);
});

test("an import that declares too much is refused unread, other routes take no more than before", async () => {
  const host = fakeHost();
  const ofLength = (length: number) => ({
    headers: { ...json, "content-length": String(length) },
    body: "{}",
  });
  const status = async (line: string, length: number) =>
    (await ask(host.app, line, ofLength(length))).status;
  expect(await status(`POST ${base}/import`, importBytesMax)).toBe(422);
  expect(await status(`POST ${base}/import`, importBytesMax + 1)).toBe(413);
  expect(await status(`POST ${base}/start`, 65_537)).toBe(413);
});
