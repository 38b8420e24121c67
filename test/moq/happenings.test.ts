/** What happens to a stream that browsers watch, besides its numbers. */
import { expect, test } from "bun:test";
import { ending } from "../../src/model/ending.ts";
import { reason } from "../../src/model/reason.ts";
import type { ViewerReport } from "../../src/model/watch.ts";
import { lingerMs } from "../../src/moq/linger.ts";
import { encoderChange } from "../../src/video/encoder-change.ts";
import { openOne, takeAll, turn, type Watching, watching } from "../support/watching.ts";

const report: ViewerReport = {
  ...{ v: 1, frames: 60, bytes: 60_000, shown: 60, dropped: 0, stalls: 0, decode_queue: 0 },
};
const peerId = 7;

/**
 * What was reported since the last time, once the window is over. The test's clock moves without
 * frames: the slots that pass are missed, which other tests hold.
 */
function told(all: Watching): object[] {
  all.scheduler.advanceMs(1000);
  return all.events.splice(0).flatMap((event) => {
    if (event.kind !== "happened") return [];
    const others = event.happenings.filter(({ action }) => action !== "slots_missed");
    return others.map(({ atUs: _, ...happening }) => happening);
  });
}

const changed = encoderChange(
  { width: 1280, height: 720, fps: 60, bitrateKbps: 5000, preset: "ultrafast" },
  { width: 1280, height: 720, fps: 60, bitrateKbps: 5000, preset: "veryfast" },
);

test("a stream is a session from its start to its end, with the reason", async () => {
  const all = watching();
  await openOne(all);
  expect(all.events).toMatchObject([
    { kind: "session_started", session: { session_id: 1, kind: "moq", codec: "h264" } },
  ]);
  all.scheduler.advanceMs(lingerMs + 250);
  await turn();
  expect(all.events.at(-1)).toMatchObject({
    kind: "session_ended",
    session: { session_id: 1 },
    ending: ending("unwatched", { seconds: 60 }),
  });
});

test.each([
  ["operator_stopped", (all: Watching) => void all.streams.disconnect(1)],
  ["host_stopping", (all: Watching) => void all.streams.stop()],
  ["stream_failed", (all: Watching) => all.encoders[0]?.fail("its worker exited unexpectedly")],
])("a stream ends with %s", async (code, end) => {
  const all = watching();
  await openOne(all);
  end(all);
  await turn();
  all.scheduler.advanceMs(250);
  await turn();
  expect(all.events.at(-1)).toMatchObject({ kind: "session_ended", ending: { code } });
});

test("viewers that come and go are reported with how many there are, and who wants a key frame", async () => {
  const all = watching();
  const { encoder } = await openOne(all);
  encoder.push(true);
  all.clock.advanceMs(1000);
  const viewer = all.watch("live/1.hang");
  await turn();
  expect(told(all)).toEqual([
    { action: "idr_sent" },
    { action: "viewer_joined", viewers: 1 },
    { action: "idr_requested", by: "player" },
  ]);
  viewer?.close();
  await turn();
  expect(told(all)).toEqual([{ action: "viewer_left", viewers: 0 }]);
});

/** A watched stream whose viewer has its key frame; `beat` lets the longest group pass. */
async function watched() {
  const all = watching();
  const { encoder } = await openOne(all);
  encoder.push(true);
  all.clock.advanceMs(1000);
  void takeAll(all.watch("live/1.hang"));
  await turn();
  encoder.push(true);
  await turn();
  expect(told(all)).toContainEqual({ action: "idr_requested", by: "player" });
  const beat = async () => {
    all.scheduler.advanceMs(4000);
    encoder.push(false);
    await turn();
  };
  return { all, encoder, beat };
}

test("the key frame that ends a long group is asked for, and is not news", async () => {
  const { all, encoder, beat } = await watched();
  for (let group = 1; group <= 3; group += 1) {
    const before = encoder.idrCount;
    await beat();
    expect(encoder.idrCount).toBe(before + 1);
    encoder.push(true);
    await turn();
    expect(told(all)).toEqual([]);
  }
});

test("a key frame that somebody asked for is reported, also where a group is due", async () => {
  const { all, encoder, beat } = await watched();
  const answered = [{ action: "idr_requested", by: "operator" }, { action: "idr_sent" }];
  all.streams.requestIdr(1);
  await beat();
  encoder.push(true);
  await turn();
  expect(told(all)).toEqual(answered);
  await beat();
  all.streams.requestIdr(1);
  encoder.push(true);
  await turn();
  expect(told(all)).toEqual(answered);
});

test("the key frame of another encoder is reported, also where a group is due", async () => {
  const { all, encoder, beat } = await watched();
  await beat();
  encoder.reset(changed);
  encoder.push(true);
  await turn();
  expect(told(all)).toEqual([{ action: "encoder_reset", reason: changed }, { action: "idr_sent" }]);
});

test("what the host and the operator ask for is not a request of a player in the figures", async () => {
  const { all, encoder, beat } = await watched();
  const counted = () => {
    all.scheduler.advanceMs(2000);
    return all.samples.splice(0).reduce((sum, { sample }) => sum + (sample.idr_requests ?? 0), 0);
  };
  all.gate.open(1);
  counted();
  await beat();
  all.streams.requestIdr(1);
  encoder.push(true);
  await turn();
  expect(counted()).toBe(0);
  void takeAll(all.watch("live/1.hang"));
  await turn();
  encoder.push(false);
  expect(counted()).toBe(1);
});

test("a bitrate is reported once, after the change has returned", async () => {
  const all = watching();
  await openOne(all);
  all.events.length = 0;
  all.streams.setBitrate(1, 3000);
  expect(all.events).toEqual([]);
  await turn();
  expect(all.events).toMatchObject([
    {
      kind: "happened",
      session_id: 1,
      happenings: [{ action: "bitrate_changed", from_kbps: 5000, to_kbps: 3000, by: "operator" }],
    },
  ]);
  all.events.length = 0;
  all.streams.setBitrate(1, 3000);
  expect(told(all)).toEqual([]);
});

test("an encoder that is exchanged is reported with what was asked for", async () => {
  const all = watching();
  const { encoder } = await openOne(all);
  encoder.reset(changed);
  expect(told(all)).toEqual([{ action: "encoder_reset", reason: changed }]);
});

test("an encoder that had failed is reported with its own reason, and so is its key frame", async () => {
  const { all, encoder } = await watched();
  const failed = reason("encoder_failed", { detail: "Cannot allocate memory" });
  encoder.reset(failed);
  encoder.push(true);
  await turn();
  expect(told(all)).toEqual([{ action: "encoder_reset", reason: failed }, { action: "idr_sent" }]);
});

test("what a viewer's report says has happened is reported, as far as it is new", async () => {
  const all = watching();
  await openOne(all);
  all.watch("live/1.hang");
  await turn();
  const send = (change: Partial<ViewerReport>) => {
    all.scheduler.advanceMs(1000);
    const text = JSON.stringify({ ...report, ...change });
    all.streams.report(peerId, new TextEncoder().encode(text));
  };
  send({ stalls: 5, hidden_ms: 9000 });
  expect(told(all)).toEqual([{ action: "viewer_joined", viewers: 1 }]);
  send({ stalls: 6, hidden_ms: 9000, decode_errors: 2 });
  expect(told(all)).toEqual([
    { action: "stall", reason: reason("picture_froze", { times: 1 }) },
    { action: "decode_error", reason: reason("decoding_failed", { times: 2 }) },
  ]);
  send({ stalls: 6, hidden_ms: 12_500, decode_errors: 2 });
  expect(told(all)).toEqual([{ action: "tab_hidden", ms: 3500 }]);
  send({ stalls: 6, hidden_ms: Number.MAX_SAFE_INTEGER, decode_errors: 2 });
  expect(told(all)).toEqual([{ action: "tab_hidden", ms: 86_400_000 }]);
});

test("a viewer that jumps to live is reported with how far it was behind", async () => {
  const all = watching();
  await openOne(all);
  all.watch("live/1.hang");
  await turn();
  const send = (change: Partial<ViewerReport>) => {
    all.scheduler.advanceMs(1000);
    const text = JSON.stringify({ ...report, ...change });
    all.streams.report(peerId, new TextEncoder().encode(text));
  };
  send({});
  told(all);
  send({ jumps: 1, behind_ms: 900 });
  expect(told(all)).toEqual([{ action: "jumped_to_live", ms: 900 }]);
  send({ jumps: 1, behind_ms: 900 });
  expect(told(all)).toEqual([]);
  send({ jumps: 2, behind_ms: 0 });
  expect(told(all)).toEqual([{ action: "jumped_to_live" }]);
});

test("a viewer that stops watching while its tab is hidden reports for how long when it is back", async () => {
  const all = watching();
  await openOne(all);
  const first = all.watch("live/1.hang");
  await turn();
  const send = (change: Partial<ViewerReport>) => {
    all.scheduler.advanceMs(1000);
    const text = JSON.stringify({ ...report, ...change });
    all.streams.report(peerId, new TextEncoder().encode(text));
  };
  send({});
  first?.close();
  await turn();
  all.scheduler.advanceMs(6500);
  all.watch("live/1.hang");
  await turn();
  told(all);
  send({ hidden_ms: 7500 });
  expect(told(all)).toEqual([{ action: "tab_hidden", ms: 7500 }]);
});
