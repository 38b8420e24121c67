/**
 * An operation of the API: defined once, with everything that its route, its description, the
 * console's forms and a replay need. `perform` is the way to call one.
 */
import type { Static, TObject, TSchema } from "@sinclair/typebox";
import { Type } from "@sinclair/typebox";
import type { HostParts } from "../ports/host-parts.ts";
import type { SendCall } from "../ports/timeline.ts";
import type { SavedSeries } from "./saved-series.ts";

/** Methods of the API. */
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** How a caller was authenticated: by the token, or as a signed-in browser. */
export type Actor = "token" | "console";

/** The caller, and the request that brought the call; a replay's is the one that started it. */
export type Caller = {
  readonly actor: Actor;
  readonly request: Request;
  readonly isReplayed?: boolean;
};

/** What an operation gets besides its input. */
export type Call = Caller & {
  /** Calls another operation with the caller's current rights. */
  readonly send: SendCall;
};

/** The objects that operations act on: the parts of the host, and objects made of them once. */
export type OperationParts = HostParts & {
  readonly feeds: { readonly stats: EventFeed; readonly timeline: EventFeed };
  readonly savedSeries: Pick<SavedSeries, "text">;
};

/** Server-sent events. */
export type EventFeed = {
  /** @throws Failure `too_many`, `out_of_range` */
  open(request: {
    readonly lastEventId: string | undefined;
    readonly of?: string | undefined;
  }): Response;
};

type ParamNames<Route extends string> = Route extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Route extends `${string}:${infer Name}`
    ? Name
    : never;

type Given<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [K in Name]?: undefined }
  : { readonly [K in Name]: Value };
type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/**
 * The input of a call: the parameters of its path, its query, its JSON body, and a file's bytes.
 */
export type InputOf<Route extends string, Query, Body, File> = Given<
  "params",
  [ParamNames<Route>] extends [never] ? undefined : Readonly<Record<ParamNames<Route>, string>>
> &
  Given<"query", StaticOf<Query>> &
  Given<"body", StaticOf<Body>> &
  Given<"file", File extends number ? Uint8Array : undefined>;

/** An input whose operation is not known while compiling. */
export type AnyInput = {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly file?: Uint8Array | undefined;
};

type Facts = {
  /** `operationId` of the description. */
  readonly id: string;
  readonly method: Method;
  /** Pattern of the path; a part that starts with a colon matches any one part. */
  readonly route: string;
  readonly tag: string;
  readonly summary: string;
  /** What the summary does not say: effects, limits, absent values. */
  readonly description: string;
  readonly query?: TObject | undefined;
  readonly body?: TObject | undefined;
  /** The body is optional: its default is `{}`. */
  readonly isBodyOptional?: true;
  /** Accepts a JSON file as its body instead, of at most this many bytes. */
  readonly fileBytesMax?: number | undefined;
  /** That file may be of any type: its content identifies it. */
  readonly isAnyFile?: true;
  /** By status: the shape of the answer, `nothing` without. An absent value has a status too. */
  readonly answers: Readonly<Record<number, TSchema>>;
  /** The answer is a file: in part if a range is requested, not at all if it is cached. */
  readonly isFile?: true;
  /** The answer may be long: it is not checked against its shape. */
  readonly isLong?: true;
  /** Statuses of its own problems; those of guard and request gate are implied. */
  readonly problems?: readonly number[];
  /** Without credentials. */
  readonly isOpen?: true;
  /** A GET that shows a secret, or makes the machine do something: not for a read-only token. */
  readonly isForOperators?: true;
  /** Can be repeated: it deletes no file, pairs and unpairs nobody, and reads no secret. */
  readonly isRepeatable?: true;
};

/** `Output` is answered as JSON, except a `Response`, which is answered as it is. */
export type Operation<Input = AnyInput, Output = unknown> = Facts & {
  act(parts: OperationParts, input: Input, call: Call): Output | Promise<Output>;
};

type Definition<Route extends string, Query, Body, File, Output> = Facts & {
  readonly route: Route;
  readonly query?: Query;
  readonly body?: Body;
  readonly fileBytesMax?: File;
  act(
    parts: OperationParts,
    input: InputOf<Route, Query, Body, File>,
    call: Call,
  ): Output | Promise<Output>;
};

/** Gives `act` the types of the input from the route and the schemas. */
export function operation<
  const Route extends string,
  Output,
  Query extends TObject | undefined = undefined,
  Body extends TObject | undefined = undefined,
  File extends number | undefined = undefined,
>(
  definition: Definition<Route, Query, Body, File, Output>,
): Operation<InputOf<Route, Query, Body, File>, Output> {
  return definition;
}

/** The shape of an answer without a body. */
export const nothing: TSchema = Type.Void();

/** Whether it may change something; its calls are recorded then. */
export function isChange({ method }: Pick<Operation, "method">): boolean {
  return method !== "GET";
}

/** The number of an id in a path; `undefined` if it is not one. */
export function readId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** The status of an output, and its shape; `undefined` if it can never occur. */
export function answerWithOutput(
  answers: Readonly<Record<number, TSchema>>,
): { readonly status: number; readonly shape: TSchema } | undefined {
  const found = Object.entries(answers).find(([, shape]) => shape !== nothing);
  return found && { status: Number(found[0]), shape: found[1] };
}
