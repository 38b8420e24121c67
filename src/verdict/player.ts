/** The state of the player itself, and the frames that it explains. */
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

/**
 * It was stopped itself, however busy its machine was: a short stop next to a long wait for a core
 * may be part of that wait.
 */
export function isStill(strain: Strain | undefined): boolean {
  const { playerPauseUs = 0, playerWaitUs = 0 } = strain ?? {};
  return playerPauseUs >= Math.max(playerPauseUsMin, playerPauseShareMin * playerWaitUs);
}

/** It had the complete frame, and showed it late or never. */
export function unseenCharge(strain: Strain | undefined): Charge {
  return isStill(strain) && (strain?.pageLateShare ?? 0) < pageLateShareMin ? still : slow;
}

/** It was not given the frame, because it lagged too far; `undefined` if it does not report why. */
export function skippedCharge(strain: Strain | undefined): Charge | undefined {
  if ((strain?.pageLateShare ?? 0) >= pageLateShareMin) return slow;
  return strain?.window.client_fps === undefined ? still : undefined;
}

/** It got the frame late; `undefined` if its own state does not explain that. */
export function playerCharge(strain: Strain | undefined, excessUs: number): Charge | undefined {
  if (strain === undefined) return undefined;
  const { playerPauseUs, pageLateShare } = strain;
  if (pageLateShare >= pageLateShareMin) return slow;
  if (isStill(strain) && playerPauseUs >= stopShareMin * excessUs) return still;
  return hasWaited(strain, excessUs) ? slow : undefined;
}

/**
 * The page ran somewhat late, and a browser receives in a separate process, which may have waited
 * longer; this path is measured in no other way.
 */
export function isPageUnsure(strain: Strain | undefined): boolean {
  const { window, pageLateShare = 0 } = strain ?? {};
  return pageLateShare >= pageOnTimeShareMax && window?.rtt_us === undefined;
}

/** Player and host waited for cores at the same time: they share a machine, and it is busy. */
export function isShortOfCores(strain: Strain | undefined, excessUs: number): boolean {
  return (
    strain !== undefined &&
    (strain.encodeWaitShare ?? 0) >= waitShareMin &&
    (strain.pageLateShare >= pageLateShareMin ||
      (!isPage(strain) && !isStill(strain) && hasWaited(strain, excessUs)))
  );
}

/** A page reports how late its timers ran, whatever the cause. */
const isPage = ({ window }: Strain) => window.viewers !== undefined;

function hasWaited({ playerWaitUs, networkLateUs }: Strain, excessUs: number): boolean {
  return playerWaitUs >= mainShare * Math.max(excessUs, networkLateUs);
}
