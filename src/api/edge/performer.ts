/**
 * The performer of a host's operations, with what the edge of the API knows about callers and
 * errors.
 */
import type { Clock } from "../../base/clock.ts";
import { Performer } from "../../operations/perform.ts";
import { SavedSeries } from "../../operations/saved-series.ts";
import type { HostParts } from "../../ports/host-parts.ts";
import { StatsFeeds } from "../routes/stats-feed.ts";
import { TimelineFeeds } from "../routes/timeline-feed.ts";
import type { Credentials } from "./credentials.ts";
import { checkCredentials, tokenIn } from "./guard.ts";
import { bodyOfError } from "./problem.ts";

type Edge = { readonly credentials: Credentials; readonly clock: Clock };

/** The performer of a host: its parts, its credentials and its way to describe errors. */
export function createPerformer(parts: HostParts, { credentials, clock }: Edge): Performer {
  return new Performer({
    parts: {
      ...parts,
      feeds: { stats: new StatsFeeds(parts), timeline: new TimelineFeeds(parts) },
      savedSeries: new SavedSeries(parts.recordings),
    },
    clock,
    // A replayed operation may change something.
    admit: (request) =>
      checkCredentials(credentials, { request, text: tokenIn(request), needs: "operator" }),
    problemOf: bodyOfError,
  });
}
