/** Main's handle on the native path: the common interface of paths, and pairing by code. */

import type { Clock } from "../../base/clock.ts";
import { joinAddress, reachableAddresses } from "../../base/host-names.ts";
import { workerUrl } from "../../base/worker-url.ts";
import type { PairingCode } from "../../model/player.ts";
import type { PairingCodes } from "../../ports/players.ts";
import { PathHandle, type PathHost } from "../../worker/path-handle.ts";
import type { NativeEvent, NativeOptions, NativeQuestion } from "./link.ts";

export type { NativeEvent } from "./link.ts";

/** Options of the native path. */
export type NativeHostOptions = NativeOptions & {
  readonly clock: Clock;
  onEvent(event: NativeEvent): void;
};

/** The native path, as the rest of the host uses it. */
export type NativeHost = PathHost &
  PairingCodes & {
    /** TLS control and UDP media. */
    readonly port: number;
  };

/** @throws Failure `port_taken`, `native_failed` */
export async function startNativeHost({
  onEvent,
  clock,
  ...options
}: NativeHostOptions): Promise<NativeHost> {
  let code: PairingCode | undefined;
  const worker = new Worker(workerUrl("native/host/native-worker.ts"));
  const handle = new PathHandle<NativeOptions, NativeQuestion, NativeEvent>(worker, {
    name: "native",
    failureCode: "native_failed",
    onEvent: (event) => {
      // A code works once, and not after too many wrong attempts.
      if (event.kind === "client_added" || event.kind === "code_closed") code = undefined;
      onEvent(event);
    },
  });
  const port = await handle.start(options);
  return {
    ...handle.host(),
    port,
    createPairingCode: async () => {
      // The worker's own answer to this very request.
      const made = (await handle.ask({ kind: "create_code" })) as Omit<PairingCode, "command">;
      const [host = options.listenHost] = reachableAddresses(options.listenHost);
      code = { ...made, command: `onglass play ${joinAddress(host, port)} --pair ${made.code}` };
      return code;
    },
    pairingCode: () => {
      if (code !== undefined && clock.wallMs() >= code.expires_unix_ms) code = undefined;
      return code;
    },
    cancelPairing: async () => {
      code = undefined;
      await handle.ask({ kind: "cancel_code" });
    },
  };
}
