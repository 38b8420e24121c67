/** What the import of other tools' files says, in both languages. */
import type { ImportRefusal } from "../model/recording-import.ts";

/** Why a file is not imported; the tool and how many frames it has where it was recognised. */
export type RefusalTexts = Readonly<
  Record<ImportRefusal, (tool: string, frames: string) => string>
>;

const refusalsEnglish: RefusalTexts = {
  empty: () => "This file is empty.",
  not_text: () => "This file cannot be imported: it is not a text in UTF-8.",
  too_deep: () => "This file cannot be imported: its JSON is nested too deeply.",
  unknown: () =>
    "This file cannot be imported. MangoHud, PresentMon, CapFrameX and WiVRn timings can.",
  too_few: (tool, frames) =>
    `This file of ${tool} has too few frames that can be read: ${frames} frames.`,
  damaged: () => "This capture is incomplete, or from another version.",
  too_slow: () => "This file cannot be imported: reading it takes too long.",
};

const refusalsGerman: RefusalTexts = {
  empty: () => "Diese Datei ist leer.",
  not_text: () => "Diese Datei lässt sich nicht importieren: Sie ist kein Text in UTF-8.",
  too_deep: () => "Diese Datei lässt sich nicht importieren: Ihr JSON ist zu tief verschachtelt.",
  unknown: () =>
    "Diese Datei lässt sich nicht importieren. MangoHud, PresentMon, CapFrameX und WiVRn-Zeiten gehen.",
  too_few: (tool, frames) =>
    `In dieser Datei von ${tool} sind zu wenige Bilder lesbar: ${frames} Bilder.`,
  damaged: () => "Diese Aufzeichnung ist unvollständig oder stammt aus einer anderen Version.",
  too_slow: () => "Diese Datei lässt sich nicht importieren: Sie zu lesen dauert zu lange.",
};
export const importsEnglish = {
  open: "Import a recording from another tool",
  title: "Import a recording",
  hint: "MangoHud (CSV), PresentMon 1.x and 2.x (CSV), CapFrameX (JSON) and WiVRn timings (CSV). You get a verdict as far as the file allows one.",
  file: "File",
  submit: "Import",
  sending: "Uploading…",
  reading: "Reading…",
  done: (tool: string, frames: string) => `Imported from ${tool}: ${frames} frames.`,
  used: "Columns used",
  leftOut: "Columns ignored: they have no meaning here",
  none: "none",
  noFile: "Choose a file first.",
  refusals: refusalsEnglish,
};

export const importsGerman: typeof importsEnglish = {
  open: "Aufzeichnung eines anderen Programms importieren",
  title: "Aufzeichnung importieren",
  hint: "MangoHud (CSV), PresentMon 1.x und 2.x (CSV), CapFrameX (JSON) und WiVRn-Zeiten (CSV). Du bekommst einen Befund, soweit die Datei ihn zulässt.",
  file: "Datei",
  submit: "Importieren",
  sending: "Wird hochgeladen…",
  reading: "Wird gelesen…",
  done: (tool, frames) => `Aus ${tool} importiert: ${frames} Bilder.`,
  used: "Verwendete Spalten",
  leftOut: "Ignorierte Spalten: Sie haben hier keine Bedeutung",
  none: "keine",
  noFile: "Wähle zuerst eine Datei.",
  refusals: refusalsGerman,
};
