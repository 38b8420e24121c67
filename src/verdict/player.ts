/** What is known of the player itself, and the frames that it explains. */
import {
  mainShare,
  pageLateShareMin,
  pageOnTimeShareMax,
  playerPauseShareMin,
  playerPauseUsMin,
  stopShareMin,
  waitShareMin,
} from "./bounds.ts";
import type { Charge } from "./charged.ts";
import type { Strain } from "./strain.ts";

const still: Charge = { code: "player_still" };
const slow: Charge = { code: "player_slow" };

/** It stood still itself, however busy its machine was: a little beside a long wait for a core may be that wait's. */
export function isStill(strain: Strain | undefined): boolean {
  const { playerPauseUs = 0, playerWaitUs = 0 } = strain ?? {};
  return playerPauseUs >= Math.max(playerPauseUsMin, playerPauseShareMin * playerWaitUs);
}

/** It had the frame whole, and showed it late or never. */
export function unseenCharge(strain: Strain | undefined): Charge {
  return isStill(strain) && (strain?.pageLateShare ?? 0) < pageLateShareMin ? still : slow;
}

/** It was not given the frame, because it was too far behind; `undefined` where it does not say why. */
export function skippedCharge(strain: Strain | undefined): Charge | undefined {
  if ((strain?.pageLateShare ?? 0) >= pageLateShareMin) return slow;
  return strain?.window.client_fps === undefined ? still : undefined;
}

/** It got the frame late; `undefined` where its own state does not explain that. */
export function playerCharge(strain: Strain | undefined, excessUs: number): Charge | undefined {
  if (strain === undefined) return undefined;
  const { playerPauseUs, pageLateShare } = strain;
  if (pageLateShare >= pageLateShareMin) return slow;
  if (isStill(strain) && playerPauseUs >= stopShareMin * excessUs) return still;
  return hasWaited(strain, excessUs) ? slow : undefined;
}

/**
 * The page ran somewhat late, and a browser receives in a process of its own, which may have waited for longer;
 * the way there is measured in no other way.
 */
export function isPageUnsure(strain: Strain | undefined): boolean {
  const { window, pageLateShare = 0 } = strain ?? {};
  return pageLateShare >= pageOnTimeShareMax && window?.rtt_us === undefined;
}

/** Player and host waited for cores at once: they share a machine, and it is busy. */
export function isShortOfCores(strain: Strain | undefined, excessUs: number): boolean {
  return (
    strain !== undefined &&
    (strain.encodeWaitShare ?? 0) >= waitShareMin &&
    (strain.pageLateShare >= pageLateShareMin ||
      (!isPage(strain) && !isStill(strain) && hasWaited(strain, excessUs)))
  );
}

/** What a page says to have waited is how late its timers ran, whatever kept them. */
const isPage = ({ window }: Strain) => window.viewers !== undefined;

function hasWaited({ playerWaitUs, networkLateUs }: Strain, excessUs: number): boolean {
  return playerWaitUs >= mainShare * Math.max(excessUs, networkLateUs);
}
