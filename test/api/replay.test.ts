/** Recorded calls done again: planned, paced, compared, with the rights of who replays. */
import { expect, test } from "bun:test";
import type { ReplayRun } from "../../src/model/replay.ts";
import type { Timeline } from "../../src/model/timeline.ts";
import { type Asked, fakeHost, session } from "../support/fake-host.ts";
import { ask, askBare, json, read } from "./support.ts";

const base = "/api/v1/timeline";
const bitrate = `POST /api/v1/sessions/${session.session_id}/bitrate`;
const idr = `POST /api/v1/sessions/${session.session_id}/idr`;
const quick = { dry_run: false, pacing: "fixed", interval_ms: 0 };

type Host = ReturnType<typeof fakeHost>;

async function call<T>(host: Host, line: string, value?: unknown): Promise<T> {
  const options = value === undefined ? {} : { headers: json, body: JSON.stringify(value) };
  const [, answer] = await read(await ask(host.app, line, options));
  return answer as T;
}

/** What a session of work leaves behind. */
async function recordWork(): Promise<Timeline> {
  const host = fakeHost();
  host.timeline.start("work");
  await call(host, "POST /api/v1/stats/capture/start");
  host.clock.advanceMs(40);
  await call(host, bitrate, { bitrate_kbps: 5000 });
  await call(host, "POST /api/v1/pairing");
  await call(host, idr);
  await call(host, "POST /api/v1/stats/capture/stop");
  return host.timeline.stop() as Timeline;
}

async function withWork(given: Parameters<typeof fakeHost>[0] = {}): Promise<Host> {
  const host = fakeHost(given);
  await call(host, `POST ${base}/import`, await recordWork());
  return host;
}

/** Polls as a person would, and stops in good time. */
async function outcome(host: Host): Promise<ReplayRun> {
  for (let poll = 0; poll < 2000; poll++) {
    const run = await call<ReplayRun>(host, `GET ${base}/replay`);
    if (run.state !== "running") return run;
    await Bun.sleep(1);
  }
  throw new Error("The replay did not end");
}

test("a replay is a plan unless it is said otherwise, and asks nothing", async () => {
  const host = await withWork();
  const plan = await call<ReplayRun>(host, `POST ${base}/replay`, {});
  expect(plan).toMatchObject({ state: "plan", of: "import-1", position: 0, incomplete: false });
  expect(
    plan.calls.map(({ method, path, state, after_ms }) => [method, path, state, after_ms]),
  ).toEqual([
    ["POST", "/api/v1/stats/capture/start", "waiting", 0],
    ["POST", "/api/v1/sessions/3/bitrate", "waiting", 40],
    ["POST", "/api/v1/pairing", "skipped", 0],
    ["POST", "/api/v1/sessions/3/idr", "waiting", 0],
    ["POST", "/api/v1/stats/capture/stop", "waiting", 0],
  ]);
  expect(plan.calls[2]?.skipped).toBe("this call cannot be replayed");
  expect(host.asked).toEqual([]);
  expect(await call(host, `GET ${base}/replay`)).toMatchObject({ code: "not_found" });
});

test("against a fresh host every answer is equal, in order", async () => {
  const host = await withWork();
  await call(host, `POST ${base}/replay`, quick);
  const run = await outcome(host);
  expect([run.state, run.position, run.reason]).toEqual(["equal", 5, undefined]);
  expect(run.calls.map(({ state }) => state)).toEqual([
    "equal",
    "equal",
    "skipped",
    "equal",
    "equal",
  ]);
  expect(host.asked).toEqual([
    ["bitrate", 5000, 3],
    ["idr", 3],
  ] satisfies Asked);
});

test("a replay in the recorded pace takes its time", async () => {
  const host = await withWork();
  const startedMs = performance.now();
  await call(host, `POST ${base}/replay`, { dry_run: false });
  expect((await outcome(host)).state).toBe("equal");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39);
});

test("it stops at the first answer of another status, with expected and found", async () => {
  const sessions = {
    sessions: () => [],
    requestIdr: () => true,
    setBitrate: () => false,
    disconnect: () => true,
  };
  const host = await withWork({ sessions });
  await call(host, `POST ${base}/replay`, quick);
  const run = await outcome(host);
  expect([run.state, run.position, run.reason]).toEqual([
    ...["different", 2, "status: expected 204, found 404"],
  ]);
  expect(run.calls[1]).toMatchObject({
    state: "different",
    expected: { status: 204, shape: "nothing" },
    found: { status: 404, shape: { code: "string", error: "string" } },
    difference: "status: expected 204, found 404",
  });
  expect(run.calls[3]?.state).toBe("waiting");
});

test("it stops at the first answer of another shape, and says where", async () => {
  const work = await recordWork();
  const text = JSON.stringify(work).replace('"sample_count":"number"', '"sample_count":"string"');
  const host = fakeHost();
  await call(host, `POST ${base}/import`, JSON.parse(text));
  await call(host, `POST ${base}/replay`, quick);
  const run = await outcome(host);
  expect(run.state).toBe("different");
  expect(run.reason).toBe("answer.sample_count: expected string, found number");
});

test("by steps, each call waits for its step", async () => {
  const host = await withWork();
  const begun = await call<ReplayRun>(host, `POST ${base}/replay`, {
    dry_run: false,
    pacing: "step",
  });
  expect([begun.state, begun.position]).toEqual(["stepping", 0]);
  const positions: unknown[] = [];
  for (let step = 0; step < 5; step++) {
    const run = await call<ReplayRun>(host, `POST ${base}/replay/step`);
    positions.push([run.position, run.state, host.asked.length]);
  }
  expect(positions).toEqual([
    [1, "stepping", 0],
    [2, "stepping", 1],
    [3, "stepping", 1],
    [4, "stepping", 2],
    [5, "equal", 2],
  ]);
  expect(await call(host, `POST ${base}/replay/step`)).toMatchObject({ code: "not_stepping" });
});

test("one replay at a time, which can be ended", async () => {
  const host = await withWork();
  await call(host, `POST ${base}/replay`, { dry_run: false, pacing: "fixed", interval_ms: 60_000 });
  expect(await call(host, `POST ${base}/replay`, quick)).toMatchObject({ code: "replay_running" });
  expect((await call<ReplayRun>(host, `POST ${base}/replay`, {})).state).toBe("plan");
  expect((await ask(host.app, `DELETE ${base}/replay`)).status).toBe(204);
  const run = await outcome(host);
  expect([run.state, run.reason]).toEqual(["ended", "it was stopped by the operator"]);
  expect((await ask(host.app, `DELETE ${base}/replay`)).status).toBe(409);
  await call(host, `POST ${base}/replay`, quick);
  expect((await outcome(host)).state).toBe("equal");
});

test("replayed calls are marked, and enter no new sequence", async () => {
  const host = await withWork();
  host.timeline.start("second");
  await call(host, `POST ${base}/replay`, { ...quick, of: "import-1" });
  await outcome(host);
  const calls = host.timeline.reading("manual")?.eventsSince(0) ?? [];
  const marks = calls.flatMap(({ event }) =>
    event.type === "api_call" ? [[event.path, event.replayed ?? false]] : [],
  );
  expect(marks).toContainEqual(["/api/v1/sessions/3/bitrate", true]);
  const sequence = await call<{ path: string }[]>(host, `GET ${base}/replay-sequence?of=manual`);
  expect(sequence.map(({ path }) => path)).toEqual([`${base}/replay`]);
});

test("nobody can mark a call as replayed from outside", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  await ask(host.app, idr, { headers: { "x-replayed": "true", replayed: "true" } });
  expect(host.timeline.reading()?.replaySequence()).toHaveLength(1);
});

test("a replay has the rights of the person who replays, and no longer than that person", async () => {
  const host = await withWork();
  const signedIn = host.credentials.openSession();
  const headers = { cookie: `onglass_session_7780=${signedIn}`, "sec-fetch-site": "same-origin" };
  const options = {
    headers: { ...headers, ...json },
    body: JSON.stringify({ dry_run: false, pacing: "step" }),
  };
  expect((await askBare(host.app, `POST ${base}/replay`, options)).status).toBe(200);
  expect((await call<ReplayRun>(host, `POST ${base}/replay/step`)).calls[0]?.state).toBe("equal");
  host.credentials.closeSession(signedIn);
  const run = await call<ReplayRun>(host, `POST ${base}/replay/step`);
  expect([run.state, run.reason]).toEqual(["different", "status: expected 204, found 401"]);
  expect(host.asked).toEqual([]);
});

test.each([
  ["DELETE", "/api/v1/stats/recordings/x"],
  ["POST", "/api/v1/timeline/resume"],
  ["POST", "/api/v1/stats/capture/start/../../../pairing"],
  ["POST", "/api/v1/stats/capture/start?x=1"],
  ["POST", "//evil.example/api/v1/stats/capture/start"],
  ["GET", "/api/v1/stats/capture/start"],
  ["POST", "/api/v1/sessions/3/idr\n"],
])("what a hostile recording asks for is not done: %s %p", async (method, path) => {
  const work = await recordWork();
  const [first] = work.events;
  if (first?.event.type !== "api_call") throw new Error("There is no call");
  // The pattern says it is harmless; the path decides.
  const events = [
    { ...first, event: { ...first.event, method, path, route: "/api/v1/stats/capture/start" } },
  ];
  const host = fakeHost();
  await call(host, `POST ${base}/import`, { ...work, events });
  await call(host, `POST ${base}/replay`, quick);
  const run = await outcome(host);
  expect(run.calls.map(({ state }) => state)).toEqual(["skipped"]);
  expect(host.stats.captureNumber()).toBe(0);
});

test("a call whose body was redacted is not done again", async () => {
  const work = await recordWork();
  const events = work.events.map((one) => ({ ...one, event: { ...one.event, redacted: true } }));
  const host = fakeHost();
  await call(host, `POST ${base}/import`, { ...work, events });
  const { calls } = await call<ReplayRun>(host, `POST ${base}/replay`, {});
  expect(calls[0]?.skipped).toBe("its body was redacted");
});

test("a replay of a recording that lost calls says so", async () => {
  const host = fakeHost();
  await call(host, `POST ${base}/import`, { ...(await recordWork()), events_thinned: 1 });
  expect((await call<ReplayRun>(host, `POST ${base}/replay`, {})).incomplete).toBe(true);
});

test("what is not recorded cannot be replayed", async () => {
  const host = fakeHost();
  for (const of of [undefined, "import-9"]) {
    const answer = await call(host, `POST ${base}/replay`, of === undefined ? {} : { of });
    expect(answer).toMatchObject({ code: "not_found" });
  }
});
