/**
 * What a verdict says, in both languages. Numbers come written as the reader writes them, with their
 * units; `mode` is "1280x720 at 60".
 */
import type { Verdict, VerdictQuality } from "../model/verdict.ts";
import { type CauseTexts, causeTextsEnglish, causeTextsGerman } from "./causes.ts";
import { measuresEnglish, measuresGerman } from "./measures.ts";
import { type StepWords, stepWordsEnglish, stepWordsGerman } from "./steps.ts";

type Uneven = NonNullable<NonNullable<Verdict["cadence"]>["uneven"]>;

export type VerdictWords = CauseTexts &
  StepWords & {
    readonly title: string;
    readonly quality: Readonly<Record<VerdictQuality, string>>;
    /** How a stream was asked to be: its size and its rate. */
    readonly mode: (size: string, fps: string) => string;
    readonly inTime: (share: string) => string;
    /** The same where the player does not report what came of them. */
    readonly leftInTime: (share: string) => string;
    /** Before a share that may be too small. */
    readonly atLeast: (text: string) => string;
    /** Shares of frames that were not in time, as far as there are any; late by the time they had when last measured. */
    readonly late: Readonly<Record<Verdict["measured_until"], (share: string) => string>>;
    readonly absent: (share: string) => string;
    /** Frames that were in time with a picture that had been sent before, where the source is slow. */
    readonly old: (share: string) => string;
    readonly frozen: (count: string, length: string, isOne: boolean) => string;
    readonly and: string;
    readonly mostly: (share: string, because: string) => string;
    /** After that, where it is less than half. */
    readonly next: (share: string, because: string) => string;
    readonly also: (because: string) => string;
    /** Too few bits for the picture: what is seen all the time, in time or not. */
    readonly poorPicture: (because: string) => string;
    /** After what a cause's sentence says; `change` is "preset slow". */
    readonly since: (because: string, change: string) => string;
    /** The bitrate was reduced to what the link carries. */
    readonly reduced: (seen: string, asked: string) => string;
    readonly tooLittle: string;
    /** While the verdict of a long range is worked out. */
    readonly working: string;
    readonly cannotTell: (between: string, lacking: string) => string;
    readonly or: string;
    readonly evidence: (metric: string, seen: string, usual: string | undefined) => string;
    readonly worst: (at: string) => string;
    /** The worst moment of all, in time or not. */
    readonly worstOfAll: (at: string, late: string) => string;
    /** The file that a bug report needs, and how to get one where nothing is saved yet. */
    readonly bundle: string;
    readonly keepForBundle: string;
    readonly episodes: (count: string, isOne: boolean) => string;
    readonly rhythm: (period: string, spread: string) => string;
    readonly usual: (time: string) => string;
    /** New pictures a second; as shown where the player reports it. */
    readonly cadence: (rates: string) => string;
    readonly rates: Readonly<Record<"source" | "sent" | "shown", (fps: string) => string>>;
    /** Where it comes from that pictures do not come at even intervals, and by how much. */
    readonly uneven: Readonly<Record<Uneven, (spread: string) => string>>;
    readonly beat: (period: string) => string;
    readonly pattern: (holds: string) => string;
    /** Measures that decide, by their names in files. */
    readonly metrics: Readonly<Record<string, string>>;
    readonly lastMinute: string;
    readonly blame: string;
    readonly unexplained: string;
    readonly until: Readonly<Record<Verdict["measured_until"], string>>;
  };

export const verdictEnglish: VerdictWords = {
  title: "Verdict",
  quality: {
    smooth: "Smooth",
    stutter: "Stutter",
    bad: "Bad",
    cannot_tell: "Cannot tell",
  },
  mode: (size, fps) => `${size} at ${fps} fps`,
  inTime: (share) => `${share} of frames in time`,
  leftInTime: (share) => `${share} of frames left the host in time`,
  atLeast: (text) => `at least ${text}`,
  late: {
    handed_over: (share) => `${share} of frames left the host late`,
    complete: (share) => `${share} of frames reached the player late`,
    shown: (share) => `${share} of frames were displayed late`,
  },
  absent: (share) => `${share} are missing`,
  old: (share) => `${share} of frames show the previous picture`,
  frozen: (count, length, isOne) =>
    isOne ? `one freeze of ${length}` : `${count} freezes, ${length} in total`,
  and: "and",
  mostly: (share, because) => `${share} of it because ${because}`,
  next: (share, because) => `, ${share} because ${because}`,
  also: (because) => `Also, ${because}`,
  poorPicture: (because) => `Poor picture: ${because}`,
  since: (because, change) => `${because} since the change to ${change}`,
  reduced: (seen, asked) =>
    `the network carries only ${seen} of the requested ${asked}, and the bitrate was lowered to that`,
  tooLittle: "Not enough frames to judge yet",
  working: "Judging every frame…",
  cannotTell: (between, lacking) =>
    `Cannot tell between ${between}, because “${lacking}” was not measured`,
  or: "or",
  ...causeTextsEnglish,
  ...stepWordsEnglish,
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, usually ${usual}`,
  worst: (at) => `Worst at ${at}`,
  worstOfAll: (at, late) => `worst moment at ${at}, ${late} longer than usual`,
  bundle: "Go to the bundle",
  keepForBundle: "save this time range as a capture; its page offers the bundle",
  episodes: (count, isOne) => `${count} ${isOne ? "time" : "times"}`,
  rhythm: (period, spread) => `Recurs every ${period} (± ${spread})`,
  usual: (time) => `a typical frame takes ${time}`,
  cadence: (rates) => `new frames per second: ${rates}`,
  rates: {
    source: (fps) => `${fps} at the source`,
    sent: (fps) => `${fps} sent`,
    shown: (fps) => `${fps} displayed`,
  },
  uneven: {
    source: (spread) => `already uneven at the source (± ${spread})`,
    way: () => "even at the source, uneven when displayed",
  },
  beat: (period) => `one frame displayed twice every ${period}`,
  pattern: (holds) => `new pictures held for ${holds} frames in turn`,
  metrics: measuresEnglish,
  lastMinute: "Last minute",
  blame: "Where the lost time went",
  unexplained: "Unexplained",
  until: {
    handed_over: "measured until the frame left the host",
    complete: "measured until the player had the whole frame",
    shown: "measured until the frame was displayed",
  },
};

export const verdictGerman: VerdictWords = {
  title: "Befund",
  quality: {
    smooth: "Flüssig",
    stutter: "Ruckelt",
    bad: "Schlecht",
    cannot_tell: "Unklar",
  },
  mode: (size, fps) => `${size} mit ${fps} fps`,
  inTime: (share) => `${share} der Bilder rechtzeitig`,
  leftInTime: (share) => `${share} der Bilder verließen den Host rechtzeitig`,
  atLeast: (text) => `mindestens ${text}`,
  late: {
    handed_over: (share) => `${share} der Bilder verließen den Host zu spät`,
    complete: (share) => `${share} der Bilder kamen zu spät beim Player an`,
    shown: (share) => `${share} der Bilder wurden zu spät angezeigt`,
  },
  absent: (share) => `${share} fehlen`,
  old: (share) => `${share} der Bilder wiederholen das vorige`,
  frozen: (count, length, isOne) =>
    isOne ? `ein Standbild von ${length}` : `${count} Standbilder von zusammen ${length}`,
  and: "und",
  mostly: (share, because) => `${share} davon, weil ${because}`,
  next: (share, because) => `, ${share}, weil ${because}`,
  also: (because) => `Auffällig ist, dass ${because}`,
  poorPicture: (because) => `Schlechtes Bild, weil ${because}`,
  since: (because, change) => `${because}, seit ${change} eingestellt ist`,
  reduced: (seen, asked) =>
    `das Netzwerk nur ${seen} der angeforderten ${asked} überträgt und die Bitrate darauf gesenkt wurde`,
  tooLittle: "Noch zu wenige Bilder für einen Befund",
  working: "Alle Bilder werden geprüft…",
  cannotTell: (between, lacking) =>
    `Nicht zu unterscheiden: ${between}, denn „${lacking}“ wurde nicht gemessen`,
  or: "oder",
  ...causeTextsGerman,
  ...stepWordsGerman,
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, sonst ${usual}`,
  worst: (at) => `Am schlimmsten bei ${at}`,
  worstOfAll: (at, late) => `schlimmster Moment bei ${at}, ${late} länger als üblich`,
  bundle: "Zum Paket",
  keepForBundle: "diesen Zeitraum als Aufzeichnung sichern; auf ihrer Seite gibt es das Paket",
  episodes: (count) => `${count}-mal`,
  rhythm: (period, spread) => `Kehrt alle ${period} wieder (± ${spread})`,
  usual: (time) => `ein typisches Bild braucht ${time}`,
  cadence: (rates) => `neue Bilder pro Sekunde: ${rates}`,
  rates: {
    source: (fps) => `${fps} an der Quelle`,
    sent: (fps) => `${fps} gesendet`,
    shown: (fps) => `${fps} angezeigt`,
  },
  uneven: {
    source: (spread) => `schon an der Quelle ungleichmäßig (± ${spread})`,
    way: () => "an der Quelle gleichmäßig, beim Anzeigen nicht mehr",
  },
  beat: (period) => `alle ${period} ein Bild doppelt`,
  pattern: (holds) => `neue Bilder stehen abwechselnd ${holds} Takte lang`,
  metrics: measuresGerman,
  lastMinute: "Letzte Minute",
  blame: "Wo die Zeit verloren ging",
  unexplained: "Ungeklärt",
  until: {
    handed_over: "gemessen, bis das Bild den Host verließ",
    complete: "gemessen, bis der Player das ganze Bild hatte",
    shown: "gemessen, bis das Bild angezeigt wurde",
  },
};
