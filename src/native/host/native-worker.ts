/**
 * The native path's worker: one per host. It owns port, control and all native sessions, so that a
 * large HTTP answer on the main thread never delays a packet.
 */
import { unreachable } from "../../base/assert.ts";
import { systemClock } from "../../base/clock.ts";
import { quietConsole } from "../../base/library-console.ts";
import { servePath } from "../../worker/serve-path.ts";
import type { NativeEvent, NativeOptions, NativeQuestion } from "./link.ts";
import { NativeServer } from "./server.ts";

quietConsole(console);
servePath<NativeServer, NativeOptions, NativeQuestion, NativeEvent>({
  start: (options, onEvent) => NativeServer.start({ options, clock: systemClock(), onEvent }),
  answer: ({ pairings }, question) => {
    switch (question.kind) {
      case "create_code":
        return pairings.create();
      case "cancel_code":
        return pairings.cancel();
      default:
        return unreachable(question);
    }
  },
});
