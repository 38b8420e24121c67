/** A stream of random bytes at a steady rate, for a browser to measure its link to the host. */
import { Type } from "@sinclair/typebox";
import { Failure } from "../base/failure.ts";
import { sleepMs } from "../base/timer.ts";
import { probeFps, probeFrameBytes, probeKbpsMax, probeMsMax } from "../model/link-probe.ts";
import { operation } from "./operation.ts";

/** One host at a time: several would measure each other. */
const runningMax = 2;
const frameMs = 1000 / probeFps;

export const linkProbe = operation({
  id: "link_probe",
  method: "GET",
  route: "/api/v1/link-probe",
  tag: "watch",
  summary: "Measure the link to a browser",
  description:
    "Random bytes at a steady rate for a few seconds, 60 frames per second, each starting with the host’s clock in microseconds as a little-endian double. Frames that the link has no room for are skipped. `onglass-frame-bytes` is the length of each.",
  query: Type.Object(
    {
      kbps: Type.Integer({ minimum: 200, maximum: probeKbpsMax, description: "Bitrate" }),
      ms: Type.Integer({ minimum: 100, maximum: probeMsMax, description: "Duration" }),
    },
    { additionalProperties: false },
  ),
  answers: {
    200: Type.String({ description: "The frames", contentMediaType: "application/octet-stream" }),
  },
  isLong: true,
  isForOperators: true,
  problems: [429],
  act: ({ moq }, { query: { kbps, ms } }) => {
    const leave = enter(moq, ms);
    const frameBytes = probeFrameBytes(kbps);
    const body = probeBody({ frameBytes, ms, nowUs: () => moq.nowUs(), leave });
    return new Response(body, {
      headers: {
        "content-type": "application/octet-stream",
        "cache-control": "no-store, no-transform",
        "onglass-frame-bytes": String(frameBytes),
      },
    });
  },
});

/** When the running rounds are over at the latest, by host. */
const running = new WeakMap<object, Set<{ readonly overUs: number }>>();
/** A stalled link delays a round for at most this long. */
const heldUsMax = 10e6;

/** @throws Failure `too_many`; @returns to be called at the end of the round */
function enter(host: { nowUs(): number }, ms: number): () => void {
  const nowUs = host.nowUs();
  const rounds = running.get(host) ?? new Set();
  running.set(host, rounds);
  for (const round of rounds) if (round.overUs < nowUs) rounds.delete(round);
  if (rounds.size >= runningMax) {
    const text = "Cannot measure the link: another measurement is running";
    throw new Failure("too_many", text, { values: { most: runningMax } });
  }
  const round = { overUs: nowUs + ms * 1000 + heldUsMax };
  rounds.add(round);
  return () => rounds.delete(round);
}

type Round = {
  readonly frameBytes: number;
  readonly ms: number;
  readonly nowUs: () => number;
  readonly leave: () => void;
};

/** Each pull is one frame at its time; slots that pass while the link is stalled are skipped. */
function probeBody({ frameBytes, ms, nowUs, leave }: Round): ReadableStream<Uint8Array> {
  const noise = randomBytes(frameBytes);
  const startUs = nowUs();
  let slot = -1;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const passedMs = (nowUs() - startUs) / 1000;
        slot = Math.max(slot + 1, Math.floor(passedMs / frameMs));
        await sleepMs(Math.max(0, slot * frameMs - passedMs));
        if (slot * frameMs >= ms) {
          leave();
          controller.close();
          return;
        }
        const frame = noise.slice();
        new DataView(frame.buffer).setFloat64(0, nowUs(), true);
        controller.enqueue(frame);
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}

/** No network on the way can compress them. */
function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  const piece = 65_536;
  for (let at = 0; at < count; at += piece) crypto.getRandomValues(bytes.subarray(at, at + piece));
  return bytes;
}
