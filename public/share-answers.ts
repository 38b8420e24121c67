/**
 * Answers the charts' requests from the data in the file. Replaces `fetch` and htmx, so it must be
 * loaded before the charts.
 */

import { makeFigures } from "../src/analysis/figures.ts";
import { clusterMarks } from "../src/analysis/mark-clusters.ts";
import { makeSeries } from "../src/analysis/series.ts";
import { decodeBlock } from "../src/frames/block.ts";
import { marksIn } from "../src/frames/marks.ts";
import { concatTables, tableBetween } from "../src/frames/table.ts";
import { asLanguage, catalogues } from "../src/i18n/language.ts";
import { judgeSession, samplesOf } from "../src/keep/judge-session.ts";
import type { FrameTable } from "../src/model/frames.ts";
import { markCounts } from "../src/model/marks.ts";
import type { SharedData } from "../src/model/share.ts";
import { type EventType, eventTypes } from "../src/model/timeline.ts";
import type { Verdict } from "../src/model/verdict.ts";
import { figuresTable } from "../views/figures.ts";
import { Format, type Reader } from "../views/format.ts";
import { verdictPart } from "../views/verdict.ts";

type Shared = SharedData & { readonly rows: FrameTable | undefined };
type Query = URLSearchParams;

const language = asLanguage(document.documentElement.dataset.language ?? "") ?? "en";
const reader: Reader = { language, messages: catalogues[language], format: new Format(language) };
const shared = unpack(document.querySelector("#shared-data")?.textContent ?? "");

const answers: Readonly<Record<string, (data: Shared, query: Query) => unknown>> = {
  series: ({ capture }, query) =>
    makeSeries(capture, {
      points: number(query, "points"),
      from: number(query, "from"),
      to: number(query, "to"),
    }),
  marks: ({ marks, capture }, query) =>
    clusterMarks(
      marks.map((mark) => ({ ...mark, text: () => mark.text })),
      {
        fromMs: number(query, "from") ?? 0,
        toMs: number(query, "to") ?? capture.meta.duration_ms,
        kinds: kindsOf(query),
        markCount: number(query, "marks") ?? markCounts.standard,
      },
    ),
  verdict: verdictOf,
};

const parts: Readonly<Record<string, (data: Shared, query: Query) => string>> = {
  figures: ({ capture }, query) => {
    const session = number(query, "session") ?? capture.meta.sessions?.[0]?.session_id;
    const range = { fromMs: number(query, "from"), toMs: number(query, "to") };
    return figuresTable(reader, makeFigures(capture, { session, ...range }), undefined).text;
  },
  card: (data, query) => {
    const verdict = verdictOf(data, query);
    if (verdict === undefined) return verdictPart(reader, undefined).text;
    const { meta } = data.capture;
    const known = meta.sessions?.find(({ session_id }) => session_id === verdict.session_id);
    const { width, height, fps } = known ?? meta;
    const mode = { width, height, fps };
    return verdictPart(reader, { verdict, mode, moments: "", charts: "" }).text;
  },
};

window.fetch = async (asked) => {
  const { name, query } = readAddress(String(asked));
  const answer = answers[name]?.(await shared, query);
  return answer === undefined ? new Response(null, { status: 404 }) : Response.json(answer);
};

Object.assign(window, {
  htmx: {
    ajax: async (_method: string, address: string, { target }: { readonly target: string }) => {
      const { name, query } = readAddress(address);
      const text = parts[name]?.(await shared, query);
      const place = document.querySelector(target);
      if (text !== undefined && place !== null) place.outerHTML = text;
    },
  },
});

// Not every browser lets a file change its address: the charts work without.
const push = history.pushState.bind(history);
history.pushState = (...state) => {
  try {
    push(...state);
  } catch {
    // The page stays at its address.
  }
};

/** `local:series?points=600` */
function readAddress(address: string): { readonly name: string; readonly query: Query } {
  const [path = "", query = ""] = address.split("?", 2);
  return { name: path.replace(/^local:/, ""), query: new URLSearchParams(query) };
}

function number(query: Query, name: string): number | undefined {
  const text = query.get(name) ?? "";
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function kindsOf(query: Query): ReadonlySet<EventType> | undefined {
  const names = query.get("kinds")?.split(",");
  return names && new Set(eventTypes.filter((type) => names.includes(type)));
}

function verdictOf({ rows, capture, preset, changes }: Shared, query: Query): Verdict | undefined {
  if (rows === undefined) return undefined;
  const [from, to] = [number(query, "from") ?? 0, number(query, "to") ?? Number.POSITIVE_INFINITY];
  const range = tableBetween(rows, from * 1000, to * 1000);
  const marks = marksIn(capture.meta, { from, to });
  const known = { rows: range, preset, changes, marks, ...samplesOf(capture) };
  return judgeSession(known, number(query, "session"));
}

async function unpack(text: string): Promise<Shared> {
  const packed = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const jsonLength = view.getUint32(0, true);
  const json = new TextDecoder().decode(bytes.subarray(4, 4 + jsonLength));
  // Written by this very version.
  const data = JSON.parse(json) as SharedData;
  const tables: FrameTable[] = [];
  for (let at = 4 + jsonLength; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    tables.push(decodeBlock(bytes.subarray(at + 4, at + 4 + length)) ?? concatTables([]));
    at += 4 + length;
  }
  return { ...data, rows: data.hasRows ? concatTables(tables) : undefined };
}
