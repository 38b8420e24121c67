/** Watching as a host has it, for tests with the real app around it. */
import type { Credentials } from "../../src/api/edge/credentials.ts";
import { rightOf } from "../../src/api/edge/signed-in-streams.ts";
import { LinkRegistry } from "../../src/api/edge/stream-links.ts";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { quietConsole } from "../../src/base/library-console.ts";
import { systemScheduler } from "../../src/base/scheduler.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { moqAdmission } from "../../src/host/moq-admission.ts";
import { followStream, openPlay } from "../../src/host/play.ts";
import type { Happening } from "../../src/model/happening.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import type { SampleSink } from "../../src/moq/sampler.ts";
import { Watching, type WatchingOptions } from "../../src/moq/watching.ts";

export type TestRelays = Pick<WatchingOptions, "relay" | "viewerRelay">;

const noSink: SampleSink = { registerSession: () => undefined, pushSample: () => undefined };

/** Frames are stamped by the real clock, whatever clock a test gives to others. */
export function openTestWatching(
  credentials: Credentials,
  {
    gate = new Gate(),
    sink = noSink,
    links = new LinkRegistry({ clock: systemClock() }),
    relays = {},
  }: { gate?: Gate; sink?: SampleSink; links?: LinkRegistry; relays?: TestRelays } = {},
) {
  const happened: Happening[] = [];
  const quiet = quietConsole(console);
  const play = openPlay({ clock: systemClock(), credentials, links }, () => watching);
  const watching: Watching = new Watching({
    gate: gate.memory,
    clock: systemClock(),
    scheduler: systemScheduler(),
    sessionIds: new SharedSequence(),
    sink,
    source: "testsrc",
    settings: settingsDefault,
    stats: {},
    ...relays,
    onEvent: (event) => {
      followStream(play, event);
      if (event.kind === "happened") happened.push(...event.happenings);
    },
    admit: moqAdmission({ credentials, links }, () => watching),
    rightOf: (request) => rightOf(request, credentials),
  });
  return {
    watching,
    ...{ play, happened },
    stop: async () => {
      await play.stop();
      await watching.stop();
      quiet[Symbol.dispose]();
    },
  };
}
