/**
 * The GameStream path's worker: one per host. It owns all ports of the path, so that a large HTTP
 * answer on the main thread never delays a packet.
 */
import { unreachable } from "../base/assert.ts";
import { systemClock } from "../base/clock.ts";
import { quietConsole } from "../base/library-console.ts";
import { servePath } from "../worker/serve-path.ts";
import type { GamestreamEvent, GamestreamOptions, GamestreamQuestion } from "./link.ts";
import { GamestreamServer } from "./server.ts";

quietConsole(console);
servePath<GamestreamServer, GamestreamOptions, GamestreamQuestion, GamestreamEvent>({
  start: (options, onEvent) => GamestreamServer.start({ options, clock: systemClock(), onEvent }),
  answer: (server, question) => {
    const { pairings } = server;
    switch (question.kind) {
      case "submit_pin":
        return pairings.submitPin(question.entry);
      case "refuse_pairing":
        return pairings.refuse(question.id);
      case "pending_pairings":
        return pairings.pending();
      case "pin_outcome":
        return pairings.outcome();
      case "know_encoders":
        return server.knowEncoders(question.names);
      default:
        return unreachable(question);
    }
  },
});
