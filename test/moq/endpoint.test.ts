import { describe, expect, test } from "bun:test";
import { Broadcast, Path } from "@moq/net";
import { reportBytesMax } from "../../src/moq/ingress.ts";
import { levelOf } from "../support/counting.ts";
import { followAnnouncements, parseFrame, readTrack } from "../support/moq-client.ts";
import { MoqHost, publishNumbers } from "../support/moq-host.ts";
import { until } from "../support/until.ts";

describe("a client of the library", () => {
  test("sees what is announced and what is not any more", async () => {
    await using host = new MoqHost();
    const { source } = publishNumbers(host);
    const client = await host.connect();
    const { active } = followAnnouncements(client);
    await until(() => active.has("live/1"), { what: "the broadcast is announced" });
    publishNumbers(host, "live/2");
    await until(() => active.has("live/2"), { what: "a later one is announced too" });
    host.origin.unpublish(source);
    await until(() => !active.has("live/1"), { what: "the first is unannounced" });
    expect([...active]).toEqual(["live/2"]);
  });

  test("gets the last value at once when it subscribes, then each new one", async () => {
    await using host = new MoqHost();
    const { track } = publishNumbers(host);
    track.write({ n: 1 });
    track.write({ n: 2 });
    const reader = readTrack(await host.connect(), "live/1", "numbers.json");
    await until(() => reader.frames.length === 1, { what: "the last value is there" });
    track.write({ n: 3 });
    await until(() => reader.frames.length === 2, { what: "the new value is there" });
    expect(reader.frames.map((frame) => parseFrame(frame).n)).toEqual([2, 3]);
    track.end();
    expect(await reader.over).toBeUndefined();
  });

  test("that asks for a track there is none of is refused", async () => {
    await using host = new MoqHost();
    publishNumbers(host);
    const client = await host.connect();
    const reader = readTrack(client, "live/1", "nothing.json");
    expect(await reader.over).toBeInstanceOf(Error);
    const missing = readTrack(client, "nowhere", "numbers.json");
    expect(await missing.over).toBeInstanceOf(Error);
  });

  test("is counted to the byte", async () => {
    await using host = new MoqHost();
    const { track } = publishNumbers(host);
    const first = readTrack(await host.connect(), "live/1", "numbers.json");
    const second = readTrack(await host.connect(), "live/1", "numbers.json");
    for (let n = 0; n < 20; n += 1) {
      track.write({ n, text: "x".repeat(n * 100) });
      await until(() => first.frames.length > n && second.frames.length > n, {
        what: `both have value ${n}`,
      });
    }
    track.end();
    await Promise.all([first.over, second.over]);
    const frames = [...first.frames, ...second.frames];
    await until(
      () => levelOf(host.counters, "live/1").external.publisher.subscriptions_closed === 2,
      {
        what: "both subscriptions are closed",
      },
    );
    expect(levelOf(host.counters, "live/1").external.publisher).toEqual({
      broadcasts: 2,
      broadcasts_closed: 0,
      subscriptions: 2,
      subscriptions_closed: 2,
      bytes: frames.reduce((sum, { byteLength }) => sum + byteLength, 0),
      frames: 40,
      groups: 40,
    });
  });

  test("that is cut off leaves everything closed", async () => {
    await using host = new MoqHost();
    const { track } = publishNumbers(host);
    track.write({ n: 1 });
    const client = await host.connect();
    const reader = readTrack(client, "live/1", "numbers.json");
    await until(() => reader.frames.length === 1, { what: "it reads" });
    client.close();
    await until(() => levelOf(host.counters, "live/1").open === 0, { what: "nothing is open" });
    const set = levelOf(host.counters, "live/1").external.publisher;
    expect(set).toMatchObject({ broadcasts: 1, broadcasts_closed: 1, subscriptions_closed: 1 });
    await until(() => host.endpoint.connectionCount === 0, { what: "the connection is gone" });
  });
});

describe("what a peer publishes", () => {
  const publishReport = async (host: MoqHost, id = "abc") => {
    const viewer = await host.connect();
    const broadcast = new Broadcast.Producer();
    const track = broadcast.createTrack("qoe.json");
    viewer.publish(Path.from(`viewer/${id}`), broadcast);
    return { viewer, broadcast, track };
  };

  test("is read and counted as entering", async () => {
    const reports: unknown[] = [];
    await using host = new MoqHost({
      onReport: (_id, payload) => reports.push(parseFrame(payload)),
    });
    const { broadcast, track } = await publishReport(host);
    let bytes = 0;
    for (let n = 1; n <= 3; n += 1) {
      track.writeJson({ n });
      bytes += JSON.stringify({ n }).length;
      await until(() => reports.length === n, { what: `report ${n} is there` });
    }
    expect(reports).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(levelOf(host.counters, "viewer/abc").external.subscriber).toMatchObject({
      broadcasts: 1,
      subscriptions: 1,
      bytes,
      frames: 3,
      groups: 3,
    });
    broadcast.close();
    await until(() => levelOf(host.counters, "viewer/abc").open === 0, { what: "it is closed" });
  });

  test("is left alone beyond the first broadcast, or with an odd name", async () => {
    await using host = new MoqHost();
    const { viewer } = await publishReport(host, "a");
    const openCount = () => host.counters.report({ prefix: "viewer", depth: 0 }).entries[0]?.open;
    await until(() => openCount() === 2, { what: "the first is read" });
    viewer.publish(Path.from("viewer/b"), new Broadcast.Producer());
    await publishReport(host, "c/d");
    await publishReport(host, "e");
    await until(() => openCount() === 4, { what: "the last is read" });
    const keys = host.counters.report({ prefix: "viewer" }).entries.map(({ level }) => level);
    expect(keys).toEqual(["viewer", "viewer/a", "viewer/e"]);
  });

  test("is of a stream that is watched through a relay where the peer may see that", async () => {
    const relayed: unknown[] = [];
    await using host = new MoqHost({
      sees: (path) => path === "live/1.hang",
      onReport: (_id, _payload, path) => relayed.push(path),
    });
    for (const query of ["", "&reports=live/1.hang", "&reports=live/2.hang"]) {
      const viewer = await host.connect(query);
      const broadcast = new Broadcast.Producer();
      const track = broadcast.createTrack("qoe.json");
      viewer.publish(Path.from("viewer/abc"), broadcast);
      const before = relayed.length;
      track.writeJson({ v: 1 });
      await until(() => relayed.length > before, { what: `the report of "${query}" is there` });
      viewer.close();
    }
    expect(relayed).toEqual([undefined, "live/1.hang", undefined]);
  });

  test("is given on only up to its size", async () => {
    const sizes: number[] = [];
    await using host = new MoqHost({ onReport: (_id, { byteLength }) => sizes.push(byteLength) });
    const { track } = await publishReport(host);
    track.writeString("x".repeat(reportBytesMax));
    await until(() => sizes.length === 1, { what: "the largest is given on" });
    track.writeString("x".repeat(reportBytesMax + 1));
    await until(() => levelOf(host.counters, "viewer").external.subscriber.frames === 2, {
      what: "the larger one is counted",
    });
    expect(sizes).toEqual([reportBytesMax]);
  });
});
