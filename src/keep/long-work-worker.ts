/** The worker of `long-work.ts`: one request, then it is ended. */
import { quietConsole } from "../base/library-console.ts";
import { readRange } from "../history/read-range.ts";
import { judgeSession } from "./judge-session.ts";
import { keptRowsOf, readFrames } from "./kept-rows.ts";
import type { LongAnswer, LongRequest, RowsPlace } from "./long-work.ts";
import { lowerPriority } from "./low-priority.ts";
import { overviewOfFile, overviewOfParts } from "./overviews.ts";

declare const self: Worker;

quietConsole(console);

self.onmessage = (event: MessageEvent<LongRequest>) => {
  lowerPriority();
  work(event.data).then(answer, (cause: unknown) => {
    answer({ kind: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
  });
};

async function work(request: LongRequest): Promise<LongAnswer> {
  switch (request.kind) {
    case "verdict": {
      const rows = await rowsAt(request.place);
      const known = { samples: [], sessions: [], preset: undefined, ...rows, ...request.known };
      return { kind: "verdict", verdict: judgeSession(known, request.session) };
    }
    case "overview":
      return { kind: "overview", overview: await overviewOfFile(request.path, request.query) };
    case "held_overview": {
      const { place, fromMs, toMs, points, session } = request;
      const parts = readRange(place.directory, place.names, place.range);
      const fold = { beginUs: place.zeroUs, range: { fromMs, toMs, points }, session };
      return { kind: "overview", overview: await overviewOfParts(parts, fold) };
    }
    default:
      return request satisfies never;
  }
}

async function rowsAt(place: RowsPlace) {
  if (place.kind === "file") return { rows: await readFrames(place.path, place.query) };
  const { directory, names, range, zeroUs } = place;
  return await keptRowsOf(readRange(directory, names, range), zeroUs);
}

function answer(message: LongAnswer): void {
  self.postMessage(message);
}
