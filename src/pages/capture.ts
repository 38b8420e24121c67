/** The Performance page, its parts, and Start and Stop. */
import { Elysia } from "elysia";
import {
  type CaptureNow,
  captureNotice,
  captureSection,
  type Notice,
} from "../../views/capture.ts";
import { performancePage } from "../../views/performance.ts";
import { listAddress, type RecordingList, recordingsSection } from "../../views/recordings.ts";
import { Failure } from "../base/failure.ts";
import {
  isAnyAddress,
  isLoopbackHost,
  joinAddress,
  moonlightAddresses,
} from "../base/host-names.ts";
import { typedCommand } from "../base/own-command.ts";
import type { Session } from "../model/session.ts";
import { statsCaptureKeep } from "../operations/frames.ts";
import { statsCaptureStart, statsCaptureStop } from "../operations/stats.ts";
import { act, orFailed } from "./acting.ts";
import { historyList } from "./history.ts";
import { goTo, isPartRequest, type PageMaker, partResponse } from "./html-response.ts";
import { Notices } from "./notices.ts";
import type { ConsoleParts, PlayerAddresses } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { listRecordings, readListQuery } from "./recording-list.ts";
import { hidden } from "./route.ts";

/** What the button keeps, as its label says. */
const keptSeconds = 30;
/** The stretch of the verdict of a running session, and how many sessions get one. */
const judgedSeconds = 60;
const judgedCountMax = 4;

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function captureRoutes(parts: ConsoleParts, { page, readers }: Tools) {
  const notices = new Notices<Notice>();
  const show = async (request: Request) => {
    const reader = readers.of(request);
    const [list, now, held] = await Promise.all([
      listOf(parts, request),
      captureNow(parts, request),
      historyList(parts, request),
    ]);
    const notice = notices.find(request) ?? { kind: "none" };
    const main = performancePage(reader, { now, list, held, notice });
    return page(request, {
      title: reader.messages.nav.performance,
      main,
      hasCharts: now.status.armed ? true : "later",
    });
  };
  const change = async (request: Request, action: () => Promise<Notice>) => {
    const notice = await orFailed(action);
    if (!isPartRequest(request)) {
      return goTo(notice.kind === "started" ? "/" : `/${notices.keep(notice)}`);
    }
    const trigger = { "hx-trigger": "capture-changed" };
    return partResponse(captureNotice(readers.of(request), notice), trigger);
  };
  return new Elysia({ name: "pages/capture" })
    .get("/", ({ request }) => show(request), hidden)
    .get(
      "/parts/capture",
      async ({ request }) =>
        partResponse(captureSection(readers.of(request), await captureNow(parts, request))),
      hidden,
    )
    .get(
      "/parts/recordings",
      async ({ request }) => {
        const list = await listOf(parts, request);
        return partResponse(
          recordingsSection(readers.of(request), list),
          addressHeaders(request, `/${listAddress(list.query)}`),
        );
      },
      hidden,
    )
    .post("/capture/start", ({ request }) => change(request, () => start(parts, request)), hidden)
    .post("/capture/stop", ({ request }) => change(request, () => stop(parts, request)), hidden)
    .post("/capture/keep", ({ request }) => change(request, () => keep(parts, request)), hidden);
}

/** A link adds a step to the browser's history; typing into the filter only changes the address. */
function addressHeaders(request: Request, address: string): Record<string, string> {
  const isFilter = request.headers.get("hx-source")?.startsWith("form") === true;
  return isFilter ? { "hx-replace-url": address } : {};
}

async function start(parts: ConsoleParts, request: Request): Promise<Notice> {
  await act(parts, request, [statsCaptureStart, {}]);
  return { kind: "started" };
}

async function stop(parts: ConsoleParts, request: Request): Promise<Notice> {
  const meta = await act(parts, request, [statsCaptureStop, {}]);
  return meta === undefined ? { kind: "empty" } : { kind: "saved", id: meta.id };
}

/** A capture of the recent past, whether a capture is recording or not. */
async function keep(parts: ConsoleParts, request: Request): Promise<Notice> {
  const meta = await act(parts, request, [statsCaptureKeep, { body: { last_s: keptSeconds } }]);
  return { kind: "saved", id: meta.id };
}

async function captureNow(parts: ConsoleParts, request: Request): Promise<CaptureNow> {
  const sessions = parts.sessions.sessions();
  return {
    status: parts.stats.status(),
    sessions,
    verdicts: await verdictsOf(parts, sessions.slice(0, judgedCountMax)),
    ways: waysToPlay(await parts.reach(), request),
    settings: parts.settings.current(),
    trial: await parts.trials.current(),
    judgedFromMs: parts.clock.wallMs() - judgedSeconds * 1000,
  };
}

/** The last minute of each session, whether a capture is recording or not. */
async function verdictsOf(
  { verdicts }: ConsoleParts,
  sessions: readonly Session[],
): Promise<CaptureNow["verdicts"]> {
  const judged = sessions.map(async (session) => ({
    session,
    verdict: await verdicts
      .verdictOfSession(`${session.session_id}`, { last_s: judgedSeconds })
      .catch(unread),
  }));
  return (await Promise.all(judged)).flatMap(({ session, verdict }) =>
    verdict === undefined ? [] : [{ session, verdict }],
  );
}

/** Unreadable rows cost their verdict, not the page. */
function unread(cause: unknown): undefined {
  if (!(cause instanceof Failure)) throw cause;
}

/**
 * As seen from the browser: the address that it has reached is reachable for a player there too.
 */
function waysToPlay(
  { native, localFlag, gamestream }: PlayerAddresses,
  request: Request,
): CaptureNow["ways"] {
  const { hostname } = new URL(request.url);
  const isHere = isLoopbackHost(hostname);
  const own = isAnyAddress(native.host) ? hostname : native.host;
  const command = isHere ? typedCommand() : "onglass";
  return {
    moonlight:
      gamestream === undefined ? [] : moonlightAddresses(gamestream.address, gamestream.port),
    isHere,
    playCommand: `${command} play ${joinAddress(own, native.port)}${isHere ? localFlag : ""}`,
  };
}

/** An unreadable disk costs the list, not the page: running streams are shown without it. */
async function listOf(parts: ConsoleParts, request: Request): Promise<RecordingList> {
  const query = readListQuery(new URL(request.url).searchParams);
  try {
    const { captures, damaged } = await parts.recordings.list();
    return listRecordings({ captures, damagedCount: damaged?.length ?? 0 }, query);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    return { ...listRecordings({ captures: [], damagedCount: 0 }, query), fault: cause };
  }
}
