/**
 * Reads what a request brings, after the guard has let it in: nobody makes the host parse anything
 * before that, and nothing larger than the limit is kept. The framework checks the result against
 * the route's schema.
 */
import { Failure } from "../../base/failure.ts";
import { bodyBytesMax, tooLarge } from "./request-gate.ts";

type Context = { readonly request: Request; body: unknown };

/** The hooks of a route with a JSON body. The framework's own parser would run before the guard. */
export const jsonBody = {
  /** Anything but `undefined` keeps the framework from parsing. */
  parse: function later() {
    return null;
  },
  transform: async function readJson(context: Context): Promise<void> {
    const { request } = context;
    const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
    if (type !== "application/json") {
      const text = 'Cannot read the body: its Content-Type has to be "application/json"';
      throw new Failure("unsupported_media_type", text);
    }
    const bytes = await readBytes(request);
    if (bytes.length > bodyBytesMax) throw tooLarge();
    context.body = parseJson(bytes);
    bodies.set(request, context.body);
  },
};

/** The hooks of a route whose JSON body may be left out: it is `{}` then. */
export const jsonBodyOrNone = {
  parse: jsonBody.parse,
  transform: async function readJsonOrNone(context: Context): Promise<void> {
    const { headers } = context.request;
    const hasBody = headers.has("content-type") || Number(headers.get("content-length") ?? 0) > 0;
    if (hasBody) await jsonBody.transform(context);
    else context.body = {};
  },
};

const bodies = new WeakMap<Request, unknown>();

/** The JSON that came with a request, once a route has read it. */
export function bodyOf(request: Request): unknown {
  return bodies.get(request);
}

/** The hook of a route whose query takes whole numbers; what is none is left for the schema. */
export const numericQuery = {
  transform: function readNumbers({ query }: { readonly query: Record<string, unknown> }): void {
    for (const [name, text] of Object.entries(query)) {
      if (typeof text === "string" && /^\d{1,15}$/.test(text)) query[name] = Number(text);
    }
  },
};

/** A client that goes away in the middle of its body is none of our faults. */
async function readBytes(request: Request): Promise<Uint8Array> {
  try {
    return await request.bytes();
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the body: it broke off", { cause });
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the body: it is not JSON", { cause });
  }
}
