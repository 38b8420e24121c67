/** The picture of lost time, the marks of a verdict in charts, its rhythm and what it lacks, in both languages. */
import type { RhythmCandidate } from "../model/verdict.ts";

export type BlameWords = {
  readonly part: string;
  readonly usual: string;
  readonly bad: string;
  readonly excess: string;
  readonly tail: string;
  readonly tailExcess: string;
  readonly frames: (count: string) => string;
  readonly tailFrom: (time: string, count: string) => string;
  readonly inTime: string;
  /** Behind the sentence of a rhythm. */
  readonly carriedBy: (cause: string, evidence: string) => string;
  readonly firstAt: (at: string) => string;
  readonly mayBe: (what: string) => string;
  readonly candidates: Readonly<Record<RhythmCandidate, string>>;
  /** Names of marks in the charts' legend. */
  readonly marks: string;
  readonly freeze: string;
  readonly rhythm: string;
  readonly unknown: string;
  /** What the verdict does not rest on, because it could not be read or was not written. */
  readonly unread: (ranges: string) => string;
  readonly rowsEnd: (at: string) => string;
};

export const blameEnglish: BlameWords = {
  part: "Part",
  usual: "typical frame",
  bad: "bad frames",
  excess: "share of lost time",
  tail: "slowest 1%",
  tailExcess: "their lost time",
  frames: (count) => `${count} frames`,
  tailFrom: (time, count) => `Slowest 1%, ${time} and longer (${count} frames)`,
  inTime: "slow, but in time",
  carriedBy: (cause, evidence) => `visible in: ${cause}${evidence === "" ? "" : ` (${evidence})`}`,
  firstAt: (at) => `first at ${at}`,
  mayBe: (what) => `may be ${what}`,
  candidates: {
    wireless_scan: "a Wi-Fi scan on this machine or the player",
    disk_job: "a disk-heavy job, such as a backup",
    timer: "a timer on this machine",
    collector: "onglass’s garbage collection",
    key_frames: "the key frame interval",
  },
  marks: "Verdict",
  freeze: "freeze",
  rhythm: "rhythm",
  unknown: "unexplained",
  unread: (ranges) => `Not judged, because it could not be read: ${ranges}`,
  rowsEnd: (at) => `Judged until ${at}: there were more frames than one file can hold`,
};

export const blameGerman: BlameWords = {
  part: "Teil",
  usual: "typisches Bild",
  bad: "schlechte Bilder",
  excess: "Anteil der verlorenen Zeit",
  tail: "langsamstes 1 %",
  tailExcess: "deren verlorene Zeit",
  frames: (count) => `${count} Bilder`,
  tailFrom: (time, count) => `Langsamstes 1 %, ${time} und länger (${count} Bilder)`,
  inTime: "langsam, aber rechtzeitig",
  carriedBy: (cause, evidence) => `sichtbar an: ${cause}${evidence === "" ? "" : ` (${evidence})`}`,
  firstAt: (at) => `zuerst bei ${at}`,
  mayBe: (what) => `vielleicht ${what}`,
  candidates: {
    wireless_scan: "eine WLAN-Suche dieses Rechners oder des Players",
    disk_job: "ein Programm, das den Datenträger stark belastet, etwa eine Datensicherung",
    timer: "ein Timer auf diesem Rechner",
    collector: "die Speicherbereinigung von onglass",
    key_frames: "der Abstand der Schlüsselbilder",
  },
  marks: "Befund",
  freeze: "Standbild",
  rhythm: "Rhythmus",
  unknown: "ungeklärt",
  unread: (ranges) => `Nicht beurteilt, weil es sich nicht lesen ließ: ${ranges}`,
  rowsEnd: (at) => `Beurteilt bis ${at}: Es waren mehr Bilder, als eine Datei fasst`,
};
