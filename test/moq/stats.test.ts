import { describe, expect, test } from "bun:test";
import { levelOf } from "../support/counting.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { followAnnouncements, parseFrame, readTrack } from "../support/moq-client.ts";
import { MoqHost, publishNumbers } from "../support/moq-host.ts";
import { until } from "../support/until.ts";

describe("stats broadcasts", () => {
  const numbers = async (host: MoqHost) => {
    const { track } = publishNumbers(host);
    track.write({ n: 1 });
    const viewer = await host.connect();
    const reader = readTrack(viewer, "live/1", "numbers.json");
    return { track, reader };
  };

  test("come with the first subscription and go after the last, with the last counts", async () => {
    await using host = new MoqHost({ node: "sjc" });
    const monitor = await host.connect();
    const { active, events } = followAnnouncements(monitor, ".stats");
    const { reader } = await numbers(host);
    const levels = ["prefix/sjc", "prefix/live/sjc", "prefix/live/1/sjc"];
    await until(() => levels.every((level) => active.has(level)), { what: "all are announced" });
    const stats = readTrack(monitor, ".stats/prefix/live/sjc", "publisher.json");
    await until(() => stats.frames.length > 0, { what: "a baseline is there" });
    expect(parseFrame(stats.frames[0])).toMatchObject({
      v: 1,
      level: "live",
      tier: "external",
      role: "publisher",
      node: "sjc",
      subscriptions_closed: 0,
    });
    reader.close();
    await until(() => active.size === 0, { what: "all are unannounced" });
    await stats.over;
    const { external } = levelOf(host.counters, "live");
    const last = parseFrame(stats.frames.at(-1));
    expect(last).toMatchObject({ ...external.publisher });
    expect(last.subscriptions_closed).toBe(1);
    expect(events.filter((event) => event.startsWith("-")).length).toBe(3);
  });

  test("of the node have each broadcast with its viewers, as readers of relay fleets take them", async () => {
    const scheduler = new ManualScheduler();
    await using host = new MoqHost({ node: "sjc", scheduler });
    host.counters.publishNode();
    const monitor = await host.connect();
    const { track, reader } = await numbers(host);
    await until(() => reader.frames.length > 0, { what: "the viewer has a frame" });
    track.write({ n: 2 });
    await until(() => reader.frames.length > 1, { what: "the viewer has another" });
    const read = (name: string) => readTrack(monitor, ".stats/node/sjc", name);
    const [traffic, sessions] = [read("publisher.json"), read("sessions.json")];
    scheduler.advanceMs(1000);
    const entry = () => parseFrame(traffic.frames.at(-1))["live/1"] as Record<string, number>;
    await until(() => traffic.frames.length > 0 && entry() !== undefined, { what: "it is there" });
    const { external } = levelOf(host.counters, "live/1");
    expect(entry()).toMatchObject({ broadcasts_started: 1, broadcasts_ended: 0 });
    expect(entry().bytes).toBe(external.publisher.bytes);
    reader.close();
    const isLeft = () => entry()?.broadcasts_ended === 1;
    await until(
      () => {
        scheduler.advanceMs(1000);
        return isLeft();
      },
      { what: "the viewer has left" },
    );
    expect(parseFrame(sessions.frames.at(-1))[""]).toMatchObject({ sessions_started: 2 });
  });

  test("have four baselines, and no writes while nothing changes", async () => {
    const scheduler = new ManualScheduler();
    await using host = new MoqHost({ scheduler });
    const monitor = await host.connect();
    const { active } = followAnnouncements(monitor, ".stats");
    const { track, reader } = await numbers(host);
    await until(() => active.has("prefix"), { what: "the root is announced" });
    const tracks = ["publisher", "subscriber", "internal/publisher", "internal/subscriber"].map(
      (name) => readTrack(monitor, ".stats/prefix", `${name}.json`),
    );
    await until(() => tracks.every(({ frames }) => frames.length > 0), { what: "all are there" });
    expect(tracks.map(({ frames }) => parseFrame(frames[0]).role)).toEqual([
      "publisher",
      "subscriber",
      "publisher",
      "subscriber",
    ]);
    const counted = () => levelOf(host.counters, "").external.publisher.frames;
    await until(() => counted() === 1, { what: "the first value is counted" });
    scheduler.advanceMs(1000);
    scheduler.advanceMs(20_000);
    track.write({ n: 2 });
    await until(() => reader.frames.length === 2 && counted() === 2, { what: "a second one is" });
    scheduler.advanceMs(1000);
    const [publisher, ...others] = tracks;
    await until(() => publisher?.frames.length === 3, { what: "it is published" });
    expect(publisher?.frames.map((frame) => parseFrame(frame).frames)).toEqual([0, 1, 2]);
    expect(others.map(({ frames }) => frames.length)).toEqual([1, 1, 1]);
  });

  test("are not counted themselves", async () => {
    await using host = new MoqHost();
    const monitor = await host.connect();
    const { active } = followAnnouncements(monitor, ".stats");
    await numbers(host);
    await until(() => active.has("prefix/live"), { what: "a level is announced" });
    const stats = readTrack(monitor, ".stats/prefix/live", "publisher.json");
    await until(() => stats.frames.length > 0, { what: "a baseline is there" });
    expect(host.counters.report().entries.map(({ level }) => level)).toEqual([
      "",
      "live",
      "live/1",
    ]);
    expect(levelOf(host.counters, "").external.publisher.subscriptions).toBe(1);
  });
});
