/**
 * All of watching, joined: broadcasts, the endpoint that serves them, the streams behind them, and
 * the counts, which are published through the same endpoint.
 */
import type { Clock } from "../base/clock.ts";
import { type CounterSettings, Counters } from "../counters/counters.ts";
import { Followers } from "../counters/follow.ts";
import { openStream } from "../video/stream.ts";
import { type MoqAdmission, MoqEndpoint, type Right } from "./endpoint.ts";
import { Origin } from "./origin.ts";
import { isOver, RelayLink, type RelayOptions, withToken } from "./relay-link.ts";
import { statsOutlet } from "./stats-outlet.ts";
import { Streams, type StreamsOptions } from "./streams.ts";
import { Tickets, ticketAgeSeconds } from "./tickets.ts";

/** Options of watching. */
export type WatchingOptions = Omit<StreamsOptions, "origin" | "openStream"> & {
  readonly stats: CounterSettings;
  /** Distributes the broadcasts further. */
  readonly relay?: Pick<RelayOptions, "url" | "token"> | undefined;
  /** The same relay, or another of its fleet, as browsers reach it. */
  readonly viewerRelay?: Pick<RelayOptions, "url" | "token"> | undefined;
  /**
   * Throws a `Failure` if the request is not admitted. `redeem` returns the right of a ticket,
   * once.
   */
  admit(request: Request, redeem: Tickets["redeem"]): MoqAdmission;
  /** Until when the right of the request for a ticket lasts, if it is limited. */
  rightOf?(request: Request): Right | undefined;
};

/** Everything about watching in a browser. One per host. */
export class Watching {
  readonly origin: Origin = new Origin(() => this.counters);
  readonly counters: Counters;
  readonly streams: Streams;
  /** Sessions of the other paths, notified of their start and end. */
  readonly followers: Followers;
  readonly #clock: Clock;
  readonly #tickets: Tickets;
  readonly #endpoint: MoqEndpoint;
  readonly #relay: RelayLink | undefined;
  readonly #rightOf: WatchingOptions["rightOf"];
  readonly #viewerRelay: WatchingOptions["viewerRelay"];

  /** @throws Failure `usage` for inconsistent settings of the counts */
  constructor(options: WatchingOptions) {
    const { clock, scheduler, stats, admit } = options;
    this.#clock = clock;
    this.#rightOf = options.rightOf;
    this.#viewerRelay = options.viewerRelay;
    this.#tickets = new Tickets(clock);
    this.counters = new Counters({ ...stats, outlet: statsOutlet(this.origin), clock, scheduler });
    this.counters.publishNode();
    this.followers = new Followers(this.counters);
    this.streams = new Streams({ ...options, origin: this.origin, openStream });
    this.#endpoint = new MoqEndpoint({
      origin: this.origin,
      counters: () => this.counters,
      admit: (request) => admit(request, (ticket) => this.#tickets.redeem(ticket)),
      onReport: (...report) => this.streams.report(...report),
      onGone: (peerId) => this.streams.forgetViewer(peerId),
    });
    const { origin } = this;
    this.#relay = options.relay && new RelayLink({ ...options.relay, origin, scheduler });
    this.#relay?.start();
  }

  upgrade(...[request, server]: Parameters<MoqEndpoint["upgrade"]>): void {
    this.#endpoint.upgrade(request, server);
  }

  /** @throws Failure `too_many` */
  issueTicket(request?: Request): { ticket: string; expires_s: number } {
    const right = request === undefined ? undefined : this.#rightOf?.(request);
    return { ticket: this.#tickets.issue(right), expires_s: ticketAgeSeconds };
  }

  get relayOrigin(): string | undefined {
    return this.#viewerRelay?.url.origin;
  }

  /**
   * `undefined` without a relay. Without `url` while the token of viewers is over: Chromium's page may crash when
   * a relay refuses it over WebTransport.
   */
  async relayAddress(): Promise<{ readonly url?: string } | undefined> {
    if (this.#viewerRelay === undefined) return undefined;
    const token = await this.#viewerRelay.token?.();
    if (token !== undefined && isOver(token, this.#clock.wallMs())) return {};
    return { url: withToken(this.#viewerRelay.url, token).href };
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  /** Viewers get queued frames, then everything is closed. */
  async stop(): Promise<void> {
    this.followers.closeAll();
    await this.streams.stop();
    this.counters.stop();
    this.#endpoint.stop();
    this.#relay?.stop();
  }
}
