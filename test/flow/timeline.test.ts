/**
 * The timeline with real processes: what a player and an operator do is in the capture's timeline at
 * the right times, opens on a second host, is done again there, and outlives a killed host.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture } from "../../src/model/capture.ts";
import type { ReplayRun } from "../../src/model/replay.ts";
import type { Session } from "../../src/model/session.ts";
import type { HostAction, StreamEvent, Timeline, TimelineEvent } from "../../src/model/timeline.ts";
import { type Alone, checkoutAlone, type Host, startHost } from "../support/executable.ts";
import { until } from "../support/until.ts";

const api = "/api/v1";

class Running implements AsyncDisposable {
  readonly alone: Alone;
  #url = "";
  #token = "";
  #nativeAddress = "";
  #host: Host | undefined;

  constructor(alone: Alone) {
    this.alone = alone;
  }

  async start(): Promise<this> {
    const host = await startHost(this.alone);
    this.#host = host;
    this.#url = host.consoleUrl;
    this.#nativeAddress = host.nativeAddress;
    this.#token = (await Bun.file(join(this.alone.dataDirectory, "token")).text()).trim();
    return this;
  }

  async kill(): Promise<void> {
    this.#host?.process.kill("SIGKILL");
    await this.#host?.process.exited;
  }

  /** Dates of what the host's own log says, in milliseconds since 1970. */
  logged(event: string): number[] {
    return this.#host?.log.lines(event).map(({ at }) => Date.parse(at)) ?? [];
  }

  /** As the form of the Sessions page sends it, by a signed-in browser. */
  async saveOnPage(fields: Record<string, string>): Promise<number> {
    const post = (path: string, form: Record<string, string>, own = "") =>
      fetch(this.#url + path, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { origin: this.#url, cookie: own },
        redirect: "manual",
      });
    const signedIn = await post("/sign-in", { token: this.#token });
    const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
    return (await post("/settings", fields, cookie)).status;
  }

  /** Ends with the host's folder; resolves when its session is there. */
  async play(): Promise<void> {
    this.alone.start(["play", this.#nativeAddress, "--width", "320", "--height", "180"]);
    await until(async () => (await this.get<Session[]>("/sessions")).length === 1, {
      what: "the session is there",
    });
  }

  async call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const init =
      body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return await fetch(this.#url + api + path, init);
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.call("GET", path)).json()) as T;
  }

  async post<T>(path: string, body?: unknown): Promise<T> {
    return (await (await this.call("POST", path, body)).json()) as T;
  }

  /** Waits for so many events of the stream in the timeline that is read. */
  async streamEvents(action: StreamEvent["action"], count = 1): Promise<TimelineEvent[]> {
    let found: TimelineEvent[] = [];
    const isThere = async () => {
      const { events } = await this.get<Timeline>("/timeline/events?kinds=stream");
      found = events.filter(({ event }) => event.type === "stream" && event.action === action);
      return found.length >= count;
    };
    await until(isThere, { what: `${action} ${count} times` });
    return found;
  }

  /** Waits until the capture has so many samples. */
  async samples(count: number): Promise<void> {
    const areThere = async () => {
      const { sample_count } = await this.get<{ sample_count: number }>("/stats/capture/status");
      return sample_count >= count;
    };
    await until(areThere, { what: `${count} samples` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.alone[Symbol.asyncDispose]();
  }
}

async function running(): Promise<Running> {
  return await new Running(await checkoutAlone()).start();
}

type State = {
  sessions: { session_id: number; bitrate_kbps: number }[];
  settings: { values: { encoder_preset: string } };
  version: string;
};

/** What the operator does: the same calls on every host. */
async function work(host: Running): Promise<void> {
  await host.post("/stats/capture/start");
  await host.play();
  await host.samples(1);
  await host.call("POST", "/sessions/1/bitrate", { bitrate_kbps: 3000 });
  await host.streamEvents("bitrate_changed");
  const preset = { encoder_preset: "veryfast" };
  expect((await host.call("PATCH", "/settings", preset)).status).toBe(200);
  await host.streamEvents("encoder_reset");
  const form = { encoder_preset: "superfast", was_encoder_preset: "veryfast" };
  expect(await host.saveOnPage(form)).toBe(303);
  await host.streamEvents("encoder_reset", 2);
  await host.call("POST", "/sessions/1/idr");
  await host.samples(3);
  await host.call("POST", "/timeline/checkpoint", { id: "mine", label: "here" });
}

const isReset = (event: HostAction) => event.type === "stream" && event.action === "encoder_reset";

/** Both are written within a turn of the host's main thread, which may be a busy one. */
const logDistanceMsMax = 250;

function expectNear(dates: readonly number[], logged: readonly number[]): void {
  expect(logged).toHaveLength(dates.length);
  for (const [place, date] of dates.entries()) {
    expect(Math.abs(date - (logged[place] ?? 0))).toBeLessThan(logDistanceMsMax);
  }
}

test("what happened is on the capture's clock, opens elsewhere, and can be done again there", async () => {
  await using first = await running();
  await work(first);
  const { id } = await first.post<{ id: string }>("/stats/capture/stop");
  const timeline = await first.get<Timeline>(`/stats/recordings/${id}/timeline`);
  const capture = await first.get<Capture>(`/stats/recordings/${id}`);
  expect(timeline.id).toBe(id);

  const of = (type: string) => timeline.events.filter(({ event }) => event.type === type);
  expect(of("session").map(({ event }) => event)).toMatchObject([
    { action: "connected", session_id: 1, codec: "h264", mode: "320x180@60" },
  ]);
  const changes = of("state_change");
  const [change] = changes;
  expect(change?.event).toMatchObject({ key: "sessions.1.bitrate_kbps", old: 10_000, new: 3000 });
  const stream = of("stream").map(({ event }) => event as StreamEvent);
  expect(stream).toContainEqual({
    ...{ type: "stream", session_id: 1, action: "bitrate_changed", by: "operator" },
    ...{ from_kbps: 10_000, to_kbps: 3000 },
  });
  expect(stream).toContainEqual({
    ...{ type: "stream", session_id: 1, action: "idr_requested", by: "operator" },
  });
  expect(stream.filter(({ action }) => action === "idr_sent").length).toBeGreaterThanOrEqual(1);

  // The mark is where the samples say that the bitrate changed.
  const changedMs = change?.t_ms ?? 0;
  const before = capture.samples.filter(({ bitrate_kbps }) => bitrate_kbps === 10_000);
  const after = capture.samples.filter(({ bitrate_kbps }) => bitrate_kbps === 3000);
  expect([before.length > 0, after.length > 0]).toEqual([true, true]);
  expect(before.at(-1)?.t_ms ?? 0).toBeLessThanOrEqual(changedMs);
  expect(after[0]?.t_ms ?? 0).toBeGreaterThanOrEqual(changedMs);

  // A setting is changed from the API and from the page: an event, between before and after.
  const key = "settings.encoder_preset";
  expect(changes.slice(1).map(({ event }) => event)).toMatchObject([
    { key, old: "", new: "veryfast", caused_by: "token" },
    { key, old: "veryfast", new: "superfast", caused_by: "console" },
  ]);
  const states = timeline.checkpoints.map(({ id: name, state, event_index }) => {
    const { sessions, settings } = state as State;
    const bitrates = sessions.map(({ bitrate_kbps }) => bitrate_kbps);
    return [name.replace(/-\d+$/, ""), bitrates, settings.values.encoder_preset, event_index];
  });
  const indexOf = (place: number) => changes[place]?.index ?? -1;
  expect(states).toEqual([
    ["connect", [10_000], "", expect.any(Number)],
    ["before", [10_000], "", indexOf(0)],
    ["after", [3000], "", expect.any(Number)],
    ["before", [3000], "", indexOf(1)],
    ["after", [3000], "veryfast", indexOf(1) + 1],
    ["before", [3000], "veryfast", indexOf(2)],
    ["after", [3000], "superfast", indexOf(2) + 1],
    ["mine", [3000], "superfast", expect.any(Number)],
  ]);
  const resets = of("stream").filter(({ event }) => isReset(event));
  expect(resets.map(({ event }) => (event as StreamEvent).reason)).toEqual([
    "preset default to veryfast",
    "preset veryfast to superfast",
  ]);

  // The host's own log has the same at the same time.
  const dated = (events: TimelineEvent[]) => events.map(({ timestamp }) => Date.parse(timestamp));
  expectNear(dated(of("session")), first.logged("session started"));
  expectNear(dated(changes.slice(1)), first.logged("settings changed"));
  expect(JSON.stringify(timeline)).not.toContain("Bearer");

  await using second = await running();
  const imported = await second.post<{ id: string; event_count: number }>(
    "/timeline/import",
    timeline,
  );
  expect(imported.event_count).toBe(timeline.events.length);
  const page = await second.get<Timeline>(
    `/timeline/events?of=${imported.id}&kinds=session,stream`,
  );
  expect(page.events).toEqual(
    timeline.events.filter(({ event }) => event.type === "session" || event.type === "stream"),
  );

  const run = () => second.get<ReplayRun>("/timeline/replay");
  const replay = async (): Promise<ReplayRun> => {
    const request = { of: imported.id, dry_run: false, pacing: "fixed", interval_ms: 0 };
    await second.post("/timeline/replay", request);
    const isOver = async () => (await run()).state !== "running";
    await until(isOver, { what: "the replay is over" });
    return await run();
  };
  // Nobody plays there yet: the answer to the first call about a session differs.
  const different = await replay();
  expect([different.state, different.reason]).toEqual([
    ...["different", "status: expected 204, found 404"],
  ]);
  await second.play();
  const equal = await replay();
  expect([equal.state, equal.reason]).toEqual(["equal", undefined]);
  expect((await second.get<Session[]>("/sessions"))[0]?.bitrate_kbps).toBe(3000);
  const { encoder_preset } = await second.get<{ encoder_preset: string }>("/settings");
  expect(encoder_preset).toBe("superfast");
}, 90_000);

test("a host that is killed in the middle of it all has its timeline again with the capture", async () => {
  await using host = await running();
  await work(host);
  const { events } = await host.get<Timeline>("/timeline/events");
  // A checkpoint is answered once it outlives a crash, and so does all that came before it.
  await host.post("/timeline/checkpoint", { id: "last" });
  await host.kill();
  await host.start();
  const [meta] = await host.get<{ id: string; recovered?: boolean }[]>("/stats/recordings");
  expect(meta?.recovered).toBe(true);
  const timeline = await host.get<Timeline>(`/stats/recordings/${meta?.id}/timeline`);
  expect([timeline.recovered, timeline.id]).toEqual([true, meta?.id ?? ""]);
  expect(timeline.events.slice(0, events.length)).toEqual(events);
  const names = timeline.checkpoints.map(({ id }) => id);
  expect(names).toEqual(expect.arrayContaining(["mine", "last"]));
  expect((await host.call("DELETE", `/stats/recordings/${meta?.id}`)).status).toBe(204);
  expect((await host.call("GET", `/stats/recordings/${meta?.id}/timeline`)).status).toBe(404);
}, 60_000);
