/** Named tokens. All of it is for operators: the list says who has access. */
import { AccessToken, AccessTokenRequest, NewAccessToken } from "../model/access-token.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const tokens = "/api/v1/tokens";
const tag = "access";

export const tokensList = operation({
  id: "tokens_list",
  method: "GET",
  route: tokens,
  tag,
  summary: "List access tokens",
  description:
    "Named tokens without their secrets, oldest first. The token in the data directory is not included; it belongs to the operator and never expires.",
  answers: { 200: listOf(AccessToken, "Named tokens") },
  isForOperators: true,
  act: ({ access }) => access.list(),
});

export const tokenCreate = operation({
  id: "token_create",
  method: "POST",
  route: tokens,
  tag,
  summary: "Create an access token",
  description:
    "The response contains the secret; the host only keeps its hash and cannot show it again. A read-only token can GET everything except secrets, including `/metrics`.",
  body: AccessTokenRequest,
  answers: { 200: NewAccessToken },
  problems: [409, 422, 507],
  act: ({ access }, { body }) => access.create(body),
});

export const tokenRevoke = operation({
  id: "token_revoke",
  method: "DELETE",
  route: `${tokens}/:id`,
  tag,
  summary: "Revoke an access token",
  description:
    "The token stops working at once, and event streams, sign-ins and connections that depend on it end.",
  answers: { 204: nothing },
  problems: [404, 507],
  act: async ({ access }, { params: { id } }) => {
    if (await access.revoke(id)) return;
    throw notFound(`Cannot find token "${id.slice(0, 64)}": there is none with this id`);
  },
});
