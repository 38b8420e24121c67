/**
 * What is done in the console is recorded as the call of the API that it stands for: each action is
 * done in both ways, and the two events are laid side by side.
 */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import type { ApiCallEvent, UiActionEvent } from "../../src/model/timeline.ts";
import { consoleToken } from "../support/console-host.ts";
import { playingSession } from "../support/made-capture.ts";
import { openPages } from "./support.ts";

type Pages = Awaited<ReturnType<typeof openPages>>;
type Way = {
  /** Address and form of the console. */
  readonly page: readonly [path: string, fields?: Record<string, string>];
  /** The same to a program. */
  readonly call: readonly [method: string, path: string, body?: unknown];
  /** What has to be so before, each time. */
  readonly before?: (pages: Pages) => unknown;
};

const client = { id: "ab".repeat(32), name: "a phone", kind: "native", paired_unix_ms: 1 };
const television = {
  id: 5,
  uniqueid: "0123456789ABCDEF",
  name: "a television",
  address: "192.0.2.7",
};
const playing = (pages: Pages) => {
  pages.host.people.playing = [playingSession({ session_id: 7 })];
};
const nobody = (pages: Pages) => {
  pages.host.people.playing = [];
};
const waiting = (pages: Pages) => {
  pages.host.people.waiting = [television];
};

const small = { width: 320, height: 180, fps: 30, codec: "h264", bitrate_kbps: 500 };

const ways: Readonly<Record<string, Way>> = {
  "a capture is started": {
    page: ["/capture/start"],
    call: ["POST", "/api/v1/stats/capture/start"],
    before: (pages) => pages.host.recorder.stop(),
  },
  "a capture is stopped": {
    page: ["/capture/stop"],
    call: ["POST", "/api/v1/stats/capture/stop"],
    before: (pages) => pages.host.recorder.start(),
  },
  "a capture is stopped that does not run": {
    page: ["/capture/stop"],
    call: ["POST", "/api/v1/stats/capture/stop"],
  },
  "a recording is deleted that is not there": {
    page: ["/recordings/nothing/delete", { to: "/" }],
    call: ["DELETE", "/api/v1/stats/recordings/nothing"],
  },
  "a key frame is asked for": {
    page: ["/sessions/7/idr"],
    call: ["POST", "/api/v1/sessions/7/idr"],
    before: playing,
  },
  "a bitrate is changed": {
    page: ["/sessions/7/bitrate", { bitrate_kbps: "12000" }],
    call: ["POST", "/api/v1/sessions/7/bitrate", { bitrate_kbps: 12_000 }],
    before: playing,
  },
  "a bitrate is changed of nobody": {
    page: ["/sessions/7/bitrate", { bitrate_kbps: "12000" }],
    call: ["POST", "/api/v1/sessions/7/bitrate", { bitrate_kbps: 12_000 }],
    before: nobody,
  },
  "a player is disconnected": {
    page: ["/sessions/7/disconnect"],
    call: ["DELETE", "/api/v1/sessions/7"],
    before: playing,
  },
  "a setting is changed": {
    page: ["/settings", { fps_cap: "30", was_fps_cap: "0" }],
    call: ["PATCH", "/api/v1/settings", { fps_cap: 30 }],
  },
  "a pairing code is made": { page: ["/pairing"], call: ["POST", "/api/v1/pairing"] },
  "a pairing code is cancelled": {
    page: ["/pairing/cancel"],
    call: ["DELETE", "/api/v1/pairing"],
  },
  "a PIN is typed": {
    page: ["/pairing/pin", { pin: "4711", id: "5" }],
    call: ["POST", "/api/v1/pairing/pin", { pin: "4711", id: 5 }],
    before: waiting,
  },
  "a PIN is typed that nobody waits for": {
    page: ["/pairing/pin", { pin: "4711", id: "5" }],
    call: ["POST", "/api/v1/pairing/pin", { pin: "4711", id: 5 }],
  },
  "a waiting player is rejected": {
    page: ["/pairing/refuse", { id: "5" }],
    call: ["DELETE", "/api/v1/pairing/waiting/5"],
    before: waiting,
  },
  "a player is removed": {
    page: [`/players/${client.id}/remove`],
    call: ["DELETE", `/api/v1/clients/${client.id}`],
    before: (pages) => {
      pages.host.people.paired = [client];
    },
  },
  "a player is renamed": {
    page: [`/players/${client.id}/rename`, { name: "Living room" }],
    call: ["PATCH", `/api/v1/clients/${client.id}`, { name: "Living room" }],
    before: (pages) => {
      pages.host.people.paired = [client];
    },
  },
  "a moment is marked": {
    page: ["/timeline/mark"],
    call: ["POST", "/api/v1/timeline/checkpoint", { label: "mark" }],
  },
  "a stream is started": {
    page: ["/watch", { size: "320x180", fps: "30", bitrate_kbps: "500", codec: "h264" }],
    call: ["POST", "/api/v1/streams", small],
  },
};

async function callApi({ host }: Pages, [method, path, body]: Way["call"]): Promise<void> {
  const headers: Record<string, string> = { authorization: `Bearer ${consoleToken}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  await fetch(host.url + path, { method, headers, ...init });
}

/** The calls that are recorded while something is done, without what is never the same. */
async function callsOf(pages: Pages, work: () => Promise<unknown>) {
  const { timeline } = pages.host;
  timeline.stop();
  timeline.start("mine");
  await work();
  const events = timeline.stop()?.events.map(({ event }) => event) ?? [];
  const calls = events.filter((event): event is ApiCallEvent => event.type === "api_call");
  const controls = events.filter((event): event is UiActionEvent => event.type === "ui_action");
  return { calls, controls };
}

const comparable = ({
  id: _,
  duration_us: __,
  actor: ___,
  answer_sha256: ____,
  ...rest
}: ApiCallEvent) => rest;

for (const [what, way] of Object.entries(ways)) {
  test(`when ${what}, the console's call is the one of the API`, async () => {
    await using pages = await openPages();
    await way.before?.(pages);
    const api = await callsOf(pages, () => callApi(pages, way.call));
    await way.before?.(pages);
    const console = await callsOf(pages, () => pages.post(way.page[0], way.page[1] ?? {}));
    expect(api.calls).toHaveLength(1);
    expect(console.calls.map(comparable)).toEqual(api.calls.map(comparable));
    expect([api.calls[0]?.actor, console.calls[0]?.actor]).toEqual(["token", "console"]);
    expect([api.controls.length, console.controls.length]).toEqual([0, 1]);
  });
}

test("the hash of an answer is the same in both ways", async () => {
  await using pages = await openPages();
  const call = ["PATCH", "/api/v1/settings", { fps_cap: 30 }] as const;
  const form = { fps_cap: "30", was_fps_cap: "0" };
  const [one] = (await callsOf(pages, () => callApi(pages, call))).calls;
  const [two] = (await callsOf(pages, () => pages.post("/settings", form))).calls;
  // The revision rises with each change.
  expect(one?.answer_sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(two?.answer_sha256).not.toBe(one?.answer_sha256);
  pages.host.people.playing = [];
  const bitrate = { bitrate_kbps: 12_000 };
  const path = "/api/v1/sessions/7/bitrate";
  const [three] = (await callsOf(pages, () => callApi(pages, ["POST", path, bitrate]))).calls;
  const sent = () => pages.post("/sessions/7/bitrate", { bitrate_kbps: "12000" });
  const [four] = (await callsOf(pages, sent)).calls;
  expect(four?.answer_sha256).toBe(three?.answer_sha256 ?? "none");
});

test("what a page refuses by itself is a control that was used, and no call", async () => {
  await using pages = await openPages();
  const sent = () => pages.post("/sessions/7/bitrate", { bitrate_kbps: "much" });
  const { calls, controls } = await callsOf(pages, sent);
  expect(calls).toEqual([]);
  expect(controls).toEqual([
    { type: "ui_action", page: "sessions", control: "bitrate", value: "7" },
  ]);
});

test("a change that fails is recorded with the API's answer", async () => {
  await using pages = await openPages();
  const fail = () => {
    throw new Failure("settings_not_saved", "Cannot save the settings: the disk is full");
  };
  pages.host.settings.change = fail;
  const way = ways["a setting is changed"];
  if (way === undefined) throw new Error("no such way");
  const api = await callsOf(pages, () => callApi(pages, way.call));
  const console = await callsOf(pages, () => pages.post(way.page[0], way.page[1] ?? {}));
  expect(console.calls.map(comparable)).toEqual(api.calls.map(comparable));
  expect(console.calls[0]?.status).toBe(507);
  expect(console.calls[0]?.answer_sha256).toBe(api.calls[0]?.answer_sha256 ?? "none");
});
