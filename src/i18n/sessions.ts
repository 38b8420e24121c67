/** What the Sessions page says of waiting players and of settings, in both languages. */
export const waitingEnglish = {
  title: "Waiting for a PIN",
  none: "Start pairing in Moonlight; it will appear here.",
  name: "Name",
  address: "Address",
  pin: "PIN",
  pinOf: (name: string) => `PIN shown by ${name}`,
  newName: "Name (optional)",
  submit: "Pair",
  refuse: "Reject",
  refused: "Rejected.",
  paired: "The player is paired.",
  wrong_pin: "The player reports a wrong PIN. Try again: restart pairing there.",
  taken: "PIN sent. Check Moonlight for the result.",
  gone: "This player is no longer waiting. Start pairing there again.",
  invalid: "A PIN is 4 to 8 digits.",
  off: "GameStream is off on this host.",
};

export const waitingGerman: typeof waitingEnglish = {
  title: "Warten auf die PIN",
  none: "Starte das Koppeln in Moonlight; der Player erscheint dann hier.",
  name: "Name",
  address: "Adresse",
  pin: "PIN",
  pinOf: (name: string) => `PIN, die ${name} zeigt`,
  newName: "Name (optional)",
  submit: "Koppeln",
  refuse: "Abweisen",
  refused: "Abgewiesen.",
  paired: "Der Player ist gekoppelt.",
  wrong_pin:
    "Der Player meldet eine falsche PIN. Starte dort das Koppeln neu und versuch es noch einmal.",
  taken: "PIN gesendet. Moonlight zeigt das Ergebnis.",
  gone: "Dieser Player wartet nicht mehr. Starte dort das Koppeln neu.",
  invalid: "Eine PIN hat 4 bis 8 Ziffern.",
  off: "GameStream ist auf diesem Host ausgeschaltet.",
};

export const settingsEnglish = {
  title: "Settings",
  intro: "Apply to all streams; running streams change within a second.",
  save: "Save",
  saved: "Saved.",
  invalid: "Not saved. Check the highlighted fields.",
  asStarted: "as started",
  bitrate_kbps: "Bitrate (kbit/s)",
  fps_cap: "Maximum frame rate",
  encoder_preset: "Encoder preset",
  parity_percent_min: "Error correction: minimum %",
  parity_percent_max: "Error correction: maximum %",
  pacing_share: "Spread packets over (share of frame time)",
  takes: {
    bitrate_kbps: "200 to 500,000; 0 = player’s choice",
    fps_cap: "1 to 480; 0 = no limit",
    encoder_preset:
      "Ignored by encoders without this preset; x265 and SVT-AV1 never go slower than real time",
    parity_percent_min: "0 to 50, not above the maximum",
    parity_percent_max: "0 to 50; 0 = none",
    pacing_share: "0 to 0.9; 0 = send at once",
  },
};

export const settingsGerman: typeof settingsEnglish = {
  title: "Einstellungen",
  intro: "Gelten für alle Streams; laufende übernehmen sie innerhalb einer Sekunde.",
  save: "Speichern",
  saved: "Gespeichert.",
  invalid: "Nicht gespeichert. Prüf die markierten Felder.",
  asStarted: "wie gestartet",
  bitrate_kbps: "Bitrate (kbit/s)",
  fps_cap: "Höchste Bildrate",
  encoder_preset: "Encoder-Preset",
  parity_percent_min: "Fehlerkorrektur: mindestens %",
  parity_percent_max: "Fehlerkorrektur: höchstens %",
  pacing_share: "Pakete verteilen über (Anteil der Bilddauer)",
  takes: {
    bitrate_kbps: "200 bis 500.000; 0 = Wahl des Players",
    fps_cap: "1 bis 480; 0 = keine Grenze",
    encoder_preset:
      "Encoder ohne dieses Preset ignorieren es; x265 und SVT-AV1 werden nie langsamer als Echtzeit",
    parity_percent_min: "0 bis 50, nicht über dem Höchstwert",
    parity_percent_max: "0 bis 50; 0 = keine",
    pacing_share: "0 bis 0,9; 0 = sofort senden",
  },
};
