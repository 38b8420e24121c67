/**
 * What a page asks for to draw single frames: page and host have to agree to the letter, since the host
 * names the addresses before the page's script does. Without a schema, so that pages can import it.
 */

/** Beyond this the mean of windows says more than frames that share a pixel. */
export const framesMsMax = 60_000;

/** The parts of a frame that are drawn, from the ground up, in the order in which a frame meets them. */
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

/** What frames and overview of a range are asked with; times in milliseconds since the begin. */
export type ShownFramesQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly session: number | undefined;
  /** Parts of the overview. */
  readonly points: number;
};

/** Addresses below that of a capture or session; those of single frames for a short range only. */
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
