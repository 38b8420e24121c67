/**
 * An error that callers branch on: its `code` is part of the public contract (the API answers it in
 * the envelope, the command line prints it). The message is for the person: what we were doing,
 * then what was in the way. Its `values` are for the texts in other languages.
 */
import type { FailureCode } from "./failure-codes.ts";

/** Values that the texts of a failure are made with, by name. */
export type FailureValues = Readonly<Record<string, string | number>>;

/** An error that code branches on, by its code. An edge turns it into a status and a text. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly values: FailureValues;

  constructor(
    code: FailureCode,
    message: string,
    options?: { cause?: unknown; values?: FailureValues },
  ) {
    super(message, options);
    this.code = code;
    this.values = options?.values ?? {};
  }
}
