/**
 * What a comparison of two runs says, in both languages. Sizes come written as the reader writes
 * them, with their units.
 */
import type { RunDifferenceCode, RunEnd } from "../model/run-comparison.ts";

/** A size and the interval around it, all written. */
type Sized = (size: string, from: string, to: string) => string;

export type RunWords = {
  readonly title: string;
  /** B's frames take longer or less long. */
  readonly longer: Sized;
  readonly shorter: Sized;
  readonly all: (part: string) => string;
  readonly most: (share: string, part: string) => string;
  readonly spread: string;
  readonly alike: string;
  readonly others: (names: string) => string;
  readonly none: string;
  readonly tooLittle: (a: string, b: string) => string;
  readonly notComparable: (reasons: string) => string;
  readonly differs: (reasons: string) => string;
  readonly reasons: Readonly<Record<RunDifferenceCode, (a: string, b: string) => string>>;
  readonly figure: string;
  readonly change: string;
  readonly higher: Sized;
  readonly lower: Sized;
  readonly noDifference: string;
  readonly negligible: string;
  readonly tooFew: string;
  /** Figures of rows that are not the time of a part. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly whole: Readonly<Record<RunEnd, string>>;
  readonly usual: (name: string) => string;
  readonly tail: (name: string) => string;
  readonly basis: (a: string, b: string) => string;
  readonly ofSamples: string;
  readonly distribution: string;
  readonly clicks: string;
  readonly distributionHint: (from: string, to: string) => string;
  readonly blame: string;
  readonly blameNone: string;
  readonly force: string;
  readonly withBaseline: string;
  readonly noBaseline: string;
};

export const runsEnglish: RunWords = {
  title: "What differs",
  longer: (size, from, to) => `B’s frames take ${size} longer (${from} to ${to})`,
  shorter: (size, from, to) => `B’s frames take ${size} less (${from} to ${to})`,
  all: (part) => `all of it in ${part}`,
  most: (share, part) => `${share} of it in ${part}`,
  spread: "spread over several parts",
  alike: "No detectable difference in how long frames take",
  others: (names) => `different: ${names}`,
  none: "No detectable difference",
  tooLittle: (a, b) =>
    `Not enough data: A has ${a} and B has ${b} blocks of five seconds; about 30 s of each are needed`,
  notComparable: (reasons) => `Not comparable: ${reasons}`,
  differs: (reasons) => `Also different: ${reasons}.`,
  reasons: {
    nothing_a: () => "nothing was measured in A",
    nothing_b: () => "nothing was measured in B",
    kind: (a, b) => `protocol ${a} and ${b}`,
    mode: (a, b) => `resolution ${a} and ${b}`,
    codec: (a, b) => `codec ${a} and ${b}`,
    source: (a, b) => `source ${a} and ${b}`,
    client: (a, b) => `client ${a} and ${b}`,
    host: (a, b) => `host ${a} and ${b}`,
    encoder_preset: (a, b) => `preset ${a} and ${b}`,
    bitrate_kbps: (a, b) => `bitrate setting ${a} and ${b} kbit/s`,
    fps_cap: (a, b) => `frame rate limit ${a} and ${b}`,
    machine_busy: (a, b) => `other programs used ${a} and ${b} of the cores`,
  },
  figure: "Metric",
  change: "Change from A to B",
  higher: (size, from, to) => `+${size} (95% CI ${from} to ${to})`,
  lower: (size, from, to) => `−${size} (95% CI −${to} to −${from})`,
  noDifference: "no detectable difference",
  negligible: "too small to matter",
  tooFew: "not enough data",
  metrics: {
    interval_p99_us: "longest 1% of intervals between frames",
    absent_share: "missing frames",
    repeat_share: "repeated frames",
    fps: "new frames per second",
    mbps: "bitrate sent",
    lost_packets_share: "packets lost",
    cpu_wait_p50_us: "encoder waiting for a core, typical",
  },
  whole: {
    handed_over: "frame until sent",
    complete: "frame until complete at the player",
    shown: "frame until displayed",
  },
  usual: (name) => `${name}, typical`,
  tail: (name) => `${name}, slowest 1%`,
  basis: (a, b) =>
    `medians of ${a} blocks in A and ${b} in B, each of five seconds or more; one false-alarm rate covers all rows together`,
  ofSamples: "computed from samples, because one of them has no single frames",
  distribution: "How long frames took",
  clicks: "How long clicks took until their pictures",
  distributionHint: (from, to) =>
    `From ${from} to ${to}; the last bar holds everything longer. Each side adds up to 100%.`,
  blame: "Why slow frames were slow",
  blameNone: "no slow frames",
  force: "Compare anyway",
  withBaseline: "Compare with the baseline",
  noBaseline:
    "There is no baseline yet. Choose one on a capture’s page, under “Name, labels, note”.",
};

export const runsGerman: RunWords = {
  title: "Was sich unterscheidet",
  longer: (size, from, to) => `Bilder von B brauchen ${size} mehr (${from} bis ${to})`,
  shorter: (size, from, to) => `Bilder von B brauchen ${size} weniger (${from} bis ${to})`,
  all: (part) => `alles davon: ${part}`,
  most: (share, part) => `davon ${share}: ${part}`,
  spread: "verteilt auf mehrere Teile",
  alike: "Wie lange Bilder brauchen, unterscheidet sich nicht erkennbar",
  others: (names) => `Unterschiede: ${names}`,
  none: "Kein Unterschied erkennbar",
  tooLittle: (a, b) =>
    `Zu wenige Daten: A hat ${a} und B hat ${b} Blöcke von fünf Sekunden; nötig sind je etwa 30 s`,
  notComparable: (reasons) => `Nicht vergleichbar: ${reasons}`,
  differs: (reasons) => `Außerdem verschieden: ${reasons}.`,
  reasons: {
    nothing_a: () => "in A wurde nichts gemessen",
    nothing_b: () => "in B wurde nichts gemessen",
    kind: (a, b) => `Protokoll ${a} und ${b}`,
    mode: (a, b) => `Auflösung ${a} und ${b}`,
    codec: (a, b) => `Codec ${a} und ${b}`,
    source: (a, b) => `Quelle ${a} und ${b}`,
    client: (a, b) => `Client ${a} und ${b}`,
    host: (a, b) => `Host ${a} und ${b}`,
    encoder_preset: (a, b) => `Preset ${a} und ${b}`,
    bitrate_kbps: (a, b) => `eingestellte Bitrate ${a} und ${b} kbit/s`,
    fps_cap: (a, b) => `Grenze der Bildrate ${a} und ${b}`,
    machine_busy: (a, b) => `andere Programme belegten ${a} und ${b} der Kerne`,
  },
  figure: "Messgröße",
  change: "Änderung von A zu B",
  higher: (size, from, to) => `+${size} (95-%-KI ${from} bis ${to})`,
  lower: (size, from, to) => `−${size} (95-%-KI −${to} bis −${from})`,
  noDifference: "kein Unterschied erkennbar",
  negligible: "zu klein, um ins Gewicht zu fallen",
  tooFew: "zu wenige Daten",
  metrics: {
    interval_p99_us: "längstes 1 % der Abstände zwischen Bildern",
    absent_share: "fehlende Bilder",
    repeat_share: "wiederholte Bilder",
    fps: "neue Bilder pro Sekunde",
    mbps: "gesendete Bitrate",
    lost_packets_share: "verlorene Pakete",
    cpu_wait_p50_us: "Encoder wartet auf einen Kern, typisch",
  },
  whole: {
    handed_over: "Bild bis zum Senden",
    complete: "Bild bis vollständig beim Player",
    shown: "Bild bis zur Anzeige",
  },
  usual: (name) => `${name}, typisch`,
  tail: (name) => `${name}, langsamstes 1 %`,
  basis: (a, b) =>
    `Mediane von ${a} Blöcken in A und ${b} in B, je fünf Sekunden oder mehr; für alle Zeilen zusammen gilt eine Fehlalarmquote`,
  ofSamples: "aus Messwerten berechnet, weil eine der beiden keine einzelnen Bilder hat",
  distribution: "Wie lange Bilder brauchten",
  clicks: "Wie lange Klicks bis zu ihrem Bild brauchten",
  distributionHint: (from, to) =>
    `Von ${from} bis ${to}; der letzte Balken enthält alle längeren. Jede Seite ergibt 100 %.`,
  blame: "Warum langsame Bilder langsam waren",
  blameNone: "keine langsamen Bilder",
  force: "Trotzdem vergleichen",
  withBaseline: "Mit der Vergleichsbasis vergleichen",
  noBaseline:
    "Es gibt noch keine Vergleichsbasis. Wähle sie auf der Seite einer Aufzeichnung, unter „Name, Schlagwörter, Notiz“.",
};
