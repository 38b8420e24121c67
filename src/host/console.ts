/**
 * The console's port: API, pages and the MoQ endpoint, from parts that run. A module of its own, so
 * that its code, most of what a start loads, is loaded while the workers of the paths load theirs.
 */
import { browserDoor } from "../api/browser-door.ts";
import { ownHosts } from "../api/hosts.ts";
import type { Parts } from "../api/parts.ts";
import { createApp } from "../app.ts";
import type { Config } from "../config.ts";
import { socketLimits } from "../moq/endpoint.ts";
import { consolePages } from "../pages/console.ts";
import { compareAround } from "../window/comparison.ts";
import { makeSeries } from "../window/series.ts";
import type { Core } from "./core.ts";

/** What the rest of the host gives it. */
export type ConsoleParts = Omit<Parts, "compareAround" | "makeSeries">;

/** It does not listen yet. */
export function createConsole(
  config: Config,
  core: Core,
  { nativePort, ...given }: ConsoleParts & { readonly nativePort: number },
) {
  const { clock, credentials } = core;
  const parts = { ...given, compareAround, makeSeries };
  return createApp({
    ...parts,
    clock,
    credentials,
    socketLimits,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    ...consolePages({ ...parts, clock, door: browserDoor(credentials), nativePort }),
  });
}
