/** The event stream over real sockets: resuming, pinging, limits, and readers that do not read. */
import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { sessionCookieName } from "../../src/api/edge/credentials.ts";
import type { StreamLimits } from "../../src/api/routes/event-stream.ts";
import { StatsFeeds } from "../../src/api/routes/stats-feed.ts";
import { FakeStats, fakeHost, metaOf, sampleAt } from "../support/fake-host.ts";
import { until } from "../support/until.ts";
import { ask, read, withToken } from "./support.ts";

type Event = { id?: string; event?: string; data?: unknown; comment?: string };
const start = 1_782_504_843_000;

/** Reads events one by one. */
class Reader implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #url: string;
  #text = "";
  #body: ReturnType<typeof readerOf>;

  constructor(url: string) {
    this.#url = url;
  }

  async open(lastEventId?: string): Promise<this> {
    const signal = this.#abort.signal;
    const resume = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await fetch(this.#url, { signal, headers: { ...withToken, ...resume } });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    this.#body = readerOf(response);
    return this;
  }

  async next(): Promise<Event> {
    let end = this.#text.indexOf("\n\n");
    while (end < 0) {
      const piece = await this.#body?.read();
      if (piece?.value === undefined) throw new Error("The stream ended");
      this.#text += new TextDecoder().decode(piece.value);
      end = this.#text.indexOf("\n\n");
    }
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return parseEvent(block);
  }

  async take(count: number): Promise<Event[]> {
    const events: Event[] = [];
    while (events.length < count) events.push(await this.next());
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#body?.cancel().catch(() => undefined);
  }
}

function readerOf(response: Response) {
  return response.body?.getReader();
}

function parseEvent(block: string): Event {
  const event: Event = {};
  for (const line of block.split("\n")) {
    if (line.startsWith(": ")) event.comment = line.slice(2);
    else if (line.startsWith("id: ")) event.id = line.slice(4);
    else if (line.startsWith("event: ")) event.event = line.slice(7);
    else if (line.startsWith("data: ")) event.data = JSON.parse(line.slice(6));
  }
  return event;
}

/** The app on a socket, ended with the test. */
function serve() {
  const host = fakeHost();
  host.app.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${host.app.server?.port}/api/v1/stats/stream`;
  return { ...host, url, [Symbol.asyncDispose]: async () => void (await host.app.stop(true)) };
}

test("a page that signs out loses its event stream; another page's and a program's stay", async () => {
  await using host = serve();
  const url = new URL(host.url);
  const opened = [host.credentials.openSession(), host.credentials.openSession()] as const;
  const openAs = async (session: string) => {
    const cookie = `${sessionCookieName(url.origin)}=${session}`;
    return readerOf(await fetch(url, { headers: { cookie, "sec-fetch-site": "same-origin" } }));
  };
  const [mine, others] = [await openAs(opened[0]), await openAs(opened[1])];
  await using program = await new Reader(host.url).open();
  for (const reader of [mine, others]) expect((await reader?.read())?.done).toBe(false);
  await program.next();
  host.credentials.closeSession(opened[0]);
  while (!(await mine?.read())?.done);
  await host.stats.start();
  expect((await others?.read())?.done).toBe(false);
  await program.next();
  await others?.cancel();
});

/** Only the stream, with limits that a test can reach. */
function serveStreams(limits: Partial<StreamLimits>) {
  const stats = new FakeStats();
  const feeds = new StatsFeeds(
    { stats },
    { streamCountMax: 4, queueBytesMax: 64 * 1024, pingMs: 60_000, ...limits },
  );
  const open = ({ request: { headers } }: { request: Request }) =>
    feeds.open({ lastEventId: headers.get("last-event-id") ?? undefined });
  const app = new Elysia()
    .get("/api/v1/stats/stream", open)
    .listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${app.server?.port}/api/v1/stats/stream`;
  const { streams } = feeds;
  return { stats, streams, url, [Symbol.asyncDispose]: async () => void (await app.stop(true)) };
}

const sampleEvent = (index: number, number = 1) => ({
  id: `${number}-${start}:${index}`,
  event: "sample",
  data: sampleAt(index),
});

test("a client sees the state first, then everything that happens, in order", async () => {
  await using host = serve();
  await using reader = await new Reader(host.url).open();
  const idle = host.stats.status();
  expect(await reader.next()).toEqual({ event: "status", data: idle });
  const armed = await host.stats.start();
  host.stats.push();
  host.stats.push();
  await host.stats.stop();
  await host.stats.remove("capture-1");
  expect(await reader.take(6)).toEqual([
    { id: `1-${start}`, event: "status", data: armed },
    sampleEvent(0),
    sampleEvent(1),
    { event: "status", data: idle },
    {
      event: "recording",
      data: { action: "added", id: "capture-1", meta: metaOf("capture-1", 2) },
    },
    { event: "recording", data: { action: "removed", id: "capture-1" } },
  ]);
});

test("a client that comes back with its last id misses nothing and gets nothing twice", async () => {
  await using host = serve();
  await host.stats.start();
  let lastId: string | undefined;
  {
    await using reader = await new Reader(host.url).open();
    await reader.next();
    host.stats.push();
    lastId = (await reader.next()).id;
  }
  for (let count = 0; count < 5; count++) host.stats.push();
  await using again = await new Reader(host.url).open(lastId);
  expect((await again.next()).event).toBe("status");
  host.stats.push();
  expect(await again.take(6)).toEqual([1, 2, 3, 4, 5, 6].map((index) => sampleEvent(index)));
});

test("a client that saw nothing of a capture yet comes back to all of it", async () => {
  await using host = serve();
  await host.stats.start();
  await using reader = await new Reader(host.url).open();
  const { id } = await reader.next();
  expect(id).toBe(`1-${start}`);
  for (let count = 0; count < 3; count++) host.stats.push();
  await using again = await new Reader(host.url).open(id);
  await again.next();
  expect(await again.take(3)).toEqual([0, 1, 2].map((index) => sampleEvent(index)));
});

test("a client of an earlier capture gets the whole of the present one", async () => {
  await using host = serve();
  await host.stats.start();
  host.stats.push();
  await host.stats.stop();
  await host.stats.start();
  for (let count = 0; count < 2; count++) host.stats.push();
  for (const lastId of [`1-${start}:0`, `2-${start - 1}:1`]) {
    await using reader = await new Reader(host.url).open(lastId);
    expect((await reader.next()).id).toBe(`2-${start}`);
    expect(await reader.take(2)).toEqual([0, 1].map((index) => sampleEvent(index, 2)));
  }
});

test("an id that is none of ours begins with the next sample", async () => {
  await using host = serve();
  await host.stats.start();
  host.stats.push();
  for (const [turn, lastId] of ["x", "1", "-1:0", `1-${start}:9999999`, "1e3-5:1"].entries()) {
    await using reader = await new Reader(host.url).open(lastId);
    expect((await reader.next()).id).toBe(`1-${start}:${turn}`);
    host.stats.push();
    expect(await reader.next()).toEqual(sampleEvent(turn + 1));
  }
});

test("a whole capture of 5,400 samples is caught up with, in a queue a twentieth its size", async () => {
  await using host = serveStreams({});
  await host.stats.start();
  for (let count = 0; count < 5400; count++) host.stats.push();
  await using reader = await new Reader(host.url).open(`1-${start}`);
  await reader.next();
  host.stats.push();
  const events = await reader.take(5401);
  expect(events.map(({ id }) => id)).toEqual(
    Array.from({ length: 5401 }, (_, index) => `1-${start}:${index}`),
  );
  expect(host.streams.cutCount).toBe(0);
});

test("a silent stream is pinged", async () => {
  await using host = serveStreams({ pingMs: 20 });
  await using reader = await new Reader(host.url).open();
  await reader.next();
  expect(await reader.take(2)).toEqual([{ comment: "ping" }, { comment: "ping" }]);
});

test("a client that goes away is forgotten", async () => {
  await using host = serveStreams({});
  {
    await using reader = await new Reader(host.url).open();
    await reader.next();
    expect([host.stats.listenerCount, host.streams.openCount]).toEqual([1, 1]);
  }
  await until(() => host.stats.listenerCount === 0, { what: "the listener goes" });
  expect([host.streams.openCount, host.streams.cutCount]).toEqual([0, 0]);
});

test("one stream more than the limit is refused until another ends", async () => {
  await using host = serveStreams({ streamCountMax: 2 });
  await using first = await new Reader(host.url).open();
  await first.next();
  {
    await using second = await new Reader(host.url).open();
    await second.next();
    const refused = await fetch(host.url);
    expect(refused.ok).toBe(false);
    expect(host.streams.openCount).toBe(2);
  }
  await until(() => host.streams.openCount === 1, { what: "the second ends" });
  await using third = await new Reader(host.url).open();
  expect((await third.next()).event).toBe("status");
});

test("the 33rd stream of the app is refused in the envelope", async () => {
  const { app, stats } = fakeHost();
  const line = "GET /api/v1/stats/stream";
  const open = await Promise.all(Array.from({ length: 32 }, () => ask(app, line)));
  expect(await read(await ask(app, line))).toEqual([
    429,
    {
      error: "Cannot open the event stream: 32 are open, which is the limit",
      code: "too_many",
    },
  ]);
  for (const response of open) await response.body?.cancel();
  expect(stats.listenerCount).toBe(0);
});

test("a client that does not read is cut off, others continue", async () => {
  await using host = serveStreams({});
  await host.stats.start();
  const opened = Promise.withResolvers<void>();
  const port = Number(new URL(host.url).port);
  const deaf = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(socket) {
        socket.pause();
        opened.resolve();
      },
    },
  });
  deaf.write("GET /api/v1/stats/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await opened.promise;
  await using reader = await new Reader(host.url).open();
  await reader.next();
  let pushed = 0;
  // The kernel takes megabytes before the first byte waits in our own queue.
  while (host.streams.cutCount === 0 && pushed < 200_000) {
    for (let count = 0; count < 50; count++) host.stats.push();
    pushed += 50;
    await reader.take(50);
  }
  expect([host.streams.cutCount, host.streams.openCount]).toEqual([1, 1]);
  deaf.terminate();
});
