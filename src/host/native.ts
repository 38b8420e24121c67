/** Connects the native path to the rest of the host. */
import type { Config } from "../config.ts";
import type { Settings } from "../model/settings.ts";
import { type NativeHost, startNativeHost } from "../native/host/handle.ts";
import type { Core } from "./core.ts";
import { type EventTakers, takeEvent } from "./events.ts";

/** Starts the native path; it ends with `parts`. @throws Failure `port_taken` */
export async function openNative(
  config: Config,
  core: Core & EventTakers & { readonly settings: Settings },
  parts: AsyncDisposableStack,
): Promise<NativeHost> {
  const native = await startNativeHost({
    listenHost: config.nativeListen.host,
    port: config.nativeListen.port,
    dataDirectory: config.dataDirectory,
    source: config.source,
    preset: config.encoderPreset,
    encoder: config.encoder,
    settings: core.settings,
    gate: core.gate.memory,
    sessionIds: core.sessionIds.memory,
    identity: core.identity,
    clock: core.clock,
    onEvent: (event) => takeEvent(event, core),
  });
  parts.defer(() => native.stop());
  return native;
}
