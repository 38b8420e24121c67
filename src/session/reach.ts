/**
 * Whether the player is heard. A network that carries nothing looks perfect from the host's side: all
 * is sent, nothing is reported lost. The player's silence is what shows it.
 */
import type { SessionLog } from "./session-log.ts";

/** Whether the player is heard, and for how long it was not. One for each session. */
export class Reach {
  readonly #log: Pick<SessionLog, "add">;
  readonly #silentUsMax: number;
  /** Since when nothing was heard, while that is longer than players are silent. */
  #sinceUs: number | undefined;
  #endedUs = 0;
  #nowUs = 0;

  /** @param options players are never silent for longer than `silentUsMax` by themselves */
  constructor(options: { readonly log: Pick<SessionLog, "add">; readonly silentUsMax: number }) {
    this.#log = options.log;
    this.#silentUsMax = options.silentUsMax;
  }

  get isLost(): boolean {
    return this.#sinceUs !== undefined;
  }

  /** Time without a sign of the player, all of it so far; only grows. */
  get totalUs(): number {
    return this.#endedUs + (this.#sinceUs === undefined ? 0 : this.#nowUs - this.#sinceUs);
  }

  /** A few times a second, with how long nothing has been heard. Reports beginning and end. */
  onTick(silentUs: number, nowUs: number): void {
    this.#nowUs = nowUs;
    const isSilent = silentUs >= this.#silentUsMax;
    if (isSilent && this.#sinceUs === undefined) this.#begin(nowUs - silentUs, nowUs);
    if (!isSilent && this.#sinceUs !== undefined) this.#end(this.#sinceUs, nowUs - silentUs);
  }

  #begin(sinceUs: number, atUs: number): void {
    this.#sinceUs = sinceUs;
    const ms = Math.round((atUs - sinceUs) / 1000);
    this.#log.add({ atUs, action: "player_unreachable", ms });
  }

  #end(sinceUs: number, heardUs: number): void {
    this.#sinceUs = undefined;
    const lastedUs = Math.max(0, heardUs - sinceUs);
    this.#endedUs += lastedUs;
    const ms = Math.round(lastedUs / 1000);
    this.#log.add({ atUs: heardUs, action: "player_reachable", ms });
  }
}
