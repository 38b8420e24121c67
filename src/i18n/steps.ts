/** What a verdict advises, in both languages. Values come written as the reader writes them. */
import type { Verdict } from "../model/verdict.ts";

type StepCode = NonNullable<Verdict["causes"][number]["step"]>["code"];
type StepTexts = Readonly<Record<StepCode, (values: Readonly<Record<string, string>>) => string>>;

/** What helps too, without a value; follows what is advised. */
type OtherTexts = Readonly<Record<"hardware_encoder" | "capture_way", string>>;

const othersEnglish: OtherTexts = {
  hardware_encoder:
    ", or use a hardware encoder: onglass encoders lists those that work on this machine",
  capture_way:
    ", or capture the picture another way: onglass sources lists what this machine offers",
};

const othersGerman: OtherTexts = {
  hardware_encoder:
    " oder einen Hardware-Encoder nutzen: onglass encoders zeigt, welche auf diesem Rechner funktionieren",
  capture_way:
    " oder das Bild auf anderem Weg erfassen: onglass sources zeigt, was dieser Rechner bietet",
};

const stepsEnglish: StepTexts = {
  match_source_rate: ({ fps }) => `Set the frame rate to ${fps}`,
  faster_preset: ({ preset, other }) => `Use the preset ${preset}${other ?? ""}`,
  smaller_mode: ({ width, height, other }) => `Play at ${width}x${height} or smaller${other ?? ""}`,
  lower_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps}`,
  raise_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps} or more`,
  more_parity: ({ loss_percent }) => `Raise error correction above the loss of ${loss_percent}%`,
  more_pacing: ({ bitrate_kbps }) =>
    `Spread packets over more of the frame time${bitrate_kbps === undefined ? "" : `, or lower the bitrate to ${bitrate_kbps}`}`,
  free_the_cores: () =>
    "Close other programs, or give onglass priority over them: onglass doctor shows its current priority and the command that raises it",
  play_elsewhere: () =>
    "Play on another machine, or close other programs: player and host share these cores",
  free_the_player: () => "Close other programs on the player’s machine",
  report_bug: () => "Please report this with the bug report bundle",
  check_wireless: ({ loss }) =>
    loss === "outage"
      ? "Check the cable and its plugs, or move closer to the access point"
      : "Try a cable, or move closer to the access point",
  bring_player_to_front: () => "Bring the player’s window to the front",
  check_source: () => "Check the streamed program: it drew nothing new",
  undo_change: ({ change }) => `Go back to ${change}`,
};

const stepsGerman: StepTexts = {
  match_source_rate: ({ fps }) => `Bildrate auf ${fps} stellen`,
  faster_preset: ({ preset, other }) => `Preset ${preset} verwenden${other ?? ""}`,
  smaller_mode: ({ width, height, other }) =>
    `Mit ${width}x${height} oder kleiner spielen${other ?? ""}`,
  lower_bitrate: ({ bitrate_kbps }) => `Bitrate auf ${bitrate_kbps} stellen`,
  raise_bitrate: ({ bitrate_kbps }) => `Bitrate auf mindestens ${bitrate_kbps} stellen`,
  more_parity: ({ loss_percent }) =>
    `Fehlerkorrektur über den Verlust von ${loss_percent} % anheben`,
  more_pacing: ({ bitrate_kbps }) =>
    `Pakete über einen größeren Teil der Bilddauer verteilen${bitrate_kbps === undefined ? "" : ` oder die Bitrate auf ${bitrate_kbps} senken`}`,
  free_the_cores: () =>
    "Andere Programme schließen oder onglass Vorrang geben: onglass doctor zeigt die jetzige Priorität und den Befehl, der sie erhöht",
  play_elsewhere: () =>
    "Auf einem anderen Rechner spielen oder andere Programme schließen: Player und Host teilen sich diese Kerne",
  free_the_player: () => "Auf dem Rechner des Players andere Programme schließen",
  report_bug: () => "Bitte mit dem Paket für Fehlerberichte melden",
  check_wireless: ({ loss }) =>
    loss === "outage"
      ? "Kabel und Stecker prüfen oder näher an den Access Point gehen"
      : "Kabel verwenden oder näher an den Access Point gehen",
  bring_player_to_front: () => "Das Fenster des Players nach vorn holen",
  check_source: () => "Das gestreamte Programm prüfen: Es zeichnete nichts Neues",
  undo_change: ({ change }) => `Zurück zu ${change}`,
};

/** Words of what to do, as a catalogue has them. */
export type StepWords = { readonly steps: StepTexts; readonly others: OtherTexts };

export const stepWordsEnglish: StepWords = { steps: stepsEnglish, others: othersEnglish };
export const stepWordsGerman: StepWords = { steps: stepsGerman, others: othersGerman };
