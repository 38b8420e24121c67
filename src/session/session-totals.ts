/** Running totals of a session with datagrams, from which its windows take differences. */

/** The fate of sent datagrams, as far as the player reports it; each only grows. */
export type LossTotals = {
  readonly packetsDropped: number;
  readonly fecRecovered: number;
  readonly framesLost: number;
  readonly idrRequests: number;
  /**
   * Time in which the player was stopped, and waited for a core; `undefined` if it does not report
   * it.
   */
  readonly playerPausedUs?: number | undefined;
  readonly playerWaitedUs?: number | undefined;
  /** Reports so far: without a new one nothing new is known. */
  readonly reports: number;
};

/** Totals of the session, from which each window takes the difference. */
export type SessionTotals = LossTotals & {
  /** Frames that were captured or encoded but not sent. */
  readonly framesDropped: number;
  /** Datagrams that the kernel did not accept. */
  readonly sendDropped: number;
  /** Time in which the player was silent. */
  readonly unreachableUs: number;
  /** Current round trip, `undefined` while unknown. */
  readonly rttUs: number | undefined;
  /** Current target. */
  readonly bitrateKbps: number;
  /** Requested by player or operator; absent if the target always equals it. */
  readonly askedKbps?: number | undefined;
};

/** For a session that has just begun. */
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

/** The request, for a sample; absent if the stream has all of it. */
export function askedIn({
  askedKbps = 0,
  bitrateKbps,
}: Pick<SessionTotals, "askedKbps" | "bitrateKbps">): { bitrate_asked_kbps?: number } {
  return askedKbps > bitrateKbps ? { bitrate_asked_kbps: Math.round(askedKbps) } : {};
}

/** Players' input, as a running total. */
type Actions = { readonly actionCount?: number };

/** Their input in a window, for its sample; absent if nobody did anything. */
export function inputIn(now: Actions, before: Actions): { input_count?: number } {
  const count = (now.actionCount ?? 0) - (before.actionCount ?? 0);
  return count > 0 ? { input_count: count } : {};
}
