/** The refusals of what is not there, in one wording for every way to ask. */
import { Failure } from "../base/failure.ts";

export function notFound(what: string): Failure {
  return new Failure("not_found", what);
}

export function noRecording(id: string): Failure {
  return notFound(`Cannot find recording "${id.slice(0, 128)}": nothing is saved under this id`);
}
