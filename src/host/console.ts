/**
 * The console's port: API, pages and the MoQ endpoint, from running parts. A module of its own: a
 * host that cannot open its data directory or its settings loads none of this.
 */

import { ownHosts } from "../api/edge/allowed-hosts.ts";
import { browserSession } from "../api/edge/browser-session.ts";
import { guestSession } from "../api/edge/guest-session.ts";
import { LateConsole } from "../api/edge/late-console.ts";
import { createPerformer } from "../api/edge/performer.ts";
import { createApp } from "../app.ts";
import { keyPinOf } from "../base/identity.ts";
import type { Config } from "../config.ts";
import { socketLimits } from "../moq/endpoint.ts";
import type { PlayerAddresses } from "../pages/parts.ts";
import type { HostParts } from "../ports/host-parts.ts";
import type { PlayConnections } from "../ports/play.ts";
import type { ConsoleTls } from "./console-tls.ts";
import type { Core } from "./core.ts";

type Console = {
  readonly reach: () => Promise<PlayerAddresses>;
  readonly play: PlayConnections;
  readonly tls: ConsoleTls | undefined;
};

/** It does not listen yet. */
export function createConsole(
  config: Config,
  core: Core,
  { reach, play, tls, ...parts }: HostParts & Console,
) {
  const { clock, credentials } = core;
  const performer = createPerformer(parts, { credentials, clock });
  const pages = new LateConsole(async () => {
    const { consolePages } = await import("../pages/console.ts");
    const { openFleet } = await import("./fleet.ts");
    return consolePages({
      ...parts,
      perform: performer.perform,
      clock,
      browserSession: browserSession(credentials),
      guestSession: guestSession(core.links),
      keyPin: () => tls?.keyPin ?? keyPinOf(core.identity.certificatePem),
      reach,
      source: config.source,
      fleet: openFleet({ names: config.fleet, env: process.env }),
    });
  });
  const app = createApp({
    performer,
    credentials,
    timeline: parts.timeline,
    moq: parts.moq,
    play,
    socketLimits,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    console: pages,
  });
  return { app, pages };
}
