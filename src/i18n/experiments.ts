/** The page of experiments, in both languages. */
import type { AbortCode, ExperimentField, ExperimentState } from "../model/experiment.ts";

export type ExperimentWords = {
  readonly title: string;
  readonly intro: string;
  readonly setting: string;
  readonly values: string;
  readonly valuesHint: string;
  readonly seconds: string;
  readonly block: string;
  readonly start: string;
  readonly abort: string;
  readonly none: string;
  readonly needsPlayer: string;
  readonly link: string;
  readonly when: string;
  readonly state: string;
  readonly result: string;
  readonly progress: (done: string, all: string) => string;
  readonly order: (order: string) => string;
  readonly leftOut: (count: string) => string;
  readonly notRestored: string;
  readonly capture: string;
  readonly pair: (a: string, b: string) => string;
  readonly refused: string;
  readonly standard: string;
  readonly states: Readonly<Record<ExperimentState, string>>;
  readonly aborted: Readonly<Record<AbortCode, string>>;
  readonly settings: Readonly<Record<ExperimentField, string>>;
};

export const experimentsEnglish: ExperimentWords = {
  title: "Experiments",
  intro:
    "Tries out a setting on the running streams: its values alternate in a balanced order, then the setting is restored and the frames are compared.",
  setting: "Setting",
  values: "Values",
  valuesHint: "two to four, separated by commas",
  seconds: "Seconds per value",
  block: "Seconds per run",
  start: "Start experiment",
  abort: "Abort",
  none: "No experiments yet.",
  needsPlayer: "Someone must be playing while an experiment runs.",
  link: "Experiments",
  when: "Time",
  state: "State",
  result: "Result",
  progress: (done, all) => `${done} of ${all} runs`,
  order: (order) => `Order: ${order}`,
  leftOut: (count) => `${count} runs excluded because other programs were using the machine.`,
  notRestored: "The setting could not be restored.",
  capture: "Capture of the whole experiment",
  pair: (a, b) => `A = ${a}, B = ${b}`,
  refused: "Not started",
  standard: "default",
  states: {
    armed: "starting",
    running: "running",
    draining: "evaluating",
    done: "done",
    aborted: "aborted",
  },
  aborted: {
    asked: "stopped by the operator",
    settings_changed: "the settings were changed",
    session_started: "a session started",
    session_ended: "a session ended",
    change_refused: "the setting could not be changed",
    nothing_measured: "no frames were measured",
    host_stopped: "the host was stopped",
    host_ended: "the host ended unexpectedly",
  },
  settings: {
    encoder_preset: "Encoder preset",
    bitrate_kbps: "Bitrate, kbit/s",
    fps_cap: "Maximum frame rate",
    parity_percent_min: "Error correction, minimum %",
    parity_percent_max: "Error correction, maximum %",
    pacing_share: "Packets spread over (share of frame time)",
  },
};

export const experimentsGerman: ExperimentWords = {
  title: "Experimente",
  intro:
    "Probiert eine Einstellung an den laufenden Streams aus: Die Werte wechseln sich in ausgewogener Reihenfolge ab, dann wird die bisherige Einstellung wiederhergestellt, und die Bilder werden verglichen.",
  setting: "Einstellung",
  values: "Werte",
  valuesHint: "zwei bis vier, durch Kommas getrennt",
  seconds: "Sekunden je Wert",
  block: "Sekunden je Durchgang",
  start: "Experiment starten",
  abort: "Abbrechen",
  none: "Noch keine Experimente.",
  needsPlayer: "Während eines Experiments muss jemand spielen.",
  link: "Experimente",
  when: "Zeit",
  state: "Status",
  result: "Ergebnis",
  progress: (done, all) => `${done} von ${all} Durchgängen`,
  order: (order) => `Reihenfolge: ${order}`,
  leftOut: (count) =>
    `${count} Durchgänge nicht gewertet, weil andere Programme den Rechner belegten.`,
  notRestored: "Die bisherige Einstellung konnte nicht wiederhergestellt werden.",
  capture: "Aufzeichnung des ganzen Experiments",
  pair: (a, b) => `A = ${a}, B = ${b}`,
  refused: "Nicht gestartet",
  standard: "Standard",
  states: {
    armed: "startet",
    running: "läuft",
    draining: "wird ausgewertet",
    done: "fertig",
    aborted: "abgebrochen",
  },
  aborted: {
    asked: "vom Betreiber beendet",
    settings_changed: "die Einstellungen wurden geändert",
    session_started: "eine Sitzung begann",
    session_ended: "eine Sitzung endete",
    change_refused: "die Einstellung ließ sich nicht ändern",
    nothing_measured: "es wurden keine Bilder gemessen",
    host_stopped: "der Host wurde beendet",
    host_ended: "der Host endete unerwartet",
  },
  settings: {
    encoder_preset: "Encoder-Preset",
    bitrate_kbps: "Bitrate, kbit/s",
    fps_cap: "Höchste Bildrate",
    parity_percent_min: "Fehlerkorrektur, mindestens %",
    parity_percent_max: "Fehlerkorrektur, höchstens %",
    pacing_share: "Pakete verteilen über (Anteil der Bilddauer)",
  },
};
