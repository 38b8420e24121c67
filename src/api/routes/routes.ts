/**
 * Every route of the API, one operation each. The framework finds the route and its parameters, the
 * guard admits the request; the input is read and checked where it is performed.
 */
import type { AnyElysia } from "elysia";
import { operations } from "../../operations/all.ts";
import type { Operation } from "../../operations/operation.ts";
import { answerOf, type Performer } from "../../operations/perform.ts";
import type { Admissions } from "../edge/admissions.ts";
import { readBody, readQuery } from "../edge/input.ts";

/** Adds a route for each operation to `app`; all of them go through the performer. */
export function addApiRoutes(app: AnyElysia, performer: Performer, admissions: Admissions): void {
  for (const operation of operations) {
    app.route(
      operation.method,
      operation.route,
      ({ params, request }) => answer({ performer, admissions, operation }, { params, request }),
      { parse: "none", detail: operation.isOpen === true ? { security: [] } : {} },
    );
  }
}

type Route = {
  readonly performer: Performer;
  readonly admissions: Admissions;
  readonly operation: Operation;
};
type Asked = { readonly params: Record<string, string>; readonly request: Request };

async function answer(
  { performer, admissions, operation }: Route,
  { params, request }: Asked,
): Promise<Response> {
  const query = readQuery(operation.query, request.url);
  const actor = admissions.actorOf(request);
  const bring = () => readBody(operation, request);
  const output = await performer.call(operation, { params, query }, { actor, request, bring });
  if (output instanceof Response) return output;
  const { status, text, contentType } = answerOf(operation, output);
  if (contentType === "") return new Response(null, { status });
  return new Response(text, { status, headers: { "content-type": contentType } });
}
