/** The text for a page's measurement of its link. Nothing is stored. */
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { linkAnswer } from "../../views/link-check.ts";
import { Failure } from "../base/failure.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { partResponse } from "./html-response.ts";
import { hidden } from "./route.ts";
import type { SessionTools } from "./sessions-page.ts";

const usMax = 60_000_000;
const Facts = Type.Object({
  carried_kbps: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  is_at_least: Type.Boolean(),
  jitter_us: Type.Optional(Type.Integer({ minimum: 0, maximum: usMax })),
  rtt_us: Type.Optional(Type.Integer({ minimum: 0, maximum: usMax })),
});

export function linkCheckRoutes(tools: SessionTools) {
  return new Elysia({ name: "pages/link-check" }).get(
    "/parts/link-check",
    ({ request }) =>
      partResponse(
        linkAnswer(tools.readers.of(request), readFacts(new URL(request.url).searchParams)),
      ),
    hidden,
  );
}

/** @throws Failure `out_of_range` */
function readFacts(query: URLSearchParams): Static<typeof Facts> {
  const number = (name: string) => {
    const text = query.get(name);
    return text === null ? {} : { [name]: text === "" ? Number.NaN : Number(text) };
  };
  const facts: unknown = {
    ...number("carried_kbps"),
    is_at_least: query.get("is_at_least") === "true",
    ...number("jitter_us"),
    ...number("rtt_us"),
  };
  const checker = shapeCheck(Facts);
  if (checker.Check(facts)) return facts;
  throw new Failure(
    "out_of_range",
    "Cannot use what was measured: a number is missing or too large",
  );
}
