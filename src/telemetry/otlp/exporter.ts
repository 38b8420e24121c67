/**
 * Sends metrics, episodes and events to a collector by OTLP/HTTP, in the background and in bounded
 * memory. Invariants: nothing waits for it, and a collector that is down, hangs or refuses costs
 * only a counter and a log line.
 */
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/error-text.ts";
import { log, warn } from "../../base/log.ts";
import { type Cancel, every, inTime, type Scheduler } from "../../base/scheduler.ts";
import type { WarningCode } from "../../base/warnings.ts";
import type { NumberMetric, ScrapedMetric } from "../../model/scraped-metric.ts";
import type { HostAction } from "../../model/timeline.ts";
import type { TracedEpisode } from "./episodes.ts";
import { type LoggedEvent, logsRequest } from "./logs-request.ts";
import { metricsRequest } from "./metrics-request.ts";
import { Outbox } from "./outbox.ts";
import { type Outcome, post } from "./post.ts";
import { tracesRequest } from "./traces-request.ts";
import type { Sender } from "./wire.ts";

const intervalMs = 10_000;
const timeoutMs = 5000;
/** A stopping host waits no longer for the last batches. */
const lastMs = 500;
const backOffMsMax = 300_000;
const eventCountMax = 2048;
const episodeCountMax = 64;
const batchCountMax = 512;

const signals = ["metrics", "traces", "logs"] as const;
type Signal = (typeof signals)[number];
const outcomes = ["accepted", "refused", "failed"] as const;

/** The data to send, the sender's identity, and the clocks. */
export type OtlpOptions = {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sender: Sender;
  /** When the host began, on the monotonic clock. */
  readonly startedUs: number;
  collect(): Promise<readonly ScrapedMetric[]>;
  /** Headers for an address. @throws Error that says which file cannot be used */
  headersFor(url: string): Promise<Readonly<Record<string, string>>>;
  /** For tests of a collector that hangs. */
  readonly timeoutMs?: number;
};

/** One per host. Does nothing until it has an address. */
export class OtlpExporter implements AsyncDisposable {
  readonly #options: OtlpOptions;
  readonly #events = new Outbox<LoggedEvent>(eventCountMax);
  readonly #episodes = new Outbox<TracedEpisode>(episodeCountMax);
  readonly #requests = new Map<string, number>();
  #rejectedCount = 0;
  #url = "";
  #cancel: Cancel | undefined;
  #sending: Promise<void> | undefined;
  /** Consecutive; each makes the next wait longer. */
  #failedCount = 0;
  #notBeforeUs = 0;
  /** Data that is being refused, reported once. */
  readonly #bad = new Map<Signal | "headers", WarningCode>();
  /** Ends pending requests when the host ends. */
  readonly #ending = new AbortController();

  constructor(options: OtlpOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#url !== "";
  }

  /**
   * @param url of the collector without the path of a signal; "" switches it off, and drops the
   * queue
   */
  setUrl(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    this.#failedCount = 0;
    this.#notBeforeUs = 0;
    this.#bad.clear();
    this.#cancel?.();
    this.#cancel = undefined;
    if (url === "") {
      this.#forget();
      return;
    }
    this.#cancel = every(this.#options.scheduler, intervalMs, () => this.send());
  }

  /** @param atUs on the monotonic clock */
  addEvent(event: HostAction, atUs: number): void {
    if (this.isOn) this.#events.add({ event, atUs: this.#toWallUs(atUs) });
  }

  addEpisode(episode: TracedEpisode): void {
    if (this.isOn) this.#episodes.add(episode);
  }

  /** Totals sent and lost; nothing before it was first switched on. */
  metrics(): NumberMetric[] {
    if (!this.isOn && this.#requests.size === 0) return [];
    const of = (read: (signal: Signal) => number, names: readonly Signal[]) =>
      names.map((signal) => ({ labels: { signal }, value: read(signal) }));
    const boxes = { traces: this.#episodes, logs: this.#events } as const;
    return [
      {
        ...{ name: "otlp_requests_total", help: "Requests to the collector", type: "counter" },
        samples: signals.flatMap((signal) =>
          outcomes.map((outcome) => ({
            labels: { signal, outcome },
            value: this.#requests.get(`${signal} ${outcome}`) ?? 0,
          })),
        ),
      },
      {
        ...{ name: "otlp_dropped_total", help: "Episodes and events that were not sent" },
        type: "counter",
        samples: of(
          (signal) => (signal === "metrics" ? 0 : boxes[signal].droppedCount),
          ["traces", "logs"],
        ),
      },
      {
        ...{ name: "otlp_rejected_total", help: "Items that the collector took no part of" },
        type: "counter",
        samples: [{ labels: {}, value: this.#rejectedCount }],
      },
      {
        ...{ name: "otlp_queue_items", help: "Episodes and events that wait", type: "gauge" },
        samples: of(
          (signal) => (signal === "metrics" ? 0 : boxes[signal].count),
          ["traces", "logs"],
        ),
      },
    ];
  }

  /** Sends pending data, unless it is sending or waiting for the collector to recover. */
  send(): void {
    const isEarly = this.#options.clock.nowUs() < this.#notBeforeUs;
    if (!this.isOn || this.#sending !== undefined || isEarly) return;
    this.#sending = this.#sendSafely(this.#options.timeoutMs ?? timeoutMs).finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  /** The queue is sent once more, within half a second: a slow collector does not delay the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel?.();
    const { scheduler } = this.#options;
    await inTime(this.#sendLast(), { ms: lastMs, scheduler }, () => this.#ending.abort());
    this.#url = "";
  }

  async #sendLast(): Promise<void> {
    await this.#sending;
    if (this.isOn && this.#bad.size === 0) await this.#sendSafely(lastMs);
  }

  /** A part of the host that cannot be read costs only its data. */
  async #sendSafely(withinMs: number): Promise<void> {
    try {
      await this.#sendAll(withinMs);
    } catch (cause) {
      this.#isBad("metrics", messageOf(cause));
    }
  }

  async #sendAll(withinMs: number): Promise<void> {
    const url = this.#url;
    const headers = await this.#headers(url);
    if (headers === undefined) return;
    const to = { url, headers, timeoutMs: withinMs };
    const isUp =
      (await this.#sendMetrics(to)) &&
      (await this.#sendBox("traces", this.#episodes, to)) &&
      (await this.#sendBox("logs", this.#events, to));
    if (isUp) this.#failedCount = 0;
    if (!this.isOn) this.#forget();
  }

  async #headers(url: string): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const headers = await this.#options.headersFor(url);
      this.#isGood("headers");
      return headers;
    } catch (cause) {
      this.#isBad("headers", cause instanceof Error ? cause.message : "they cannot be read");
      return undefined;
    }
  }

  /** False when the collector should be left alone for a while. */
  async #sendMetrics(to: To): Promise<boolean> {
    const { collect, clock, sender, startedUs } = this.#options;
    const metrics = await collect();
    const nowUs = this.#toWallUs(clock.nowUs());
    const times = { startUs: this.#toWallUs(startedUs), nowUs };
    const outcome = await this.#post("metrics", to, metricsRequest(metrics, times, sender));
    return outcome.kind !== "failed";
  }

  /** A batch that may be accepted later returns to its queue. */
  async #sendBox<Item>(signal: "traces" | "logs", box: Outbox<Item>, to: To): Promise<boolean> {
    while (box.count > 0 && to.url === this.#url) {
      const batch = box.take(batchCountMax);
      const outcome = await this.#post(signal, to, this.#requestOf(signal, batch));
      if (outcome.kind === "failed") {
        box.putBack(batch);
        return false;
      }
      if (outcome.kind === "refused") box.drop(batch.length);
    }
    return true;
  }

  #requestOf(signal: "traces" | "logs", batch: readonly unknown[]) {
    const { clock, sender } = this.#options;
    // Each signal has its queue, in `#sendAll`.
    return signal === "traces"
      ? tracesRequest(batch as readonly TracedEpisode[], (us) => this.#toWallUs(us), sender)
      : logsRequest(batch as readonly LoggedEvent[], this.#toWallUs(clock.nowUs()), sender);
  }

  async #post(signal: Signal, { url, headers, timeoutMs: within }: To, request: unknown) {
    const outcome = await post({
      ...{ url: `${url.replace(/\/+$/, "")}/v1/${signal}`, headers, timeoutMs: within },
      body: JSON.stringify(request),
      ending: this.#ending.signal,
    });
    const key = `${signal} ${outcome.kind}`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    this.#note(signal, outcome);
    return outcome;
  }

  #note(signal: Signal, outcome: Outcome): void {
    if (outcome.kind === "accepted") {
      this.#rejectedCount += outcome.rejectedCount;
      this.#isGood(signal);
      return;
    }
    const isRefused = outcome.kind === "refused";
    this.#isBad(signal, outcome.why, isRefused ? "otlp_refused" : "otlp_not_sent");
    if (isRefused) return;
    this.#failedCount += 1;
    const backOffMs = Math.min(intervalMs * 2 ** Math.min(this.#failedCount, 10), backOffMsMax);
    this.#notBeforeUs = this.#options.clock.nowUs() + (outcome.afterMs ?? backOffMs) * 1000;
  }

  /** Logged once, until it works again. */
  #isBad(what: Signal | "headers", reason: string, code: WarningCode = "otlp_not_sent"): void {
    if (this.#bad.get(what) === code) return;
    this.#bad.set(what, code);
    if (!this.#ending.signal.aborted) warn(code, { what, reason });
  }

  #isGood(what: Signal | "headers"): void {
    if (this.#bad.delete(what)) log("telemetry is being sent again", { what });
  }

  #forget(): void {
    this.#events.clear();
    this.#episodes.clear();
  }

  #toWallUs(us: number): number {
    const { clock } = this.#options;
    return clock.wallMs() * 1000 - (clock.nowUs() - us);
  }
}

type To = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};
