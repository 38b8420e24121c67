/** Connects the input of pages to the streams of browsers and to their rights. */
import { admitPlay } from "../api/routes/play.ts";
import { systemScheduler } from "../base/scheduler.ts";
import type { StreamsEvent } from "../moq/streams.ts";
import type { Watching } from "../moq/watching.ts";
import { PlayEndpoint } from "../play/endpoint.ts";
import { StreamInputs } from "../play/stream-inputs.ts";
import type { Core } from "./core.ts";

/**
 * Pages that play, over `/input`.
 * @param watching is resolved late: it reports through this
 */
export function openPlay(
  { clock, credentials, links: guests }: Pick<Core, "clock" | "credentials" | "links">,
  watching: () => Pick<Watching, "streams">,
): PlayEndpoint {
  return new PlayEndpoint({
    inputs: new StreamInputs((sessionId) => watching().streams.played(sessionId)),
    clock,
    scheduler: systemScheduler(),
    onClick: (sessionId, times) => watching().streams.clicked(sessionId, times),
    admit: (request, sessionId) =>
      admitPlay(request, {
        ...{ credentials, guests },
        isOfLink: ({ stream }) => watching().streams.find(stream)?.session_id === sessionId,
      }),
  });
}

/** The events of a stream that concern its input. */
export function followStream(play: PlayEndpoint, event: StreamsEvent): void {
  if (event.kind === "session_ended") void play.streamOver(event.session.session_id);
  if (event.kind === "resized") play.resize(event.session_id, event.size);
}
