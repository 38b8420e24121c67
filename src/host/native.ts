/** Joins the native path to the recorder, the counters and the log. */
import { unreachable } from "../base/assert.ts";
import { log, warn } from "../base/log.ts";
import type { Config } from "../config.ts";
import type { Session } from "../model/session.ts";
import type { Watching } from "../moq/watching.ts";
import { type NativeHost, startNativeHost } from "../native/host.ts";
import type { HostEvent } from "../native/host-link.ts";
import type { Core } from "./core.ts";

export async function openNative(
  config: Config,
  core: Core & { readonly watching: Watching },
  parts: AsyncDisposableStack,
): Promise<NativeHost> {
  const native = await startNativeHost({
    listenHost: config.nativeListen.host,
    port: config.nativeListen.port,
    dataDirectory: config.dataDirectory,
    source: config.source,
    preset: config.encoderPreset,
    gate: core.gate.memory,
    sessionIds: core.sessionIds.memory,
    identity: core.identity,
    clock: core.clock,
    onEvent: (event) => takeEvent(event, core),
  });
  parts.defer(() => native.stop());
  return native;
}

function takeEvent(
  event: HostEvent,
  { recorder, failed, watching }: Core & { readonly watching: Watching },
): void {
  switch (event.kind) {
    case "recording":
      // A session that announces itself to a capture that was stopped meanwhile says so again in the next.
      if (event.captureNumber === recorder.captureNumber()) recorder.registerSession(event.session);
      return;
    case "sample":
      recorder.pushSample(event.session_id, event.sample, event.captureNumber);
      return;
    case "session_started":
      watching.followers.open(event.session.session_id, event.totals);
      log("session started", sessionFields(event.session));
      return;
    case "session_ended":
      watching.followers.close(event.session.session_id);
      log("session ended", { ...sessionFields(event.session), reason: event.reason });
      return;
    case "client_added":
      log("player paired", { client: event.client.name, id: event.client.id });
      return;
    case "refused":
      warn("player refused", { address: event.address, reason: event.reason });
      return;
    case "failed":
      watching.followers.closeAll();
      warn("native path failed", { reason: event.reason });
      failed.resolve(event.reason);
      return;
    default:
      unreachable(event);
  }
}

function sessionFields(session: Session) {
  const { session_id, kind, client, width, height, fps, codec } = session;
  return { session_id, kind, client, mode: `${width}x${height}@${fps}`, codec };
}
