/**
 * Episodes as an ExportTraceServiceRequest in JSON, a trace each: the episode, in it its slowest frame, in
 * it a span for each part of the way that was measured. Pure but for the ids.
 *
 *   episode            the judged ten seconds before it turned … until it was smooth again
 *     slowest frame    due … handed over, or shown
 *       wait, capture, submit, encode, queue, packetize, send    one after the other
 *       network, player                                          where the player reports them
 */
import { frameFates } from "../../model/frames.ts";
import type { FrameTimes, TracedEpisode } from "./episodes.ts";
import { type Attributes, attributesOf, nanos, resourceOf, type Sender, scopeOf } from "./wire.ts";

/** SPAN_KIND_INTERNAL and STATUS_CODE_ERROR */
const internal = 1;
const error = 2;

/** In the order in which a frame meets them. */
const parts = ["wait", "capture", "submit", "encode", "queue", "packetize", "send"] as const;

/** @param toWallUs from the monotonic clock to microseconds since 1970 */
export function tracesRequest(
  episodes: readonly TracedEpisode[],
  toWallUs: (us: number) => number,
  sender: Sender,
) {
  const spans = episodes.flatMap((episode) => spansOf(episode, toWallUs));
  return {
    resourceSpans: [
      { resource: resourceOf(sender), scopeSpans: [{ scope: scopeOf(sender), spans }] },
    ],
  };
}

type Span = {
  readonly name: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly parent?: string;
  readonly attributes?: Attributes;
};

function spansOf(episode: TracedEpisode, toWallUs: (us: number) => number) {
  const traceId = randomHex(16);
  const span = ({ name, fromUs, toUs, parent, attributes = {} }: Span) => ({
    traceId,
    spanId: randomHex(8),
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    kind: internal,
    startTimeUnixNano: nanos(toWallUs(fromUs)),
    endTimeUnixNano: nanos(toWallUs(Math.max(fromUs, toUs))),
    attributes: attributesOf(attributes),
  });
  const root = {
    ...span({
      ...{ name: "episode", fromUs: episode.startUs, toUs: episode.endUs },
      attributes: factsOf(episode),
    }),
    events: episode.turns.map(({ atUs, cause }) => ({
      timeUnixNano: nanos(toWallUs(atUs)),
      name: "verdict turned",
      attributes: attributesOf({ "onglass.cause": cause }),
    })),
    ...(episode.quality === "bad" ? { status: { code: error } } : {}),
  };
  const { slowest } = episode;
  if (slowest?.due_us === undefined) return [root];
  const steps = stepsOf(slowest, slowest.due_us);
  const frame = span({
    ...{ name: "slowest frame", fromUs: slowest.due_us, parent: root.spanId },
    toUs: endOf(slowest, slowest.due_us),
    attributes: { "onglass.frame": slowest.frame, "onglass.gap_us": slowest.gap_us },
  });
  return [root, frame, ...steps.map((step) => span({ ...step, parent: frame.spanId }))];
}

function factsOf({ session, quality, turns, fates, end }: TracedEpisode): Attributes {
  const causes = [...new Set(turns.flatMap(({ cause }) => cause ?? []))];
  return {
    "onglass.session_id": session.session_id,
    "onglass.kind": session.kind,
    "onglass.codec": session.codec,
    "onglass.mode": `${session.width}x${session.height}@${session.fps}`,
    "onglass.quality": quality,
    "onglass.cause": causes[0],
    "onglass.causes": causes,
    "onglass.end": end,
    ...Object.fromEntries(frameFates.map((fate) => [`onglass.frames.${fate}`, fates[fate]])),
  };
}

/** Unaccounted time lies somewhere between them: it is an attribute, and at the end. */
function stepsOf(times: FrameTimes, dueUs: number): Span[] {
  const spans: Span[] = [];
  let atUs = dueUs;
  for (const name of parts) {
    const us = times[`${name}_us`];
    if (us === undefined) continue;
    spans.push({ name, fromUs: atUs, toUs: atUs + us });
    atUs += us;
  }
  const handedUs = atUs + (times.gap_us ?? 0);
  const { complete_us: completeUs, shown_us: shownUs } = times;
  if (completeUs !== undefined && dueUs + completeUs >= handedUs) {
    spans.push({ name: "network", fromUs: handedUs, toUs: dueUs + completeUs });
  }
  if (completeUs !== undefined && shownUs !== undefined && shownUs >= completeUs) {
    spans.push({ name: "player", fromUs: dueUs + completeUs, toUs: dueUs + shownUs });
  }
  return spans;
}

function endOf(times: FrameTimes, dueUs: number): number {
  let handedUs = dueUs + (times.gap_us ?? 0);
  for (const name of parts) handedUs += times[`${name}_us`] ?? 0;
  const until = times.shown_us ?? times.complete_us;
  return until === undefined ? handedUs : Math.max(handedUs, dueUs + until);
}

function randomHex(byteCount: number): string {
  return crypto.getRandomValues(new Uint8Array(byteCount)).toHex();
}
