/**
 * Whether the player is heard. A network that carries nothing looks perfect from the host's side:
 * everything is sent, no loss is reported. Only the player's silence shows it.
 */
import type { SessionLog } from "./session-log.ts";

/** A past silence: when the player was last heard before it, and first after it. */
export type Silence = { readonly fromUs: number; readonly heardUs: number };

/** Options of a session's reach. */
type Options = {
  readonly log: Pick<SessionLog, "add">;
  /** Players are never silent for longer than this by themselves. */
  readonly silentUsMax: number;
  onHeard?(silence: Silence): void;
};

/** Whether the player is heard, and for how long it was not. One per session. */
export class Reach {
  readonly #options: Options;
  /** Since when nothing was heard, while that is longer than normal. */
  #sinceUs: number | undefined;
  #endedUs = 0;
  #nowUs = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get isLost(): boolean {
    return this.#sinceUs !== undefined;
  }

  /** Total time without a sign of the player; only grows. */
  get totalUs(): number {
    return this.#endedUs + (this.#sinceUs === undefined ? 0 : this.#nowUs - this.#sinceUs);
  }

  /** A few times a second, with how long nothing has been heard. Reports beginning and end. */
  onTick(silentUs: number, nowUs: number): void {
    this.#nowUs = nowUs;
    const isSilent = silentUs >= this.#options.silentUsMax;
    if (isSilent && this.#sinceUs === undefined) this.#begin(nowUs - silentUs, nowUs);
    if (!isSilent && this.#sinceUs !== undefined) this.#end(this.#sinceUs, nowUs - silentUs);
  }

  #begin(sinceUs: number, atUs: number): void {
    this.#sinceUs = sinceUs;
    const ms = Math.round((atUs - sinceUs) / 1000);
    this.#options.log.add({ atUs, action: "player_unreachable", ms });
  }

  #end(sinceUs: number, heardUs: number): void {
    this.#sinceUs = undefined;
    const lastedUs = Math.max(0, heardUs - sinceUs);
    this.#endedUs += lastedUs;
    const ms = Math.round(lastedUs / 1000);
    this.#options.log.add({ atUs: heardUs, action: "player_reachable", ms });
    this.#options.onHeard?.({ fromUs: sinceUs, heardUs });
  }
}
