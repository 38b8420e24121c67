/** Manual recordings outlive their host. */
import { expect, test } from "bun:test";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KeptTimelines, keptCountMax } from "../../src/host/kept-timelines.ts";
import type { Timeline } from "../../src/model/timeline.ts";
import { HostTimeline } from "../../src/timeline/host-timeline.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { messages, note } from "../support/timeline-parts.ts";

async function hostIn(directory: string) {
  const kept = new KeptTimelines(directory);
  const clock = new ManualClock();
  const timeline = new HostTimeline({
    clock,
    host: "test",
    state: () => ({}),
    secrets: [],
    onFinished: (ended: Timeline) => kept.save(ended),
    onStarted: (start) => kept.begin(start),
  });
  await kept.load(timeline);
  return { kept, timeline };
}

test("what was recorded manually is there again after a start, under its own id", async () => {
  await using directory = await tempDirectory();
  const first = await hostIn(directory.path);
  first.timeline.start("mine");
  first.timeline.record(note("what happened"));
  first.timeline.checkpoint({ label: "then" });
  const ended = first.timeline.stop();
  await first.kept.settled();
  const second = await hostIn(directory.path);
  expect(second.timeline.status()).toEqual({ recording: false, readable: ["mine"] });
  const again = second.timeline.reading("mine");
  expect(messages(again?.eventsSince(0) ?? [])).toEqual(["what happened"]);
  expect(again?.export()).toEqual(ended ?? expect.anything());
  // Nothing has ended since the start: it is not what ran last.
  expect(second.timeline.reading()).toBeUndefined();
});

test("the newest three are kept, one of the same id takes the place of the one before", async () => {
  await using directory = await tempDirectory();
  const { kept, timeline } = await hostIn(directory.path);
  for (const id of ["one", "two", "two", "three", "four"]) {
    timeline.start(id);
    timeline.stop();
    await kept.settled();
  }
  const { readable } = (await hostIn(directory.path)).timeline.status();
  expect(readable).toEqual(["two", "three", "four"]);
  expect(readable).toHaveLength(keptCountMax);
});

test("one that is damaged is left out and keeps no host from starting", async () => {
  await using directory = await tempDirectory();
  const { kept, timeline } = await hostIn(directory.path);
  timeline.start("good");
  timeline.stop();
  await kept.settled();
  await writeFile(join(directory.path, "timelines-by-hand", "bad.json"), '{"id":');
  expect((await hostIn(directory.path)).timeline.status().readable).toEqual(["good"]);
});

test.each([
  ["../../../outside", ".._.._.._outside"],
  ["..", "kept_.."],
  ["", "kept_"],
  ["capture", "kept_capture"],
  ["a/b\u0000", "a_b_"],
])("one that was resumed under the id %p is kept in its own folder", async (id, name) => {
  await using directory = await tempDirectory();
  const { kept, timeline } = await hostIn(directory.path);
  timeline.resume({ id, started_at: "2026-06-26T20:14:03.000Z", events: [], checkpoints: [] });
  timeline.stop();
  await kept.settled();
  expect(await readdir(directory.path)).toEqual(["timelines-by-hand"]);
  expect((await hostIn(directory.path)).timeline.status().readable).toEqual([name]);
});

/** Of a host that counts as killed here, and whose file is still open in this process. */
async function closed({ kept, timeline }: Awaited<ReturnType<typeof hostIn>>): Promise<void> {
  timeline.stop();
  await kept.settled();
}

test("one that ran when the host was killed is there again after the next start", async () => {
  await using directory = await tempDirectory();
  const killed = await hostIn(directory.path);
  killed.timeline.start("mine");
  killed.timeline.record(note("before the end"));
  killed.timeline.checkpoint({ label: "then" });
  await killed.kept.written();
  const { timeline } = await hostIn(directory.path);
  expect(timeline.status().readable).toEqual(["mine"]);
  const again = timeline.reading("mine");
  expect(messages(again?.eventsSince(0) ?? [])).toEqual(["before the end"]);
  expect(again?.checkpoints()).toMatchObject([{ label: "then" }]);
  // Recovered once: its journal is gone.
  expect(await readdir(join(directory.path, "timelines-by-hand", "journal"))).toEqual([]);
  await closed(killed);
});

test("one that was continued outlives a killed host with what it held before", async () => {
  await using directory = await tempDirectory();
  const first = await hostIn(directory.path);
  first.timeline.start("mine");
  first.timeline.record(note("earlier"));
  const earlier = first.timeline.stop();
  await first.kept.settled();
  if (earlier === undefined) throw new Error("nothing was recorded");
  first.timeline.resume(earlier);
  first.timeline.record(note("later"));
  await first.kept.written();
  const again = (await hostIn(directory.path)).timeline.reading("mine");
  expect(messages(again?.eventsSince(0) ?? [])).toEqual(["earlier", "later"]);
  await closed(first);
});

test("one that was stopped leaves no journal", async () => {
  await using directory = await tempDirectory();
  const { kept, timeline } = await hostIn(directory.path);
  timeline.start("mine");
  await kept.written();
  timeline.stop();
  await kept.settled();
  expect(await readdir(join(directory.path, "timelines-by-hand", "journal"))).toEqual([]);
});
