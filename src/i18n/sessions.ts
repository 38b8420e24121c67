/** What the Sessions page says of players that wait for a PIN, in both languages. */
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
