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
    "Named tokens without their secrets, oldest first. The token in the data directory is not among them; it is the operator’s and never expires.",
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
    "The answer has the secret, which is kept by its hash only and cannot be shown again. A read-only token may GET everything but secrets, which includes `/metrics`.",
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
    "It opens nothing from now on. Event streams, sign-ins and connections that rest on it end at once.",
  answers: { 204: nothing },
  problems: [404, 507],
  act: async ({ access }, { params: { id } }) => {
    if (await access.revoke(id)) return;
    throw notFound(`Cannot find token "${id.slice(0, 64)}": there is none with this id`);
  },
});
