/**
 * What runs, for which player, and who may be next: one app, one launch that waits for its player,
 * one session. A second player is refused while the first plays, unless the operator allows it to
 * take over.
 *
 * A launch gives no rights by being held on to: every step of a player asks here whether its launch
 * is still the one that pends, and whether the player is still paired.
 */
import type { Clock } from "../base/clock.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { type Ending, ending } from "../model/ending.ts";
import type { App } from "./http/apps.ts";
import { type Launch, launchLifeUs } from "./launch.ts";

export type Running = { readonly app: App; readonly clientId: string };

/** The running session, for its admission. */
export type Playing = {
  readonly launch: Launch;
  end(why: Ending): void;
};

/** Decides who plays. Lives as long as the host. */
export class LaunchAdmission {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #isPaired: (clientId: string) => boolean;
  readonly #mayTakeOver: () => boolean;
  #running: Running | undefined;
  #pending: { readonly launch: Launch; readonly untilUs: number } | undefined;
  #playing: Playing | undefined;
  /** Set while a launch pends: a host at rest does not wake up. */
  #cancelExpiry: Cancel | undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    isPaired(clientId: string): boolean;
    /** The operator's current setting. */
    mayTakeOver(): boolean;
  }) {
    this.#clock = options.clock;
    this.#scheduler = options.scheduler;
    this.#isPaired = options.isPaired;
    this.#mayTakeOver = options.mayTakeOver;
  }

  get running(): Running | undefined {
    this.#expire();
    return this.#running;
  }

  get playing(): Playing | undefined {
    return this.#playing;
  }

  /** Whether somebody else plays or is about to, and this player may not take over. */
  isTakenFrom(clientId: string): boolean {
    this.#expire();
    const holder = this.#playing?.launch.clientId ?? this.#pending?.launch.clientId;
    return holder !== undefined && holder !== clientId && !this.#mayTakeOver();
  }

  /** Ends what plays for the new launch: the player's own session, or that of another. */
  launch(app: App, launch: Launch): void {
    const isOwn = this.#playing?.launch.clientId === launch.clientId;
    const why = isOwn
      ? ending("player_relaunched")
      : ending("player_replaced", { client: launch.clientName });
    this.#playing?.end(why);
    this.#running = { app, clientId: launch.clientId };
    this.#pend(launch);
  }

  /** The launch that a player at this address may use now. */
  launchFor(address: string): Launch | undefined {
    this.#expire();
    const launch = this.#pending?.launch;
    return launch?.address === address && this.#isPaired(launch.clientId) ? launch : undefined;
  }

  /** Whether this very launch may be used now, from the address where it was made. */
  mayTakeUp(launch: Launch): boolean {
    return this.launchFor(launch.address) === launch;
  }

  /** A session has started playing the pending launch. */
  play(playing: Playing): void {
    this.#playing = playing;
  }

  /** The player has arrived: its launch is no longer pending. */
  playerArrived(): void {
    this.#settle();
  }

  /** The session is over. Its app stays for a resume if the player left by itself. */
  playerLeft(launch: Launch, mayResume: boolean): void {
    if (this.#playing?.launch !== launch) return;
    this.#playing = undefined;
    if (!mayResume && this.#pending === undefined) this.#running = undefined;
  }

  /** A player closes the running app: its own, or another's if allowed. */
  quit({ id, name }: { readonly id: string; readonly name: string }): void {
    const isOwn = (this.#playing?.launch.clientId ?? id) === id;
    this.cancel(isOwn ? ending("player_quit") : ending("player_replaced", { client: name }));
  }

  /** Ends whatever runs. */
  cancel(why: Ending): void {
    this.#settle();
    this.#running = undefined;
    this.#playing?.end(why);
  }

  #pend(launch: Launch): void {
    this.#settle();
    this.#pending = { launch, untilUs: this.#clock.nowUs() + launchLifeUs };
    this.#watch(launchLifeUs / 1000);
  }

  /** A timer may fire up to a millisecond early. */
  #watch(delayMs: number): void {
    this.#cancelExpiry = this.#scheduler.after(delayMs, () => {
      this.#expire();
      if (this.#pending !== undefined) this.#watch(1);
    });
  }

  /** No launch is pending any more. */
  #settle(): void {
    this.#pending = undefined;
    this.#cancelExpiry?.();
    this.#cancelExpiry = undefined;
  }

  #expire(): void {
    if (this.#pending === undefined || this.#pending.untilUs > this.#clock.nowUs()) return;
    this.#settle();
    if (this.#playing === undefined) this.#running = undefined;
    else this.#playing.end(ending("player_not_connected", { seconds: launchLifeUs / 1e6 }));
  }
}
