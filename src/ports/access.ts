/** Named tokens: who may read, or do everything, until when. */
import type { AccessToken, AccessTokenRequest, NewAccessToken } from "../model/access-token.ts";
import type { Revocables } from "./revocables.ts";

/**
 * The named tokens of a host. The token in the data directory is not one of them; those that have
 * expired stay until they are revoked. Creating fails with `out_of_range`, `name_taken`,
 * `too_many_tokens` or `tokens_not_saved`, revoking with `tokens_not_saved`: it stays in the list
 * until a later attempt is saved.
 */
export type NamedTokens = Revocables<AccessToken, AccessTokenRequest, NewAccessToken>;
