/**
 * The worker's end of a path: forwards main's requests to the path's server, and reports events and
 * sessions to main.
 */

import { unreachable } from "../base/assert.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { reserveHeadroom } from "../base/headroom.ts";
import { onLine, onWarning } from "../base/log.ts";
import { nativeThreads } from "../base/native-threads.ts";
import { Ticker, timers } from "../base/scheduler.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Client } from "../model/player.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import { warningEvent } from "../model/warning.ts";
import type { PathEvent, PathReport, PathRequest } from "./link.ts";

declare const self: Worker;

/** The session list is reported to main this often while there are sessions: a host at rest does not wake up. */
const reportMs = 1000;

/** The server of a path, for its worker. */
export type PathServer = {
  /** The port for others, if it was left to the kernel. */
  readonly port: number;
  sessions(): Session[];
  find(id: number): PathSession | undefined;
  applySettings(settings: Settings): void;
  clients(): Client[];
  removeClient(id: string): Promise<boolean>;
  renameClient(id: string, name: string): Promise<Client | undefined>;
  stop(why: Ending): Promise<void>;
};

type PathSession = {
  requestIdr(by: "operator"): void;
  setBitrate(bitrateKbps: number): void;
  end(why: Ending): void;
};

type AnyEvent = { readonly kind: string };

/** How a path’s worker starts its server and answers requests. */
export type Path<Server, Options, Question, Event extends AnyEvent> = {
  /** Rejects with a Failure, which is reported to main. */
  start(options: Options, onEvent: (event: PathEvent | Event) => void): Promise<Server>;
  answer(server: Server, question: Question): unknown;
};

/** Called once, by the path's worker, while it is loaded. */
export function servePath<Server extends PathServer, Options, Question, Event extends AnyEvent>(
  path: Path<Server, Options, Question, Event>,
): void {
  const edge = new Edge(path);
  self.onmessage = (event: MessageEvent<PathRequest<Options, Question>>) =>
    edge.receive(event.data);
}

class Edge<Server extends PathServer, Options, Question, Event extends AnyEvent> {
  readonly #path: Path<Server, Options, Question, Event>;
  /** Held, never touched. */
  readonly headroom = reserveHeadroom();
  #server: Server | undefined;
  readonly #reports = new Ticker({
    ...{ scheduler: timers, intervalMs: reportMs },
    onTick: () => this.#reportSessions(),
  });

  constructor(path: Path<Server, Options, Question, Event>) {
    this.#path = path;
  }

  receive(request: PathRequest<Options, Question>): void {
    switch (request.kind) {
      case "start":
        this.#start(request.options).catch((cause: unknown) => {
          const code = cause instanceof Failure ? cause.code : "internal";
          this.#tell({ kind: "not_started", code, message: messageOf(cause) });
        });
        break;
      case "idr":
        this.#server?.find(request.id)?.requestIdr("operator");
        break;
      case "bitrate":
        this.#server?.find(request.id)?.setBitrate(request.bitrateKbps);
        this.#reportSessions();
        break;
      case "settings":
        this.#server?.applySettings(request.settings);
        this.#reportSessions();
        break;
      case "disconnect":
        this.#server?.find(request.id)?.end(ending("operator_stopped"));
        break;
      default:
        this.#answer(request);
    }
  }

  async #start(options: Options): Promise<void> {
    onLine((line) => this.#report({ kind: "logged", line }));
    onWarning((code, fields) => {
      this.#report({ kind: "warned", event: warningEvent(code, fields) });
    });
    this.#server = await this.#path.start(options, (event) => this.#report(event));
    this.#tell({ kind: "started", port: this.#server.port });
  }

  #report(event: PathEvent | Event): void {
    this.#tell({ kind: "event", event });
    const { kind } = event;
    if (kind === "session_started" || kind === "session_ended") this.#reportSessions();
  }

  #answer(request: Extract<PathRequest<Options, Question>, { number: number }>): void {
    const { number } = request;
    this.#find(request).then(
      (value) => this.#tell({ kind: "answer", number, value }),
      (cause: unknown) => this.#tell({ kind: "no_answer", number, message: messageOf(cause) }),
    );
  }

  async #find(request: Extract<PathRequest<Options, Question>, { number: number }>) {
    const server = this.#server;
    switch (request.kind) {
      case "alive":
        return true;
      case "clients":
        return server?.clients() ?? [];
      case "remove_client":
        return (await server?.removeClient(request.id)) ?? false;
      case "rename_client":
        return await server?.renameClient(request.id, request.name);
      case "ask":
        return server && (await this.#path.answer(server, request.question));
      case "stop":
        this.#server = undefined;
        this.#reports.stop();
        nativeThreads.hurry();
        await server?.stop(ending("host_stopping"));
        return nativeThreads.aliveCount === 0;
      default:
        return unreachable(request);
    }
  }

  /** Deferred to a microtask, so that an ended session is already off the list. */
  #reportSessions(): void {
    queueMicrotask(() => {
      const sessions = this.#server?.sessions();
      if (sessions === undefined) return;
      this.#tell({ kind: "sessions", sessions });
      if (sessions.length > 0) this.#reports.start();
      else this.#reports.stop();
    });
  }

  #tell(report: PathReport<PathEvent | Event>): void {
    postMessage(report);
  }
}
