/**
 * Once a second: what a Moonlight player has reported by then is settled and logged, and the bitrate
 * follows what the link carries, as far as the player tells.
 */
import type { ModeSize } from "../../model/limits.ts";
import { bitrateKbpsLeast } from "../../model/limits.ts";
import { CoarseLink } from "../../session/coarse-link.ts";
import type { StreamSession } from "../../session/stream-session.ts";
import type { FecLossCounter } from "./loss-counter.ts";

type Options = {
  readonly core: Pick<StreamSession, "control" | "log">;
  readonly losses: FecLossCounter;
  readonly mode: ModeSize;
  rttUs(): number | undefined;
};

const intervalUs = 1_000_000;

/** One for each session. */
export class LinkWatch {
  readonly #options: Options;
  readonly #link: CoarseLink;
  #settledUs = 0;

  constructor(options: Options) {
    const { askedKbps } = options.core.control;
    this.#options = options;
    this.#link = new CoarseLink({ askedKbps, floorKbps: bitrateKbpsLeast(options.mode) });
  }

  /** @param sentCount datagrams since the session began; `undefined` before it has */
  tick(nowUs: number, sentCount: number | undefined): void {
    if (nowUs - this.#settledUs < intervalUs) return;
    this.#settledUs = nowUs;
    const { core, losses, rttUs } = this.#options;
    core.log.onReport(losses, nowUs);
    losses.settle();
    if (sentCount !== undefined) this.#follow(sentCount, rttUs());
  }

  #follow(sentCount: number, rttUs: number | undefined): void {
    const { core, losses } = this.#options;
    const { askedKbps, settings } = core.control;
    const facts = { sentCount, lostCount: losses.packetsDroppedCount, rttUs };
    const kbps = this.#link.add(facts, askedKbps);
    core.control.followLink(settings.bitrate_follows_link ? kbps : askedKbps);
  }
}
