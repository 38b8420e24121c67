/**
 * The console's port: API, pages and the MoQ endpoint, from parts that run. A module of its own, so
 * that its code, most of what a start loads, is loaded while the workers of the paths load theirs.
 */

import { compareAround } from "../analysis/comparison.ts";
import { makeSeries } from "../analysis/series.ts";
import { recordedActions } from "../api/console-calls.ts";
import { ReplayDoor, recordedDesk } from "../api/console-service.ts";
import { ownHosts } from "../api/edge/allowed-hosts.ts";
import { browserDoor } from "../api/edge/browser-session.ts";
import type { Parts } from "../api/parts.ts";
import { createApp } from "../app.ts";
import { keyPinOf } from "../base/identity.ts";
import type { Config } from "../config.ts";
import { socketLimits } from "../moq/endpoint.ts";
import { consolePages } from "../pages/console.ts";
import type { ConsoleParts as PageParts } from "../pages/parts.ts";
import type { Core } from "./core.ts";

/** What the rest of the host gives it. */
export type ConsoleParts = Omit<Parts, "compareAround" | "makeSeries"> & Pick<PageParts, "streams">;

/** It does not listen yet. */
export function createConsole(
  config: Config,
  core: Core,
  { nativePort, ...given }: ConsoleParts & { readonly nativePort: number },
) {
  const { clock, credentials } = core;
  const parts = { ...given, compareAround, makeSeries };
  const replayDoor = new ReplayDoor();
  const recorded = recordedActions(parts, clock);
  const { streams } = parts;
  return createApp({
    ...parts,
    clock,
    credentials,
    socketLimits,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    replayDoor,
    // What the pages change is recorded as the calls it stands for.
    ...consolePages({
      ...parts,
      ...recorded,
      streams: {
        ...recorded.streams,
        ended: (id) => streams.ended(id),
        viewers: (id) => streams.viewers(id),
      },
      timelineDesk: recordedDesk(parts, { clock, replay: replayDoor.replay }),
      clock,
      door: browserDoor(credentials),
      keyPin: keyPinOf(core.identity.certificatePem),
      nativePort,
    }),
  });
}
