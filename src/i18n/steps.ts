/** What a verdict advises, in both languages. Values come written as the reader writes them. */
import type { Verdict } from "../model/verdict.ts";

type StepCode = NonNullable<Verdict["causes"][number]["step"]>["code"];
export type StepTexts = Readonly<
  Record<StepCode, (values: Readonly<Record<string, string>>) => string>
>;

export const stepsEnglish: StepTexts = {
  match_source_rate: ({ fps }) => `Set the frame rate to ${fps}`,
  faster_preset: ({ preset }) => `Use the preset ${preset}`,
  smaller_mode: ({ width, height }) => `Play at ${width}x${height} or smaller`,
  lower_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps}`,
  raise_bitrate: ({ bitrate_kbps }) => `Set the bitrate to ${bitrate_kbps} or more`,
  more_parity: ({ loss_percent }) => `Raise error correction above the loss of ${loss_percent}%`,
  more_pacing: ({ bitrate_kbps }) =>
    `Spread packets over more of the frame time${bitrate_kbps === undefined ? "" : `, or lower the bitrate to ${bitrate_kbps}`}`,
  free_the_cores: () =>
    "Close other programs, or give onglass priority over them: onglass doctor says what it has here, and the line that grants it",
  play_elsewhere: () =>
    "Play on another machine, or close other programs: player and host share these cores",
  report_bug: () => "Please report this with the bug report bundle",
  check_wireless: () => "Try a cable, or move closer to the access point",
  bring_player_to_front: () => "Bring the player’s window to the front",
  check_source: () => "Check the program that is streamed: it drew nothing new",
  undo_change: ({ change }) => `Go back to ${change}`,
};

export const stepsGerman: StepTexts = {
  match_source_rate: ({ fps }) => `Bildrate auf ${fps} stellen`,
  faster_preset: ({ preset }) => `Preset ${preset} verwenden`,
  smaller_mode: ({ width, height }) => `Mit ${width}x${height} oder kleiner spielen`,
  lower_bitrate: ({ bitrate_kbps }) => `Bitrate auf ${bitrate_kbps} stellen`,
  raise_bitrate: ({ bitrate_kbps }) => `Bitrate auf mindestens ${bitrate_kbps} stellen`,
  more_parity: ({ loss_percent }) =>
    `Fehlerkorrektur über den Verlust von ${loss_percent} % anheben`,
  more_pacing: ({ bitrate_kbps }) =>
    `Pakete über einen größeren Teil der Bilddauer verteilen${bitrate_kbps === undefined ? "" : ` oder die Bitrate auf ${bitrate_kbps} senken`}`,
  free_the_cores: () =>
    "Andere Programme schließen oder onglass Vorrang geben: onglass doctor sagt, was es hier hat und welche Zeile ihn gewährt",
  play_elsewhere: () =>
    "Auf einem anderen Rechner spielen oder andere Programme schließen: Player und Host teilen sich diese Kerne",
  report_bug: () => "Bitte mit dem Paket für Fehlerberichte melden",
  check_wireless: () => "Kabel verwenden oder näher an den Zugangspunkt gehen",
  bring_player_to_front: () => "Das Fenster des Players nach vorn holen",
  check_source: () => "Das gestreamte Programm prüfen: Es zeichnete nichts Neues",
  undo_change: ({ change }) => `Zurück zu ${change}`,
};
