/**
 * Why a session or a stream is over. The API, the log and files carry the English text in addition
 * to the code; the console writes its own in the reader's language.
 */
import { cannotText } from "../base/error-text.ts";
import type { Coded, CodedTexts, CodeTable, ValuesArgument } from "./coded.ts";

export const endings = {
  operator_stopped: {},
  host_stopping: {},
  host_not_started: {},
  /** Nobody has watched a browser stream for this long. */
  unwatched: { seconds: "count" },
  /** The player disconnected and may come back: GameStream keeps its app for a resume. */
  player_left: {},
  /** The player reported that it has finished. */
  player_ended: {},
  /** The player closed the app it had launched. */
  player_quit: {},
  /** Another player closed its app or launched in its place, if the operator allows it. */
  player_replaced: { client: "text" },
  player_removed: {},
  player_silent: { seconds: "count" },
  player_not_connected: { seconds: "count" },
  player_relaunched: {},
  player_restarted: {},
  player_reconnected: {},
  connection_closed: {},
  /** The player sent an invalid message. */
  message_malformed: {},
  /** The player sent a message that is not allowed now; `message` is its name in the protocol. */
  message_unexpected: { message: "text" },
  session_not_requested: { seconds: "count" },
  /** The encode stream was closed on purpose. */
  stream_closed: {},
  /** The encoder or its source could not be opened; `failure` is a failure's code. */
  stream_not_opened: { failure: "text", detail: "text" },
  /** The encoder or its source failed; `detail` is in the system's own words. */
  stream_failed: { source: "text", failure: "text", detail: "text" },
  /** The source could not be opened; `detail` is a whole sentence. */
  source_unavailable: { source: "text", detail: "text" },
  /** The person at the desktop refused. */
  source_refused: { source: "text" },
  source_unresponsive: { source: "text", seconds: "count" },
  encoder_unresponsive: { source: "text", seconds: "count" },
  worker_unresponsive: { source: "text", seconds: "count" },
  worker_exited: { source: "text" },
  path_failed: { path: "text", detail: "text" },
  path_unresponsive: { path: "text", seconds: "count" },
  path_worker_exited: { path: "text" },
} as const satisfies CodeTable;

/** A code of the table above. No other compiles. */
export type EndingCode = keyof typeof endings;
/** Why something is over, with the values of its text. */
export type Ending = Coded<typeof endings>;

/** A code that has values takes them as its second argument. */
export function ending<Code extends EndingCode>(
  code: Code,
  ...[values]: ValuesArgument<(typeof endings)[Code]>
): Ending {
  // The argument matches the row of this code.
  return { code, values: values ?? {} } as Ending;
}

export const endingsEnglish: CodedTexts<typeof endings> = {
  operator_stopped: () => "stopped by the operator",
  host_stopping: () => "the host is stopping",
  host_not_started: () => "the host could not start",
  unwatched: ({ seconds }, number) => `no viewer for ${number(seconds)} s`,
  player_left: () => "the player left",
  player_ended: () => "stopped by the player",
  player_quit: () => "the player quit",
  player_replaced: ({ client }) => `another player took over: ${client}`,
  player_removed: () => "the player was removed",
  player_silent: ({ seconds }, number) => `the player was silent for ${number(seconds)} s`,
  player_not_connected: ({ seconds }, number) =>
    `the player did not connect within ${number(seconds)} s`,
  player_relaunched: () => "the player relaunched the app",
  player_restarted: () => "the player restarted the stream",
  player_reconnected: () => "the player reconnected",
  connection_closed: () => "the player closed the connection",
  message_malformed: () => "the player sent a malformed message",
  message_unexpected: ({ message }) => `the player sent "${message}" out of turn`,
  session_not_requested: ({ seconds }, number) =>
    `the player did not request a session within ${number(seconds)} s`,
  stream_closed: () => "the stream was closed",
  stream_not_opened: ({ detail }) => detail,
  stream_failed: ({ source, detail }) => cannotText(`stream "${source}"`, detail),
  source_unavailable: ({ detail }) => detail,
  source_refused: ({ source }) => `Cannot open "${source}": access was denied on the desktop`,
  source_unresponsive: ({ source, seconds }, number) =>
    `Cannot stream "${source}": the source did not answer within ${number(seconds)} s`,
  encoder_unresponsive: ({ source, seconds }, number) =>
    `Cannot stream "${source}": the encoder did not answer within ${number(seconds)} s`,
  worker_unresponsive: ({ source, seconds }, number) =>
    `Cannot stream "${source}": its worker did not answer within ${number(seconds)} s`,
  worker_exited: ({ source }) => `Cannot stream "${source}": its worker exited unexpectedly`,
  path_failed: ({ detail }) => detail,
  path_unresponsive: ({ seconds }, number) =>
    `its worker did not answer within ${number(seconds)} s`,
  path_worker_exited: () => "its worker exited unexpectedly",
};
