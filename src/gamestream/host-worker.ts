/**
 * The GameStream path's worker: one for the host. It owns all ports of the path, so that a large
 * answer over HTTP on the main thread never delays a packet.
 */
import { unreachable } from "../base/assert.ts";
import { systemClock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import type { HostOptions, HostQuestion, HostReport, HostRequest } from "./host-link.ts";
import { GamestreamServer } from "./server.ts";

declare const self: Worker;

/** The session is told to main this often while there is one. */
const tellMs = 400;

let server: GamestreamServer | undefined;
/** Runs while there is a session: a host at rest does not wake up. */
let teller: NodeJS.Timeout | undefined;

self.onmessage = (event: MessageEvent<HostRequest>) => receive(event.data);

function receive(request: HostRequest): void {
  switch (request.kind) {
    case "start":
      start(request.options).catch((cause: unknown) => {
        const code = cause instanceof Failure ? cause.code : "internal";
        tell({ kind: "not_started", code, message: messageOf(cause) });
      });
      break;
    case "idr":
      server?.find(request.id)?.requestIdr();
      break;
    case "bitrate":
      server?.find(request.id)?.setBitrate(request.bitrateKbps);
      tellSessions();
      break;
    case "settings":
      server?.applySettings(request.settings);
      tellSessions();
      break;
    case "disconnect":
      server?.find(request.id)?.end("the operator ended it");
      break;
    case "ask":
      answer(request.question).then(
        (value) => tell({ kind: "answer", number: request.number, value }),
        (cause: unknown) =>
          tell({ kind: "no_answer", number: request.number, message: messageOf(cause) }),
      );
      break;
    default:
      unreachable(request);
  }
}

async function start(options: HostOptions): Promise<void> {
  server = await GamestreamServer.start({
    options,
    clock: systemClock(),
    onEvent: (event) => {
      tell({ kind: "event", event });
      if (event.kind === "session_started") teller ??= setInterval(tellSessions, tellMs);
      if (event.kind === "session_ended") endTelling();
      if (event.kind === "session_started" || event.kind === "session_ended") tellSessions();
    },
  });
  tell({ kind: "started" });
}

async function answer(question: HostQuestion): Promise<unknown> {
  switch (question.kind) {
    case "submit_pin":
      return server?.desk.submitPin(question.entry) ?? false;
    case "refuse_pairing":
      return server?.desk.refuse(question.id) ?? false;
    case "pending_pairings":
      return server?.desk.pending() ?? [];
    case "clients":
      return server?.clients() ?? [];
    case "remove_client":
      return (await server?.removeClient(question.id)) ?? false;
    case "stop":
      return await server?.stop("the host is stopping");
    default:
      return unreachable(question);
  }
}

function endTelling(): void {
  clearInterval(teller);
  teller = undefined;
}

/** A session that has ended is told as gone only after it has left the list. */
function tellSessions(): void {
  queueMicrotask(() => {
    if (server !== undefined) tell({ kind: "sessions", sessions: server.sessions() });
  });
}

function tell(report: HostReport): void {
  postMessage(report);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
