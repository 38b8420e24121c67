/**
 * What a verdict says, in both languages. Numbers come written as the reader writes them, with their
 * units; `mode` is "1280x720 at 60".
 */
import {
  type CapacityCause,
  type Cause,
  type CauseCode,
  isCapacityCause,
  type LossPattern,
  type Verdict,
  type VerdictQuality,
} from "../model/verdict.ts";
import { measuresEnglish, measuresGerman } from "./measures.ts";
import { type StepWords, stepWordsEnglish, stepWordsGerman } from "./steps.ts";

type Uneven = NonNullable<NonNullable<Verdict["cadence"]>["uneven"]>;

/** What a cause's sentence may name. */
export type CauseFacts = {
  readonly mode: string;
  /** The leading measure as seen, with its unit. */
  readonly seen: string;
};

type CauseWords = {
  /** Heads a row of the table. */
  readonly name: string;
  /** Follows a comma or a colon. */
  readonly because: (facts: CauseFacts) => string;
};

export type VerdictWords = StepWords & {
  readonly title: string;
  readonly quality: Readonly<Record<VerdictQuality, string>>;
  /** How a stream was asked to be: its size and its rate. */
  readonly mode: (size: string, fps: string) => string;
  readonly inTime: (share: string) => string;
  /** The same where the player does not report what came of them. */
  readonly leftInTime: (share: string) => string;
  /** Before a share that may be too small. */
  readonly atLeast: (text: string) => string;
  /** Shares of frames that were not seen in time, as far as there are any. */
  readonly late: (share: string) => string;
  readonly absent: (share: string) => string;
  readonly frozen: (count: string, length: string, isOne: boolean) => string;
  readonly and: string;
  readonly mostly: (share: string, because: string) => string;
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
  readonly causes: Readonly<Record<CauseCode, CauseWords>>;
  /** The same where only a few frames were slow. */
  readonly momentary: Readonly<Record<CapacityCause, CauseWords>>;
  /** The same of a busy machine on which the player runs too. */
  readonly withPlayer: CauseWords;
  /** The same of lost packets, where it shows how they were lost. */
  readonly losses: Readonly<Record<LossPattern, CauseWords>>;
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

/** The words of a cause, by what more is known of it: a part that was slow now and then is not said to be too slow. */
export function causeWords(
  words: VerdictWords,
  {
    code,
    momentary,
    player_local,
    loss,
  }: Pick<Cause, "code" | "momentary" | "player_local" | "loss">,
): CauseWords {
  if (momentary === true && isCapacityCause(code)) return words.momentary[code];
  if (player_local === true && code === "machine_busy") return words.withPlayer;
  return loss !== undefined && code === "link_loss" ? words.losses[loss] : words.causes[code];
}

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
  late: (share) => `${share} of frames came late`,
  absent: (share) => `${share} are missing`,
  frozen: (count, length, isOne) =>
    isOne ? `one freeze of ${length}` : `${count} freezes of ${length} in all`,
  and: "and",
  mostly: (share, because) => `${share} of it because ${because}`,
  also: (because) => `Also, ${because}`,
  poorPicture: (because) => `Poor picture: ${because}`,
  since: (because, change) => `${because} since the change to ${change}`,
  reduced: (seen, asked) =>
    `the network carries only ${seen} of the ${asked} asked for, and the bitrate was reduced to that`,
  tooLittle: "Not enough frames to judge yet",
  working: "Judging every frame…",
  cannotTell: (between, lacking) =>
    `Cannot tell between ${between}, because “${lacking}” was not measured`,
  or: "or",
  causes: {
    source_still: {
      name: "Source frozen",
      because: () => "the source stopped delivering new pictures",
    },
    source_slow_rate: {
      name: "Source slower than the stream",
      because: ({ seen }) => `the source delivers only ${seen} new pictures a second`,
    },
    source_slow_capture: {
      name: "Capture too slow",
      because: ({ seen }) => `capturing the picture took ${seen}`,
    },
    encoder_slow: {
      name: "Encoder too slow",
      because: ({ mode }) => `the encoder is too slow for ${mode} on this machine`,
    },
    key_frames: { name: "Key frames too large", because: () => "key frames are too large" },
    machine_busy: {
      name: "Machine busy",
      because: () => "other programs took the processor",
    },
    machine_throttled: {
      name: "Processor throttled",
      because: () => "the processor slowed down because of heat",
    },
    host_paused: { name: "Host paused", because: () => "the host process was stopped" },
    own_pause: { name: "Pause in onglass", because: () => "onglass itself paused" },
    bitrate_too_low: {
      name: "Bitrate too low",
      because: ({ seen, mode }) => `${seen} is too low for ${mode}`,
    },
    link_narrow: {
      name: "Network too slow",
      because: () => "the network carries less than the stream needs",
    },
    link_loss: { name: "Packets lost", because: () => "the network lost packets" },
    link_jitter: {
      name: "Unsteady network",
      because: () => "the network delayed packets unevenly",
    },
    player_slow: {
      name: "Player too slow",
      because: () => "the player decoded or displayed too slowly",
    },
    player_still: {
      name: "Player stood still",
      because: () => "the player stood still or was hidden",
    },
  },
  momentary: {
    source_slow_capture: {
      name: "Some frames took long to capture",
      because: ({ seen }) => `some frames took ${seen} to capture`,
    },
    encoder_slow: {
      name: "Some frames took long to encode",
      because: ({ seen }) => `some frames took ${seen} to encode`,
    },
    player_slow: {
      name: "The player was late with some frames",
      because: () => "the player decoded or displayed some frames late",
    },
  },
  withPlayer: {
    name: "Machine busy",
    because: () => "other programs, the player on this machine among them, took the processor",
  },
  losses: {
    random: {
      name: "Packets lost at random",
      because: () => "the network lost packets at random",
    },
    bursts: {
      name: "Packets lost in bursts",
      because: () => "the network lost packets in bursts",
    },
    key_frames: {
      name: "Packets of key frames lost",
      because: () =>
        "the network lost packets of key frames, and each loss called for the next key frame",
    },
  },
  ...stepWordsEnglish,
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, usually ${usual}`,
  worst: (at) => `Worst at ${at}`,
  worstOfAll: (at, late) => `worst moment at ${at}, ${late} beyond the usual`,
  bundle: "To the bundle",
  keepForBundle: "save this time as a capture, whose page has the bundle",
  episodes: (count, isOne) => `${count} ${isOne ? "time" : "times"}`,
  rhythm: (period, spread) => `Returns every ${period} (± ${spread})`,
  usual: (time) => `a usual frame takes ${time}`,
  cadence: (rates) => `new pictures a second: ${rates}`,
  rates: {
    source: (fps) => `${fps} at the source`,
    sent: (fps) => `${fps} sent`,
    shown: (fps) => `${fps} shown`,
  },
  uneven: {
    source: (spread) => `uneven at the source already (± ${spread})`,
    way: () => "even at the source, uneven when shown",
  },
  beat: (period) => `one picture shown twice every ${period}`,
  pattern: (holds) => `pictures held for ${holds} frames by turns`,
  metrics: measuresEnglish,
  lastMinute: "Last minute",
  blame: "Where the lost time went",
  unexplained: "Unexplained",
  until: {
    handed_over: "measured until the frame left the host",
    complete: "measured until the player had the whole frame",
    shown: "measured until the frame was shown",
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
  late: (share) => `${share} der Bilder kamen zu spät`,
  absent: (share) => `${share} fehlen`,
  frozen: (count, length, isOne) =>
    isOne ? `ein Standbild von ${length}` : `${count} Standbilder von zusammen ${length}`,
  and: "und",
  mostly: (share, because) => `${share} davon, weil ${because}`,
  also: (because) => `Auffällig ist, dass ${because}`,
  poorPicture: (because) => `Schlechtes Bild, weil ${because}`,
  since: (because, change) => `${because}, seit ${change} eingestellt ist`,
  reduced: (seen, asked) =>
    `das Netzwerk nur ${seen} von verlangten ${asked} überträgt und die Bitrate darauf gesenkt wurde`,
  tooLittle: "Noch zu wenige Bilder für einen Befund",
  working: "Alle Bilder werden geprüft …",
  cannotTell: (between, lacking) =>
    `Nicht zu unterscheiden: ${between}, denn „${lacking}“ wurde nicht gemessen`,
  or: "oder",
  causes: {
    source_still: {
      name: "Quelle eingefroren",
      because: () => "die Quelle keine neuen Bilder mehr lieferte",
    },
    source_slow_rate: {
      name: "Quelle langsamer als der Stream",
      because: ({ seen }) => `die Quelle nur ${seen} neue Bilder pro Sekunde liefert`,
    },
    source_slow_capture: {
      name: "Erfassen zu langsam",
      because: ({ seen }) => `das Erfassen des Bildes ${seen} dauerte`,
    },
    encoder_slow: {
      name: "Encoder zu langsam",
      because: ({ mode }) => `der Encoder auf diesem Rechner für ${mode} zu langsam ist`,
    },
    key_frames: {
      name: "Schlüsselbilder zu groß",
      because: () => "die Schlüsselbilder zu groß sind",
    },
    machine_busy: {
      name: "Rechner ausgelastet",
      because: () => "andere Programme den Prozessor belegten",
    },
    machine_throttled: {
      name: "Prozessor gedrosselt",
      because: () => "der Prozessor wegen Hitze langsamer lief",
    },
    host_paused: { name: "Host angehalten", because: () => "der Host-Prozess angehalten war" },
    own_pause: { name: "Pause in onglass", because: () => "onglass selbst eine Pause machte" },
    bitrate_too_low: {
      name: "Bitrate zu niedrig",
      because: ({ seen, mode }) => `${seen} für ${mode} zu wenig sind`,
    },
    link_narrow: {
      name: "Netzwerk zu langsam",
      because: () => "das Netzwerk weniger überträgt, als der Stream braucht",
    },
    link_loss: { name: "Pakete verloren", because: () => "im Netzwerk Pakete verloren gingen" },
    link_jitter: {
      name: "Unruhiges Netzwerk",
      because: () => "das Netzwerk Pakete ungleichmäßig verzögerte",
    },
    player_slow: {
      name: "Player zu langsam",
      because: () => "der Player zu langsam dekodierte oder anzeigte",
    },
    player_still: {
      name: "Player stand still",
      because: () => "der Player stillstand oder verdeckt war",
    },
  },
  momentary: {
    source_slow_capture: {
      name: "Aufnahme einiger Bilder dauerte lange",
      because: ({ seen }) => `einige Bilder ${seen} zum Aufnehmen brauchten`,
    },
    encoder_slow: {
      name: "Kodieren einiger Bilder dauerte lange",
      because: ({ seen }) => `einige Bilder ${seen} zum Kodieren brauchten`,
    },
    player_slow: {
      name: "Player zeigte einige Bilder spät",
      because: () => "der Player einige Bilder spät dekodierte oder anzeigte",
    },
  },
  withPlayer: {
    name: "Rechner ausgelastet",
    because: () =>
      "andere Programme, darunter der Player auf diesem Rechner, den Prozessor belegten",
  },
  losses: {
    random: {
      name: "Pakete vereinzelt verloren",
      because: () => "im Netzwerk vereinzelt Pakete verloren gingen",
    },
    bursts: {
      name: "Pakete schubweise verloren",
      because: () => "im Netzwerk schubweise Pakete verloren gingen",
    },
    key_frames: {
      name: "Pakete von Schlüsselbildern verloren",
      because: () =>
        "im Netzwerk vor allem Pakete von Schlüsselbildern verloren gingen und jeder Verlust das nächste anforderte",
    },
  },
  ...stepWordsGerman,
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, sonst ${usual}`,
  worst: (at) => `Am schlimmsten bei ${at}`,
  worstOfAll: (at, late) => `schlimmster Moment bei ${at}, ${late} über dem Üblichen`,
  bundle: "Zum Paket",
  keepForBundle: "diese Zeit als Aufzeichnung sichern, deren Seite das Paket hat",
  episodes: (count) => `${count}-mal`,
  rhythm: (period, spread) => `Kehrt alle ${period} wieder (± ${spread})`,
  usual: (time) => `ein übliches Bild braucht ${time}`,
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
  pattern: (holds) => `Bilder abwechselnd ${holds} Takte lang`,
  metrics: measuresGerman,
  lastMinute: "Letzte Minute",
  blame: "Wo die Zeit verloren ging",
  unexplained: "Ungeklärt",
  until: {
    handed_over: "gemessen, bis das Bild den Host verließ",
    complete: "gemessen, bis der Player das ganze Bild hatte",
    shown: "gemessen, bis das Bild gezeigt wurde",
  },
};
