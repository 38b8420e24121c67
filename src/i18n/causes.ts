/** The causes of a verdict in both languages: what heads a row, and what follows a comma or a colon. */
import {
  type CapacityCause,
  type Cause,
  type CauseCode,
  isCapacityCause,
  type LossPattern,
} from "../model/verdict.ts";

/** What a cause's sentence may name. */
export type CauseFacts = {
  readonly mode: string;
  /** The leading measure as seen, with its unit; empty where there is none: no frame came through. */
  readonly seen: string;
  /** The preset, where a faster one would do; empty otherwise. */
  readonly preset: string;
};

type CauseWords = {
  /** Heads a row of the table. */
  readonly name: string;
  /** Follows a comma or a colon. */
  readonly because: (facts: CauseFacts) => string;
};

/** The words of all causes. */
export type CauseTexts = {
  readonly causes: Readonly<Record<CauseCode, CauseWords>>;
  /** The same where only a few frames were slow. */
  readonly momentary: Readonly<Record<CapacityCause, CauseWords>>;
  /** The same of a busy machine on which the player runs too. */
  readonly withPlayer: CauseWords;
  /** The same of a player that waited for a core. */
  readonly playerBusy: CauseWords;
  /** The same of a source that stood still while players acted. */
  readonly unanswered: CauseWords;
  /** The same of lost packets, where it shows how they were lost. */
  readonly losses: Readonly<Record<LossPattern, CauseWords>>;
};

/** The words of a cause, by what more is known of it: a part that was slow now and then is not said to be too slow. */
export function causeWords(
  words: CauseTexts,
  {
    code,
    momentary,
    player_local,
    player_busy,
    loss,
    evidence = [],
  }: Pick<Cause, "code" | "momentary" | "player_local" | "player_busy" | "loss"> &
    Partial<Pick<Cause, "evidence">>,
): CauseWords {
  const isUnanswered = evidence.some(({ metric }) => metric === "input_count");
  if (code === "source_still" && isUnanswered) return words.unanswered;
  if (momentary === true && isCapacityCause(code)) return words.momentary[code];
  if (player_busy === true && code === "player_slow") return words.playerBusy;
  if (player_local === true && code === "machine_busy") return words.withPlayer;
  return loss !== undefined && code === "link_loss" ? words.losses[loss] : words.causes[code];
}

export const causeTextsEnglish: CauseTexts = {
  causes: {
    source_still: {
      name: "Source frozen",
      because: () => "the source stopped delivering new frames",
    },
    source_slow_rate: {
      name: "Source slower than the stream",
      because: ({ seen }) =>
        seen === ""
          ? "the source delivers fewer frames than the stream shows"
          : `the source delivers only ${seen} new frames per second`,
    },
    source_slow_capture: {
      name: "Capture too slow",
      because: ({ seen }) =>
        seen === "" ? "capturing frames took too long" : `capturing a frame took ${seen}`,
    },
    encoder_slow: {
      name: "Encoder too slow",
      because: ({ mode, preset }) =>
        preset === ""
          ? `the encoder is too slow for ${mode} on this machine`
          : `the preset ${preset} is too slow for ${mode} on this machine`,
    },
    key_frames: { name: "Key frames too large", because: () => "key frames are too large" },
    machine_busy: {
      name: "Machine busy",
      because: () => "other programs were using the processor",
    },
    machine_throttled: {
      name: "Processor throttled",
      because: () => "the processor was throttled by heat",
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
      name: "Player paused",
      because: () => "the player was paused or hidden",
    },
  },
  momentary: {
    source_slow_capture: {
      name: "Some frames took long to capture",
      because: ({ seen }) => `some frames took ${seen || "long"} to capture`,
    },
    encoder_slow: {
      name: "Some frames took long to encode",
      because: ({ seen }) => `some frames took ${seen || "long"} to encode`,
    },
    player_slow: {
      name: "The player was late with some frames",
      because: () => "the player decoded or displayed some frames late",
    },
  },
  withPlayer: {
    name: "Machine busy",
    because: () => "the processor of this machine, which the player shares, was busy",
  },
  playerBusy: {
    name: "Player’s machine busy",
    because: () => "other programs were using the processor of the player’s machine",
  },
  unanswered: {
    name: "Source does not respond",
    because: () => "the source did not respond to input",
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
        "the network lost packets of key frames, and each loss required another key frame",
    },
    frame_starts: {
      name: "First packets of frames lost",
      because: () => "the network lost the first packets of frames",
    },
    outage: {
      name: "Network interrupted",
      because: ({ seen }) =>
        seen === "" ? "the network was interrupted" : `the network carried nothing for ${seen}`,
    },
  },
};

export const causeTextsGerman: CauseTexts = {
  causes: {
    source_still: {
      name: "Quelle eingefroren",
      because: () => "die Quelle keine neuen Bilder mehr lieferte",
    },
    source_slow_rate: {
      name: "Quelle langsamer als der Stream",
      because: ({ seen }) =>
        seen === ""
          ? "die Quelle weniger Bilder liefert, als der Stream zeigt"
          : `die Quelle nur ${seen} neue Bilder pro Sekunde liefert`,
    },
    source_slow_capture: {
      name: "Erfassen zu langsam",
      because: ({ seen }) =>
        seen === "" ? "das Erfassen zu lange dauerte" : `das Erfassen eines Bildes ${seen} dauerte`,
    },
    encoder_slow: {
      name: "Encoder zu langsam",
      because: ({ mode, preset }) =>
        preset === ""
          ? `der Encoder auf diesem Rechner für ${mode} zu langsam ist`
          : `das Preset ${preset} auf diesem Rechner für ${mode} zu langsam ist`,
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
      name: "Player angehalten",
      because: () => "der Player angehalten oder verdeckt war",
    },
  },
  momentary: {
    source_slow_capture: {
      name: "Erfassen einiger Bilder dauerte lange",
      because: ({ seen }) => `das Erfassen einiger Bilder ${seen || "lange"} dauerte`,
    },
    encoder_slow: {
      name: "Kodieren einiger Bilder dauerte lange",
      because: ({ seen }) => `das Kodieren einiger Bilder ${seen || "lange"} dauerte`,
    },
    player_slow: {
      name: "Player zeigte einige Bilder spät",
      because: () => "der Player einige Bilder spät dekodierte oder anzeigte",
    },
  },
  withPlayer: {
    name: "Rechner ausgelastet",
    because: () => "der Prozessor dieses Rechners, den auch der Player nutzt, ausgelastet war",
  },
  playerBusy: {
    name: "Rechner des Players ausgelastet",
    because: () => "andere Programme den Prozessor des Players belegten",
  },
  unanswered: {
    name: "Quelle reagiert nicht",
    because: () => "die Quelle auf Eingaben nicht reagierte",
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
    frame_starts: {
      name: "Erste Pakete der Bilder verloren",
      because: () => "im Netzwerk die ersten Pakete vieler Bilder verloren gingen",
    },
    outage: {
      name: "Netzwerk unterbrochen",
      because: ({ seen }) =>
        seen === ""
          ? "das Netzwerk unterbrochen war"
          : `im Netzwerk ${seen} lang nichts übertragen wurde`,
    },
  },
};
