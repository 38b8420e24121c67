/** What a person says of a capture: the words around it, in both languages. */

export const notesEnglish = {
  edit: "Name, labels, note",
  name: "Name",
  labels: "Labels",
  labelsHint: "separated by commas",
  note: "Note",
  baseline: "baseline",
  baselineHint: "Other captures can be compared with this one.",
  isBaseline: "Use as the baseline for comparisons",
  save: "Save",
};

export const notesGerman: typeof notesEnglish = {
  edit: "Name, Schlagwörter, Notiz",
  name: "Name",
  labels: "Schlagwörter",
  labelsHint: "durch Kommas getrennt",
  note: "Notiz",
  baseline: "Vergleichsbasis",
  baselineHint: "Mit dieser Aufzeichnung lassen sich andere vergleichen.",
  isBaseline: "Als Vergleichsbasis verwenden",
  save: "Speichern",
};
