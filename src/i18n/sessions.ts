/** What the Sessions page says of waiting players and of settings, in both languages. */
export const waitingEnglish = {
  title: "Waiting for a PIN",
  none: "No Moonlight player waits. One that starts pairing with this host shows up here.",
  name: "Name",
  address: "Address",
  pin: "PIN",
  pinOf: (name: string) => `PIN that ${name} shows`,
  submit: "Pair",
  taken: "The PIN was handed over. The player says whether it was right.",
  gone: "That player no longer waits. Start pairing there again.",
  invalid: "A PIN is 4 to 8 digits.",
  off: "GameStream is switched off on this host.",
};

export const waitingGerman: typeof waitingEnglish = {
  title: "Warten auf eine PIN",
  none: "Kein Moonlight-Player wartet. Einer, der sich mit diesem Host koppeln will, erscheint hier.",
  name: "Name",
  address: "Adresse",
  pin: "PIN",
  pinOf: (name: string) => `PIN, die ${name} zeigt`,
  submit: "Koppeln",
  taken: "Die PIN ist übergeben. Der Player sagt, ob sie stimmt.",
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
  fps_cap: "Most frames a second",
  encoder_preset: "Encoder preset",
  parity_percent_min: "Least parity, %",
  parity_percent_max: "Most parity, %",
  pacing_share: "Pacing, share of a frame",
  takes: {
    bitrate_kbps: "200 to 500,000; 0 = what each player asked for",
    fps_cap: "1 to 240; 0 = no cap",
    encoder_preset:
      "One of the list; encoders that do not know it keep their own, x265 and SVT-AV1 go no slower than the mode allows",
    parity_percent_min: "0 to 50, and no more than the most",
    parity_percent_max: "0 to 50; 0 = no parity",
    pacing_share: "0 to 0.9; 0 = all packets at once",
  },
};

export const settingsGerman: typeof settingsEnglish = {
  title: "Einstellungen",
  intro: "Sie gelten für alle Streams; laufende folgen binnen einer Sekunde.",
  save: "Speichern",
  saved: "Gespeichert.",
  invalid: "Nichts wurde geändert: siehe die markierten Felder.",
  asStarted: "wie der Host gestartet wurde",
  bitrate_kbps: "Bitrate, kbit/s",
  fps_cap: "Höchstens Bilder pro Sekunde",
  encoder_preset: "Preset des Encoders",
  parity_percent_min: "Mindestens Parität, %",
  parity_percent_max: "Höchstens Parität, %",
  pacing_share: "Verteilung, Anteil eines Bildes",
  takes: {
    bitrate_kbps: "200 bis 500.000; 0 = was jeder Player verlangt",
    fps_cap: "1 bis 240; 0 = keine Grenze",
    encoder_preset:
      "Eines der Liste; Encoder, die es nicht kennen, behalten ihres, x265 und SVT-AV1 werden nicht langsamer, als der Modus erlaubt",
    parity_percent_min: "0 bis 50, und nicht mehr als das Höchste",
    parity_percent_max: "0 bis 50; 0 = keine Parität",
    pacing_share: "0 bis 0,9; 0 = alle Pakete auf einmal",
  },
};
