/** Rows of a native session, from its encode worker to main. */
import { expect, test } from "bun:test";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import type { FrameColumnName } from "../../src/model/frames.ts";
import { clock, ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";
import { Relay } from "../support/relay.ts";
import { workedSample } from "../support/worked-sample.ts";

const stages = ["capture", "submit", "encode", "send"] as const;

test("a window's sample is what its rows say, to the last digit", async () => {
  await using host = await startTestHost();
  host.gate.setFollowed(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory, session } = await host.event("session_started");
  const { sample, captureNumber } = await host.event("sample");
  expect(captureNumber).toBe(0);
  await player.frameCount((sample.frame_count ?? 0) + 1);
  const reader = new RowReader(memory, session.session_id);
  const { written } = reader.read(clock.nowUs());
  expect(reader.overwrittenCount).toBe(0);
  const worked = workedSample(written, stages, sample);
  for (const [name, value] of Object.entries(worked)) {
    expect({ [name]: sample[name as keyof StatsSample] }).toEqual({ [name]: value });
  }
});

test("slot numbers grow by one, each due a frame interval after the one before", async () => {
  await using host = await startTestHost();
  host.gate.setFollowed(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  // A row is written before the next frame is sent.
  await player.frameCount(121);
  const { columns, count } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written;
  expect(count).toBeGreaterThanOrEqual(120);
  for (let row = 1; row < count; row++) {
    expect((columns.frame[row] ?? 0) - (columns.frame[row - 1] ?? 0)).toBe(1);
    const apartUs = (columns.due_us[row] ?? 0) - (columns.due_us[row - 1] ?? 0);
    expect(Math.abs(apartUs - 1e6 / 60)).toBeLessThan(1);
  }
});

test("while nobody asks for it no row is written", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(20);
  expect(new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written.count).toBe(0);
});

test("what the player reports of single frames is in their rows", async () => {
  await using host = await startTestHost();
  host.gate.setFollowed(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(150);
  const { columns } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).final;
  // The newest are on their way still.
  const places = Array.from({ length: 60 }, (_, row) => row).filter(
    (row) => columns.fate[row] === 0 && !Number.isNaN(columns.complete_us[row] ?? Number.NaN),
  );
  expect(places.length).toBeGreaterThan(30);
  // The player knows the host's clock to half of a round trip, which a busy machine makes long.
  const clockErrorUs = 1000 + Math.max(...player.rtts) / 2;
  for (const row of places) {
    expect(columns.lost_packets[row]).toBe(0);
    expect(columns.rebuilt[row]).toBe(0);
    const handedUs = ["wait_us", "capture_us", "submit_us", "encode_us", "queue_us"].reduce(
      (sum, name) => sum + (columns[name as FrameColumnName][row] ?? 0),
      0,
    );
    expect(columns.complete_us[row]).toBeGreaterThan(handedUs - clockErrorUs);
  }
}, 20_000);

test("what the network lost is in the rows of the frames that it was of", async () => {
  await using host = await startTestHost();
  await using relay = await Relay.open(host.host.port);
  host.gate.setFollowed(true);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(20);
  let count = 0;
  // Every 30th of a frame's datagrams; answers to pings are shorter.
  relay.fate = (direction, datagram) => {
    if (direction === "to host" || datagram.length < 200) return 1;
    count += 1;
    return count % 30 === 0 ? 0 : 1;
  };
  await player.frameCount(80);
  relay.fate = () => 1;
  await player.frameCount(player.frames.length + 60);
  const { columns, count: rowCount } = new RowReader(memory, 1).read(
    Number.POSITIVE_INFINITY,
  ).final;
  const sum = (name: "lost_packets" | "rebuilt") =>
    columns[name].reduce((total, one) => total + (Number.isNaN(one) ? 0 : one), 0);
  expect(relay.droppedToPlayerCount).toBeGreaterThan(3);
  expect(sum("lost_packets")).toBe(relay.droppedToPlayerCount);
  expect(sum("rebuilt")).toBe(player.player.frames.recoveredCount);
  const lost = Array.from({ length: rowCount }, (_, row) => row).filter(
    (row) => columns.fate[row] === fateIndex("lost"),
  );
  expect(lost).toHaveLength(player.player.frames.lostCount);
}, 20_000);

test("packets that the network lost before the first of a frame came are counted apart", async () => {
  await using host = await startTestHost();
  await using relay = await Relay.open(host.host.port);
  host.gate.setFollowed(true);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(20);
  let [lostCount, quietUs] = [0, clock.nowUs()];
  // The first two datagrams after each pause, such as the one between two frames.
  relay.fate = (direction, datagram) => {
    if (direction === "to host" || datagram.length < 200) return 1;
    const nowUs = clock.nowUs();
    if (nowUs - quietUs > 5000) lostCount = 0;
    quietUs = nowUs;
    lostCount += 1;
    return lostCount <= 2 ? 0 : 1;
  };
  await player.frameCount(80);
  relay.fate = () => 1;
  await player.frameCount(player.frames.length + 60);
  const { columns, count } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).final;
  const headsLost = Array.from({ length: count }, (_, row) => columns.lost_head[row] ?? 0);
  expect(headsLost.filter((head) => head > 0).length).toBeGreaterThan(3);
  for (const [row, head] of headsLost.entries()) {
    if (!Number.isNaN(head)) expect(head).toBeLessThanOrEqual(columns.lost_packets[row] ?? 0);
  }
}, 20_000);
