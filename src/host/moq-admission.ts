/** Who may connect to the MoQ endpoint, and what they see of it. */
import { admitMoq } from "../api/routes/moq.ts";
import type { Right } from "../moq/endpoint.ts";
import type { Watching, WatchingOptions } from "../moq/watching.ts";
import type { Core } from "./core.ts";

/**
 * A browser that came by a link sees the broadcast of its stream and no other, not even their
 * names.
 */
export function moqAdmission(
  { credentials, links: guests }: Pick<Core, "credentials" | "links">,
  watching: () => Pick<Watching, "streams">,
): WatchingOptions["admit"] {
  return (request, redeem) => {
    const { right, guest } = admitMoq(request, { credentials, guests, redeem });
    if (guest === undefined) return { tier: "external", right };
    const endsAll =
      right && endingStream(right, () => watching().streams.endUnlessWatched(guest.stream));
    const sees = (path: string) => watching().streams.find(guest.stream)?.broadcast === path;
    return { tier: "external", right: endsAll, sees, guest: guest.browser };
  };
}

/** When a link ends, a stream that nobody else watches ends with it. */
function endingStream(right: Right, end: () => void): Right {
  return (onOver) =>
    right(() => {
      onOver();
      end();
    });
}
