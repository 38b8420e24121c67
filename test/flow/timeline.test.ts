/**
 * The timeline with real processes: what a player and an operator do is in the capture's timeline at
 * the right times, opens on a second host, is done again there, and outlives a killed host.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture } from "../../src/model/capture.ts";
import type { ReplayRun } from "../../src/model/replay.ts";
import type { Session } from "../../src/model/session.ts";
import type { StreamEvent, Timeline, TimelineEvent } from "../../src/model/timeline.ts";
import { type Alone, checkoutAlone, startHost } from "../support/executable.ts";

const api = "/api/v1";

class Running implements AsyncDisposable {
  readonly alone: Alone;
  #url = "";
  #token = "";
  #nativeAddress = "";
  #host: Bun.Subprocess | undefined;

  constructor(alone: Alone) {
    this.alone = alone;
  }

  async start(): Promise<this> {
    const host = await startHost(this.alone);
    this.#host = host.process;
    this.#url = host.consoleUrl;
    this.#nativeAddress = host.nativeAddress;
    this.#token = (await Bun.file(join(this.alone.dataDirectory, "token")).text()).trim();
    return this;
  }

  async kill(): Promise<void> {
    this.#host?.kill("SIGKILL");
    await this.#host?.exited;
  }

  /** Ends with the host's folder; resolves when its session is there. */
  async play(): Promise<void> {
    this.alone.start(["play", this.#nativeAddress, "--width", "320", "--height", "180"]);
    await this.until(async () => (await this.get<Session[]>("/sessions")).length === 1);
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

  async until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = AbortSignal.timeout(20_000);
    while (!(await isSo())) {
      deadline.throwIfAborted();
      await Bun.sleep(20);
    }
  }

  /** Waits for so many events of the stream in the timeline that is read. */
  async streamEvents(action: StreamEvent["action"]): Promise<TimelineEvent[]> {
    let found: TimelineEvent[] = [];
    await this.until(async () => {
      const { events } = await this.get<Timeline>("/timeline/events?kinds=stream");
      found = events.filter(({ event }) => event.type === "stream" && event.action === action);
      return found.length > 0;
    });
    return found;
  }

  /** Waits until the capture has so many samples. */
  async samples(count: number): Promise<void> {
    await this.until(async () => {
      const { sample_count } = await this.get<{ sample_count: number }>("/stats/capture/status");
      return sample_count >= count;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.alone[Symbol.asyncDispose]();
  }
}

async function running(): Promise<Running> {
  return await new Running(await checkoutAlone()).start();
}

type State = { sessions: { session_id: number; bitrate_kbps: number }[]; version: string };

/** What the operator does: the same calls on every host. */
async function work(host: Running): Promise<void> {
  await host.post("/stats/capture/start");
  await host.play();
  await host.samples(1);
  await host.call("POST", "/sessions/1/bitrate", { bitrate_kbps: 3000 });
  await host.streamEvents("bitrate_changed");
  await host.call("POST", "/sessions/1/idr");
  await host.samples(3);
  await host.call("POST", "/timeline/checkpoint", { id: "mine", label: "here" });
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
  const [change] = of("state_change");
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
  expect((after[0]?.t_ms ?? 0) - changedMs).toBeLessThan(2600);

  const states = timeline.checkpoints.map(({ id: name, state }) => {
    const { sessions } = state as State;
    return [name.replace(/-\d+$/, ""), sessions.map(({ bitrate_kbps }) => bitrate_kbps)];
  });
  expect(states).toEqual([
    ["connect", [10_000]],
    ["before", [10_000]],
    ["after", [3000]],
    ["mine", [3000]],
  ]);
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

  const replay = async (): Promise<ReplayRun> => {
    const request = { of: imported.id, dry_run: false, pacing: "fixed", interval_ms: 0 };
    await second.post("/timeline/replay", request);
    await second.until(
      async () => (await second.get<ReplayRun>("/timeline/replay")).state !== "running",
    );
    return await second.get<ReplayRun>("/timeline/replay");
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
}, 90_000);

test("a host that is killed in the middle of it all has its timeline again with the capture", async () => {
  await using host = await running();
  await work(host);
  const { events } = await host.get<Timeline>("/timeline/events");
  await host.kill();
  await host.start();
  const [meta] = await host.get<{ id: string; recovered?: boolean }[]>("/stats/recordings");
  expect(meta?.recovered).toBe(true);
  const timeline = await host.get<Timeline>(`/stats/recordings/${meta?.id}/timeline`);
  expect([timeline.recovered, timeline.id]).toEqual([true, meta?.id ?? ""]);
  // The last moment may be lost, and nothing before it.
  const kept = timeline.events.filter(({ index }) => index < events.length);
  expect(kept).toEqual(events.slice(0, kept.length));
  expect(kept.length).toBeGreaterThanOrEqual(events.length - 1);
  expect(timeline.checkpoints.map(({ id }) => id)).toContain("mine");
  expect((await host.call("DELETE", `/stats/recordings/${meta?.id}`)).status).toBe(204);
  expect((await host.call("GET", `/stats/recordings/${meta?.id}/timeline`)).status).toBe(404);
}, 60_000);
