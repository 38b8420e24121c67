/**
 * Main's handle on the GameStream path: starts its worker, keeps the list of sessions fresh, and
 * says so when the worker is gone.
 */
import { unreachable } from "../base/assert.ts";
import { Failure } from "../base/failure.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { Client, PinEntry } from "../model/player.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { HostEvent, HostOptions, HostQuestion, HostReport, HostRequest } from "./host-link.ts";
import type { PendingPairing } from "./pairing.ts";
import { basePortMax, basePortMin } from "./ports.ts";

export type { HostEvent } from "./host-link.ts";
export type { PendingPairing } from "./pairing.ts";

export type GamestreamHostOptions = HostOptions & { onEvent(event: HostEvent): void };

export type GamestreamHost = {
  /** HTTP; the other ports lie at fixed offsets from it. */
  readonly basePort: number;
  /** At most half a second old; one at most. */
  sessions(): readonly Session[];
  /** False when there is no such session; so with the two that follow. */
  requestIdr(id: number): boolean;
  setBitrate(id: number, bitrateKbps: number): boolean;
  disconnect(id: number): boolean;
  /** The running session follows, and those to come. */
  applySettings(settings: Settings): void;
  /** Players that wait for the operator to type the PIN they show. */
  pendingPairings(): Promise<PendingPairing[]>;
  /**
   * The PIN that a player shows: 4 to 8 digits. Without `id` and `uniqueid` exactly one player must
   * be waiting. False when there is none; whether the PIN was right shows as `client_added` or
   * `refused`. Rejects with `invalid_pin`.
   */
  submitPin(entry: PinEntry): Promise<boolean>;
  /** Sends a waiting player away. False when it waits no more. */
  refusePairing(id: number): Promise<boolean>;
  clients(): Promise<Client[]>;
  /** Refused from now on, its session ends. False when there is no such player. */
  removeClient(id: string): Promise<boolean>;
  /** Tells the player, then ends the worker. */
  stop(): Promise<void>;
};

const startDeadlineMs = 10_000;
/** Its encoders end within a frame; a busy machine takes its time. */
const stopDeadlineMs = 10_000;

/** @throws Failure `port_taken`, `invalid_port`, `gamestream_failed` */
export async function startGamestreamHost(options: GamestreamHostOptions): Promise<GamestreamHost> {
  const { basePort } = options;
  if (!Number.isInteger(basePort) || basePort < basePortMin || basePort > basePortMax) {
    const rule = `it takes ${basePortMin} to ${basePortMax}`;
    throw new Failure("invalid_port", `Cannot use GameStream port "${basePort}": ${rule}`);
  }
  const host = new Handle(options);
  await host.start();
  return host;
}

class Handle implements GamestreamHost {
  readonly basePort: number;
  readonly #worker = new Worker(workerUrl("gamestream/host-worker.ts"));
  readonly #options: GamestreamHostOptions;
  readonly #started = Promise.withResolvers<void>();
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>();
  #questionCount = 0;
  #sessions: readonly Session[] = [];
  #isOver = false;

  constructor(options: GamestreamHostOptions) {
    this.#options = options;
    this.basePort = options.basePort;
    this.#worker.onmessage = (event: MessageEvent<HostReport>) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    this.#worker.addEventListener("close", () => this.#fail("its worker ended by itself"));
  }

  async start(): Promise<void> {
    const { onEvent: _, ...options } = this.#options;
    this.#tell({ kind: "start", options });
    const late = () => this.#fail(`its worker did not answer within ${startDeadlineMs} ms`);
    const deadline = setTimeout(late, startDeadlineMs);
    try {
      await this.#started.promise;
    } catch (cause) {
      this.#isOver = true;
      this.#worker.terminate();
      throw cause;
    } finally {
      clearTimeout(deadline);
    }
  }

  sessions(): readonly Session[] {
    return this.#sessions;
  }

  requestIdr(id: number): boolean {
    return this.#command({ kind: "idr", id });
  }

  setBitrate(id: number, bitrateKbps: number): boolean {
    return this.#command({ kind: "bitrate", id, bitrateKbps });
  }

  disconnect(id: number): boolean {
    return this.#command({ kind: "disconnect", id });
  }

  applySettings(settings: Settings): void {
    this.#tell({ kind: "settings", settings });
  }

  async pendingPairings(): Promise<PendingPairing[]> {
    // The worker's own answer to this very question; so with those that follow.
    return (await this.#ask({ kind: "pending_pairings" })) as PendingPairing[];
  }

  async submitPin(entry: PinEntry): Promise<boolean> {
    if (!/^\d{4,8}$/.test(entry.pin)) {
      throw new Failure("invalid_pin", "Cannot use that PIN: it takes 4 to 8 digits");
    }
    return (await this.#ask({ kind: "submit_pin", entry })) === true;
  }

  async refusePairing(id: number): Promise<boolean> {
    return (await this.#ask({ kind: "refuse_pairing", id })) === true;
  }

  async clients(): Promise<Client[]> {
    return (await this.#ask({ kind: "clients" })) as Client[];
  }

  async removeClient(id: string): Promise<boolean> {
    return (await this.#ask({ kind: "remove_client", id })) === true;
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    const late = Promise.withResolvers<"late">();
    const deadline = setTimeout(() => late.resolve("late"), stopDeadlineMs);
    const end = await Promise.race([this.#ask({ kind: "stop" }), late.promise]);
    clearTimeout(deadline);
    this.#isOver = true;
    this.#sessions = [];
    // While an encoder still runs below it, ending it from outside would take the process with it.
    if (end === "late") this.#worker.unref();
    else this.#worker.terminate();
  }

  #command(request: Extract<HostRequest, { id: number }>): boolean {
    if (!this.#sessions.some((session) => session.session_id === request.id)) return false;
    this.#tell(request);
    return true;
  }

  #ask(question: HostQuestion): Promise<unknown> {
    if (this.#isOver) return Promise.reject(gone("it has stopped"));
    this.#questionCount += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#questions.set(this.#questionCount, answer);
    this.#tell({ kind: "ask", number: this.#questionCount, question });
    return answer.promise;
  }

  #tell(request: HostRequest): void {
    if (!this.#isOver) this.#worker.postMessage(request);
  }

  #receive(report: HostReport): void {
    switch (report.kind) {
      case "started":
        this.#started.resolve();
        break;
      case "not_started":
        this.#started.reject(new Failure(report.code, report.message));
        break;
      case "sessions":
        this.#sessions = report.sessions;
        break;
      case "event":
        this.#options.onEvent(report.event);
        break;
      case "answer":
        this.#takeQuestion(report.number)?.resolve(report.value);
        break;
      case "no_answer":
        this.#takeQuestion(report.number)?.reject(gone(report.message));
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

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sessions = [];
    this.#started.reject(gone(reason));
    for (const question of this.#questions.values()) question.reject(gone(reason));
    this.#questions.clear();
    this.#options.onEvent({ kind: "failed", reason });
    this.#worker.terminate();
  }
}

function gone(reason: string): Failure {
  return new Failure("gamestream_failed", `The GameStream path is not there: ${reason}`);
}
