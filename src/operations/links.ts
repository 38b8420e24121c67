/** Links to single streams for others. All of it is for operators: the list says who has access. */
import { NewStreamLink, StreamLink, StreamLinkRequest } from "../model/link.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const links = "/api/v1/links";
const tag = "access";

export const linksList = operation({
  id: "links_list",
  method: "GET",
  route: links,
  tag,
  summary: "List links to streams",
  description: "Links that still work, without their secrets, oldest first.",
  answers: { 200: listOf(StreamLink, "Links") },
  isForOperators: true,
  act: ({ links: all }) => all.list(),
});

export const linkCreate = operation({
  id: "link_create",
  method: "POST",
  route: links,
  tag,
  summary: "Create a link to a stream",
  description:
    "For someone without a token: the link opens the page of this stream and nothing else. The response contains the secret; the host only keeps its hash and cannot show it again. The stream starts when someone opens the link; a running stream with the same settings is shared.",
  body: StreamLinkRequest,
  isBodyOptional: true,
  answers: { 200: NewStreamLink },
  problems: [422, 429, 507],
  act: async ({ links: all }, { body }, { request }): Promise<NewStreamLink> => {
    const { link, secret } = await all.create(body);
    // The request gate has checked the Host header that the address is made from. A browser sends no
    // fragment to any server: the page takes the secret out of it.
    return { ...link, url: new URL(`/join#${secret}`, request.url).href };
  },
});

export const linkRevoke = operation({
  id: "link_revoke",
  method: "DELETE",
  route: `${links}/:id`,
  tag,
  summary: "Revoke a link",
  description: "The link stops working at once, and everyone using it is disconnected.",
  answers: { 204: nothing },
  problems: [404, 507],
  act: async ({ links: all }, { params: { id } }) => {
    if (await all.revoke(id)) return;
    throw notFound(`Cannot find link "${id.slice(0, 64)}": there is none with this id`);
  },
});
