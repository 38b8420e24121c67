/**
 * Connects the GameStream path to the rest of the host. If off, it is a host that nobody plays
 * from.
 */

import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { type Config, isLoopback } from "../config.ts";
import { type GamestreamHost, startGamestreamHost } from "../gamestream/handle.ts";
import { appsFor } from "../gamestream/http/apps.ts";
import type { Settings } from "../model/settings.ts";
import { takesInput } from "../model/source.ts";
import type { EncoderStatus, GamestreamStatus } from "../model/status.ts";
import type { Core } from "./core.ts";
import { type EventTakers, takeEvent } from "./events.ts";

/** The path and its address; without `host` the status says why it does not listen. */
export type GamestreamPath = {
  readonly host: GamestreamHost | undefined;
  readonly status: GamestreamStatus;
};

type Given = Core & EventTakers & { readonly settings: Settings };

/**
 * It stays closed when it is switched off, when it cannot use the address to listen on, and when
 * its default ports are taken: another GameStream host may well run on this machine.
 * @throws Failure when the ports that the operator chose are taken.
 */
export async function openGamestream(
  config: Config,
  core: Given,
  parts: AsyncDisposableStack,
): Promise<GamestreamPath> {
  if (config.gamestream.port === 0) return closed("it is switched off");
  const listenHost = ipv4Of(config.nativeListen.host);
  if (listenHost === undefined) {
    const reason = `it needs an IPv4 address, and --native-listen has "${config.nativeListen.host}"`;
    warn("gamestream_needs_ipv4", { native_listen: config.nativeListen.host });
    return closed(reason);
  }
  try {
    const host = await start(config, core, listenHost);
    parts.defer(() => host.stop());
    return { host, status: statusOf(listenHost, host.basePort) };
  } catch (cause) {
    const isTaken = cause instanceof Failure && cause.code === "port_taken";
    if (!isTaken || config.gamestream.isChosen) throw cause;
    const reason = "its ports are taken; --gamestream-port names others";
    warn("gamestream_ports_taken", { cause });
    return closed(reason);
  }
}

/** With the encoders that opened on this machine, it can offer players their codecs and modes. */
export function offerEncoders(
  host: GamestreamHost | undefined,
  found: readonly EncoderStatus[],
): void {
  const names = found.filter(({ available }) => available).map(({ encoder }) => encoder);
  // A host that is stopping has nobody left to offer anything to.
  host?.knowEncoders(names).catch(() => undefined);
}

function closed(reason: string): GamestreamPath {
  return { host: undefined, status: { listening: false, announced: false, reason } };
}

function statusOf(address: string, port: number): GamestreamStatus {
  return { listening: true, address, port, announced: !isLoopback(address) };
}

/**
 * Players use the same address as on the native path. An IPv6 address has no counterpart: listening
 * elsewhere instead would open the host to networks that the operator has excluded.
 */
export function ipv4Of(host: string): string | undefined {
  if (host === "::") return "0.0.0.0";
  return host.includes(":") ? undefined : host;
}

function start(config: Config, core: Given, listenHost: string): Promise<GamestreamHost> {
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
    isInputOn: takesInput(config.source),
    gate: core.gate.memory,
    sessionIds: core.sessionIds.memory,
    identity: core.identity,
    onEvent: (event) => takeEvent(event, core),
  });
}
