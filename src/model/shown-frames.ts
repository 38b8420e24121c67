/**
 * The requests of a page for single frames: page and host must agree to the letter, since the host
 * writes the addresses before the page's script does. Without a schema, so that pages can import
 * it.
 */

/** Beyond this the mean of windows says more than frames that share a pixel. */
export const framesMsMax = 60_000;

/** The drawn parts of a frame, from the bottom up, in the order in which a frame meets them. */
export const frameLayers = [
  "wait_us",
  "capture_us",
  "submit_us",
  "encode_us",
  "queue_us",
  "packetize_us",
  "send_us",
  "gap_us",
] as const;

const frameColumns = ["due_us", "fate", ...frameLayers].join(",");

/** The query for frames and overview of a range; times in milliseconds since the start. */
export type ShownFramesQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly session: number | undefined;
  /** Parts of the overview. */
  readonly points: number;
};

/** Addresses below that of a capture or session; those of single frames only for a short range. */
export function shownFramesAddresses(
  api: string,
  { fromMs, toMs, session, points }: ShownFramesQuery,
): { readonly overview: string; readonly frames: string | undefined } {
  const from = Math.max(0, Math.floor(fromMs));
  const whose = session === undefined ? "" : `&session=${session}`;
  const query = `from=${from}&to=${Math.ceil(toMs)}${whose}`;
  const isShort = toMs - fromMs <= framesMsMax;
  return {
    overview: `${api}/overview?${query}&points=${points}`,
    frames: isShort ? `${api}/frames?${query}&columns=${frameColumns}` : undefined,
  };
}
