import { expect, test } from "bun:test";
import { decodeLuma } from "../support/decode.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";
import { Relay } from "../support/relay.ts";

/** The same losses in every run. */
function lottery(share: number): () => boolean {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32 < share;
  };
}

test("what the network lost is what player and samples say, datagram for datagram", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  const draw = lottery(0.03);
  host.gate.open(1);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(1);
  await host.event("recording");
  relay.fate = (direction) => (direction === "to player" && draw() ? 0 : 1);
  await host.event("sample");
  relay.fate = () => 1;
  const before = host.events.filter(({ kind }) => kind === "sample").length;
  await host.event("sample", (event) => {
    const index = host.events.filter(({ kind }) => kind === "sample").indexOf(event);
    return index >= before + 1;
  });
  const samples = host.events.flatMap((event) => (event.kind === "sample" ? [event.sample] : []));
  const total = (field: "packets_dropped" | "send_dropped" | "frames_lost" | "fec_recovered") =>
    samples.reduce((sum, sample) => sum + (sample[field] ?? 0), 0);
  expect(relay.droppedToPlayerCount).toBeGreaterThan(5);
  expect(player.player.arrivals.lostCount).toBe(relay.droppedToPlayerCount);
  expect(total("packets_dropped")).toBe(relay.droppedToPlayerCount);
  expect(total("send_dropped")).toBe(0);
  expect(total("frames_lost")).toBe(player.player.frames.lostCount);
  expect(total("fec_recovered")).toBeGreaterThan(0);
  expect(total("fec_recovered")).toBe(player.player.frames.recoveredCount);
}, 30_000);

test("after a lost frame the stream continues from a key frame and decodes without an error", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(20);
  // More than the parity of any frame this small.
  let left = 40;
  relay.fate = (direction, datagram) => {
    if (direction === "to host" || datagram.length < 200 || left === 0) return 1;
    left -= 1;
    return 0;
  };
  await player.frameCount(60);
  player.player.stop();
  expect(player.player.frames.lostCount).toBeGreaterThan(0);
  expect(player.player.idrRequestCount).toBeGreaterThan(0);
  const { frames } = player;
  const breaks = frames.filter(
    ({ frame }, index) => frame !== (frames[index - 1]?.frame ?? -1) + 1,
  );
  expect(breaks.length).toBeGreaterThan(0);
  expect(breaks.every(({ isKey }) => isKey)).toBe(true);
  const stream = Buffer.concat(frames.map(({ bytes }) => bytes));
  const pictures = await decodeLuma(stream, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(frames.length);
}, 30_000);

test("datagrams that come twice or in another order are not a loss", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  let count = 0;
  relay.fate = (direction) => {
    count += direction === "to player" ? 1 : 0;
    if (count % 7 === 0) return 2;
    return count % 5 === 0 && direction === "to player" ? "behind the next" : 1;
  };
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(60);
  const { arrivals, frames } = player.player;
  player.player.stop();
  expect(arrivals.duplicateCount).toBeGreaterThan(0);
  expect(arrivals.reorderedCount).toBeGreaterThan(0);
  expect(arrivals.lostCount).toBeLessThanOrEqual(1);
  expect(frames.lostCount).toBe(0);
}, 30_000);

test("a player that vanishes is noticed after 4 s of silence", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(5);
  relay.isCut = true;
  const { ending } = await host.event("session_ended");
  expect(ending).toEqual({ code: "player_silent", values: { seconds: 4 } });
}, 30_000);

test("a host that vanishes is reported by the player after 4 s of silence", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(5);
  relay.isCut = true;
  expect(await player.ended).toContain("silent for 4 s");
}, 30_000);

test("a datagram recorded on the way and sent again is refused", async () => {
  await using host = await startTestHost();
  using relay = await Relay.open(host.host.port);
  const kept: Uint8Array[] = [];
  relay.fate = (direction, datagram) => {
    if (direction === "to player" && kept.length < 50) kept.push(datagram.slice());
    return 1;
  };
  using player = await startTestPlayer(relay.port, await ownCredentials(host));
  await player.frameCount(60);
  const { completeCount } = player.player.frames;
  for (const datagram of kept) relay.toPlayer(datagram);
  await player.frameCount(70);
  const { arrivals } = player.player;
  expect(arrivals.duplicateCount + arrivals.staleCount).toBe(kept.length);
  expect(player.player.frames.completeCount).toBeGreaterThan(completeCount);
  expect(player.frames.map(({ frame }) => frame)).toEqual(player.frames.map((_, index) => index));
}, 30_000);
