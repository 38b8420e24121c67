/** Links to single streams for others: who may watch or play one, until when. */
import type { LinkRights, StreamLink, StreamLinkRequest } from "../model/link.ts";
import type { StreamRequest } from "../model/watch.ts";
import type { Revocables } from "./revocables.ts";

/** A link that was just created. `secret` is in this answer alone. */
export type MadeLink = { readonly link: StreamLink; readonly secret: string };

/**
 * The links of a host, without those that have ended. Creating fails with `too_many` or
 * `links_not_saved`, revoking with `links_not_saved`: it opens nothing all the same.
 */
export type StreamLinks = Revocables<StreamLink, StreamLinkRequest, MadeLink>;

/** What a browser that came by a link may do, at this moment. */
export type Guest = {
  readonly linkId: string;
  /** Which of the browsers that the link has let in. */
  readonly browser: string;
  readonly rights: LinkRights;
  readonly stream: StreamRequest;
};

/** Who came by a link: asked at each use. */
export type Guests = {
  /**
   * Lets a browser in for a link's secret: its cookie, and for how many seconds. `undefined` for a secret that opens
   * nothing, or has been used as often as it may.
   * @throws Failure `links_not_saved`
   */
  admit(secret: string): Promise<{ readonly cookie: string; readonly maxAgeS: number } | undefined>;
  /** `undefined` for a cookie whose link has ended, and for one that is none. */
  guestOf(cookie: string | undefined): Guest | undefined;
  /** Whether the link opens anything now. */
  isGood(linkId: string): boolean;
  /** Runs `onOver` once when the link has ended, at once when it has already. The answer takes it back. */
  whenOver(linkId: string, onOver: () => void): () => void;
};
