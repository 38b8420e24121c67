/** The operator's console: every page of it, the assets they need, and what it says of problems. */
import type { AnyElysia } from "elysia";
import { accessRoutes } from "./access.ts";
import { archiveRoutes } from "./archive.ts";
import { assetRoutes } from "./assets.ts";
import { captureRoutes } from "./capture.ts";
import { captureNoteRoutes } from "./capture-note.ts";
import { compareRoutes } from "./compare.ts";
import { counterRoutes } from "./counters.ts";
import { docsPageRoutes } from "./docs.ts";
import { doctorRoutes } from "./doctor.ts";
import { experimentRoutes } from "./experiments.ts";
import { fleetRoutes } from "./fleet.ts";
import { frameRoutes } from "./frame.ts";
import { guestRoutes } from "./guest.ts";
import { historyRoutes } from "./history.ts";
import { pageMaker } from "./html-response.ts";
import { importRoutes } from "./import.ts";
import { keepRoutes } from "./keep.ts";
import { linkCheckRoutes } from "./link-check.ts";
import { linkRoutes } from "./links.ts";
import { markRoutes } from "./marks.ts";
import { Notices } from "./notices.ts";
import type { ConsoleParts } from "./parts.ts";
import { pinRoutes } from "./pin.ts";
import { problemAnswer } from "./problem.ts";
import { Readers } from "./reader.ts";
import { recordingRoutes } from "./recording.ts";
import { playerRoutes, renamingRoutes, sessionRoutes } from "./sessions.ts";
import type { SessionsNotices } from "./sessions-page.ts";
import { settingsRoutes } from "./settings.ts";
import { shareRoutes } from "./share.ts";
import { signInRoutes } from "./sign-in.ts";
import { timelineRoutes } from "./timeline.ts";
import { trialRoutes } from "./trial.ts";
import { verdictRoutes } from "./verdict.ts";
import { watchRoutes } from "./watch.ts";

/** All pages of the console. */
export function consolePages(parts: ConsoleParts) {
  const readers = new Readers();
  const notices = new Notices<SessionsNotices>();
  const tools = { readers, notices, page: pageMaker(parts, readers) };
  const pages: AnyElysia[] = [
    assetRoutes(undefined, parts.moq.relayOrigin),
    signInRoutes(parts, tools),
    captureRoutes(parts, tools),
    recordingRoutes(parts, tools),
    experimentRoutes(parts, tools),
    compareRoutes(parts, tools),
    captureNoteRoutes(parts, tools),
    historyRoutes(parts, tools),
    frameRoutes(parts, tools),
    keepRoutes(parts, tools),
    verdictRoutes(parts, readers),
    trialRoutes(parts, readers),
    shareRoutes(parts, tools),
    importRoutes(parts, tools),
    markRoutes(parts, tools),
    watchRoutes(parts, tools),
    linkRoutes(parts, tools),
    guestRoutes(parts, tools),
    counterRoutes(parts, tools),
    fleetRoutes(parts, tools),
    sessionRoutes(parts, tools),
    playerRoutes(parts, tools),
    renamingRoutes(parts, tools),
    pinRoutes(parts, tools),
    accessRoutes(parts, tools),
    archiveRoutes(parts, tools),
    settingsRoutes(parts, tools),
    doctorRoutes(parts, tools),
    linkCheckRoutes(tools),
    timelineRoutes(parts, tools),
    docsPageRoutes(parts, tools),
  ];
  return { pages, problemPage: problemAnswer(tools) };
}
