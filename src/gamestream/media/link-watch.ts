/**
 * Once a second the reports of a Moonlight player are settled and logged, and the bitrate follows
 * the capacity of the link, as far as the player reports it.
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

/** One per session. */
export class LinkWatch {
  readonly #options: Options;
  /** While the setting is on: earlier knowledge of the link is outdated. */
  #link: CoarseLink | undefined;
  #settledUs = 0;

  constructor(options: Options) {
    this.#options = options;
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
    const { core, losses, mode } = this.#options;
    const { askedKbps, settings } = core.control;
    if (!settings.bitrate_follows_link) {
      this.#link = undefined;
      core.control.followLink(askedKbps);
      return;
    }
    this.#link ??= new CoarseLink({ askedKbps, floorKbps: bitrateKbpsLeast(mode) });
    const facts = { sentCount, lostCount: losses.packetsDroppedCount, rttUs };
    core.control.followLink(this.#link.add(facts, askedKbps));
  }
}
