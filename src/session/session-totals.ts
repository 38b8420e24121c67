/** Running totals of a session with datagrams, from which its windows take differences. */

/** What became of what was sent, as far as the player says; each only grows. */
export type LossTotals = {
  readonly packetsDropped: number;
  readonly fecRecovered: number;
  readonly framesLost: number;
  readonly idrRequests: number;
  /** Time in which the player stood still, and waited for a core; `undefined` where it does not say. */
  readonly playerPausedUs?: number | undefined;
  readonly playerWaitedUs?: number | undefined;
  /** Reports so far: without a new one nothing new is known. */
  readonly reports: number;
};

/** Counts since the session began, from which each window takes the difference. */
export type SessionTotals = LossTotals & {
  /** Frames that were captured or encoded and not sent. */
  readonly framesDropped: number;
  /** Datagrams that the kernel did not accept. */
  readonly sendDropped: number;
  /** Time in which nothing was heard of the player. */
  readonly unreachableUs: number;
  /** Round trip now, `undefined` while it is not known. */
  readonly rttUs: number | undefined;
  /** Target now. */
  readonly bitrateKbps: number;
  /** What player or operator asked for; absent where the target is always that. */
  readonly askedKbps?: number | undefined;
};

/** Of a session that has just begun. */
export const nothingYet: SessionTotals = {
  packetsDropped: 0,
  fecRecovered: 0,
  framesLost: 0,
  idrRequests: 0,
  reports: 0,
  framesDropped: 0,
  sendDropped: 0,
  unreachableUs: 0,
  rttUs: undefined,
  bitrateKbps: 0,
};

/** What was asked for, for a sample; left out where the stream has all of it. */
export function askedIn({
  askedKbps = 0,
  bitrateKbps,
}: Pick<SessionTotals, "askedKbps" | "bitrateKbps">): { bitrate_asked_kbps?: number } {
  return askedKbps > bitrateKbps ? { bitrate_asked_kbps: Math.round(askedKbps) } : {};
}

/** What players did, as a running total. */
type Actions = { readonly actionCount?: number };

/** What they did in a window, for its sample; left out where nobody did anything. */
export function inputIn(now: Actions, before: Actions): { input_count?: number } {
  const count = (now.actionCount ?? 0) - (before.actionCount ?? 0);
  return count > 0 ? { input_count: count } : {};
}
