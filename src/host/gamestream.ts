/** Joins the GameStream path to the rest of the host. Off, it is a host that nobody plays from. */
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { type Config, isLoopback } from "../config.ts";
import { type GamestreamHost, startGamestreamHost } from "../gamestream/handle.ts";
import { appsFor } from "../gamestream/http/apps.ts";
import type { Settings } from "../model/settings.ts";
import type { Core } from "./core.ts";
import { type EventTakers, takeEvent } from "./events.ts";

/**
 * @returns `undefined` when it is switched off, or when its default ports are taken: another
 * GameStream host may well run on this machine.
 * @throws Failure when the ports that the operator chose are taken.
 */
export async function openGamestream(
  config: Config,
  core: Core & EventTakers & { readonly settings: Settings },
  parts: AsyncDisposableStack,
): Promise<GamestreamHost | undefined> {
  if (config.gamestream.port === 0) return undefined;
  try {
    const host = await start(config, core);
    parts.defer(() => host.stop());
    return host;
  } catch (cause) {
    const isTaken = cause instanceof Failure && cause.code === "port_taken";
    if (!isTaken || config.gamestream.isChosen) throw cause;
    warn("GameStream is off: its ports are taken; --gamestream-port names others", { cause });
    return undefined;
  }
}

function start(
  config: Config,
  core: Core & EventTakers & { readonly settings: Settings },
): Promise<GamestreamHost> {
  // Players come by the same address as on the native path; this one knows IPv4 only.
  const { host } = config.nativeListen;
  const listenHost = host.includes(":") ? "0.0.0.0" : host;
  return startGamestreamHost({
    listenHost,
    basePort: config.gamestream.port,
    dataDirectory: config.dataDirectory,
    apps: appsFor([config.source]),
    codecs: config.gamestream.codecs,
    preset: config.encoderPreset,
    encoder: config.encoder,
    settings: core.settings,
    isAnnounced: !isLoopback(listenHost),
    isInputOn: config.source.startsWith("x11:"),
    gate: core.gate.memory,
    sessionIds: core.sessionIds.memory,
    identity: core.identity,
    onEvent: (event) => takeEvent(event, core),
  });
}
