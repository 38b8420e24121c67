/**
 * Every code of an error that callers branch on: part of the public contract. A code is added here,
 * with a text in each language (`src/i18n/failures.ts`); a missing one does not compile.
 */
type Row = {
  /** Who receives it: callers of the API, a player, or the person who runs a command. */
  readonly scope: "api" | "player" | "command";
  /** HTTP status; absent for codes that the API never answers. */
  readonly status?: number;
  /** Values for the texts in other languages. */
  readonly values?: readonly string[];
};

export const failures = {
  malformed: { scope: "api", status: 400 },
  unauthorized: { scope: "api", status: 401 },
  read_only: { scope: "api", status: 403 },
  cross_origin: { scope: "api", status: 403 },
  not_found: { scope: "api", status: 404 },
  nothing_kept: { scope: "api", status: 404 },
  no_frames: { scope: "api", status: 404 },
  method_not_allowed: { scope: "api", status: 405 },
  name_taken: { scope: "api", status: 409, values: ["name"] },
  too_many_tokens: { scope: "api", status: 409, values: ["most"] },
  archive_off: { scope: "api", status: 409 },
  experiment_running: { scope: "api", status: 409 },
  history_off: { scope: "api", status: 409 },
  import_running: { scope: "api", status: 409 },
  nobody_plays: { scope: "api", status: 409 },
  already_recording: { scope: "api", status: 409 },
  gamestream_off: { scope: "api", status: 409 },
  not_recording: { scope: "api", status: 409 },
  not_stepping: { scope: "api", status: 409 },
  replay_running: { scope: "api", status: 409 },
  length_required: { scope: "api", status: 411 },
  too_large: { scope: "api", status: 413 },
  uri_too_long: { scope: "api", status: 414 },
  unsupported_media_type: { scope: "api", status: 415 },
  range_not_satisfiable: { scope: "api", status: 416 },
  /** Also for a player whose pairing code names another host. */
  wrong_host: { scope: "api", status: 421, values: ["host"] },
  import_refused: { scope: "api", status: 422 },
  recording_refused: { scope: "api", status: 422 },
  invalid_bitrate: { scope: "api", status: 422, values: ["least", "most"] },
  invalid_mode: { scope: "api", status: 422, values: ["sizes", "rates"] },
  invalid_pin: { scope: "api", status: 422 },
  invalid_preset: { scope: "api", status: 422, values: ["preset"] },
  mode_too_large: { scope: "api", status: 422, values: ["mode", "encoder", "largest"] },
  out_of_range: { scope: "api", status: 422 },
  too_many: { scope: "api", status: 429, values: ["most"] },
  capture_damaged: { scope: "api", status: 500, values: ["id"] },
  frames_damaged: { scope: "api", status: 500, values: ["id"] },
  internal: { scope: "api", status: 500 },
  timeline_damaged: { scope: "api", status: 500, values: ["id"] },
  archive_failed: { scope: "api", status: 502, values: ["problem"] },
  storage_unreadable: { scope: "api", status: 503 },
  stream_failed: { scope: "api", status: 503 },
  too_busy: { scope: "api", status: 503 },
  too_many_listeners: { scope: "api", status: 503 },
  capture_held: { scope: "api", status: 507, values: ["disk"] },
  capture_not_saved: { scope: "api", status: 507, values: ["disk"] },
  recording_not_saved: { scope: "api", status: 507, values: ["disk"] },
  recording_not_deleted: { scope: "api", status: 507, values: ["disk"] },
  settings_not_saved: { scope: "api", status: 507, values: ["disk"] },
  links_not_saved: { scope: "api", status: 507, values: ["disk"] },
  tokens_not_saved: { scope: "api", status: 507, values: ["disk"] },
  native_failed: { scope: "api", status: 503 },
  gamestream_failed: { scope: "api", status: 503 },

  host_stopping: { scope: "player" },
  no_certificate: { scope: "player" },
  not_paired: { scope: "player" },
  pairing_refused: { scope: "player" },
  too_many_sessions: { scope: "player" },
  version_unsupported: { scope: "player" },

  addon_cache: { scope: "command" },
  archive_keys: { scope: "command" },
  console_address: { scope: "command" },
  data_dir: { scope: "command" },
  data_dir_locked: { scope: "command" },
  ffmpeg: { scope: "command" },
  hosts_file: { scope: "command" },
  host_changed: { scope: "command" },
  host_refused: { scope: "command" },
  host_unreachable: { scope: "command" },
  identity_damaged: { scope: "command" },
  invalid_port: { scope: "command" },
  known_host_damaged: { scope: "command" },
  no_decoder: { scope: "command" },
  no_display: { scope: "command" },
  no_encoder: { scope: "command" },
  no_picture: { scope: "command" },
  no_sound: { scope: "command" },
  no_token: { scope: "command" },
  of_another_layer: { scope: "command" },
  output_failed: { scope: "command" },
  pairing_failed: { scope: "command" },
  port_taken: { scope: "command" },
  source_lost: { scope: "command" },
  source_refused: { scope: "command" },
  source_unavailable: { scope: "command" },
  tls_files: { scope: "command" },
  token_damaged: { scope: "command" },
  token_refused: { scope: "command" },
  unknown_source: { scope: "command" },
  usage: { scope: "command" },
} as const satisfies Readonly<Record<string, Row>>;

/** A code of the table above. No other compiles. */
export type FailureCode = keyof typeof failures;

/** The names of the values that a code carries. */
export type FailureValueName<Code extends FailureCode> = (typeof failures)[Code] extends {
  readonly values: readonly (infer Name extends string)[];
}
  ? Name
  : never;

/** Whether a foreign code is one of ours. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(failures, code);
}

/** The HTTP status of a code; `undefined` for one that the API never answers. */
export function statusOf(code: FailureCode): number | undefined {
  const row: Row = failures[code];
  return row.status;
}

/** The names of the values in a code's texts. */
export function valueNamesOf(code: FailureCode): readonly string[] {
  const row: Row = failures[code];
  return row.values ?? [];
}
