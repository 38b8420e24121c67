/** What a link that carries little asks of an encoder. */
import { expect, test } from "bun:test";
import { bitrateKbpsLeast } from "../../src/model/limits.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { SessionLog } from "../../src/session/session-log.ts";
import { StreamControl } from "../../src/session/stream-control.ts";
import type { Tuning } from "../../src/video/link.ts";
import { checkTuning } from "../../src/video/options.ts";
import { ManualClock } from "../support/manual-clock.ts";

test.each([
  { width: 640, height: 360 },
  { width: 3840, height: 2160 },
])("a link below what an encoder can make gets the least of its mode, %p", (size) => {
  const mode = { ...size, fps: 60, codec: "h264", bitrateKbps: 50_000 } as const;
  const facts = { mode, settings: settingsDefault, preset: undefined };
  const control = new StreamControl({ ...facts, clock: new ManualClock(), log: new SessionLog() });
  const asked: Tuning[] = [];
  const tune = (tuning: Tuning) => {
    checkTuning(tuning, size);
    asked.push(tuning);
  };
  control.attach({ tune }, control.tuning);
  // The rate's floor is 200 kbit/s, and a part of it is not media.
  control.followLink(190);
  expect(asked).toEqual([{ bitrateKbps: bitrateKbpsLeast(size) }]);
  control.followLink(50_000);
  expect(asked.at(-1)).toEqual({ bitrateKbps: 50_000 });
});
