/** What a shared file and the page that offers it say, in both languages. */
import type { ReplacedKind } from "../model/share.ts";

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
  readonly more: string;
  readonly zoom: string;
};

export const shareEnglish: ShareWords = {
  button: "Share…",
  title: "Share this capture",
  intro:
    "One file that opens in any browser, offline, without onglass: verdict, charts that zoom, figures, events. This is replaced in it:",
  nothing: "No name, address, path or secret was found in it.",
  replaced: "Found",
  by: "Replaced by",
  times: "Times",
  hidden: "(secret, not shown)",
  kinds: {
    player: "player",
    host: "machine",
    user: "user",
    address: "address",
    path: "path",
    secret: "secret",
  },
  leftOut: "Left out: what was sent with calls of the API, and their answers.",
  saveHtml: "Save as HTML",
  saveZip: "Save bug report bundle (.zip)",
  htmlHint: "to look at",
  zipHint: "the same, with rows, timeline, machine figures, settings and log for a bug report",
  check:
    "Look through the file before you publish it: a text can name somebody in words that nobody expects.",
  from: (version, date) => `Shared from onglass ${version}, ${date}`,
  conditions: "Conditions",
  more: "Later events are in the bundle.",
  zoom: "Drag to zoom.",
};

export const shareGerman: ShareWords = {
  button: "Teilen…",
  title: "Diese Aufzeichnung teilen",
  intro:
    "Eine Datei, die in jedem Browser aufgeht, ohne Netz und ohne onglass: Befund, Diagramme zum Zoomen, Zahlen, Ereignisse. Darin wird ersetzt:",
  nothing: "Darin steht kein Name, keine Adresse, kein Pfad und kein Geheimnis.",
  replaced: "Gefunden",
  by: "Ersetzt durch",
  times: "Wie oft",
  hidden: "(Geheimnis, wird nicht gezeigt)",
  kinds: {
    player: "Player",
    host: "Rechner",
    user: "Benutzer",
    address: "Adresse",
    path: "Pfad",
    secret: "Geheimnis",
  },
  leftOut: "Weggelassen wird, was mit API-Aufrufen gesendet und geantwortet wurde.",
  saveHtml: "Als HTML speichern",
  saveZip: "Paket für Fehlerberichte speichern (.zip)",
  htmlHint: "zum Ansehen",
  zipHint:
    "dasselbe mit Zeilen, Zeitleiste, Rechnerzahlen, Einstellungen und Protokoll für einen Fehlerbericht",
  check:
    "Sieh die Datei durch, bevor du sie veröffentlichst: Ein Text kann jemanden so nennen, wie es niemand erwartet.",
  from: (version, date) => `Geteilt mit onglass ${version}, ${date}`,
  conditions: "Bedingungen",
  more: "Spätere Ereignisse sind im Paket.",
  zoom: "Zum Zoomen ziehen.",
};
