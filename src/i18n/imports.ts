/** What the import of other tools' files says, in both languages. */
import type { ImportRefusal } from "../model/recording-import.ts";

/** Why a file is not imported; the tool and how many frames it has where it was recognised. */
export type RefusalTexts = Readonly<
  Record<ImportRefusal, (tool: string, frames: string) => string>
>;

const refusalsEnglish: RefusalTexts = {
  empty: () => "This file is empty.",
  not_text: () => "This file cannot be imported: it is not UTF-8 text.",
  too_deep: () => "This file cannot be imported: its JSON is nested too deeply.",
  too_heavy: () => "This file cannot be imported: its JSON has too many values.",
  unknown: () =>
    "This file cannot be imported. Supported: MangoHud, PresentMon, CapFrameX and WiVRn timings.",
  too_few: (tool, frames) => `This ${tool} file has too few readable frames: ${frames}.`,
  sampled: (tool) =>
    `This ${tool} log has one line per interval, not per frame. Set log_interval=0 in ${tool} and record again.`,
  damaged: () => "This capture is incomplete or from another version.",
  too_slow: () => "This file cannot be imported: reading it takes too long.",
};

const refusalsGerman: RefusalTexts = {
  empty: () => "Diese Datei ist leer.",
  not_text: () => "Diese Datei lässt sich nicht importieren: Sie ist kein Text in UTF-8.",
  too_deep: () => "Diese Datei lässt sich nicht importieren: Ihr JSON ist zu tief verschachtelt.",
  too_heavy: () => "Diese Datei lässt sich nicht importieren: Ihr JSON hat zu viele Werte.",
  unknown: () =>
    "Diese Datei lässt sich nicht importieren. Möglich sind MangoHud, PresentMon, CapFrameX und WiVRn-Zeiten.",
  too_few: (tool, frames) =>
    `In dieser Datei von ${tool} sind zu wenige Bilder lesbar: nur ${frames}.`,
  sampled: (tool) =>
    `Diese Aufzeichnung von ${tool} hat eine Zeile je Intervall statt je Bild. Stellen Sie in ${tool} log_interval=0 ein und zeichnen Sie neu auf.`,
  damaged: () => "Diese Aufzeichnung ist unvollständig oder stammt aus einer anderen Version.",
  too_slow: () => "Diese Datei lässt sich nicht importieren: Sie zu lesen dauert zu lange.",
};
export const importsEnglish = {
  open: "Import a recording from another tool",
  title: "Import a recording",
  hint: "MangoHud (CSV), PresentMon 1.x and 2.x (CSV), CapFrameX (JSON, CSV) and WiVRn timings (CSV). The verdict covers what the file contains.",
  file: "File",
  submit: "Import",
  sending: "Uploading…",
  reading: "Reading…",
  done: (tool: string, frames: string) => `Imported from ${tool}: ${frames} frames.`,
  used: "Columns used",
  leftOut: "Columns ignored: they are not used here",
  none: "none",
  noFile: "Choose a file first.",
  refusals: refusalsEnglish,
};

export const importsGerman: typeof importsEnglish = {
  open: "Aufzeichnung eines anderen Programms importieren",
  title: "Aufzeichnung importieren",
  hint: "MangoHud (CSV), PresentMon 1.x und 2.x (CSV), CapFrameX (JSON, CSV) und WiVRn-Zeiten (CSV). Der Befund umfasst, was die Datei enthält.",
  file: "Datei",
  submit: "Importieren",
  sending: "Wird hochgeladen…",
  reading: "Wird gelesen…",
  done: (tool, frames) => `Aus ${tool} importiert: ${frames} Bilder.`,
  used: "Verwendete Spalten",
  leftOut: "Ignorierte Spalten: Sie werden hier nicht gebraucht",
  none: "keine",
  noFile: "Wähle zuerst eine Datei.",
  refusals: refusalsGerman,
};
