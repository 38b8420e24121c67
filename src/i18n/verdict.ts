/**
 * What a verdict says, in both languages. Numbers come written as the reader writes them, with their
 * units; `mode` is "1280x720 at 60".
 */
import {
  type CapacityCause,
  type Cause,
  type CauseCode,
  isCapacityCause,
  type Verdict,
  type VerdictQuality,
} from "../model/verdict.ts";
import { stagesEnglish, stagesGerman } from "./stages.ts";

type StepCode = NonNullable<Verdict["causes"][number]["step"]>["code"];

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

export type VerdictWords = {
  readonly title: string;
  readonly quality: Readonly<Record<VerdictQuality, string>>;
  /** How a stream was asked to be: its size and its rate. */
  readonly mode: (size: string, fps: string) => string;
  readonly inTime: (share: string) => string;
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
  readonly steps: Readonly<Record<StepCode, (values: Readonly<Record<string, string>>) => string>>;
  readonly evidence: (metric: string, seen: string, usual: string | undefined) => string;
  readonly worst: (at: string) => string;
  readonly episodes: (count: string, isOne: boolean) => string;
  readonly rhythm: (period: string, spread: string) => string;
  readonly usual: (time: string) => string;
  readonly cadence: (fps: string) => string;
  readonly beat: (period: string) => string;
  readonly pattern: (holds: string) => string;
  /** Measures that decide, by their names in files. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly lastMinute: string;
  readonly blame: string;
  readonly unexplained: string;
  readonly until: Readonly<Record<Verdict["measured_until"], string>>;
};

/** A part that was slow now and then is not said to be too slow. */
export function causeWords(
  words: VerdictWords,
  { code, momentary }: Pick<Cause, "code" | "momentary">,
) {
  return momentary === true && isCapacityCause(code) ? words.momentary[code] : words.causes[code];
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
  steps: {
    match_source_rate: ({ fps }) => `Set the frame rate to ${fps}`,
    faster_preset: ({ preset }) => `Use the preset ${preset}`,
    smaller_mode: ({ width, height }) => `Play at ${width}x${height} or smaller`,
    lower_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps}`,
    raise_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps} or more`,
    more_parity: ({ loss_percent }) => `Raise error correction above the loss of ${loss_percent}%`,
    more_pacing: () => "Spread packets over half of the frame time",
    free_the_cores: () =>
      "Close other programs, or give onglass priority over them: onglass doctor says what it has here, and the line that grants it",
    report_bug: () => "Please report this with the bug report bundle",
    check_wireless: () => "Try a cable, or move closer to the access point",
    bring_player_to_front: () => "Bring the player’s window to the front",
    check_source: () => "Check the program that is streamed: it drew nothing new",
    undo_change: ({ change }) => `Go back to ${change}`,
  },
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, usually ${usual}`,
  worst: (at) => `Worst at ${at}`,
  episodes: (count, isOne) => `${count} ${isOne ? "time" : "times"}`,
  rhythm: (period, spread) => `Returns every ${period} (± ${spread})`,
  usual: (time) => `a usual frame takes ${time}`,
  cadence: (fps) => `${fps} new pictures a second`,
  beat: (period) => `one picture shown twice every ${period}`,
  pattern: (holds) => `pictures held for ${holds} frames by turns`,
  metrics: {
    wait_us: "began late by",
    capture_us: stagesEnglish.capture,
    submit_us: stagesEnglish.submit,
    encode_us: stagesEnglish.encode,
    packetize_us: stagesEnglish.packetize,
    queue_us: stagesEnglish.queue,
    send_us: stagesEnglish.send,
    gap_us: stagesEnglish.gap,
    network_us: stagesEnglish.network,
    display_us: stagesEnglish.display,
    cpu_wait_us: "waited for a core",
    lost_packets: "packets lost",
    bytes: "bytes",
    rtt_us: "round trip",
    send_dropped: "packets not sent",
    packets_dropped: "packets lost on the network",
    stopped_us: "stopped for",
    lost_share: "packets lost",
    player_pause_us: "pause of the player",
    player_wait_us: "player kept waiting",
    encode_run_delay_us: "encode thread kept waiting",
    send_run_delay_us: "send thread kept waiting",
    encode_pause_us: "pause of the encode thread",
    send_pause_us: "pause of the send thread",
    pressure_cpu_share: "time in which something waited for a core",
    cpu_busy_share: "processor busy",
    cpu_others_share: "processor used by other programs",
    cpu_mhz: "processor clock",
    cpu_throttle_count: "times throttled",
    source_fps: "new pictures a second",
    bitrate_kbps: "bitrate",
    quality: "picture quality",
  },
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
  steps: {
    match_source_rate: ({ fps }) => `Bildrate auf ${fps} stellen`,
    faster_preset: ({ preset }) => `Preset ${preset} verwenden`,
    smaller_mode: ({ width, height }) => `Mit ${width}x${height} oder kleiner spielen`,
    lower_bitrate: ({ bitrate_kbps }) => `Bitrate auf ${bitrate_kbps} stellen`,
    raise_bitrate: ({ bitrate_kbps }) => `Bitrate auf mindestens ${bitrate_kbps} stellen`,
    more_parity: ({ loss_percent }) =>
      `Fehlerkorrektur über den Verlust von ${loss_percent} % anheben`,
    more_pacing: () => "Pakete über die halbe Bilddauer verteilen",
    free_the_cores: () =>
      "Andere Programme schließen oder onglass Vorrang geben: onglass doctor sagt, was es hier hat und welche Zeile ihn gewährt",
    report_bug: () => "Bitte mit dem Paket für Fehlerberichte melden",
    check_wireless: () => "Kabel verwenden oder näher an den Zugangspunkt gehen",
    bring_player_to_front: () => "Das Fenster des Players nach vorn holen",
    check_source: () => "Das gestreamte Programm prüfen: Es zeichnete nichts Neues",
    undo_change: ({ change }) => `Zurück zu ${change}`,
  },
  evidence: (metric, seen, usual) =>
    usual === undefined ? `${metric} ${seen}` : `${metric} ${seen}, sonst ${usual}`,
  worst: (at) => `Am schlimmsten bei ${at}`,
  episodes: (count) => `${count}-mal`,
  rhythm: (period, spread) => `Kehrt alle ${period} wieder (± ${spread})`,
  usual: (time) => `ein übliches Bild braucht ${time}`,
  cadence: (fps) => `${fps} neue Bilder pro Sekunde`,
  beat: (period) => `alle ${period} ein Bild doppelt`,
  pattern: (holds) => `Bilder abwechselnd ${holds} Takte lang`,
  metrics: {
    wait_us: "zu spät begonnen um",
    capture_us: stagesGerman.capture,
    submit_us: stagesGerman.submit,
    encode_us: stagesGerman.encode,
    packetize_us: stagesGerman.packetize,
    queue_us: stagesGerman.queue,
    send_us: stagesGerman.send,
    gap_us: stagesGerman.gap,
    network_us: stagesGerman.network,
    display_us: stagesGerman.display,
    cpu_wait_us: "auf einen Kern gewartet",
    lost_packets: "verlorene Pakete",
    bytes: "Bytes",
    rtt_us: "Umlaufzeit",
    send_dropped: "nicht gesendete Pakete",
    packets_dropped: "im Netzwerk verlorene Pakete",
    stopped_us: "angehalten für",
    lost_share: "verlorene Pakete",
    player_pause_us: "Pause des Players",
    player_wait_us: "Wartezeit des Players",
    encode_run_delay_us: "Wartezeit des Encoder-Threads",
    send_run_delay_us: "Wartezeit des Sende-Threads",
    encode_pause_us: "Pause des Encoder-Threads",
    send_pause_us: "Pause des Sende-Threads",
    pressure_cpu_share: "Zeit, in der etwas auf einen Kern wartete",
    cpu_busy_share: "Prozessorlast",
    cpu_others_share: "Prozessorlast durch andere Programme",
    cpu_mhz: "Prozessortakt",
    cpu_throttle_count: "Drosselungen",
    source_fps: "neue Bilder pro Sekunde",
    bitrate_kbps: "Bitrate",
    quality: "Bildqualität",
  },
  lastMinute: "Letzte Minute",
  blame: "Wo die Zeit verloren ging",
  unexplained: "Ungeklärt",
  until: {
    handed_over: "gemessen, bis das Bild den Host verließ",
    complete: "gemessen, bis der Player das ganze Bild hatte",
    shown: "gemessen, bis das Bild gezeigt wurde",
  },
};
