/**
 * Main's handle on the native path: starts its worker, keeps the list of sessions fresh, and says
 * so when the worker is gone.
 */
import { unreachable } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { Client, PairingCode } from "../model/player.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { HostEvent, HostOptions, HostQuestion, HostReport, HostRequest } from "./host-link.ts";

export type { HostEvent } from "./host-link.ts";

export type NativeHostOptions = HostOptions & {
  readonly clock: Clock;
  onEvent(event: HostEvent): void;
};

export type NativeHost = {
  /** TLS control and UDP media. */
  readonly port: number;
  /** At most half a second old. */
  sessions(): readonly Session[];
  /** False when there is no such session; so with the two that follow. */
  requestIdr(id: number): boolean;
  setBitrate(id: number, bitrateKbps: number): boolean;
  disconnect(id: number): boolean;
  /** Running sessions follow, and those to come. */
  applySettings(settings: Settings): void;
  /** Takes the place of a code that is still open. */
  createPairingCode(): Promise<PairingCode>;
  /** The code that is open now. */
  pairingCode(): PairingCode | undefined;
  cancelPairing(): Promise<void>;
  clients(): Promise<Client[]>;
  /** Ends that player's sessions; false when there is no such player. */
  removeClient(id: string): Promise<boolean>;
  /** Tells the players, then ends the worker. */
  stop(): Promise<void>;
};

const startDeadlineMs = 10_000;
/** An encode worker that hangs is ended after two seconds. */
const stopDeadlineMs = 3000;

/** @throws Failure `port_taken`, `native_failed` */
export async function startNativeHost(options: NativeHostOptions): Promise<NativeHost> {
  const host = new Handle(options);
  await host.start();
  return host;
}

const codeEnds: ReadonlySet<HostEvent["kind"]> = new Set(["client_added", "code_closed"]);

class Handle implements NativeHost {
  readonly #worker = new Worker(workerUrl("native/host-worker.ts"));
  readonly #options: NativeHostOptions;
  readonly #started = Promise.withResolvers<number>();
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>();
  #questionCount = 0;
  #sessions: readonly Session[] = [];
  #code: PairingCode | undefined;
  #isOver = false;
  port = 0;

  constructor(options: NativeHostOptions) {
    this.#options = options;
    this.#worker.onmessage = (event: MessageEvent<HostReport>) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    this.#worker.addEventListener("close", () => this.#fail("its worker ended by itself"));
  }

  async start(): Promise<void> {
    const { onEvent: _onEvent, clock: _clock, ...options } = this.#options;
    this.#tell({ kind: "start", options });
    const late = () => this.#fail(`its worker did not answer within ${startDeadlineMs} ms`);
    const deadline = setTimeout(late, startDeadlineMs);
    try {
      this.port = await this.#started.promise;
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

  applySettings(settings: Settings): void {
    this.#tell({ kind: "settings", settings });
  }

  disconnect(id: number): boolean {
    return this.#command({ kind: "disconnect", id });
  }

  async createPairingCode(): Promise<PairingCode> {
    // The worker's own answer to this very question.
    const made = (await this.#ask({ kind: "create_code" })) as Omit<PairingCode, "command">;
    const { listenHost } = this.#options;
    const isAny = listenHost === "0.0.0.0" || listenHost === "::";
    const address = `${isAny ? "HOST" : listenHost}:${this.port}`;
    this.#code = { ...made, command: `onglass play ${address} --pair ${made.code}` };
    return this.#code;
  }

  pairingCode(): PairingCode | undefined {
    if (this.#code !== undefined && this.#options.clock.wallMs() >= this.#code.expires_unix_ms) {
      this.#code = undefined;
    }
    return this.#code;
  }

  async cancelPairing(): Promise<void> {
    this.#code = undefined;
    await this.#ask({ kind: "cancel_code" });
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
        this.#started.resolve(report.port);
        break;
      case "not_started":
        this.#started.reject(new Failure(report.code, report.message));
        break;
      case "sessions":
        this.#sessions = report.sessions;
        break;
      case "event":
        // A code works once, and not after too many wrong tries.
        if (codeEnds.has(report.event.kind)) this.#code = undefined;
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
  return new Failure("native_failed", `The native path is not there: ${reason}`);
}
