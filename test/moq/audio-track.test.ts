/** The sound of a broadcast: for whom it is encoded, and what a listener is handed. */
import { expect, test } from "bun:test";
import { Decoder } from "@evan/opus";
import { Varint } from "@moq/net";
import { sampleRate } from "../../src/audio/format.ts";
import type { PacketTaker } from "../../src/audio/sound-stream.ts";
import { toneHz } from "../../src/audio/tone.ts";
import type { Micros } from "../../src/base/clock.ts";
import { systemClock } from "../../src/base/clock.ts";
import { SharedTime } from "../../src/base/shared-time.ts";
import { waitingCountMax } from "../../src/moq/audio-feed.ts";
import { AudioTrack } from "../../src/moq/audio-track.ts";
import type { BroadcastFeed } from "../../src/moq/feed.ts";
import { frequencyOf } from "../support/frequency.ts";
import { parseFrame, readTrack } from "../support/moq-client.ts";
import { until } from "../support/until.ts";
import { smallRequest, WatchHost } from "../support/watch-host.ts";

/** A track whose encoder is the test: packets are numbers. */
function makeTrack(source = "testsrc") {
  const opened: string[] = [];
  let closedCount = 0;
  let take: PacketTaker | undefined;
  const track = new AudioTrack({
    source,
    filmStart: new SharedTime().memory,
    open: (options, onPacket) => {
      opened.push(options.source);
      take = onPacket;
      return {
        close: () => {
          closedCount += 1;
          return Promise.resolve();
        },
      };
    },
  });
  const push = (count: number, from = 0) => {
    for (let index = from; index < from + count; index += 1)
      take?.(Uint8Array.of(index), (index * 10_000) as Micros);
  };
  return { track, opened, push, closedCount: () => closedCount };
}

/** All packets of the next group, as `[time, number]`. */
async function readGroup(feed: BroadcastFeed) {
  const group = await feed.next();
  const packets: [number, number][] = [];
  for (;;) {
    const frame = await group?.next();
    if (frame === undefined) return { sequence: group?.sequence, packets };
    const [atUs, opus] = Varint.decode(frame.payload);
    packets.push([atUs, opus[0] ?? -1]);
  }
}

test("sound is encoded from the first listener to the last, once for all of them", async () => {
  const { track, opened, closedCount } = makeTrack();
  const [one, other] = [track.open(), track.open()];
  expect(opened).toEqual(["testsrc"]);
  one.close();
  expect(closedCount()).toBe(0);
  other.close();
  expect(closedCount()).toBe(1);
  track.open();
  expect(opened).toHaveLength(2);
  await track.end();
  expect(closedCount()).toBe(2);
});

test("packets come with their times, five to a group, and in order", async () => {
  const { track, push } = makeTrack();
  const feed = track.open();
  push(11);
  const groups = [await readGroup(feed), await readGroup(feed)];
  expect(groups.map(({ sequence }) => sequence)).toEqual([0, 1]);
  expect(groups.map(({ packets }) => packets.length)).toEqual([5, 5]);
  expect(groups[1]?.packets[0]).toEqual([50_000, 5]);
  const ended = track.end();
  expect((await readGroup(feed)).packets).toEqual([[100_000, 10]]);
  expect(await feed.next()).toBeUndefined();
  await ended;
});

test("a listener that is too slow loses what waited and continues with the newest packet", async () => {
  const { track, push } = makeTrack();
  const [slow, quick] = [track.open(), track.open()];
  push(waitingCountMax);
  expect((await readGroup(quick)).packets[0]?.[1]).toBe(0);
  push(1, waitingCountMax);
  expect((await slow.next())?.sequence).toBe(waitingCountMax / 5);
  expect((await readGroup(quick)).sequence).toBe(1);
});

test("a group that its listener cancels is passed over", async () => {
  const { track, push } = makeTrack();
  const feed = track.open();
  push(8);
  const group = await feed.next();
  await group?.next();
  group?.cancel();
  expect(await group?.next()).toBeUndefined();
  expect((await feed.next())?.sequence).toBe(1);
});

test("a source without sound has none in its catalogue", () => {
  expect(makeTrack("color:102030").track.catalog()).toEqual({});
  expect(Object.keys(makeTrack().track.catalog().audio?.renditions ?? {})).toEqual(["audio"]);
});

test("a client of the library gets the tone of the test picture as Opus, on the clock of the picture", async () => {
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(smallRequest);
  const client = await host.connect();
  const catalog = readTrack(client, broadcast, "catalog.json");
  await until(() => catalog.frames.length > 0, { what: "the catalogue is there" });
  expect(parseFrame(catalog.frames[0]).audio).toEqual({
    renditions: {
      audio: {
        codec: "opus",
        container: { kind: "legacy" },
        ...{ sampleRate, numberOfChannels: 2, bitrate: 96_000, jitter: 20 },
      },
    },
  });
  const sound = readTrack(client, broadcast, "audio");
  await until(() => sound.frames.length >= 30, { what: "more than half a second is heard" });
  const nowUs = systemClock().nowUs();
  const packets = sound.frames.map((frame) => Varint.decode(frame));
  const decoder = new Decoder({ channels: 2, sample_rate: sampleRate });
  const heard = packets.flatMap(([, opus]) => {
    const samples = new Int16Array(new Uint8Array(decoder.decode(opus)).buffer);
    return [...samples.filter((_, at) => at % 2 === 0)];
  });
  expect(Math.abs(frequencyOf(heard.slice(4800), sampleRate) - toneHz)).toBeLessThan(3);
  expect(Math.abs(nowUs - (packets.at(-1)?.[0] ?? 0))).toBeLessThan(1e6);
  await host.streams.close(session_id);
  await sound.over;
}, 30_000);
