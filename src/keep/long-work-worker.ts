/** The worker of `long-work.ts`: one request, then it is ended. */
import { messageOf } from "../base/error-text.ts";
import { quietConsole } from "../base/library-console.ts";
import { lowerPriority } from "../base/threads.ts";
import { readRange, type UnreadStretch } from "../history/read-range.ts";
import { judgeSession } from "./judge-session.ts";
import { keptRowsOf, readFileRows } from "./kept-rows.ts";
import { comparePlaced } from "./long-comparisons.ts";
import type { LongAnswer, LongRequest, RowsPlace } from "./long-work.ts";
import { overviewOfFile, overviewOfParts } from "./overviews.ts";
import { unreadField } from "./unread.ts";

declare const self: Worker;

quietConsole(console);

self.onmessage = (event: MessageEvent<LongRequest>) => {
  lowerPriority();
  work(event.data).then(answer, (cause: unknown) => {
    answer({ kind: "failed", reason: messageOf(cause) });
  });
};

async function work(request: LongRequest): Promise<LongAnswer> {
  switch (request.kind) {
    case "verdict": {
      const { unread, ...rows } = await rowsAt(request.place);
      const known = { samples: [], sessions: [], preset: undefined, ...rows, ...request.known };
      return { kind: "verdict", verdict: judgeSession(known, request.session), unread };
    }
    case "comparison": {
      const unread: UnreadStretch[] = [];
      const comparison = await comparePlaced(request, (place) => historyRows(place, unread));
      return { kind: "comparison", comparison, unread };
    }
    case "overview":
      return {
        kind: "overview",
        overview: await overviewOfFile(request.path, request.query),
        unread: [],
      };
    case "held_overview": {
      const { place, fromMs, toMs, points, session } = request;
      const unread: UnreadStretch[] = [];
      const parts = readRange(place, place.range, unread);
      const fold = { beginUs: place.zeroUs, range: { fromMs, toMs, points }, session };
      const overview = await overviewOfParts(parts, fold);
      const marks = unreadField(unread, place.zeroUs);
      return { kind: "overview", overview: { ...overview, ...marks }, unread };
    }
    default:
      return request satisfies never;
  }
}

async function rowsAt(place: RowsPlace) {
  const unread: UnreadStretch[] = [];
  if (place.kind === "file") return { ...(await readFileRows(place.path, place.query)), unread };
  return { ...(await historyRows(place, unread)), unread };
}

/** @param unread receives what could not be read */
async function historyRows(
  { directory, names, range, zeroUs }: Extract<RowsPlace, { kind: "history" }>,
  unread: UnreadStretch[],
) {
  const parts = readRange({ directory, names }, range, unread);
  return await keptRowsOf({ parts, unread }, zeroUs);
}

function answer(message: LongAnswer): void {
  self.postMessage(message);
}
