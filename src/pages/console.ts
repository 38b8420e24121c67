/** The operator's console: every page of it, the assets they need, and what it says of problems. */
import { Elysia } from "elysia";
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
  const pages = new Elysia({ name: "pages" })
    .use(assetRoutes())
    .use(signInRoutes(parts, tools))
    .use(captureRoutes(parts, tools))
    .use(recordingRoutes(parts, tools))
    .use(experimentRoutes(parts, tools))
    .use(compareRoutes(parts, tools))
    .use(captureNoteRoutes(parts, tools))
    .use(historyRoutes(parts, tools))
    .use(frameRoutes(parts, tools))
    .use(keepRoutes(parts, tools))
    .use(verdictRoutes(parts, readers))
    .use(trialRoutes(parts, readers))
    .use(shareRoutes(parts, tools))
    .use(importRoutes(parts, tools))
    .use(markRoutes(parts, tools))
    .use(watchRoutes(parts, tools))
    .use(linkRoutes(parts, tools))
    .use(guestRoutes(parts, tools))
    .use(counterRoutes(parts, tools))
    .use(fleetRoutes(parts, tools))
    .use(sessionRoutes(parts, tools))
    .use(playerRoutes(parts, tools))
    .use(renamingRoutes(parts, tools))
    .use(pinRoutes(parts, tools))
    .use(accessRoutes(parts, tools))
    .use(archiveRoutes(parts, tools))
    .use(settingsRoutes(parts, tools))
    .use(doctorRoutes(parts, tools))
    .use(linkCheckRoutes(tools))
    .use(timelineRoutes(parts, tools))
    .use(docsPageRoutes(parts, tools));
  return { pages, problemPage: problemAnswer(tools) };
}
