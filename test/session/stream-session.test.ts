/** What a session notices at its ticks, which come more rarely while its picture stands still. */
import { expect, test } from "bun:test";
import { Gate } from "../../src/base/gate.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { openSampler } from "../../src/native/host/sampler.ts";
import { nothingYet } from "../../src/session/session-totals.ts";
import { StreamSession } from "../../src/session/stream-session.ts";
import { restTickMs } from "../../src/session/tick.ts";
import { ManualClock } from "../support/manual-clock.ts";

const mode = { width: 640, height: 360, fps: 30, codec: "h264", bitrateKbps: 4000 } as const;
const restUs = restTickMs * 1000;

test("a stall that begins while ticks are rare is seen at the next tick", () => {
  const takers = { onRecording: () => undefined, onSample: () => undefined };
  const sampler = openSampler({
    gate: new Gate(),
    takers: { ...takers, onWindow: () => undefined },
    fps: () => mode.fps,
    totals: () => nothingYet,
  });
  const session = new StreamSession({
    ...{ clock: new ManualClock(), sampler, mode, settings: settingsDefault, preset: undefined },
    onHappened: () => undefined,
  });
  // The next frame is due just after the third tick at rest, and never comes.
  const quietUs = 3 * restUs + 10_000;
  sampler.onArrival({ missedCount: 0, dueUs: 0, quietUs });
  for (let atUs = 0; atUs < quietUs; atUs += restUs)
    expect(session.tick(atUs, restTickMs)).toBe(true);
  expect(sampler.missedBy(3 * restUs)).toBe(0);
  expect(session.tick(4 * restUs, restTickMs)).toBe(false);
  expect(sampler.missedBy(4 * restUs)).toBeGreaterThan(0);
  session.end();
});
