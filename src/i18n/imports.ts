/** What the import of other tools' files says, in both languages. */
export const importsEnglish = {
  open: "Import a recording of another tool",
  title: "Import a recording",
  hint: "MangoHud (CSV), PresentMon 1.x and 2.x (CSV), CapFrameX (JSON) and WiVRn timings (CSV). You get a verdict as far as the file allows one.",
  file: "File",
  submit: "Import",
  sending: "Uploading…",
  done: (tool: string, frames: string) => `Imported from ${tool}: ${frames} frames.`,
  used: "Columns used",
  leftOut: "Columns ignored: they have no meaning here",
  none: "none",
  noFile: "Choose a file first.",
};

export const importsGerman: typeof importsEnglish = {
  open: "Aufzeichnung eines anderen Programms importieren",
  title: "Aufzeichnung importieren",
  hint: "MangoHud (CSV), PresentMon 1.x und 2.x (CSV), CapFrameX (JSON) und WiVRn-Zeiten (CSV). Du bekommst einen Befund, soweit die Datei ihn zulässt.",
  file: "Datei",
  submit: "Importieren",
  sending: "Wird hochgeladen…",
  done: (tool, frames) => `Aus ${tool} importiert: ${frames} Bilder.`,
  used: "Verwendete Spalten",
  leftOut: "Ignorierte Spalten: Sie haben hier keine Bedeutung",
  none: "keine",
  noFile: "Wähle zuerst eine Datei.",
};
