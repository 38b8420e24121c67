/**
 * Every warning that the host logs: its code, and its text in the log. A warning is also an event of
 * the timeline, so each language has a text for it (`src/i18n/warnings.ts`); one without does not compile.
 */
export const warnings = {
  capture_damaged: "damaged capture set aside",
  capture_full: "capture is full; the rest is not recorded",
  capture_left_in_place: "damaged capture left in place",
  capture_not_saved: "capture not saved; it is still in memory",
  capture_not_saved_at_stop: "capture not saved",
  capture_rows_not_saved: "rows of a capture not saved",
  capture_values_left_out: "invalid values of a capture left out",
  captures_not_readable: "captures not readable",
  desktop_asked: "waiting for your answer on the desktop",
  encode_stream_failed: "encode stream failed",
  encode_worker_left: "encode worker did not exit and is left behind",
  encoder_not_changed: "encoder not changed; the current one stays",
  encoder_reopened: "encoder restarted",
  encoders_not_probed: "encoders could not be probed",
  gamestream_input_dropped: "gamestream input is dropped",
  gamestream_needs_ipv4: "GameStream does not listen: it takes IPv4 only",
  gamestream_not_announced: "gamestream host not announced",
  gamestream_ports_taken:
    "GameStream does not listen: its ports are taken; choose others with --gamestream-port",
  gamestream_request_failed: "gamestream request failed",
  gamestream_session_not_begun: "gamestream session not started",
  gamestream_sound_ended: "gamestream sound ended",
  gamestream_sound_silent: "gamestream sound is silent",
  gamestream_sound_unresponsive: "gamestream sound is silent: its source does not answer",
  hardware_encoder_not_opened: "hardware encoder cannot be opened; using software",
  history_segment_not_removed: "segment of the history not removed",
  history_stopped: "history stopped; next attempt in a minute",
  journal_damaged: "damaged journal set aside",
  journal_not_recovered: "journal not recovered; it stays for the next start",
  journal_not_removed: "journal not removed",
  journal_not_written: "journal cannot be written; a crash now would lose the capture",
  lock_not_written: "process id not written to the lock",
  manual_journal_not_recovered: "journal of a manual recording not recovered",
  manual_recording_not_readable: "manual recording not readable; its file stays",
  manual_recording_not_saved: "manual recording not saved",
  native_connection_failed: "native connection failed",
  paired_player_not_readable: "paired player not readable",
  path_failed: "a path failed",
  player_refused: "player refused",
  preset_too_slow: "preset too slow for the mode",
  recorder_listener_failed: "recorder listener failed",
  relay_closed: "relay closed the connection",
  relay_lost: "relay lost",
  relay_not_connected: "relay not connected",
  replayed_call_failed: "replayed call failed unexpectedly",
  request_failed: "request failed unexpectedly",
  sample_refused: "malformed sample refused",
  session_list_not_written: "list of sessions not written",
  settings_damaged: "damaged settings set aside; the defaults apply",
  sign_ins_not_readable: "saved sign-ins not readable",
  sign_ins_not_saved: "sign-ins not saved",
  socket_options_not_applied: "socket options not applied",
  sound_worker_left: "sound worker did not exit and is left behind",
  stats_broadcast_refused: "stats broadcast refused",
  timeline_entries_left_out: "invalid entries of a timeline left out",
  timeline_listener_failed: "timeline listener failed",
  trouble_not_saved: "automatic capture not saved",
  thread_priority_dropped: "priority of stream threads dropped: they used up the processor",
  capture_note_not_understood: "note of a capture not understood",
  capture_note_not_readable: "note of a capture not readable",
  experiment_failed: "experiment failed",
  experiment_not_finished: "experiment not finished",
  experiment_not_restored: "setting of an experiment not restored",
  experiment_manifest_not_understood: "manifest of an experiment not understood",
  experiment_manifest_not_readable: "manifest of an experiment not readable",
} as const;

/** A code of the table above. No other compiles. */
export type WarningCode = keyof typeof warnings;

/** Whether a code from a file is one of ours. */
export function isWarningCode(code: string): code is WarningCode {
  return Object.hasOwn(warnings, code);
}
