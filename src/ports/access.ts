/** Named tokens: who may read, or do everything, until when. */
import type { AccessToken, AccessTokenRequest, NewAccessToken } from "../model/access-token.ts";

/** The named tokens of a host. The token in the data directory is not one of them. */
export type NamedTokens = {
  /** Oldest first; those that have expired stay until they are revoked. */
  list(): readonly AccessToken[];
  /**
   * Works once this resolves, and is on the disk.
   * @throws Failure `out_of_range`, `name_taken`, `too_many_tokens`, `tokens_not_saved`
   */
  create(request: AccessTokenRequest): Promise<NewAccessToken>;
  /**
   * Opens nothing from now on, and ends what rests on it. False for an unknown id.
   * @throws Failure `tokens_not_saved`: it stays in the list until revoking it again is saved
   */
  revoke(id: string): Promise<boolean>;
};
