/**
 * The one way to call an operation, for the API's routes, the console's forms and replays alike: the
 * input is checked, the operation acts, and a call that may change something is recorded on the
 * timeline with its answer, whether it succeeded or not.
 */
import type { Clock } from "../base/clock.ts";
import { warn } from "../base/log.ts";
import type { Problem } from "../model/problem.ts";
import type { RawAnswer, SendCall } from "../ports/timeline.ts";
import { checkInput, checkOutput } from "./check.ts";
import { notFound } from "./not-found.ts";
import {
  type Actor,
  type AnyInput,
  answerWithOutput,
  type Caller,
  isChange,
  nothing,
  type Operation,
  type OperationParts,
} from "./operation.ts";
import { findOperation, pathOf } from "./route.ts";

/** Read from the request itself: it belongs to the call, so that its refusal is recorded. */
export type Bring = () => Promise<Pick<AnyInput, "body" | "file">>;

/** @throws what the operation throws, and `out_of_range` for an input that does not fit */
export type Perform = <Input extends AnyInput, Output>(
  operation: Operation<Input, Output>,
  input: Input,
  caller: Caller,
) => Promise<Output>;

/** What the performer acts on, and how it authenticates and describes errors. */
export type PerformerOptions = {
  readonly parts: OperationParts;
  readonly clock: Clock;
  /** The current identity of the sender of a request. @throws Failure if it is not admitted */
  admit(request: Request): Actor;
  /** The answer to an error: its status and its body. */
  problemOf(error: unknown): { readonly status: number; readonly value: Problem };
};

/** Calls operations and records those that may change something. One per host. */
export class Performer {
  readonly #options: PerformerOptions;

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  readonly perform: Perform = (operation, input, caller) => this.call(operation, input, caller);

  /** As `perform`, with the rest of the input still to be read. */
  async call<Input extends AnyInput, Output>(
    operation: Operation<Input, Output>,
    input: AnyInput,
    caller: Caller & { readonly bring?: Bring },
  ): Promise<Output> {
    const startedUs = this.#options.clock.nowUs();
    let given = input;
    const record = (answer: RawAnswer) =>
      this.#record(operation, { input: given, caller, answer, startedUs });
    try {
      if (caller.bring !== undefined) given = { ...input, ...(await caller.bring()) };
      checkInput(operation, given);
      const call = { ...caller, send: this.#sendAs(caller) };
      // Checked, right above.
      const output = await operation.act(this.#options.parts, given as Input, call);
      checkOutput(operation, output);
      record(answerOf(operation, output));
      return output;
    } catch (error) {
      record(this.#refusalOf(error));
      throw error;
    }
  }

  #record(
    operation: Pick<Operation, "method" | "route">,
    call: {
      readonly input: AnyInput;
      readonly caller: Caller;
      readonly answer: RawAnswer;
      readonly startedUs: number;
    },
  ): void {
    const { clock, parts } = this.#options;
    if (!isChange(operation) || !parts.timeline.isRecording()) return;
    const { input, caller, answer, startedUs } = call;
    parts.timeline.recordCall({
      method: operation.method,
      route: operation.route,
      path: pathOf(operation.route, input.params),
      body: input.body,
      status: answer.status,
      durationUs: clock.nowUs() - startedUs,
      actor: caller.actor,
      answer,
      isReplayed: caller.isReplayed === true,
    });
  }

  /** Calls of a replay: authenticated again each time, with the current rights of its starter. */
  #sendAs(caller: Caller): SendCall {
    return async ({ method, path, body }) => {
      try {
        const actor = this.#options.admit(caller.request);
        const found = findOperation(method, path);
        if (found === undefined) throw notFound(`Cannot find "${path}": no such address`);
        const { operation, params } = found;
        const again = { request: caller.request, actor, isReplayed: true };
        return answerOf(operation, await this.call(operation, { params, body }, again));
      } catch (error) {
        const answer = this.#refusalOf(error);
        if (answer.status === 500) warn("replayed_call_failed", { method, path, error });
        return answer;
      }
    };
  }

  #refusalOf(error: unknown): RawAnswer {
    const { status, value } = this.#options.problemOf(error);
    return { status, text: JSON.stringify(value), contentType: "application/json" };
  }
}

/** The answer for an output. A `Response` is never a change and is not inspected. */
export function answerOf(operation: Pick<Operation, "answers">, output: unknown): RawAnswer {
  if (output !== undefined) {
    const status = answerWithOutput(operation.answers)?.status ?? 200;
    return { status, text: JSON.stringify(output), contentType: "application/json" };
  }
  const empty = Object.keys(operation.answers).find(
    (status) => operation.answers[Number(status)] === nothing,
  );
  return { status: Number(empty ?? 204), text: "", contentType: "" };
}
