/** Every operation, walked: what the API and the console do with one is the same by construction. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import type { ApiCallEvent } from "../../src/model/timeline.ts";
import { operations } from "../../src/operations/all.ts";
import { isChange, type Operation } from "../../src/operations/operation.ts";
import { isRepeatable, pathOf } from "../../src/operations/route.ts";
import { ask, json } from "../api/support.ts";
import { client, fakeHost, session, waitingPlayer } from "../support/fake-host.ts";
import { watchStream } from "../support/fake-watching.ts";
import { noJournal } from "../support/timeline-parts.ts";

const changes = operations.filter(isChange);
const name = ({ method, route }: Operation) => `${method} ${route}`;

/** What each change is given here; `{}` unless it needs more. */
const inputs: Readonly<Record<string, { params?: Record<string, string>; body?: unknown }>> = {
  session_disconnect: { params: { id: `${session.session_id}` } },
  session_idr: { params: { id: `${session.session_id}` } },
  session_bitrate: { params: { id: `${session.session_id}` }, body: { bitrate_kbps: 5000 } },
  experiment_start: { body: { setting: "encoder_preset", values: ["ultrafast", "fast"] } },
  experiment_remove: { params: { id: "2026-11-27T22-20-00Z_fps_cap" } },
  settings_change: { body: { fps_cap: 30 } },
  settings_trial_start: { body: { change: { fps_cap: 30 } } },
  client_change: { params: { id: client.id }, body: { name: "Living room" } },
  client_delete: { params: { id: client.id } },
  pairing_pin: { body: { pin: "1234" } },
  pairing_refuse: { params: { id: `${waitingPlayer.id}` } },
  stats_recording_change: { params: { id: "capture-1" }, body: { name: "first" } },
  stats_recording_delete: { params: { id: "capture-1" } },
  stats_capture_keep: { body: { last_s: 60 } },
  archive_open: { body: { key: "documents/host=den/date=2026-11-28/x-0a1b2c3d.json" } },
  token_create: { body: { name: "scraper", rights: "fast" } },
  link_create: { body: { rights: "watch", uses: 0 } },
  link_revoke: { params: { id: "0123456789ab" } },
  token_revoke: { params: { id: "0123456789ab" } },
  timeline_start: { body: {} },
  timeline_checkpoint: { body: { label: "here" } },
  timeline_replay: { body: { of: "before" } },
  stream_open: { body: { width: 320, height: 180, fps: 30, codec: "h264", bitrate_kbps: 500 } },
  stream_resize: {
    params: { id: `${watchStream.session_id}` },
    body: { width: 640, height: 360 },
  },
  stream_close: { params: { id: `${watchStream.session_id}` } },
};

type Host = ReturnType<typeof fakeHost>;

/** A host that records on the timeline, with a saved capture. */
async function recordingHost(): Promise<Host> {
  const host = fakeHost();
  await host.stats.start();
  await host.stats.stop();
  host.timeline.beginCapture({ startedUnixMs: 0, startedUs: 0, journal: noJournal() });
  return host;
}

function callsOf({ timeline }: Host): ApiCallEvent[] {
  const events = timeline.reading("capture")?.eventsSince(0) ?? [];
  return events.flatMap(({ event }) => (event.type === "api_call" ? [event] : []));
}

async function callRoute(host: Host, operation: Operation): Promise<void> {
  const { params, body } = inputs[operation.id] ?? {};
  const file = operation.fileBytesMax === undefined ? undefined : {};
  const sent = body ?? file;
  const options = sent === undefined ? {} : { headers: json, body: JSON.stringify(sent) };
  await ask(host.app, `${operation.method} ${pathOf(operation.route, params)}`, options);
}

async function performAsConsole({ performer }: Host, operation: Operation): Promise<void> {
  const file = operation.fileBytesMax === undefined ? undefined : Buffer.from("{}");
  const request = new Request("http://localhost:7780/somewhere", { method: "POST" });
  const input = { ...inputs[operation.id], file };
  await performer.perform(operation, input, { actor: "console", request }).catch(() => undefined);
}

const comparable = ({ duration_us: _, actor: __, ...rest }: ApiCallEvent) => rest;

test.each(changes.map((operation) => [name(operation), operation] as const))(
  "%s leaves the same call by its route and performed by the console",
  async (_, operation) => {
    const [api, console] = [await recordingHost(), await recordingHost()];
    await callRoute(api, operation);
    await performAsConsole(console, operation);
    expect(callsOf(api)).toHaveLength(1);
    expect(callsOf(console).map(comparable)).toEqual(callsOf(api).map(comparable));
    expect([callsOf(api)[0]?.actor, callsOf(console)[0]?.actor]).toEqual(["token", "console"]);
  },
);

test("what only reads leaves no call", async () => {
  const host = await recordingHost();
  for (const operation of operations.filter((one) => !isChange(one))) {
    if (operation.id.endsWith("_stream")) continue;
    await callRoute(host, operation);
  }
  expect(callsOf(host)).toEqual([]);
});

test("a change that its input keeps from being done is recorded with the refusal", async () => {
  const host = await recordingHost();
  const path = `POST /api/v1/sessions/${session.session_id}/bitrate`;
  await ask(host.app, path, { headers: json, body: '{"bitrate_kbps":0}' });
  await ask(host.app, path, { headers: json, body: "{" });
  await ask(host.app, path, { headers: { "content-type": "text/plain" }, body: "{}" });
  expect(callsOf(host).map(({ status, body }) => [status, body])).toEqual([
    [422, { bitrate_kbps: 0 }],
    [400, undefined],
    [415, undefined],
  ]);
});

test("operations have a name and a route of their own", () => {
  for (const key of [({ id }: Operation) => id, name]) {
    expect(new Set(operations.map(key)).size).toBe(operations.length);
  }
});

test("a replay may repeat starting, stopping, steering and settings, and nothing else", () => {
  expect(operations.filter((one) => one.isRepeatable === true).map(({ id }) => id)).toEqual([
    "stats_capture_start",
    "stats_capture_stop",
    "session_disconnect",
    "session_idr",
    "session_bitrate",
    "settings_change",
    "settings_trial_start",
    "settings_trial_undo",
  ]);
  expect(isRepeatable({ method: "POST", path: "/api/v1/sessions/3/idr" })).toBe(true);
  for (const path of ["/api/v1/sessions/x/idr", "/api/v1/sessions/3/idr/", "/api/v1/pairing"]) {
    expect([path, isRepeatable({ method: "POST", path })]).toEqual([path, false]);
  }
});

/** Asked by programs alone (resuming an export, a ticket for a MoQ client) or by a page's script. */
const withoutForm = ["timeline_resume", "stream_resize", "moq_ticket"];

test("every change of the API is one of the console's forms too, or says why not", async () => {
  let pages = "";
  for (const path of new Glob("src/pages/*.ts").scanSync()) pages += await Bun.file(path).text();
  const missing = changes.filter(({ id }) => {
    const constant = id.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return !new RegExp(`\\[${constant},`).test(pages);
  });
  expect(missing.map(({ id }) => id)).toEqual(withoutForm);
});
