/** The refusals for missing things, in one wording for every caller. */
import { Failure } from "../base/failure.ts";

/** The refusal of an address or a thing that does not exist. */
export function notFound(what: string): Failure {
  return new Failure("not_found", what);
}

/** The refusal of the id of a capture that does not exist. */
export function noRecording(id: string): Failure {
  return notFound(`Cannot find recording "${id.slice(0, 128)}": nothing is saved under this id`);
}
