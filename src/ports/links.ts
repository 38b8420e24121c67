/** Links to single streams for others: who may watch or play one, until when. */
import type { LinkRights, StreamLink, StreamLinkRequest } from "../model/link.ts";
import type { StreamRequest } from "../model/watch.ts";
import type { Revocables } from "./revocables.ts";

/** A new link. Only this answer contains the `secret`. */
export type MadeLink = { readonly link: StreamLink; readonly secret: string };

/**
 * The links of a host, without those that have ended. Creating fails with `too_many` or
 * `links_not_saved`, revoking with `links_not_saved`: it is invalid anyway.
 */
export type StreamLinks = Revocables<StreamLink, StreamLinkRequest, MadeLink>;

/** The current rights of a browser that came by a link. */
export type Guest = {
  readonly linkId: string;
  /** Which of the browsers admitted by the link. */
  readonly browser: string;
  readonly rights: LinkRights;
  readonly stream: StreamRequest;
};

/** Browsers that came by a link: checked at each use. */
export type Guests = {
  /**
   * Admits a browser for a link's secret: its cookie, and its lifetime in seconds. `undefined` for
   * an invalid secret, or one used as often as allowed.
   * @throws Failure `links_not_saved`
   */
  admit(secret: string): Promise<{ readonly cookie: string; readonly maxAgeS: number } | undefined>;
  /** `undefined` for a cookie whose link has ended, and for an invalid one. */
  guestOf(cookie: string | undefined): Guest | undefined;
  /** Whether the link is valid now. */
  isGood(linkId: string): boolean;
  /**
   * Runs `onOver` once when the link has ended, at once if it already has. The returned call
   * cancels that.
   */
  whenOver(linkId: string, onOver: () => void): () => void;
};
