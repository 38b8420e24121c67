/**
 * What the parts of a frame’s way are called, in both languages: in verdicts, charts, figures and on
 * the page of one frame.
 */

/** The parts by their names in files, in the order in which a frame meets them. */
export const stagesEnglish = {
  wait: "wait before capture",
  capture: "capture",
  submit: "submit",
  encode: "encode",
  packetize: "packetize",
  queue: "queue",
  send: "send",
  gap: "other",
  network: "network",
  display: "display",
};

type StageWords = typeof stagesEnglish;

export const stagesGerman: StageWords = {
  wait: "Warten vor dem Erfassen",
  capture: "Erfassen",
  submit: "Übergeben",
  encode: "Kodieren",
  packetize: "Paketieren",
  queue: "Warteschlange",
  send: "Senden",
  gap: "Sonstiges",
  network: "Netzwerk",
  display: "Anzeige",
};

/** Names of the parts, in order. */
export const stageNames: readonly string[] = Object.keys(stagesEnglish);

/** A stage from a file may have any name: one without words keeps its own. */
export function stageText(words: StageWords, stage: string): string {
  return Object.entries(words).find(([name]) => name === stage)?.[1] ?? stage;
}
