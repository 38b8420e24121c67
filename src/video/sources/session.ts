/** Per frame: a desktop of the player's own, started for this stream, as large as the stream. */
import { Failure } from "../../base/failure.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import { compositorEnded, PrivateSession } from "../../desktop/private-session.ts";
import { WaylandScreen } from "../../wayland/screen.ts";
import { type FeedPicture, type ScreenFeed, ScreenSource } from "./screen-source.ts";
import type { PictureSize, Source, SourceMode } from "./source.ts";

/**
 * @param command run in the session, words with blanks between them; a terminal when empty.
 * @throws Failure `source_unavailable` with what was in the way
 */
export function openSessionSource(command: string, mode: SourceMode): Source {
  try {
    return showSession(new PrivateSession(command, mode), mode);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const name = `session:${command}`;
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}

/** Owns one use of the session from here on. */
function showSession(session: PrivateSession, mode: SourceMode): Source {
  try {
    return new ScreenSource(new SessionFeed(session), mode);
  } catch (cause) {
    session.release();
    throw cause;
  }
}

/** A compositor that ends has ended the session: it is not looked for again. */
class SessionFeed implements ScreenFeed {
  readonly #session: PrivateSession;
  readonly #screen: WaylandScreen;

  constructor(session: PrivateSession) {
    this.#session = session;
    this.#screen = new WaylandScreen(session.path, session.output);
  }

  get fault(): string | undefined {
    if (this.#screen.fault === undefined) return undefined;
    return this.#session.endReason() ?? compositorEnded;
  }

  next(waitMs: number): FeedPicture | undefined {
    return this.#screen.next(waitMs);
  }

  openInputTarget(size: PictureSize): InputTarget {
    const { path, output } = this.#session;
    return { kind: "wayland", path, output, size };
  }

  /** The program keeps running: its screen gets the new size. */
  reopen(mode: SourceMode): Source {
    this.#session.resize(mode);
    this.#session.retain();
    return showSession(this.#session, mode);
  }

  close(): void {
    this.#screen[Symbol.dispose]();
    this.#session.release();
  }
}
