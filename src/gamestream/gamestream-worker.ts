/**
 * The GameStream path's worker: one for the host. It owns all ports of the path, so that a large
 * answer over HTTP on the main thread never delays a packet.
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
    const { desk } = server;
    switch (question.kind) {
      case "submit_pin":
        return desk.submitPin(question.entry);
      case "refuse_pairing":
        return desk.refuse(question.id);
      case "pending_pairings":
        return desk.pending();
      case "pin_outcome":
        return desk.outcome();
      case "know_encoders":
        return server.knowEncoders(question.names);
      default:
        return unreachable(question);
    }
  },
});
