/** What a shared file and the page that offers it say, in both languages. */
import type { ReplacedKind } from "../model/share.ts";

/** Conditions that are no settings of the operator. */
type ConditionName =
  | "version"
  | "source"
  | "perf"
  | "preset_at_start"
  | "cpu_count"
  | "free_memory_bytes"
  | "load_average_1m";

export type ShareWords = {
  readonly button: string;
  readonly title: string;
  readonly intro: string;
  readonly nothing: string;
  readonly replaced: string;
  readonly by: string;
  readonly times: string;
  readonly hidden: string;
  readonly kinds: Readonly<Record<ReplacedKind, string>>;
  readonly leftOut: string;
  readonly saveHtml: string;
  readonly saveZip: string;
  readonly htmlHint: string;
  readonly zipHint: string;
  readonly check: string;
  /** In the file itself. */
  readonly from: (version: string, date: string) => string;
  readonly conditions: string;
  /** By the last part of their place in a checkpoint. */
  readonly conditionNames: Readonly<Record<ConditionName, string>>;
  readonly encoderOf: (codec: string) => string;
  readonly noEncoder: string;
  readonly more: string;
  readonly zoom: string;
};

export const shareEnglish: ShareWords = {
  button: "Share…",
  title: "Share this capture",
  intro:
    "One file that opens in any browser, offline and without onglass: verdict, zoomable charts, figures, events. Replaced in it:",
  nothing: "Nothing: no name, address, path or secret was found in it.",
  replaced: "Found",
  by: "Replaced by",
  times: "Count",
  hidden: "(secret, not shown)",
  kinds: {
    player: "player",
    host: "machine",
    user: "user",
    address: "address",
    path: "path",
    secret: "secret",
  },
  leftOut: "Left out: the bodies of API calls and their responses.",
  saveHtml: "Save as HTML",
  saveZip: "Save bug report bundle (.zip)",
  htmlHint: "for viewing",
  zipHint: "the same, plus rows, timeline, machine figures, settings and log for a bug report",
  check:
    "Read the file before you publish it: free text can identify someone in ways no rule detects.",
  from: (version, date) => `Shared from onglass ${version}, ${date}`,
  conditions: "Conditions",
  conditionNames: {
    version: "version of onglass",
    source: "source",
    perf: "performance log",
    preset_at_start: "encoder preset at start",
    cpu_count: "CPU cores",
    free_memory_bytes: "free memory",
    load_average_1m: "machine load (1 minute)",
  },
  encoderOf: (codec) => `Encoder for ${codec}`,
  noEncoder: "none",
  more: "Later events are in the bundle.",
  zoom: "Drag to zoom.",
};

export const shareGerman: ShareWords = {
  button: "Teilen…",
  title: "Diese Aufzeichnung teilen",
  intro:
    "Eine Datei, die sich in jedem Browser öffnen lässt, offline und ohne onglass: Befund, zoombare Diagramme, Zahlen, Ereignisse. Darin wird ersetzt:",
  nothing: "Nichts: Darin wurde kein Name, keine Adresse, kein Pfad und kein Geheimnis gefunden.",
  replaced: "Gefunden",
  by: "Ersetzt durch",
  times: "Anzahl",
  hidden: "(Geheimnis, wird nicht gezeigt)",
  kinds: {
    player: "Player",
    host: "Rechner",
    user: "Benutzer",
    address: "Adresse",
    path: "Pfad",
    secret: "Geheimnis",
  },
  leftOut: "Weggelassen: die Inhalte von API-Aufrufen und ihren Antworten.",
  saveHtml: "Als HTML speichern",
  saveZip: "Paket für Fehlerberichte speichern (.zip)",
  htmlHint: "zum Ansehen",
  zipHint:
    "dasselbe, dazu Zeilen, Zeitleiste, Rechnerzahlen, Einstellungen und Log für einen Fehlerbericht",
  check:
    "Lies die Datei, bevor du sie veröffentlichst: Freitext kann jemanden erkennbar machen, ohne dass eine Regel es bemerkt.",
  from: (version, date) => `Geteilt mit onglass ${version}, ${date}`,
  conditions: "Bedingungen",
  conditionNames: {
    version: "Version von onglass",
    source: "Quelle",
    perf: "Leistungslog",
    preset_at_start: "Encoder-Preset beim Start",
    cpu_count: "CPU-Kerne",
    free_memory_bytes: "freier Arbeitsspeicher",
    load_average_1m: "Last des Rechners (1 Minute)",
  },
  encoderOf: (codec) => `Encoder für ${codec}`,
  noEncoder: "keiner",
  more: "Spätere Ereignisse sind im Paket.",
  zoom: "Zum Zoomen ziehen.",
};
