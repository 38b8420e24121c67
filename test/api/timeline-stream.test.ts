/** The timeline as server-sent events. */
import { expect, test } from "bun:test";
import { fakeHost } from "../support/fake-host.ts";
import { noJournal, note } from "../support/timeline-parts.ts";
import { ask } from "./support.ts";

type Host = ReturnType<typeof fakeHost>;
type Message = { id?: string; event?: string; data: string };

const line = "GET /api/v1/timeline/stream";

/** Reads messages as they come, until it is disposed. */
async function follow(host: Host, lastEventId?: string, query = "") {
  const headers: Record<string, string> =
    lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await ask(host.app, line + query, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("There is no stream");
  let text = "";
  const next = async (): Promise<Message> => {
    while (!text.includes("\n\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("The stream ended");
      text += value;
    }
    const end = text.indexOf("\n\n");
    const fields = text
      .slice(0, end)
      .split("\n")
      .map((part) => part.split(/: (.*)/s, 2));
    text = text.slice(end + 2);
    return Object.fromEntries(fields);
  };
  return { next, [Symbol.asyncDispose]: () => reader.cancel() };
}

/** Messages of the next events, with their ids. */
async function nextNotes(stream: { next(): Promise<Message> }, count: number) {
  const found: (string | undefined)[][] = [];
  while (found.length < count) {
    const { id, event, data } = await stream.next();
    if (event === "event") found.push([id?.split(":")[1], JSON.parse(data).event.message]);
  }
  return found;
}

test("state comes first, then events and checkpoints as they happen", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  host.timeline.record(note("before"));
  await using stream = await follow(host);
  expect(await stream.next()).toMatchObject({ event: "state" });
  host.timeline.record(note("a"));
  host.timeline.checkpoint({ id: "c" });
  const key = `manual-${host.clock.wallMs()}`;
  const first = await stream.next();
  expect([first.id, first.event, JSON.parse(first.data).index]).toEqual([`${key}:1`, "event", 1]);
  expect(await stream.next()).toMatchObject({ event: "checkpoint" });
});

test("who comes back with an id gets what was missed, none missing and none twice", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  for (let n = 0; n < 150; n++) host.timeline.record(note(`${n}`));
  await using stream = await follow(host, `manual-${host.clock.wallMs()}:19`);
  host.timeline.record(note("new"));
  const expected = Array.from({ length: 130 }, (_, n) => [`${n + 20}`, `${n + 20}`]);
  expect(await nextNotes(stream, 131)).toEqual([...expected, ["150", "new"]]);
});

test("an id of another recording, or none of ours, counts as none", async () => {
  for (const id of ["manual-1:0", "x", "capture-1782504843000:", "manual-1782504843000:-1"]) {
    const host = fakeHost();
    host.timeline.start("mine");
    host.timeline.record(note("old"));
    await using stream = await follow(host, id);
    host.timeline.record(note("new"));
    expect(await nextNotes(stream, 1)).toEqual([["1", "new"]]);
  }
});

test("while a capture runs its timeline is shown, and each event once", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  host.timeline.record(note("x"));
  const start = { startedUnixMs: host.clock.wallMs(), startedUs: host.clock.nowUs() };
  host.timeline.beginCapture({ ...start, journal: noJournal() });
  await using both = await follow(host);
  await using manual = await follow(host, undefined, "?of=manual");
  host.timeline.record(note("a"));
  host.timeline.record(note("b"));
  expect(await nextNotes(both, 2)).toEqual([
    ["0", "a"],
    ["1", "b"],
  ]);
  expect(await nextNotes(manual, 2)).toEqual([
    ["1", "a"],
    ["2", "b"],
  ]);
});

test("a reader who takes nothing is cut off", async () => {
  const host = fakeHost();
  host.timeline.start("mine");
  const response = await ask(host.app, line);
  for (let n = 0; n < 2000; n++) {
    host.timeline.record({
      type: "state_change",
      key: "k",
      old: "x".repeat(900),
      new: 1,
      caused_by: "",
    });
  }
  await expect(response.text()).rejects.toThrow("its reader is too slow");
});

test("the thirty-third stream is refused", async () => {
  const host = fakeHost();
  const open = await Promise.all(Array.from({ length: 32 }, () => follow(host)));
  expect((await ask(host.app, line)).status).toBe(429);
  for (const stream of open) await stream[Symbol.asyncDispose]();
  const again = await ask(host.app, line);
  expect(again.status).toBe(200);
  await again.body?.cancel();
  expect((await ask(host.app, `${line}?of=import-1`)).status).toBe(422);
});
