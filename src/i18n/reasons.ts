/**
 * The reasons that events, endings and replays carry, in every language; the English ones are the model's own.
 * Apart from the catalogues, since they take values by name.
 */
import { isFailureCode, valueNamesOf } from "../base/failure-codes.ts";
import { changesText, type ReasonTexts, reasonsEnglish } from "../model/reason.ts";
import { type ReplayReasonTexts, replayReasonsEnglish } from "../model/replay.ts";
import { failureTexts } from "./failures.ts";
import type { Language } from "./language.ts";

/** In words where the failure's text needs no value, else its code. */
function failureWords(code: string): string {
  if (!isFailureCode(code) || valueNamesOf(code).length > 0) return code;
  // Without values, any text of the table takes none.
  const text = failureTexts.de[code] as (values: object) => string;
  return text({}).replace(/\.$/, "");
}

const reasonsGerman: ReasonTexts = {
  operator_stopped: () => "vom Betreiber beendet",
  host_stopping: () => "der Host wird beendet",
  host_not_started: () => "der Host konnte nicht starten",
  unwatched: ({ seconds }, number) => `${number(seconds)} s lang kein Zuschauer`,
  player_left: () => "der Player hat die Verbindung getrennt",
  player_ended: () => "vom Player beendet",
  player_quit: () => "der Player hat die App beendet",
  player_removed: () => "der Player wurde entfernt",
  player_silent: ({ seconds }, number) => `vom Player kam ${number(seconds)} s lang nichts`,
  player_not_connected: ({ seconds }, number) =>
    `der Player hat sich nicht binnen ${number(seconds)} s verbunden`,
  player_replaced: ({ client }) => `ein anderer Player hat übernommen: ${client}`,
  player_relaunched: () => "der Player hat die App neu gestartet",
  player_restarted: () => "der Player hat den Stream neu gestartet",
  player_reconnected: () => "der Player hat sich neu verbunden",
  connection_closed: () => "der Player hat die Verbindung geschlossen",
  message_malformed: () => "der Player hat eine fehlerhafte Nachricht gesendet",
  message_unexpected: ({ message }) => `der Player hat „${message}“ zur falschen Zeit gesendet`,
  session_not_requested: ({ seconds }, number) =>
    `der Player hat binnen ${number(seconds)} s keine Sitzung angefordert`,
  stream_closed: () => "der Stream wurde geschlossen",
  stream_not_opened: ({ failure }) => `der Stream konnte nicht starten (${failureWords(failure)})`,
  stream_failed: ({ source, failure }) =>
    `der Stream von „${source}“ ist abgebrochen (${failureWords(failure)})`,
  source_refused: ({ source }) => `die Freigabe von „${source}“ wurde am Desktop abgelehnt`,
  source_unavailable: ({ source }) => `die Quelle „${source}“ lässt sich nicht öffnen`,
  source_unresponsive: ({ source, seconds }, number) =>
    `die Quelle „${source}“ hat ${number(seconds)} s lang nicht geantwortet`,
  encoder_unresponsive: ({ source, seconds }, number) =>
    `der Encoder für „${source}“ hat ${number(seconds)} s lang nicht geantwortet`,
  worker_unresponsive: ({ source, seconds }, number) =>
    `der Thread für „${source}“ hat ${number(seconds)} s lang nicht geantwortet`,
  worker_exited: ({ source }) => `der Thread für „${source}“ hat sich unerwartet beendet`,
  path_failed: ({ path }) => `der Pfad ${path} ist ausgefallen`,
  path_unresponsive: ({ path, seconds }, number) =>
    `der Pfad ${path} hat ${number(seconds)} s lang nicht geantwortet`,
  path_worker_exited: ({ path }) => `der Pfad ${path} hat sich unerwartet beendet`,
  encoder_failed: ({ detail }) => `er war ausgefallen: ${detail}`,
  output_gone: () => "ihr Bildschirmausgang ist nicht mehr da",
  screen_off: () => "der Bildschirm ist ausgeschaltet",
  desktop_gone: () => "der Desktop wurde beendet",
  picture_lowered: ({ from, to, kbps }, number) =>
    `${from} → ${to}, weil ${number(kbps)} kbit/s für mehr nicht reichen`,
  picture_raised: ({ from, to, kbps }, number) =>
    `${from} → ${to}, wofür ${number(kbps)} kbit/s reichen`,
  picture_asked: ({ from, to }) => `${from} → ${to}, wie angefordert`,
  encoder_changed: (values, number) => {
    const { from_fps, to_fps, from_kbps, to_kbps } = values;
    const preset = (name: string) => (name === "" ? "Standard" : name);
    return changesText([
      [values.from_mode, values.to_mode, (from, to) => `${from} → ${to}`],
      [
        preset(values.from_preset),
        preset(values.to_preset),
        (from, to) => `Preset ${from} → ${to}`,
      ],
      [number(from_fps), number(to_fps), (from, to) => `${from} → ${to} Bilder pro Sekunde`],
      [number(from_kbps / 1000), number(to_kbps / 1000), (from, to) => `${from} → ${to} Mbit/s`],
    ]);
  },
  frames_lost: ({ frames }, number) =>
    frames === 1 ? "1 Bild ging verloren" : `${number(frames)} Bilder gingen verloren`,
  picture_froze: ({ times }, number) =>
    times === 1 ? "Bild stand einmal still" : `Bild stand ${number(times)}-mal still`,
  sound_ran_out: ({ times }, number) =>
    times === 1 ? "Ton setzte einmal aus" : `Ton setzte ${number(times)}-mal aus`,
  decoding_failed: ({ times }, number) =>
    times === 1 ? "Decoder gab einmal auf" : `Decoder gab ${number(times)}-mal auf`,
};

export const reasonTexts: Readonly<Record<Language, ReasonTexts>> = {
  en: reasonsEnglish,
  de: reasonsGerman,
};

const shapeWords: Readonly<Record<string, string>> = {
  nothing: "nichts",
  anything: "irgendetwas",
  text: "reiner Text",
  string: "Zeichenkette",
  number: "Zahl",
  boolean: "Wahrheitswert",
  list: "Liste",
  object: "Objekt",
};
const shapeWord = (shape: string) =>
  Object.hasOwn(shapeWords, shape) ? (shapeWords[shape] ?? shape) : shape;

const replayReasonsGerman: ReplayReasonTexts = {
  not_repeatable: () => "dieser Aufruf lässt sich nicht wiederholen",
  body_redacted: () => "sein Inhalt wurde geschwärzt",
  operator_stopped: () => "vom Betreiber beendet",
  status_differs: ({ expected, found }) => `Status: erwartet ${expected}, erhalten ${found}`,
  answer_differs: ({ path, expected, found }) =>
    `Antwort${path}: erwartet ${shapeWord(expected)}, erhalten ${shapeWord(found)}`,
  call_failed: () => "der Aufruf ist fehlgeschlagen",
};

export const replayReasonTexts: Readonly<Record<Language, ReplayReasonTexts>> = {
  en: replayReasonsEnglish,
  de: replayReasonsGerman,
};
