/** What the import of other tools' files says, in both languages. */
export const importsEnglish = {
  open: "Import a recording of another tool",
  title: "Import a recording",
  hint: "MangoHud (CSV), PresentMon 1.x and 2.x (CSV), CapFrameX (JSON) and WiVRn timings (CSV). The verdict then says what it can about frames.",
  file: "File",
  submit: "Import",
  sending: "Uploading…",
  done: (tool: string, frames: string) => `Imported from ${tool}: ${frames} frames.`,
  used: "Columns that were used",
  leftOut: "Columns that were left out, because they mean nothing here",
  none: "none",
  noFile: "Choose a file first.",
};

export const importsGerman: typeof importsEnglish = {
  open: "Aufzeichnung eines anderen Programms importieren",
  title: "Aufzeichnung importieren",
  hint: "MangoHud (CSV), PresentMon 1.x und 2.x (CSV), CapFrameX (JSON) und WiVRn-Zeiten (CSV). Der Befund sagt dann, was sich über die Bilder sagen lässt.",
  file: "Datei",
  submit: "Importieren",
  sending: "Wird hochgeladen…",
  done: (tool, frames) => `Aus ${tool} importiert: ${frames} Bilder.`,
  used: "Verwendete Spalten",
  leftOut: "Weggelassene Spalten, die hier nichts bedeuten",
  none: "keine",
  noFile: "Wähle zuerst eine Datei.",
};
