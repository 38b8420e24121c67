/**
 * The native path's worker: one for the host. It owns port, control and all native sessions, so
 * that a large answer over HTTP on the main thread never delays a packet.
 */
import { unreachable } from "../base/assert.ts";
import { systemClock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { onWarning, warningText } from "../base/log.ts";
import type { HostOptions, HostQuestion, HostReport, HostRequest } from "./host-link.ts";
import { NativeServer } from "./server.ts";

declare const self: Worker;

/** Sessions are told to main this often while there are any. */
const tellMs = 400;

let server: NativeServer | undefined;
let teller: NodeJS.Timeout | undefined;

self.onmessage = (event: MessageEvent<HostRequest>) => receive(event.data);

function receive(request: HostRequest): void {
  switch (request.kind) {
    case "start":
      start(request.options).catch((cause: unknown) => {
        const code = cause instanceof Failure ? cause.code : "internal";
        const message = cause instanceof Error ? cause.message : String(cause);
        tell({ kind: "not_started", code, message });
      });
      break;
    case "idr":
      server?.find(request.id)?.requestIdr("operator");
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
        (cause: unknown) => {
          const message = cause instanceof Error ? cause.message : String(cause);
          tell({ kind: "no_answer", number: request.number, message });
        },
      );
      break;
    default:
      unreachable(request);
  }
}

async function start(options: HostOptions): Promise<void> {
  onWarning((event, fields) => {
    tell({ kind: "event", event: { kind: "warned", message: warningText(event, fields) } });
  });
  server = await NativeServer.start({
    options,
    clock: systemClock(),
    onEvent: (event) => {
      tell({ kind: "event", event });
      if (event.kind === "session_started" || event.kind === "session_ended") followSessions();
    },
  });
  tell({ kind: "started", port: server.port });
}

async function answer(question: HostQuestion): Promise<unknown> {
  switch (question.kind) {
    case "create_code":
      return server?.desk.create();
    case "cancel_code":
      return server?.desk.cancel();
    case "clients":
      return server?.clients() ?? [];
    case "remove_client":
      return (await server?.removeClient(question.id)) ?? false;
    case "stop":
      return await stop();
    default:
      return unreachable(question);
  }
}

async function stop(): Promise<void> {
  const stopping = server?.stop("the host is stopping");
  server = undefined;
  await stopping;
}

/** A host at rest does not wake up. */
function followSessions(): void {
  const isPlaying = server !== undefined && server.sessions().length > 0;
  if (isPlaying) teller ??= setInterval(tellSessions, tellMs);
  else {
    clearInterval(teller);
    teller = undefined;
  }
  tellSessions();
}

function tellSessions(): void {
  if (server !== undefined) tell({ kind: "sessions", sessions: server.sessions() });
}

function tell(report: HostReport): void {
  postMessage(report);
}
