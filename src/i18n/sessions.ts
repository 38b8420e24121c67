/** What the Sessions page says of waiting players and of settings, in both languages. */
export const waitingEnglish = {
  title: "Waiting for a PIN",
  none: "No Moonlight player waits. One that starts pairing with this host shows up here.",
  name: "Name",
  address: "Address",
  pin: "PIN",
  pinOf: (name: string) => `PIN that ${name} shows`,
  newName: "Name (optional)",
  submit: "Pair",
  refuse: "Send away",
  refused: "That player was sent away.",
  paired: "The player is paired.",
  wrong_pin: "The player says the PIN is wrong. Try again: start pairing there once more.",
  taken: "PIN sent. Check Moonlight for the result.",
  gone: "That player no longer waits. Start pairing there again.",
  invalid: "A PIN is 4 to 8 digits.",
  off: "GameStream is switched off on this host.",
};

export const waitingGerman: typeof waitingEnglish = {
  title: "Warten auf die PIN",
  none: "Kein Moonlight-Player wartet. Wer sich mit diesem Host koppeln will, erscheint hier.",
  name: "Name",
  address: "Adresse",
  pin: "PIN",
  pinOf: (name: string) => `PIN, die ${name} zeigt`,
  newName: "Name (optional)",
  submit: "Koppeln",
  refuse: "Abweisen",
  refused: "Dieser Player wurde abgewiesen.",
  paired: "Der Player ist gekoppelt.",
  wrong_pin:
    "Der Player meldet eine falsche PIN. Versuch es noch einmal: Starte dort das Koppeln neu.",
  taken: "Die PIN ist übergeben. Das Ergebnis zeigt Moonlight.",
  gone: "Dieser Player wartet nicht mehr. Beginne dort das Koppeln noch einmal.",
  invalid: "Eine PIN hat 4 bis 8 Ziffern.",
  off: "GameStream ist auf diesem Host abgeschaltet.",
};

export const settingsEnglish = {
  title: "Settings",
  intro: "They hold for all streams; running ones follow within a second.",
  save: "Save",
  saved: "Saved.",
  invalid: "Nothing was changed: see the marked fields.",
  asStarted: "as the host was started",
  bitrate_kbps: "Bitrate, kbit/s",
  fps_cap: "Frames a second, at most",
  encoder_preset: "Encoder preset",
  parity_percent_min: "Parity at least, %",
  parity_percent_max: "Parity at most, %",
  pacing_share: "Pacing, share of a frame",
  takes: {
    bitrate_kbps: "200 to 500,000; 0 = what each player asked for",
    fps_cap: "1 to 480; 0 = no cap",
    encoder_preset:
      "Encoders that do not know it keep their own; x265 and SVT-AV1 go no slower than the mode allows",
    parity_percent_min: "0 to 50, no more than “at most”",
    parity_percent_max: "0 to 50; 0 = no parity",
    pacing_share: "0 to 0.9; 0 = all packets at once",
  },
};

export const settingsGerman: typeof settingsEnglish = {
  title: "Einstellungen",
  intro: "Sie gelten für alle Streams; laufende übernehmen sie binnen einer Sekunde.",
  save: "Speichern",
  saved: "Gespeichert.",
  invalid: "Es wurde nichts geändert: siehe die markierten Felder.",
  asStarted: "wie der Host gestartet wurde",
  bitrate_kbps: "Bitrate, kbit/s",
  fps_cap: "Bilder pro Sekunde, höchstens",
  encoder_preset: "Encoder-Preset",
  parity_percent_min: "Parität mindestens, %",
  parity_percent_max: "Parität höchstens, %",
  pacing_share: "Pacing, Anteil der Bilddauer",
  takes: {
    bitrate_kbps: "200 bis 500.000; 0 = was jeder Player verlangt",
    fps_cap: "1 bis 480; 0 = keine Grenze",
    encoder_preset:
      "Encoder, die es nicht kennen, behalten ihres; x265 und SVT-AV1 werden nicht langsamer, als der Modus erlaubt",
    parity_percent_min: "0 bis 50, nicht mehr als „höchstens“",
    parity_percent_max: "0 bis 50; 0 = keine Parität",
    pacing_share: "0 bis 0,9; 0 = alle Pakete auf einmal",
  },
};
