/**
 * Main's handle on the worker of a path: starts it, keeps the list of its sessions current, sends
 * it requests, and reports its end.
 */

import { unreachable } from "../base/assert.ts";
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { inTime, timers } from "../base/scheduler.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { Client } from "../model/player.ts";
import { reasonText } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { Clients } from "../ports/players.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import type { PathEvent, PathReport, PathRequest } from "./link.ts";

/** The interface of every path for the rest of the host. */
export type PathHost = Sessions &
  Clients &
  SettingsFollower & {
    /**
     * Whether its loop runs: resolves with true when it does, rejects when the worker has exited.
     */
    alive(): Promise<boolean>;
    /** Notifies the players, then ends the worker. */
    stop(): Promise<void>;
  };

/** The path's words for its worker's exit. */
export type PathFacts<Event> = {
  /** As in "The ... path is not there". */
  readonly name: string;
  /** The failure without a worker. */
  readonly failureCode: FailureCode;
  onEvent(event: PathEvent | Event): void;
};

const startDeadlineMs = 10_000;
/** Its encoders end within a frame; a busy machine takes longer. */
const stopDeadlineMs = 10_000;

/** Owns the worker of a path, from its start until it has stopped or failed. */
export class PathHandle<Options, Question, Event> {
  readonly #worker: Worker;
  readonly #facts: PathFacts<Event>;
  readonly #started = Promise.withResolvers<number>();
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>();
  #questionCount = 0;
  #sessions: readonly Session[] = [];
  #isEnded = false;

  constructor(worker: Worker, facts: PathFacts<Event>) {
    this.#worker = worker;
    this.#facts = facts;
    // The path's own worker is at the other end.
    worker.onmessage = (event: MessageEvent<PathReport<PathEvent | Event>>) =>
      this.#receive(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(ending("path_failed", { path: facts.name, detail: event.message }));
    };
    worker.addEventListener("close", () =>
      this.#fail(ending("path_worker_exited", { path: facts.name })),
    );
  }

  /** Returns the port. @throws Failure of the path, or that its worker has exited */
  async start(options: Options): Promise<number> {
    this.#tell({ kind: "start", options });
    const seconds = startDeadlineMs / 1000;
    const late = ending("path_unresponsive", { path: this.#facts.name, seconds });
    const cancel = timers.after(startDeadlineMs, () => this.#fail(late));
    try {
      return await this.#started.promise;
    } catch (cause) {
      this.#isEnded = true;
      this.#worker.terminate();
      throw cause;
    } finally {
      cancel();
    }
  }

  host(): PathHost {
    return {
      sessions: () => this.#sessions,
      requestIdr: (id) => this.#command({ kind: "idr", id }),
      setBitrate: (id, bitrateKbps) => this.#command({ kind: "bitrate", id, bitrateKbps }),
      disconnect: (id) => this.#command({ kind: "disconnect", id }),
      applySettings: (settings) => this.#tell({ kind: "settings", settings }),
      // The worker's own answer to this very request.
      clients: async () =>
        (await this.#request((number) => ({ kind: "clients", number }))) as Client[],
      removeClient: async (id) =>
        (await this.#request((number) => ({ kind: "remove_client", number, id }))) === true,
      renameClient: async (id, name) =>
        (await this.#request((number) => ({ kind: "rename_client", number, id, name }))) as
          | Client
          | undefined,
      alive: async () => (await this.#request((number) => ({ kind: "alive", number }))) === true,
      stop: () => this.#stop(),
    };
  }

  /** The path's answer; rejects when its worker has exited. */
  ask(question: Question): Promise<unknown> {
    return this.#request((number) => ({ kind: "ask", number, question }));
  }

  async #stop(): Promise<void> {
    if (this.#isEnded) return;
    const stopped = this.#request((number) => ({ kind: "stop", number }));
    const end = await inTime(stopped, { ms: stopDeadlineMs }, () => "late");
    this.#isEnded = true;
    this.#sessions = [];
    // While an encoder still runs below it, killing it would crash the process.
    if (end === true) this.#worker.terminate();
    else this.#worker.unref();
  }

  #command(request: Extract<PathRequest<Options, Question>, { id: number }>): boolean {
    if (!this.#sessions.some((session) => session.session_id === request.id)) return false;
    this.#tell(request);
    return true;
  }

  #request(make: (number: number) => PathRequest<Options, Question>): Promise<unknown> {
    if (this.#isEnded) return Promise.reject(this.#gone("it has stopped"));
    this.#questionCount += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#questions.set(this.#questionCount, answer);
    this.#tell(make(this.#questionCount));
    return answer.promise;
  }

  #tell(request: PathRequest<Options, Question>): void {
    if (!this.#isEnded) this.#worker.postMessage(request);
  }

  #receive(report: PathReport<PathEvent | Event>): void {
    switch (report.kind) {
      case "started":
        this.#started.resolve(report.port);
        break;
      case "not_started":
        this.#started.reject(new Failure(report.code, report.message));
        break;
      case "sessions":
        this.#sessions = report.sessions;
        break;
      case "event":
        this.#facts.onEvent(report.event);
        break;
      case "answer":
        this.#takeQuestion(report.number)?.resolve(report.value);
        break;
      case "no_answer":
        this.#takeQuestion(report.number)?.reject(this.#gone(report.message));
        break;
      default:
        unreachable(report);
    }
  }

  #takeQuestion(number: number): PromiseWithResolvers<unknown> | undefined {
    const question = this.#questions.get(number);
    this.#questions.delete(number);
    return question;
  }

  #fail(why: Ending): void {
    if (this.#isEnded) return;
    const reason = reasonText(why);
    this.#isEnded = true;
    this.#sessions = [];
    this.#started.reject(this.#gone(reason));
    for (const question of this.#questions.values()) question.reject(this.#gone(reason));
    this.#questions.clear();
    this.#facts.onEvent({ kind: "failed", ending: why });
    this.#worker.terminate();
  }

  #gone(reason: string): Failure {
    const { name, failureCode } = this.#facts;
    return new Failure(failureCode, `The ${name} path is not there: ${reason}`);
  }
}
