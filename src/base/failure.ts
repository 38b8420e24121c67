/**
 * An error that somebody branches on: its `code` is part of the outside contract (the API answers
 * it in the envelope, the command line prints it). The message is for the person: what we were
 * doing, then what was in the way.
 */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
